package validate

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// reported is one call of Report.
type reported struct {
	rules []finding.RuleID
	err   error
}

// live serves over TLS and returns a client whose traffic is validated.
func live(t *testing.T, handler http.HandlerFunc) (*http.Client, string, func() []reported) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	k, err := CompileCatalog(schema.NewCatalog(contracts.MustLoad(contracts.Newest)), Options{})
	require.NoError(t, err)
	var mu sync.Mutex
	var all []reported
	client := server.Client()
	client.Transport = &Transport{Base: client.Transport, Catalog: k, Report: func(_ *http.Request, findings finding.Set, err error) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, reported{findings.Rules(), err})
	}}
	return client, server.URL + "/memberships/00000000-0000-4000-8000-000000000002/protectedJobs/00000000-0000-4000-8000-000000000001", func() []reported {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body) //nolint:errcheck // the client reports it
	}
}

func TestTransport(t *testing.T) {
	for _, v := range []struct {
		name, path string
		status     int
		body       string
		want       []reported
	}{
		{"clean", "", 200, with(""), []reported{{}}},
		{"two members", "", 200, output(`{"s3":{"location":"x"},"memberList":[]}`), []reported{{rules: []finding.RuleID{finding.UnionMultipleMembers}}}},
		{"an error", "", 429, `{"__type":"ThrottlingException","message":"slow down"}`, []reported{{}}},
		{"not routed", "/elsewhere", 200, "not JSON", nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			client, url, all := live(t, answering(v.status, v.body))
			response, err := client.Get(url + v.path)
			require.NoError(t, err)
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, v.body, string(body), "the body is restored")
			require.Equal(t, v.status, response.StatusCode)
			require.Equal(t, v.want, all())
		})
	}
}

// TestTransportRequest checks that a live request is validated if its body can be read again.
func TestTransportRequest(t *testing.T) {
	for _, v := range []struct {
		name    string
		body    io.Reader
		replays bool
		want    []finding.RuleID
	}{
		{"no body", nil, true, nil},
		{"empty object", strings.NewReader(`{}`), true, nil},
		{"unknown member", strings.NewReader(`{"a":1}`), true, []finding.RuleID{finding.MemberUnknown}},
		{"read once", strings.NewReader(`{"a":1}`), false, nil},
		{"too long", strings.NewReader(`{"a":"` + strings.Repeat("a", MaxLiveBody) + `"}`), true, nil},
	} {
		t.Run(v.name, func(t *testing.T) {
			var sent int64
			client, url, all := live(t, func(w http.ResponseWriter, r *http.Request) {
				sent, _ = io.Copy(io.Discard, r.Body)
				answering(200, with(""))(w, r)
			})
			request, err := http.NewRequest("GET", url, v.body)
			require.NoError(t, err)
			length := request.ContentLength
			if !v.replays {
				request.GetBody = nil
			}
			response, err := client.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, length, sent)
			require.Equal(t, []reported{{rules: v.want}}, all())
		})
	}
	client, url, all := live(t, answering(200, with("")))
	response, err := client.Get(strings.Replace(url, "000000000002", "00000000000X", 1))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, []reported{{rules: []finding.RuleID{finding.ConstraintPattern, finding.EchoMismatch}}}, all())
}

func TestTransportBodyBreaksOff(t *testing.T) {
	client, url, all := live(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "{") //nolint:errcheck // it is cut on purpose
	})
	response, err := client.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "it fails where it failed")
	require.Equal(t, "{", string(body))
	require.Len(t, all(), 1)
	require.ErrorIs(t, all()[0].err, io.ErrUnexpectedEOF)
}

func TestTransportLongBody(t *testing.T) {
	long := `{"x":"` + strings.Repeat("a", MaxLiveBody) + `"}`
	client, url, all := live(t, answering(200, long))
	response, err := client.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, len(long), len(body))
	require.ErrorIs(t, all()[0].err, ErrTooLong)
}

func TestTransportConcurrently(t *testing.T) {
	client, url, all := live(t, answering(200, with(`,"extra":1`)))
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			response, err := client.Get(url)
			if err == nil {
				io.Copy(io.Discard, response.Body) //nolint:errcheck // counted below
				response.Body.Close()
			}
		})
	}
	wait.Wait()
	require.Len(t, all(), 16)
}

// recordingTB is a testing.TB that notes how a test ended.
type recordingTB struct {
	testing.TB
	fatal, logged string
}

func (w *recordingTB) Helper() {}
func (w *recordingTB) Fatalf(format string, args ...any) {
	w.fatal = strings.TrimSpace(fmt.Sprintf(format, args...))
}
func (w *recordingTB) Logf(format string, args ...any) { w.logged = fmt.Sprintf(format, args...) }

func TestRequire(t *testing.T) {
	v := newest(t)
	for _, c := range []struct {
		document      string
		fatal, logged string
	}{
		{with(""), "", ""},
		{with(`,"extra":1`), "", "member.unknown"},
		{output(`{"s3":{"location":"x"},"memberList":[]}`), "s3 and memberList", ""},
	} {
		w := &recordingTB{TB: t}
		Require(w, v, []byte(c.document))
		require.Equal(t, c.fatal == "", w.fatal == "")
		require.Contains(t, w.fatal, c.fatal)
		require.Contains(t, w.logged, c.logged)
	}
}
