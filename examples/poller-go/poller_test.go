package poller

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/apptest"
	"github.com/crcheck/crcheck/schema/contracts"
)

var contract = contracts.MustLoad("cleanrooms.GetProtectedJob")

// wait is the code under test, with a client of the endpoint.
func wait(t *testing.T, endpoint string) (*Summary, error) {
	client := cleanrooms.New(cleanrooms.Options{
		BaseEndpoint: &endpoint,
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer:      retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond }),
	})
	p := New(client, time.Millisecond, 5)
	makeWorse(p)
	return p.Wait(t.Context(), "10000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000001")
}

// TestPoller compares what the poller does with every response with testdata/TestPoller.outcomes.
func TestPoller(t *testing.T) {
	apptest.EachResponse(t, contract, apptest.Options{}, func(t *testing.T, r apptest.Response, endpoint string) {
		t.Parallel()
		r.Outcome(wait(t, endpoint))
	})
}

// TestFailedJob holds the status still: the error of a job matters only if it failed.
func TestFailedJob(t *testing.T) {
	options := apptest.Options{Pins: map[string]any{"status": "FAILED"}, Only: []string{"full", "minimal", "error with *", "error absent", "error null"}}
	apptest.EachResponse(t, contract, options, func(t *testing.T, r apptest.Response, endpoint string) {
		t.Parallel()
		r.Outcome(wait(t, endpoint))
	})
}

// TestOnlySuccessSucceeds states what is right for every status, those of a newer contract as well.
func TestOnlySuccessSucceeds(t *testing.T) {
	apptest.EachResponse(t, contract, apptest.Options{Only: []string{"status=*"}}, func(t *testing.T, r apptest.Response, endpoint string) {
		t.Parallel()
		_, err := wait(t, endpoint)
		if string(r.Value) == `"SUCCESS"` {
			require.NoError(t, err)
		} else {
			require.Error(t, err)
		}
	})
}
