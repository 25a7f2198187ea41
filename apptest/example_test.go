package apptest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/apptest"
	"github.com/crcheck/crcheck/schema/contracts"
)

// The test of an application that asks what became of a job. The first run with -crcheck.update
// writes testdata/TestJob.outcomes, which says what the application does with every response.
func ExampleEachResponse() {
	_ = func(t *testing.T) { // func TestJob(t *testing.T)
		contract := contracts.MustLoad("cleanrooms.GetProtectedJob")
		apptest.EachResponse(t, contract, apptest.Options{}, func(t *testing.T, r apptest.Response, endpoint string) {
			t.Parallel()
			r.Outcome(get(endpoint))
		})
	}
}

// A test may also state what is right. This one holds for every status, those of a newer contract
// as well. Pins hold the other members still.
func ExampleEachResponse_rule() {
	_ = func(t *testing.T) { // func TestOnlySuccessSucceeds(t *testing.T)
		options := apptest.Options{Only: []string{"status=*"}, Pins: map[string]any{"result.output": "s3"}}
		apptest.EachResponse(t, contract, options, func(t *testing.T, r apptest.Response, endpoint string) {
			_, err := get(endpoint)
			require.Equal(t, string(r.Value) == `"SUCCESS"`, err == nil)
		})
	}
}
