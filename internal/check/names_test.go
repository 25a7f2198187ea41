package check

import (
	"testing"

	"github.com/stretchr/testify/require"
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
			var n Names
			if tc.pattern != "" {
				require.NoError(t, n.UnmarshalText([]byte(tc.pattern)))
			}
			require.Equal(t, tc.want, n.Operation(tc.path))
		})
	}
	for _, pattern := range []string{"", "*.json", "{operation}{operation}", "{service}{service}{operation}"} {
		t.Run("refused: "+pattern, func(t *testing.T) {
			require.ErrorContains(t, new(Names).UnmarshalText([]byte(pattern)), "does not say where the operation is")
		})
	}
}
