package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/validate"
)

// TestNames checks what operation the name of a file says.
func TestNames(t *testing.T) {
	for _, tc := range []struct{ name, pattern, path, want string }{
		{"the operation", "{operation}.json", "a/ListKeys.json", "ListKeys"},
		{"and its service", "{service}.{operation}_*.json", "a/kms.ListKeys_2.json", "kms.ListKeys"},
		{"a service with a dot", "{service}.{operation}.json", "runtime.sagemaker.InvokeEndpoint.json", "runtime.sagemaker.InvokeEndpoint"},
		{"folders", "{service}/*/{operation}-*", "x/kms/2026/ListKeys-ok.json", "kms.ListKeys"},
		{"another folder", "{service}/{operation}.json", "ListKeys.json", ""},
		{"another name", "{operation}.json", "list-keys.json", ""},
		{"no pattern", "", "ListKeys.json", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := ReadNames(t.Context(), tc.pattern, nil, nil)
			require.NoError(t, err)
			require.Equal(t, tc.want, n.Bare(tc.path, validate.Bare{}).Operation)
		})
	}
	for _, pattern := range []string{"*.json", "{operation}{operation}", "{service}{service}{operation}"} {
		t.Run("refused: "+pattern, func(t *testing.T) {
			_, err := ReadNames(t.Context(), pattern, nil, nil)
			require.ErrorContains(t, err, "does not say where the operation is")
		})
	}
}

// TestNameRows checks what a file of rows says about the bodies of files.
func TestNameRows(t *testing.T) {
	load := func(t *testing.T, text string) (n Names, notes string, err error) {
		path := filepath.Join(t.TempDir(), "names.yaml")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		var said strings.Builder
		n, err = ReadNames(t.Context(), path, &input.Traffic{Files: []input.File{{Name: "a/keys/list-1.json"}, {Name: "gone.json"}}}, &said)
		return n, said.String(), err
	}
	names, notes, err := load(t, `files:
- {path: keys/list-*.json, operation: kms.ListKeys}
- {path: list-*.json, operation: ListTables, status: 400}
- {path: gone.json, operation: GetItem, part: error:NotFound}
- {path: other.json, operation: GetItem}
`)
	require.NoError(t, err)
	require.Contains(t, notes, "names.yaml:5: no file matches other.json")
	require.NotContains(t, notes, ":3:", "a row that an earlier one hides matches")
	all := validate.Bare{Operation: "GetBed", Status: 201, Found: true}
	for _, tc := range []struct {
		path string
		want validate.Bare
	}{
		{"a/keys/list-1.json", validate.Bare{Operation: "kms.ListKeys", Found: true}},
		{"a/monkeys/list-1.json", validate.Bare{Operation: "ListTables", Status: 400, Found: true}},
		{"gone.json", validate.Bare{Operation: "GetItem", Part: "error:NotFound", Found: true}},
		{"bygone.json", all},
	} {
		t.Run(tc.path, func(t *testing.T) { require.Equal(t, tc.want, names.Bare(tc.path, all)) })
	}
	for _, tc := range []struct{ name, text, want string }{
		{"no operation", "files:\n- path: a", ":2: "},
		{"no path", "files:\n- operation: a", ":2: "},
		{"an unknown key", "files:\n- {path: a, operation: b, service: c}", "service"},
		{"a status that HTTP does not have", "files:\n- {path: a, operation: b, status: 4}", "want an HTTP status"},
		{"a status above those of HTTP", "files:\n- {path: a, operation: b, status: 600}", "want an HTTP status"},
		{"a pattern", "files:\n- {path: '{operation}', operation: b}", "path has { or }"},
		{"empty", "", "no rows"},
		{"a list", "- path: a", "names.yaml:1: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := load(t, tc.text)
			require.ErrorContains(t, err, tc.want)
			if tc.name != "empty" {
				require.ErrorAs(t, err, new(*finding.RowError))
			}
		})
	}
}
