package replay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

func numbered(interactions ...*traffic.Interaction) []*traffic.Interaction {
	for i, in := range interactions {
		in.Index = i
	}
	return interactions
}

func player(tb testing.TB, opts replay.Options, interactions ...*traffic.Interaction) *replay.Player {
	r, err := replay.New(replay.Of(numbered(interactions...)...), opts)
	require.NoError(tb, err)
	return r
}

func TestOrder(t *testing.T) {
	const url = "http://127.0.0.1/job"
	for _, v := range []struct {
		order replay.Order
		want  string
	}{
		{replay.Strict, "started done miss miss"},
		{replay.Any, "started done started done"},
		{replay.Sticky, "started done done done"},
	} {
		r := player(t, replay.Options{Order: v.order},
			replaytest.Said("GET", url, "", "started"), replaytest.Said("GET", url+"/other", "", "other"), replaytest.Said("GET", url, "", "done"))
		var got []string
		for range 4 {
			got = append(got, replaytest.Ask(t, r, "GET", url, ""))
		}
		require.Equal(t, v.want, strings.Join(got, " "), v.order.String())
		require.Equal(t, "other", replaytest.Ask(t, r, "GET", url+"/other", ""), "different requests may come in any order")
	}
}

func TestOrderAsText(t *testing.T) {
	for _, order := range []replay.Order{replay.Strict, replay.Any, replay.Sticky} {
		text, err := order.MarshalText()
		require.NoError(t, err)
		var again replay.Order
		require.NoError(t, again.UnmarshalText(text))
		require.Equal(t, order, again)
	}
	require.ErrorContains(t, new(replay.Order).UnmarshalText([]byte("loose")), `"loose"`)
	require.Equal(t, "Order(7)", replay.Order(7).String())
}

func TestMatch(t *testing.T) {
	signed := func(service string) []string {
		return []string{"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/" + service + "/aws4_request, Signature=0"}
	}
	const recordedURL = "https://cleanrooms.us-east-1.amazonaws.com/a%20b/c?y=2&x=1+1"
	const recordedBody = `{"a":1,"b":[1.0,"é"]}`
	for _, v := range []struct {
		name, method, url, body string
		header                  []string
		match                   bool
	}{
		{"the same", "POST", recordedURL, recordedBody, nil, true},
		{"loopback", "POST", "http://127.0.0.1:8080/a%20b/c?y=2&x=1+1", recordedBody, nil, true},
		{"query order and encoding", "POST", "http://127.0.0.1/a%20b/c?x=1%201&y=%32", recordedBody, nil, true},
		{"member order, white space, escapes, numbers", "POST", "http://127.0.0.1/a%20b/c?y=2&x=1+1", `{ "b":[10e-1, "\u00e9"], "a":1 }`, nil, true},
		{"signed", "POST", "http://127.0.0.1/a%20b/c?y=2&x=1+1", recordedBody, signed("cleanrooms"), true},
		{"signed for another service", "POST", recordedURL, recordedBody, signed("iam"), false},
		{"host of another service", "POST", strings.Replace(recordedURL, "cleanrooms", "iam", 1), recordedBody, nil, false},
		{"method", "PUT", recordedURL, recordedBody, nil, false},
		{"path", "POST", "http://127.0.0.1/a%2Bb/c?y=2&x=1+1", recordedBody, nil, false},
		{"plus is no %2B", "POST", "http://127.0.0.1/a%20b/c?y=2&x=1%2B1", recordedBody, nil, false},
		{"target", "POST", recordedURL, recordedBody, []string{"X-Amz-Target", "A.B"}, false},
		{"element order", "POST", recordedURL, `{"a":1,"b":["é",1.0]}`, nil, false},
		{"no body", "POST", recordedURL, "", nil, false},
	} {
		r := player(t, replay.Options{}, replaytest.Said("POST", recordedURL, recordedBody, "yes"))
		require.Equal(t, map[bool]string{true: "yes", false: "miss"}[v.match], replaytest.Ask(t, r, v.method, v.url, v.body, v.header...), v.name)
	}
}

// Requests that say no service are answered across services in the order of recording, and those
// that do take only theirs.
func TestServices(t *testing.T) {
	r := player(t, replay.Options{Order: replay.Strict},
		replaytest.Said("GET", "https://b.us-east-1.amazonaws.com/", "", "b1"),
		replaytest.Said("GET", "https://a.us-east-1.amazonaws.com/", "", "a1"),
		replaytest.Said("GET", "http://localhost/", "", "any"),
		replaytest.Said("GET", "https://b.us-east-1.amazonaws.com/", "", "b2"))
	require.Equal(t, "b1", replaytest.Ask(t, r, "GET", "http://127.0.0.1/", ""))
	require.Equal(t, "any", replaytest.Ask(t, r, "GET", "https://c.us-east-1.amazonaws.com/", ""))
	require.Equal(t, "b2", replaytest.Ask(t, r, "GET", "https://b.us-east-1.amazonaws.com/", ""))
	require.Equal(t, "miss", replaytest.Ask(t, r, "GET", "https://b.us-east-1.amazonaws.com/", ""))
	require.Equal(t, "a1", replaytest.Ask(t, r, "GET", "http://127.0.0.1/", ""))
}

func TestMask(t *testing.T) {
	mask := func(req *http.Request, body []byte) []byte {
		if req.URL.Path != "/start" {
			return body
		}
		return []byte(strings.ReplaceAll(string(body), "1111", "2222"))
	}
	r, err := replay.New(replay.Of(
		replaytest.Said("POST", "http://localhost/start", `{"token":"1111"}`, "started"),
		replaytest.Said("POST", "http://localhost/other", `{"token":"1111"}`, "other")), replay.Options{Order: replay.Sticky, Mask: mask})
	require.NoError(t, err)
	require.Equal(t, "started", replaytest.Ask(t, r, "POST", "http://127.0.0.1/start", `{"token":"2222"}`))
	require.Equal(t, "started", replaytest.Ask(t, r, "POST", "http://127.0.0.1/_c/said.yaml/s/start", `{"token":"2222"}`))
	require.Equal(t, "miss", replaytest.Ask(t, r, "POST", "http://127.0.0.1/other", `{"token":"2222"}`))
}

func TestAnswer(t *testing.T) {
	for _, v := range []struct {
		name, method         string
		status               int
		header               http.Header
		body                 string
		wantStatus, wantBody string
		wantHeader           http.Header
		wantLength           int64
	}{
		{"headers as recorded, the length as it is", "GET", 200,
			http.Header{"x-a": {"1", "2"}, "Content-Length": {"999"}, "Transfer-Encoding": {"chunked"}, "Connection": {"close"}}, "text",
			"200 OK", "text", http.Header{"X-A": {"1", "2"}, "Content-Length": {"4"}}, 4},
		{"nothing added", "GET", 200, nil, "", "200 OK", "", http.Header{"Content-Length": {"0"}}, 0},
		{"an unheard-of status", "GET", 599, nil, "x", "599", "x", http.Header{"Content-Length": {"1"}}, 1},
		{"HEAD", "HEAD", 200, http.Header{"Content-Length": {"999"}}, "", "200 OK", "", http.Header{"Content-Length": {"999"}}, 999},
		{"not encoded as stated", "GET", 200, http.Header{"content-encoding": {"gzip"}, "Content-Length": {"999"}}, "text",
			"200 OK", "text", http.Header{"Content-Length": {"4"}}, 4},
		{"encoded as stated", "GET", 200, http.Header{"Content-Encoding": {"br"}}, "\x8b\x01\x80text\x03",
			"200 OK", "\x8b\x01\x80text\x03", http.Header{"Content-Encoding": {"br"}, "Content-Length": {"8"}}, 8},
		{"in an unknown encoding", "GET", 200, http.Header{"Content-Encoding": {"compress"}}, "\x1f\x9d\xff",
			"200 OK", "\x1f\x9d\xff", http.Header{"Content-Encoding": {"compress"}, "Content-Length": {"3"}}, 3},
		{"nothing, stated as encoded", "GET", 200, http.Header{"Content-Encoding": {"gzip"}}, "", "200 OK", "", http.Header{"Content-Length": {"0"}}, 0},
		{"HEAD of an encoded body", "HEAD", 200, http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"999"}}, "",
			"200 OK", "", http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"999"}}, 999},
		{"no content", "GET", 204, http.Header{"Content-Length": {"3"}}, "abc", "204 No Content", "", http.Header{}, 0},
	} {
		in := replaytest.Said(v.method, "http://localhost/", "", v.body)
		in.Response.Status, in.Response.Header = v.status, v.header
		r := player(t, replay.Options{Order: replay.Any}, in)
		server := httptest.NewServer(r)
		for name, rt := range map[string]http.RoundTripper{"in process": r, "server": server.Client().Transport} {
			req, err := http.NewRequest(v.method, server.URL, nil)
			require.NoError(t, err)
			res, err := rt.RoundTrip(req)
			require.NoError(t, err, v.name)
			text, err := io.ReadAll(res.Body)
			require.NoError(t, err, v.name)
			require.NoError(t, res.Body.Close())
			require.Equal(t, v.wantBody, string(text), "%s %s", v.name, name)
			require.Equal(t, v.wantStatus, strings.TrimSuffix(res.Status, " status code 599"), "%s %s", v.name, name)
			res.Header.Del("Date") // of the server, see TestDateIsThatOfTheReplay
			require.Equal(t, v.wantHeader, res.Header, "%s %s", v.name, name)
			require.Equal(t, v.wantLength, res.ContentLength, "%s %s", v.name, name)
			require.Same(t, req, res.Request)
		}
		server.Close()
	}
}

func TestSkipped(t *testing.T) {
	bare := &traffic.Interaction{Source: "bare.json"}
	early := replaytest.Said("GET", "http://localhost/", "", "")
	early.Response.Status = 100
	none := replaytest.Said("GET", "http://localhost/", "", "")
	none.Response.Status = 0
	broken := replaytest.Said("GET", "http://[::1", "", "")
	r, err := replay.New(replay.Of(bare, early, none, broken, replaytest.Said("GET", "http://localhost/", "", "yes")), replay.Options{})
	require.NoError(t, err)
	require.Equal(t, 1, r.Len())
	require.Len(t, r.Skipped(), 4)
	require.Equal(t, "bare.json", r.Skipped()[0].Source)
	require.Equal(t, 1, r.Skipped()[0].Interaction)
	require.Equal(t, "yes", replaytest.Ask(t, r, "GET", "http://localhost/", ""))

	fault := errors.New("fault")
	_, err = replay.New(func(yield func(*traffic.Interaction, error) bool) { yield(nil, fault) }, replay.Options{})
	require.ErrorIs(t, err, fault)
}

// blocking never yields a byte before it is released.
type blocking chan struct{}

func (b blocking) Read([]byte) (int, error) { <-b; return 0, io.EOF }

func TestRoundTripContract(t *testing.T) {
	r := player(t, replay.Options{Order: replay.Any}, replaytest.Said("POST", "http://localhost/", "body", "yes"))
	request := func(ctx context.Context, body io.Reader) (*http.Request, *replaytest.Closing) {
		c := &replaytest.Closing{Reader: body, Closed: make(chan struct{})}
		req, err := http.NewRequestWithContext(ctx, "POST", "http://localhost/", c)
		require.NoError(t, err)
		return req, c
	}
	ctx, cancel := context.WithCancel(t.Context())

	req, body := request(ctx, strings.NewReader("body"))
	before := fmt.Sprint(req.Method, req.URL, req.Header, req.Host)
	res, err := r.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode)
	<-body.Closed
	require.Equal(t, before, fmt.Sprint(req.Method, req.URL, req.Header, req.Host))

	broken := errors.New("broken")
	req, body = request(ctx, io.MultiReader(strings.NewReader("bo"), errorReader{broken}))
	_, err = r.RoundTrip(req)
	require.ErrorIs(t, err, broken)
	<-body.Closed

	release := make(blocking)
	req, body = request(ctx, release)
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err = r.RoundTrip(req)
	require.ErrorIs(t, err, context.Canceled, "a body that blocks does not hold the request up")
	close(release)
	<-body.Closed

	req, body = request(ctx, strings.NewReader("body"))
	_, err = r.RoundTrip(req)
	require.ErrorIs(t, err, context.Canceled)
	<-body.Closed
	require.Zero(t, r.Missed())

	_, err = r.RoundTrip(&http.Request{})
	require.Error(t, err)
	_, err = r.RoundTrip((&http.Request{URL: req.URL}).WithContext(ctx))
	require.ErrorIs(t, err, context.Canceled)
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

// 64 goroutines: each response is given once, and what one of them does to its response nobody else
// sees.
func TestConcurrency(t *testing.T) {
	const goroutines, each = 64, 50
	var interactions []*traffic.Interaction
	for i := range goroutines * each {
		in := replaytest.Said("POST", "http://localhost/", `{"a":1}`, fmt.Sprint(i))
		in.Response.Header = http.Header{"X-Number": {fmt.Sprint(i)}}
		interactions = append(interactions, in)
	}
	r := player(t, replay.Options{KeepOrder: true}, interactions...)
	var seen sync.Map
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := range each {
				req, _ := http.NewRequest("POST", "http://localhost/", strings.NewReader(`{"a":1}`))
				res, err := r.RoundTrip(req)
				if err != nil || res.StatusCode != 200 {
					t.Error("no response", err)
					return
				}
				text, _ := io.ReadAll(res.Body)
				number := string(text)
				if number != res.Header.Get("X-Number") {
					t.Error("the header of another response")
				}
				res.Header.Set("X-Number", "changed")
				res.Header["X-Number"][0] = "changed again"
				for j := range text {
					text[j] = 'x'
				}
				if _, twice := seen.LoadOrStore(number, true); twice {
					t.Error("a response was given twice", number)
				}
				if i%10 == 0 {
					replaytest.Ask(t, r, "GET", "http://localhost/nowhere", "")
					replaytest.Ask(t, r, "POST", fmt.Sprintf("http://localhost/_c/said.yaml/%d/", g), `{"a":1}`)
					r.Unplayed()
					r.Misses()
				}
			}
		})
	}
	all.Wait()
	require.Empty(t, r.Unplayed())
	require.Len(t, r.Played(), goroutines*each)
	require.Equal(t, goroutines*each/10, r.Missed())
}

func TestUnplayed(t *testing.T) {
	a, b := replaytest.Said("GET", "http://localhost/a", "", "a"), replaytest.Said("GET", "http://localhost/b", "", "b")
	r := player(t, replay.Options{}, a, b)
	require.Equal(t, []*traffic.Interaction{a, b}, r.Unplayed())
	replaytest.Ask(t, r, "GET", "http://localhost/b", "")
	require.Equal(t, []*traffic.Interaction{a}, r.Unplayed())
	require.Equal(t, []*traffic.Interaction{b}, r.Played())
}
