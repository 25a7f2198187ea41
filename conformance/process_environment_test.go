//go:build unix

package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProcessEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "HTTPS_PROXY", "http_proxy", "NO_PROXY", "JAVA_TOOL_OPTIONS", "NODE_OPTIONS", "SECRET_OF_MINE"} {
		t.Setenv(name, "leaked")
	}
	t.Setenv("PYTHONPATH", "/libraries")
	t.Setenv("TZ", "UTC")
	p := fakeProcess(t, "environment")
	begin(t, p)
	result, err := p.Call(t.Context(), aCall(1))
	require.NoError(t, err)
	require.NoError(t, p.Close(t.Context()))
	var output struct{ Environment []string }
	require.NoError(t, json.Unmarshal(result.Output, &output))
	require.NotContains(t, string(result.Output), "leaked")
	require.Contains(t, output.Environment, "PYTHONPATH=/libraries")
	require.Contains(t, output.Environment, "AWS_CONFIG_FILE=/dev/null")
	require.Contains(t, output.Environment, "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
	require.Contains(t, output.Environment, "AWS_EC2_METADATA_DISABLED=true")
	require.Contains(t, output.Environment, "TZ=Asia/Kathmandu")
	require.NotContains(t, output.Environment, "TZ=UTC")
	for _, variable := range output.Environment {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "AWS_") && name != "TZ" {
			require.Contains(t, passed, name)
		}
	}
}
