package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/validate"
)

// calling returns a call of the newest contract, with credentials and a transport of the test.
func calling(t *testing.T, user aws.CredentialsProviderFunc, transport http.RoundTripper, stderr io.Writer) *Session {
	c := contracts.MustLoad(contracts.Newest)
	request, err := Request(c, &url.URL{Scheme: "https", Host: "cleanrooms.us-east-1.amazonaws.com"}, []byte(`{"membershipIdentifier": "8d5ff1a5-0b0c-4a1a-9d3e-6f4f1c2b3a4d", "protectedJobIdentifier": "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"}`))
	require.NoError(t, err)
	checks, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	return &Session{options: Options{Stderr: stderr}, contract: c, service: "cleanrooms", region: "us-east-1", request: request, user: user, transport: transport, checks: checks}
}

// TestLiveNotRecorded checks that a full disk is not reported as a fault of the network.
func TestLiveNotRecorded(t *testing.T) {
	var err bytes.Buffer
	call := calling(t, func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "A", SecretAccessKey: "B"}, nil
	},
		failing{&recorder.RecordError{Problem: recorder.JournalFailed, Cassette: "job.yaml", Err: errors.New("the disk is full")}}, &err)
	r, failed := call.Run(t.Context())
	require.NoError(t, failed)
	require.True(t, r.Incomplete)
	require.Contains(t, err.String(), "the disk is full")
	require.NotContains(t, err.String(), "network")
}

type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// TestLiveInterruptedLogin checks that a login that waits for a person can be interrupted.
func TestLiveInterruptedLogin(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	call := calling(t, func(ctx context.Context) (aws.Credentials, error) {
		cancel()
		<-ctx.Done()
		return aws.Credentials{}, errors.New("no login")
	}, failing{}, io.Discard)
	_, err := call.Run(ctx)
	require.Equal(t, context.Canceled, err)
}

// TestLiveBearer checks that a call that a signature cannot make is refused before anything is sent.
func TestLiveBearer(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest).Clone()
	c.Bearer, c.Signing = schema.Is(true), schema.Known[string]{}
	_, err := Prepare(t.Context(), c, []byte("{}"), Options{})
	require.ErrorContains(t, err, "takes bearer tokens only")
}
