package apptest_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/crcheck/crcheck/apptest"
	"github.com/stretchr/testify/require"
)

// TestProblems checks what else fails a test of a user.
func TestProblems(t *testing.T) {
	for _, v := range []struct {
		application string
		failed      []string
		output      string
	}{
		{"some", nil, "PASS: TestApplication/minimal"},
		{"pins", nil, "PASS: TestApplication/statistics.totalDurationInMillis=0"},
		{"also", nil, "PASS: TestApplication/status=FAILED"},
		{"no pin", []string{""}, `has no member "state" to pin; did you mean status?`},
		{"no such", []string{""}, `no response has the ID or kind "state=*": crcheck mock --list shows the IDs`},
		{"none", []string{""}, "no response is left: Skip excludes all that Only selects"},
		{"elsewhere", []string{"", "full"}, "no request arrived at the endpoint"},
		{"skips", nil, "SKIP: TestApplication/minimal"},
		{"invalid", []string{"", "full"}, "invalid request of cleanrooms.GetProtectedJob"},
		{"unknown", []string{"", "full"}, "GET /jobs: "},
		{"panics", []string{"", "statistics_absent", "statistics_null", "statistics.totalDurationInMillis_absent", "statistics.totalDurationInMillis_null"}, "panic: runtime error: invalid memory address or nil pointer dereference"},
		{"hidden", []string{"", "full"}, "the fields of apptest_test.failed are not exported"},
		{"twice", []string{"", "full"}, "Outcome was called twice"},
	} {
		t.Run(v.application, func(t *testing.T) {
			r := run(t, t.TempDir(), v.application, "-update")
			require.ElementsMatch(t, v.failed, r.failed, r.output)
			require.Contains(t, r.output, v.output)
		})
	}
	t.Run("an outcome that is not compared any more", func(t *testing.T) {
		folder := t.TempDir()
		run(t, folder, "some", "-update")
		r := run(t, folder, "forgets")
		require.Equal(t, []string{""}, r.failed)
		require.Contains(t, r.output, "stale line: no response has an outcome for it in testdata/TestApplication.outcomes\n        - minimal: ")
	})
	t.Run("a slash in an ID", func(t *testing.T) {
		folder := t.TempDir()
		r := run(t, folder, "slashes")
		const command = `go test -run '^TestApplication$/^status=application$/^json$' -update`
		require.Contains(t, r.output, command)
		r = run(t, folder, "slashes", "-test.run=^TestApplication$/^status=application$/^json$", "-update")
		require.Equal(t, 1, r.passed, r.output)
		text, err := os.ReadFile(filepath.Join(folder, "testdata", "TestApplication.outcomes"))
		require.NoError(t, err)
		require.Equal(t, `status=application/json: {"raises":"apptest_test.failed","message":"the job ended as application/json"}`+"\n", string(text))
	})
	t.Run("a response that is skipped keeps its line", func(t *testing.T) {
		folder := t.TempDir()
		run(t, folder, "some", "-update", "-test.run=^TestApplication$/^minimal$")
		require.Empty(t, run(t, folder, "skips", "-update").failed)
		require.FileExists(t, filepath.Join(folder, "testdata", "TestApplication.outcomes"))
	})
}

// TestResponse checks what a test is told about a response, and that the seed decides the
// identifiers.
func TestResponse(t *testing.T) {
	told := map[string]apptest.Response{}
	bodies := map[uint64]string{}
	endpoints := map[string]bool{}
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			options := apptest.Options{Seed: seed, Only: []string{"full", "status=*", "statistics null", "error=Thr*"}}
			apptest.EachResponse(t, contract, options, func(t *testing.T, r apptest.Response, endpoint string) {
				told[r.ID], endpoints[endpoint] = r, true
				res, err := http.Get(endpoint + path)
				require.NoError(t, err)
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				if r.ID == "full" {
					bodies[seed] = string(body)
				}
			})
		})
	}
	require.Len(t, endpoints, 2*len(told))
	require.NotEqual(t, bodies[1], bodies[2])
	for _, want := range []apptest.Response{
		{ID: "full", Kind: "full"},
		{ID: "status=FAILED", Kind: "value", Pointer: "/protectedJob/status", Value: []byte(`"FAILED"`)},
		{ID: "status=<unknown value>", Kind: "unknown-value", Pointer: "/protectedJob/status", Value: []byte(`"CRCHECK_UNKNOWN_VALUE"`)},
		{ID: "statistics null", Kind: "null", Pointer: "/protectedJob/statistics", Value: []byte("null")},
		{ID: "error=ThrottlingException", Kind: "error", Error: "ThrottlingException"},
		{ID: "error=ThrottlingException then success", Kind: "sequence", Error: "ThrottlingException", Sequence: []string{"error=ThrottlingException", "full"}},
	} {
		t.Run(want.ID, func(t *testing.T) {
			got := told[want.ID]
			require.Equal(t, want, apptest.Response{ID: got.ID, Kind: got.Kind, Pointer: got.Pointer, Value: got.Value, Error: got.Error, Sequence: got.Sequence})
		})
	}
}
