package mock_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// BenchmarkServer compares the server with a handler that writes the same bytes.
func BenchmarkServer(b *testing.B) {
	s, err := mock.New(schema.NewCatalog(contracts.MustLoad(contracts.Newest)), nil, 0)
	require.NoError(b, err)
	defer s.Close()
	recorded := httptest.NewRecorder()
	s.ServeHTTP(recorded, httptest.NewRequest("GET", "http://127.0.0.1/memberships/"+membership+"/protectedJobs/"+job, nil))
	require.Equal(b, 200, recorded.Code, recorded.Body)
	plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range recorded.Header() {
			w.Header()[name] = values
		}
		w.Write(recorded.Body.Bytes()) //nolint:errcheck // the client may be gone
	})
	for _, row := range []struct {
		name    string
		handler http.Handler
		header  http.Header
	}{
		{"full", s, nil},
		{"preferred", s, http.Header{"Prefer": {"response=status=FAILED"}}},
		{"plain", plain, nil},
	} {
		b.Run(row.name, func(b *testing.B) {
			l := httptest.NewServer(row.handler)
			defer l.Close()
			b.ReportAllocs()
			b.SetBytes(int64(recorded.Body.Len()))
			for b.Loop() {
				r, err := http.NewRequest("GET", l.URL+"/memberships/"+membership+"/protectedJobs/"+job, nil)
				require.NoError(b, err)
				for name, values := range row.header {
					r.Header[name] = values
				}
				response, err := http.DefaultClient.Do(r)
				require.NoError(b, err)
				require.Equal(b, 200, response.StatusCode)
				require.NoError(b, discard(response))
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}

func discard(r *http.Response) error {
	_, err := io.Copy(io.Discard, r.Body)
	r.Body.Close() //nolint:errcheck // it was read
	return err
}
