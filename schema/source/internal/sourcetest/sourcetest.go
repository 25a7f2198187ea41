// Package sourcetest is what the tests of the readers share.
package sourcetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// Update is the flag that rewrites golden files.
var Update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares with a golden file, or rewrites it.
func Golden(t testing.TB, path string, got any) {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(got))
	if *Update {
		require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text.String())
}

// Shared is the path of reference material, which is not part of the project.
func Shared(t testing.TB, names ...string) string {
	t.Helper()
	for dir := "."; len(dir) < 40; dir = filepath.Join("..", dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(append([]string{dir, "..", "shared"}, names...)...)
		}
	}
	require.Fail(t, "no go.mod above")
	return ""
}

// SharedFile reads reference material, or skips the test where there is none.
func SharedFile(t testing.TB, name string) []byte {
	t.Helper()
	document, err := os.ReadFile(Shared(t, name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no reference material: %v", err)
	}
	require.NoError(t, err)
	return document
}

// WithoutProse are the fields of an error but its prose, which golden files do not hold.
func WithoutProse(err error) error {
	if e, ok := errors.AsType[*schema.DocumentError](err); ok {
		return &schema.DocumentError{File: e.File, Line: e.Line, Column: e.Column, Place: e.Place}
	}
	return err
}

// RequireDocumentError checks what every error of a reader says.
func RequireDocumentError(t testing.TB, err error) {
	t.Helper()
	var e *schema.DocumentError
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Problem)
	require.NotEmpty(t, e.Remedy)
	require.Less(t, len(err.Error()), 1000)
}

// RequirePlace checks that an error also says its line and column.
func RequirePlace(t testing.TB, err error) {
	t.Helper()
	RequireDocumentError(t, err)
	e, _ := errors.AsType[*schema.DocumentError](err)
	require.Positive(t, e.Line)
	require.Positive(t, e.Column)
}

// RequireSound checks that a contract that a reader returns can be used, and written without loss.
func RequireSound(t testing.TB, c *schema.Contract) {
	t.Helper()
	require.NoError(t, c.Check())
	text, err := c.Encode()
	require.NoError(t, err)
	back, err := schema.Parse(text)
	require.NoError(t, err)
	require.Equal(t, c.Digest(), back.Digest())
}

// ManyMembers repeats a format with the numbers below n.
func ManyMembers(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
