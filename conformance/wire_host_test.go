package conformance

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/fault"
)

// TestForeignHost: a request under the name of another server, as of a web page after DNS rebinding,
// is not an attempt of the client.
func TestForeignHost(t *testing.T) {
	for _, v := range []struct {
		host             string
		status, attempts int
	}{
		{"", 200, 1}, // the address of the server
		{"rebound.example.com", 421, 0},
		{"127.0.0.1:1", 421, 0},
	} {
		t.Run(v.host, func(t *testing.T) {
			s, endpoint, err := newCaseServer(func(*http.Request, *Attempt) (fault.Reply, error) { return fault.Reply{Status: 200}, nil }, nil, signing{optional: true})
			require.NoError(t, err)
			r, err := http.NewRequest("GET", endpoint, nil)
			require.NoError(t, err)
			r.Host = v.host
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			response.Body.Close()
			require.Equal(t, v.status, response.StatusCode)
			require.Len(t, s.close(), v.attempts)
		})
	}
}
