package source_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// promise is a contract's digest without its errors, which a page lists last:
// nothing tells a page that was cut off among them from a whole one.
func promise(c *schema.Contract) string {
	c = c.Clone()
	c.Errors = nil
	return c.Digest()
}

// TestPageTruncated cuts pages off at every byte. What remains is refused,
// contradicts itself, or promises the same.
func TestPageTruncated(t *testing.T) {
	pages := vectors(t)
	for _, name := range []string{"page", "events", "unions", "recursion", "no-output", "omitted-response-structure", "omitted-request-and-parameters", "alternatives"} {
		page := pages[name]
		whole, noise, err := source.Page(page, "")
		require.NoError(t, err)
		for end := range page {
			c, findings, err := source.Page(page[:end], "")
			if err != nil {
				require.Nil(t, c)
				requireKnownError(t, err)
				continue
			}
			if promise(c) != promise(whole) {
				require.Greater(t, len(findings), len(noise), "%s cut at %d", name, end)
			}
			require.True(t, slices.Equal(whole.Errors[:len(c.Errors)], c.Errors), "%s cut at %d", name, end)
		}
	}
}

func requireKnownError(t testing.TB, err error) {
	t.Helper()
	var (
		syntax      *source.SyntaxError
		noOperation *source.NoOperationError
		large       *source.TooLargeError
		kind        *source.UnknownKindError
	)
	switch {
	case errors.As(err, &syntax):
		require.Positive(t, syntax.Line)
		require.Positive(t, syntax.Column)
		require.NotEmpty(t, syntax.Problem)
		require.NotEmpty(t, syntax.Remedy)
	case errors.As(err, &noOperation), errors.As(err, &large), errors.As(err, &kind):
	default:
		require.Fail(t, "unknown error", "%T: %v", err, err)
	}
	require.Less(t, len(err.Error()), 1000)
}

// TestPageHostile gives the reader pages that would cost a careless one its
// stack, its memory or its afternoon.
func TestPageHostile(t *testing.T) {
	page := string(vectors(t)["page"])
	inAnswer := func(value string) string { return strings.Replace(page, "'size': 123", "'size': "+value, 1) }
	inProse := func(text string) string { return strings.Replace(page, "        Metres.\n", text, 1) }
	const megabyte = 1 << 20
	for name, hostile := range map[string]struct {
		page string
		err  bool
	}{
		"empty":                {"", true},
		"binary":               {"\x00\xff\xfe" + page, true},
		"100,000 lists":        {inAnswer(strings.Repeat("[", 100_000)), true},
		"100,000 dicts":        {inAnswer(strings.Repeat("{'a':", 100_000)), true},
		"deepest allowed":      {inAnswer(strings.Repeat("[", 98) + "123" + strings.Repeat("]", 98)), false},
		"deeper":               {inAnswer(strings.Repeat("[", 99) + "123" + strings.Repeat("]", 99)), true},
		"long string":          {inAnswer("'" + strings.Repeat("x", 2*megabyte) + "'"), false},
		"long open string":     {inAnswer("'" + strings.Repeat("x'x", megabyte)), true},
		"long name":            {strings.Replace(page, "'size'", "'"+strings.Repeat("x", 2*megabyte)+"'", 1), true},
		"enum on one line":     {inAnswer(strings.Repeat("'A'|", megabyte/4) + "'A'"), false},
		"members on one line":  {inAnswer("{" + manyMembers(50_000, "'m%d':123,") + "}"), false},
		"structures":           {inAnswer("{" + manyMembers(20_000, "'m%d':{'a':{'b':{}}},") + "}"), false},
		"colliding names":      {inAnswer("{" + manyMembers(20_000, "'%[1]d':{},'A%[1]d':{},") + "}"), false},
		"long path":            {inAnswer(strings.Repeat("{'"+strings.Repeat("x", 200)+"':", 97) + "{" + manyMembers(50_000, "'m%d':{},") + "}" + strings.Repeat("}", 97)), false},
		"recursive members":    {inAnswer("{" + manyMembers(50_000, "'m%d':{'... recursive ...'},") + "}"), false},
		"items":                {inProse(strings.Repeat("        - **a** *(string) --* \n", 100_000)), false},
		"items ever deeper":    {inProse(everDeeper(2_000)), false},
		"items at odd columns": {inProse(everDeeper(1_000) + strings.Repeat("   - *(dict) --* \n", 200_000)), false},
		"long prose":           {inProse(strings.Repeat("        Word after word.\n", 200_000)), false},
		"blank lines":          {inProse(strings.Repeat("\n", 2*megabyte)), false},
		"headings":             {strings.Repeat("  **Request Syntax**\n", 200_000) + page, false},
		"notes":                {inProse(strings.Repeat("        .. note:: This is a Tagged Union structure. be set: ``a``, ``b``\n", 50_000)), false},
		"unfinished brackets":  {inProse(strings.Repeat("        - **\n", 300_000)), false},
		"exceptions":           {page + strings.Repeat("  *   :py:class:`G.Client.exceptions.A`\n", 100_000), false},
		"two megabytes of end": {page + strings.Repeat("\n", 2*megabyte), false},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c, findings, err := source.Page([]byte(hostile.page), "")
			if !testing.Short() { // the race detector, which runs with it, has other times
				require.Less(t, time.Since(start), 30*time.Second)
			}
			require.Equal(t, hostile.err, err != nil, "%v", err)
			if err != nil {
				requireKnownError(t, err)
				return
			}
			require.NoError(t, c.Check())
			require.LessOrEqual(t, len(findings), 1001)
		})
	}
}

func manyMembers(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func everDeeper(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", 4+i) + "- *(list) --* \n")
	}
	return b.String()
}

// requireSound: a contract that a reader returns can be used, and written down without loss.
func requireSound(t *testing.T, c *schema.Contract) {
	t.Helper()
	require.NoError(t, c.Check())
	text, err := c.Encode()
	require.NoError(t, err)
	back, err := schema.Parse(text)
	require.NoError(t, err)
	require.Equal(t, c.Digest(), back.Digest())
}

func FuzzPage(f *testing.F) {
	for _, page := range vectors(f) {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		before := slices.Clone(page)
		c, findings, err := source.Page(page, "1")
		require.Equal(t, before, page)
		again, sameFindings, _ := source.Page(page, "1")
		if err != nil {
			require.Nil(t, c)
			requireKnownError(t, err)
			return
		}
		require.NoError(t, c.Check())
		require.Equal(t, c.Digest(), again.Digest())
		require.Equal(t, findings, sameFindings)
		requireSound(t, c)
		for _, finding := range findings {
			require.Positive(t, finding.Line)
			require.LessOrEqual(t, finding.Line, 1+bytes.Count(page, []byte("\n")))
		}
	})
}

func BenchmarkPage(b *testing.B) {
	pages := vectors(b)
	large, err := os.ReadFile(filepath.Join(shared, "data/pages/bedrock-runtime/converse_stream.rst"))
	if err == nil {
		pages["converse_stream"] = large
	}
	for _, name := range []string{"page", "recursion", "converse_stream"} {
		page, ok := pages[name]
		if !ok {
			b.Logf("no reference material: %s", name)
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := source.Page(page, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
