package schema

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamedByEndpoint checks operations whose service is given as recorders do that know only its
// endpoint prefix or signing name.
func TestNamedByEndpoint(t *testing.T) {
	load := func() []*Contract { return []*Contract{{Service: "beds", Operation: "Get"}} }
	k := NewServiceCatalog([]Service{{Name: "beds", Signing: "sign-beds", Endpoint: "runtime.beds", Load: load}}, &Contract{Service: "sheds", Operation: "Get"})
	for _, tc := range []struct{ name, operation, want, kind string }{
		{"the name", "beds.Get", "beds.Get", ""},
		{"the endpoint prefix", "runtime.beds.Get", "beds.Get", ""},
		{"the signing name", "sign-beds.Get", "beds.Get", ""},
		{"a prefix", "mine.sign-beds.Get", "beds.Get", ""},
		{"a given contract, a prefix", "mine.sheds.Get", "sheds.Get", ""},
		{"no such operation", "beds.Put", "", NoSuchOperation},
		{"no such service", "barns.Get", "", NoContract},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found := k.Named(tc.operation)
			if tc.want == "" {
				require.Empty(t, found)
				require.Equal(t, tc.kind, k.UnroutedOperation(tc.operation).Kind)
				return
			}
			require.Len(t, found, 1)
			require.Equal(t, tc.want, found[0].Name())
		})
	}
}
