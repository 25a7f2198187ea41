package proxy

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/stretchr/testify/require"
)

// TestUnsortable checks that a query that the SDK's signer would sign wrongly is not sent.
func TestUnsortable(t *testing.T) {
	upstream, err := ParseUpstream("https://cleanrooms.us-east-1.amazonaws.com")
	require.NoError(t, err)
	sent := errors.New("sent")
	p := &Resign{Target: Target{Upstream: upstream, Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, sent })},
		User: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "")}
	for query, refused := range map[string]bool{"": false, "a=1&b=2": false, "view=1&%C3%A9=2": true, "a0=1&a%3A=2": true, "%C3%A9=2": false} {
		t.Run(query, func(t *testing.T) {
			r, err := http.NewRequest("GET", upstream.String()+"/x?"+query, nil)
			require.NoError(t, err)
			_, err = p.send(r, nil, sigv4.Scope{Service: "cleanrooms", Region: "us-east-1"})
			var refusal *Refusal
			require.Equal(t, refused, errors.As(err, &refusal), "%v", err)
			require.Equal(t, !refused, errors.Is(err, sent), "%v", err)
		})
	}
}
