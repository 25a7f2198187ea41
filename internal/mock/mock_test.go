package mock_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

var update = flag.Bool("update", false, "rewrite docs/scenario.schema.json")

// listOperation is an operation of awsJson that continues a list.
func listOperation() *schema.Contract {
	text := func() schema.Ref { return schema.Inline(schema.Shape{Type: schema.String}) }
	names := text()
	return &schema.Contract{Format: 1, Service: "shop", Operation: "ListNames", Version: "1", Protocol: schema.Is("awsJson1_0"), Target: schema.Is("Shop_1.ListNames"),
		Input: "In", Output: "Out", Method: schema.Is("POST"), URI: schema.Is("/"),
		Shapes: map[string]*schema.Shape{
			"In":  {Type: schema.Structure, Members: []schema.Member{{Name: "NextToken", Shape: text()}}},
			"Out": {Type: schema.Structure, Members: []schema.Member{{Name: "Names", Shape: schema.Inline(schema.Shape{Type: schema.List, Element: &names})}, {Name: "NextToken", Shape: text()}}},
		}}
}

// serving starts a server of GetProtectedJob and ListNames.
func serving(t testing.TB, scenario string, seed uint64) (*mock.Server, string) {
	t.Helper()
	var parsed *mock.Scenario
	if scenario != "" {
		var err error
		parsed, err = mock.ParseScenario("s.yaml", []byte(scenario))
		require.NoError(t, err)
	}
	s, err := mock.New(schema.NewCatalog(contracts.MustLoad(contracts.Newest), listOperation()), parsed, seed)
	require.NoError(t, err)
	l := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); l.Close() })
	return s, l.URL
}

const (
	membership = "11111111-2222-4333-8444-555555555555"
	job        = "aaaaaaaa-2222-4333-8444-555555555555"
	otherJob   = "bbbbbbbb-2222-4333-8444-555555555555"
)

// got is a response, read.
type got struct {
	status int
	header http.Header
	body   string
}

func send(t testing.TB, method, url, body string, header ...string) got {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return got{response.StatusCode, response.Header, string(text)}
}

// getJob calls GetProtectedJob.
func getJob(t testing.TB, endpoint, job string, header ...string) got {
	t.Helper()
	return send(t, "GET", endpoint+"/memberships/"+membership+"/protectedJobs/"+job, "", header...)
}

func listNames(t testing.TB, endpoint, body string) got {
	t.Helper()
	return send(t, "POST", endpoint+"/", body, "X-Amz-Target", "Shop_1.ListNames", "Content-Type", "application/x-amz-json-1.0")
}

// open opens a session and returns its endpoint.
func open(t testing.TB, endpoint, body string) string {
	t.Helper()
	g := send(t, "POST", endpoint+"/_crcheck/sessions", body)
	require.Equal(t, 201, g.status, g.body)
	var opened mock.Opened
	require.NoError(t, json.Unmarshal([]byte(g.body), &opened))
	return opened.Endpoint
}

func status(t testing.TB, g got) string {
	t.Helper()
	require.Equal(t, 200, g.status, g.body)
	var body struct {
		ProtectedJob struct{ Status, ID string }
	}
	require.NoError(t, json.Unmarshal([]byte(g.body), &body))
	return body.ProtectedJob.Status
}

func TestFull(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	g := getJob(t, endpoint, job)
	require.Equal(t, "SUCCESS", status(t, g))
	require.Contains(t, g.body, job, "the identifiers of the request are repeated")
	require.Contains(t, g.body, membership)
	require.Equal(t, "00000000-0000-4000-8000-000000000001", g.header.Get("X-Amzn-Requestid"))
	require.Equal(t, mock.Counts{Requests: 1}, s.Counts())
	require.Equal(t, "200 cleanrooms.GetProtectedJob: full", s.Log()[0].String())
}

func TestUnknownOperation(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	g := send(t, "GET", endpoint+"/nothing", "")
	require.Equal(t, 404, g.status)
	require.Equal(t, "UnknownOperationException", g.header.Get("X-Amzn-Errortype"))
	require.True(t, json.Valid([]byte(g.body)), g.body)
	require.Equal(t, mock.Counts{Requests: 1, Refused: 1}, s.Counts())
}

// TestInvalid checks that an invalid request gets the service's own error, which says what is wrong.
func TestInvalid(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	g := listNames(t, endpoint, `{"NextToken": 7}`)
	require.Equal(t, 400, g.status)
	require.Contains(t, g.body, `"__type":"ValidationException"`)
	require.Contains(t, g.body, "got number 7, want string")
	require.Equal(t, mock.Counts{Requests: 1, Invalid: 1}, s.Counts())
	require.Len(t, s.Log()[0].Findings, 1)

	require.Equal(t, 200, getJob(t, endpoint, "short").status, "AWS does not enforce every length that it documents")
	require.Equal(t, mock.Counts{Requests: 2, Invalid: 1}, s.Counts())
	require.Contains(t, s.Log()[1].String(), "constraint.length")
}

func TestPrefer(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	for _, row := range []struct {
		name    string
		prefer  []string
		status  int
		body    string
		applied string
	}{
		{"a response", []string{"response=status=FAILED"}, 200, `"status":"FAILED"`, "response=status=FAILED"},
		{"in quotes", []string{`response="status=FAILED"`}, 200, `"status":"FAILED"`, `response="status=FAILED"`},
		{"a status", []string{"code=404"}, 404, "message", "code=404"},
		{"a delay too", []string{"delay=1ms, response=minimal"}, 200, `"status"`, "delay=1ms, response=minimal"},
		{"two headers", []string{"delay=1ms", "code=500"}, 500, "message", "delay=1ms, code=500"},
		{"a fault that lets the response through", []string{"fault=chunked"}, 200, `"status"`, "fault=chunked"},
		{"empty", []string{" , "}, 200, `"status":"SUCCESS"`, ""},
		{"no such response", []string{"response=status=FAILD"}, 400, `did you mean \"status=FAILED\"?; there are: full, minimal`, ""},
		{"no such status", []string{"code=418"}, 400, "there are: 200, 404, 500", ""},
		{"no number", []string{"code=many"}, 400, "no response has this status", ""},
		{"no such preference", []string{"respond-async"}, 400, "there are: response=ID, code=STATUS, fault=KIND, delay=DURATION", ""},
		{"no such fault", []string{"fault=fire"}, 400, `unknown fault \"fire\"`, ""},
		{"no delay", []string{"delay=soon"}, 400, "write a duration such as 250ms", ""},
		{"a sequence", []string{"response=error=ThrottlingException then success"}, 400, "a sequence needs a session", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var header []string
			for _, p := range row.prefer {
				header = append(header, "Prefer", p)
			}
			g := getJob(t, endpoint, job, header...)
			require.Equal(t, row.status, g.status, g.body)
			require.Contains(t, g.body, row.body)
			require.Equal(t, row.applied, g.header.Get("Preference-Applied"))
		})
	}
}

// TestPins checks that pins stay in usual responses, and that operations without such members do not
// mind.
func TestPins(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	s.Pins = map[string]any{"status": "CANCELLED"}
	require.Equal(t, "CANCELLED", status(t, getJob(t, endpoint, job)))
	failed := open(t, endpoint, `{"operation": "GetProtectedJob", "response": "status=FAILED"}`)
	require.Equal(t, "FAILED", status(t, getJob(t, failed, job)), "a session chooses")
	require.Equal(t, http.StatusOK, send(t, "POST", endpoint+"/", "{}", "X-Amz-Target", "Shop_1.ListNames").status)
}

func TestSessions(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	failed := open(t, endpoint, `{"operation": "GetProtectedJob", "response": "status=FAILED"}`)
	polled := open(t, endpoint, `{"operation": "GetProtectedJob", "response": "status=SUBMITTED then STARTED then SUCCESS"}`)
	pinned := open(t, endpoint, `{"operation": "cleanrooms.GetProtectedJob", "pin": {"status": "CANCELLED"}, "sequence": ["statistics absent", "full"]}`)
	broken := open(t, endpoint, `{"operation": "GetProtectedJob", "fault": {"kind": "close", "times": 1}}`)
	usual := open(t, endpoint, "")

	for range 2 {
		require.Equal(t, "FAILED", status(t, getJob(t, failed, job)))
	}
	var seen []string
	for _, id := range []string{job, job, otherJob, job, job, otherJob} {
		seen = append(seen, status(t, getJob(t, polled, id)))
	}
	require.Equal(t, []string{"SUBMITTED", "STARTED", "SUBMITTED", "SUCCESS", "SUCCESS", "STARTED"}, seen, "a sequence advances for each job")
	first := getJob(t, pinned, job)
	require.Equal(t, "CANCELLED", status(t, first))
	require.NotContains(t, first.body, "statistics")
	require.Contains(t, getJob(t, pinned, job).body, "statistics")
	require.Equal(t, "SUCCESS", status(t, getJob(t, usual, job)))

	_, err := http.Post(broken+"/x", "", nil) // no operation: the fault is that of GetProtectedJob
	require.NoError(t, err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	_, err = client.Get(broken + "/memberships/" + membership + "/protectedJobs/" + job)
	require.Error(t, err)
	require.Equal(t, "SUCCESS", status(t, getJob(t, broken, job)))

	id := polled[strings.LastIndexByte(polled, '/')+1:]
	var log []mock.Asked
	require.NoError(t, json.Unmarshal([]byte(send(t, "GET", endpoint+"/_crcheck/requests?session="+id, "").body), &log))
	require.Len(t, log, 6)
	require.Equal(t, "status=SUBMITTED", log[0].Response)
	require.Len(t, s.Log(), 14)

	require.Equal(t, 204, send(t, "DELETE", endpoint+"/_crcheck/sessions/"+id, "").status)
	require.Equal(t, 404, getJob(t, polled, job).status)
	require.Equal(t, 404, send(t, "DELETE", endpoint+"/_crcheck/sessions/"+id, "").status)
}

func TestControlErrors(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	for _, row := range []struct{ name, method, path, body, want string }{
		{"no such response", "POST", "sessions", `{"operation": "GetProtectedJob", "response": "x"}`, `"known":["full"`},
		{"no such operation", "POST", "sessions", `{"operation": "GetProtectedJobs"}`, "GetProtectedJob"},
		{"no operation", "POST", "sessions", `{"response": "full"}`, "operation"},
		{"both", "POST", "sessions", `{"operation": "GetProtectedJob", "response": "full", "sequence": ["full"]}`, "exclude each other"},
		{"a misspelt pin", "POST", "sessions", `{"operation": "GetProtectedJob", "pin": {"statsu": 1}}`, "did you mean status?"},
		{"an unknown member", "POST", "sessions", `{"operaton": "GetProtectedJob"}`, "operaton"},
		{"two values", "POST", "sessions", `{} {}`, "more than one JSON value"},
		{"no JSON", "POST", "sessions", "x", "not a session"},
		{"no fault", "POST", "sessions", `{"operation": "GetProtectedJob", "fault": {"kind": "fire"}}`, "unknown fault"},
		{"no delay", "POST", "sessions", `{"operation": "GetProtectedJob", "delay": "-1s"}`, "is not a delay"},
		{"the list of no operation", "GET", "responses", "", "operation"},
		{"a misspelt pin of a list", "GET", "responses?operation=GetProtectedJob&pin.statsu=1", "", "did you mean status?"},
		{"another path", "GET", "nothing", "", "POST /_crcheck/sessions"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := send(t, row.method, endpoint+"/_crcheck/"+row.path, row.body)
			require.Contains(t, []int{400, 404}, g.status)
			require.Contains(t, g.body, row.want)
			require.True(t, json.Valid([]byte(g.body)))
		})
	}
}

func TestListing(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	var all, pinned mock.Listing
	require.NoError(t, json.Unmarshal([]byte(send(t, "GET", endpoint+"/_crcheck/responses?operation=GetProtectedJob", "").body), &all))
	require.NoError(t, json.Unmarshal([]byte(send(t, "GET", endpoint+`/_crcheck/responses?operation=GetProtectedJob&pin.status=FAILED`, "").body), &pinned))
	require.Equal(t, "cleanrooms.GetProtectedJob", all.Operation)
	require.Greater(t, len(all.Responses), len(pinned.Responses))
	require.Greater(t, len(pinned.Responses), 50)
}

// TestPagination checks that lists end, whichever response a session has.
func TestPagination(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	var all mock.Listing
	require.NoError(t, json.Unmarshal([]byte(send(t, "GET", endpoint+"/_crcheck/responses?operation=ListNames", "").body), &all))
	for _, r := range all.Responses {
		t.Run(r.ID, func(t *testing.T) {
			session := open(t, endpoint, fmt.Sprintf(`{"operation": "ListNames", "response": %q}`, r.ID))
			request, pages := "{}", 0
			for ; request != ""; pages++ {
				require.Less(t, pages, 4)
				var page struct{ NextToken string }
				require.NoError(t, json.Unmarshal([]byte(listNames(t, session, request).body), &page))
				if request = ""; page.NextToken != "" {
					request = fmt.Sprintf(`{"NextToken": %q}`, page.NextToken)
				}
			}
			if r.ID == "full" {
				require.Equal(t, 2, pages)
			}
		})
	}
}

// TestSameBytes checks with many sessions at once that the responses of a session follow from the
// seed and its own requests.
func TestSameBytes(t *testing.T) {
	const sessions = 64
	run := func(seed uint64, reverse bool) (all [sessions]string) {
		_, endpoint := serving(t, "", seed)
		var wg sync.WaitGroup
		for n := range sessions {
			if reverse {
				n = sessions - 1 - n
			}
			session := open(t, endpoint, `{"operation": "GetProtectedJob", "response": "status=SUBMITTED then STARTED then SUCCESS"}`)
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 4 {
					g := getJob(t, session, fmt.Sprintf("aaaaaaaa-2222-4333-8444-%012d", n+i/3))
					all[n] += g.header.Get("X-Amzn-Requestid") + g.body
				}
			}()
		}
		wg.Wait()
		return all
	}
	first := run(1, false)
	require.Equal(t, first, run(1, true))
	require.NotEqual(t, first, run(2, false))
}

// TestHang checks that a fault that hangs ends with the client, and with the server.
func TestHang(t *testing.T) {
	s, endpoint := serving(t, "", 0)
	hanging := open(t, endpoint, `{"operation": "GetProtectedJob", "fault": {"kind": "hang"}}`)
	client := http.Client{Timeout: 50 * time.Millisecond}
	_, err := client.Get(hanging + "/memberships/" + membership + "/protectedJobs/" + job)
	require.Error(t, err)
	require.Equal(t, "hang", s.Log()[0].Fault)
	s.Close()
	s.Close()
}

func TestForeignHost(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	r, err := http.NewRequest("GET", endpoint+"/_crcheck/requests", nil)
	require.NoError(t, err)
	r.Host = "example.com"
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusMisdirectedRequest, response.StatusCode)
}

func TestTooLarge(t *testing.T) {
	_, endpoint := serving(t, "", 0)
	require.Equal(t, http.StatusRequestEntityTooLarge, listNames(t, endpoint, strings.Repeat(" ", 17<<20)).status)
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}
