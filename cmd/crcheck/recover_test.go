//go:build unix

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// TestRecoverContracts checks that recover warns if its contracts are not those of the recording, and
// only then, and that it needs no flag for how the recording was redacted.
func TestRecoverContracts(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, job(jobOne, "STARTED")) //nolint:errcheck // the client reports an incomplete body
	}))
	defer service.Close()
	loaded := []*schema.Contract{contracts.MustLoad(contracts.Newest)}
	for _, c := range []struct {
		name  string
		all   bool
		args  []string
		other bool
	}{
		{"the same", false, nil, false},
		{"the same, everything redacted", true, nil, false},
		{"another version", false, []string{"--contract", "cleanrooms.GetProtectedJob@1.42.90"}, true},
		{"one more", false, []string{"--contract", contracts.Newest, "--contract", "../../internal/live/testdata/ledger.json"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(redact.Variable, "")
			cassette := filepath.Join(t.TempDir(), "job.yaml")
			r, err := recorder.New(cassette, recorder.Options{Contracts: models.Digest(loaded), All: c.all, Catalog: schema.NewCatalog(loaded...)})
			require.NoError(t, err)
			request, err := http.NewRequest("GET", service.URL+"/memberships/"+membership+"/protectedJobs/"+jobOne, nil)
			require.NoError(t, err)
			res, err := r.RoundTrip(request)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			journal, err := os.ReadFile(recorder.JournalOf(cassette))
			require.NoError(t, err)
			require.NoError(t, r.Close())
			closed, err := os.ReadFile(cassette)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(recorder.JournalOf(cassette), journal, 0o600))

			got := inProcess(nil, append([]string{"cassette", "recover", cassette}, c.args...)...)
			require.Equal(t, exitClean, got.status, got.err)
			require.Contains(t, got.err, "recovered 1 interaction to "+cassette)
			if c.other {
				require.Contains(t, got.err, "recover with the same --contract and --overlay as record")
				return
			}
			require.NotContains(t, got.err, "--contract")
			recovered, err := os.ReadFile(cassette)
			require.NoError(t, err)
			require.Equal(t, string(closed), string(recovered))
		})
	}
}
