package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// constructed are contracts with everything that one can hold, of both protocols.
func constructed(t *testing.T) []*schema.Contract {
	t.Helper()
	files, err := filepath.Glob("../internal/synth/testdata/contracts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []*schema.Contract
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		c, err := schema.Parse(text)
		require.NoError(t, err)
		all = append(all, c)
	}
	return all
}

// postman sends the request that a case was made with, changed, and reports what
// the contract reads from what came back.
func postman(p *Plan, change func(*http.Request, *planned)) *Func { return post(p, true, change) }

// post is a postman that may leave its requests unsigned.
func post(p *Plan, signs bool, change func(*http.Request, *planned)) *Func {
	return &Func{Info: ClientInfo{"postman", "1", "Go"}, Operations: AnyOperation, Concurrency: 8, Do: func(ctx context.Context, call Call) *Result {
		c := &p.cases[call.Seq-1]
		failed := func(err error) *Result { return &Result{Broken: &Failure{Message: err.Error()}} }
		x := newIdentifiers(0, &c.scenario, c.interactions).interactions(c.interactions)[0]
		request, err := http.NewRequestWithContext(ctx, x.Request.Method, strings.Replace(x.Request.URL, "http://127.0.0.1", call.Endpoint, 1), bytes.NewReader(x.Request.Body.Bytes))
		if err != nil {
			return failed(err)
		}
		request.Header = x.Request.Header.Clone()
		change(request, c)
		sent, err := io.ReadAll(request.Body)
		if err != nil {
			return failed(err)
		}
		if signs {
			sigv4.Sign(request, x.Request.Body.Bytes, sigv4.Credentials(call.Credentials), call.Region, c.operation.Signing.Or("test"), time.Now())
		}
		var response *http.Response
		var body []byte
		for range max(c.Attempts.Min, 1) { // what fails before is retried
			request.Body = io.NopCloser(bytes.NewReader(sent))
			if response, err = http.DefaultTransport.RoundTrip(request); err != nil {
				return failed(err)
			}
			body, err = io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				return failed(err)
			}
		}
		if c.Expect[0].Broken {
			return failed(errors.New("a value of another type"))
		}
		got := &traffic.Response{Status: response.StatusCode, Header: response.Header, Body: traffic.BodyOf(body)}
		if e := c.Expect[0].Error; e != nil {
			result := &ErrorResult{Code: e.Code, Message: e.Message, HTTPStatus: got.Status}
			if _, known := c.operation.Error(e.Code); known {
				fields, err := c.operation.fields(e.Code, got)
				if err != nil {
					return failed(err)
				}
				result.Fields, _ = json.Marshal(fields)
			}
			return &Result{Error: result}
		}
		output, err := c.operation.output(schema.OutputPart, got)
		if err != nil {
			return failed(err)
		}
		text, err := json.Marshal(output)
		if err != nil {
			return failed(err)
		}
		return &Result{Output: text}
	}}
}

// TestGeneratedTravels: over HTTP, every generated request is taken for the one
// that was asked for, and every response for what is expected; whatever travels in
// the path, the query, headers, bodies or the status.
func TestGeneratedTravels(t *testing.T) {
	plan, err := Generate(constructed(t), 1_000_000)
	require.NoError(t, err)
	require.Greater(t, plan.Len(), 500)
	names := map[string]bool{}
	for _, c := range plan.cases {
		require.False(t, names[c.Name], c.Name)
		names[c.Name] = true
		require.Empty(t, (&scenario{Name: c.Name, About: c.About, Level: c.Level, Layer: c.Layer, Ref: c.Ref, Cassette: "none", Expect: c.Expect}).check())
	}
	results, err := plan.Run(t.Context(), postman(plan, func(*http.Request, *planned) {}), Options{Seed: 0})
	require.NoError(t, err)
	for _, o := range results.Outcomes {
		require.Equal(t, Passed, o.Verdict, "%s: %s", o.Case, strings.Join(o.Problems, "\n"))
	}
	require.True(t, results.Passes())
	require.Contains(t, plan.generated.NotMade, NotMade{"test.PayloadEvents", "its input is a stream of events"})
}

// TestWrongRequests: a request that says something else than what was asked for
// fails its case, wherever it says it.
func TestWrongRequests(t *testing.T) {
	everything := slices.DeleteFunc(constructed(t), func(c *schema.Contract) bool { return c.Operation != "Everything" && c.Operation != "Rpc" })
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		}
	}
	for name, v := range map[string]struct {
		operation string
		change    func(*http.Request)
		want      string
	}{
		"another method":    {"Everything", func(r *http.Request) { r.Method = "POST" }, "unexpected request: it is POST"},
		"another path":      {"Everything", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/other", "" }, "unexpected request: it is PUT /other"},
		"a label":           {"Everything", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/things/other/parts/b", "" }, "input of the request differs"},
		"a query parameter": {"Everything", func(r *http.Request) { r.URL.RawQuery += "&crcheck=1" }, "crcheck"},
		"an unknown member": {"Everything", body(`{"crcheck":1}`), "member.unknown"},
		"no JSON":           {"Rpc", body(`{`), "the request cannot be read"},
		"a target":          {"Rpc", func(r *http.Request) { r.Header.Set("X-Amz-Target", "Other.Rpc") }, "its X-Amz-Target is not"},
		"a path of RPC":     {"Rpc", func(r *http.Request) { r.URL.Path = "/rpc" }, "not POST /"},
		"a content type":    {"Rpc", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "http.content-type"},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := Generate(everything, 10)
			require.NoError(t, err)
			plan = plan.Select(v.operation + "/request/minimal")
			require.Equal(t, 1, plan.Len())
			results, err := plan.Run(t.Context(), postman(plan, func(r *http.Request, _ *planned) { v.change(r) }), Options{})
			require.NoError(t, err)
			require.Equal(t, Failed, results.Outcomes[0].Verdict)
			require.Contains(t, strings.Join(results.Outcomes[0].Problems, "\n"), v.want)
		})
	}
}

// TestHeaderOfRequest: what is bound to headers counts, but not what HTTP clients
// send of themselves, nor a token that nobody asked for.
func TestHeaderOfRequest(t *testing.T) {
	text := func(name string, location schema.Location, wire string, token bool) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(schema.Shape{Type: schema.String}), Location: schema.Is(location), WireName: schema.Is(wire), Token: schema.Is(token)}
	}
	c := &schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Protocol: schema.Is("restJson1"), Method: schema.Is("GET"), URI: schema.Is("/"), Input: "In",
		Shapes: map[string]*schema.Shape{"In": {Type: schema.Structure, Members: []schema.Member{
			text("accept", "header", "Accept", false), text("kind", "header", "X-Kind", false), text("token", "query", "token", true)}}}}
	o, err := newOperation(c)
	require.NoError(t, err)
	for _, v := range []struct {
		want    map[string]any
		url     string
		header  http.Header
		problem bool
	}{
		{map[string]any{}, "http://h/", http.Header{"Accept": {"*/*"}}, false},
		{map[string]any{"accept": "a/b"}, "http://h/", http.Header{"Accept": {"a/b"}}, false},
		{map[string]any{"accept": "a/b"}, "http://h/", http.Header{"Accept": {"*/*"}}, true},
		{map[string]any{}, "http://h/?token=random", nil, false},
		{map[string]any{"token": "t"}, "http://h/?token=random", nil, true},
		{map[string]any{}, "http://h/?other=1", nil, true},
		{map[string]any{}, "http://h/", http.Header{"X-Kind": {"k"}}, true},
		{map[string]any{"kind": "k"}, "http://h/", http.Header{"X-Kind": {"k"}}, false},
		{map[string]any{"kind": "k"}, "http://h/", nil, true},
	} {
		problems := o.checkRequest(v.want, &traffic.Request{Method: "GET", URL: v.url, Header: v.header})
		require.Equal(t, v.problem, len(problems) > 0, "%v %s %v: %v", v.want, v.url, v.header, problems)
	}
}

// TestMostGenerated: of more cases than are allowed those are left that show the
// most, and the others are counted.
func TestMostGenerated(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	whole, err := Generate([]*schema.Contract{c}, 0)
	require.NoError(t, err)
	require.Empty(t, whole.generated.LeftOut, "the bound is for larger operations")
	few, err := Generate([]*schema.Contract{c}, 50)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"cases beyond the 50 of an operation": whole.Len() - 50}, few.generated.LeftOut)
	var names []string
	for _, p := range few.cases {
		names = append(names, p.Name)
	}
	require.Len(t, names, 50)
	for _, want := range []string{"request/minimal", "output/full", "output/protectedJob/status/FAILED", "output/protectedJob/result/output/memberList/0-entries",
		"error/ThrottlingException/minimal", "error/unknown", "output/protectedJob/resultConfiguration/outputConfiguration/union.unknown-member/only-an-unknown-member"} {
		require.Contains(t, names, "GetProtectedJob/"+want, want)
	}
	require.NotContains(t, names, "GetProtectedJob/output/protectedJob/membershipArn/100-characters", "it shows less")
	require.Equal(t, &Generated{Operations: 1, Cases: 50, LeftOut: map[string]int{"cases beyond the 50 of an operation": whole.Len() - 50}}, few.generated)
}

func TestNothingGenerated(t *testing.T) {
	page := contracts.MustLoad(contracts.Newest).Clone()
	page.URI = schema.Known[string]{}
	var nothing *nothingGeneratedError
	_, err := Generate([]*schema.Contract{page}, 0)
	require.ErrorAs(t, err, &nothing)
	require.Equal(t, "cleanrooms.GetProtectedJob", nothing.NotMade[0].Operation)
	_, err = Generate(nil, 0)
	require.ErrorAs(t, err, &nothing)
}

// TestManyOperations: each call names its operation; a client that heeds only
// the hello is not asked for several.
func TestManyOperations(t *testing.T) {
	all := slices.DeleteFunc(constructed(t), func(c *schema.Contract) bool { // streams of events are not generated
		_, events := binding.StreamOf(c, schema.OutputPart)
		return events
	})
	plan, err := Generate(all, 3)
	require.NoError(t, err)
	asked := make([]string, plan.Len())
	client := &Func{Info: ClientInfo{"c", "1", "Go"}, Operations: AnyOperation, Do: func(_ context.Context, call Call) *Result {
		asked[call.Seq-1] = call.Operation
		return &Result{Skipped: &SkippedResult{"it does nothing"}}
	}}
	results, err := plan.Run(t.Context(), client, Options{})
	require.NoError(t, err)
	require.False(t, results.Passes(), "everything was skipped")
	for i, c := range plan.cases {
		require.Equal(t, c.operation.Name(), asked[i])
	}
	require.Equal(t, fmt.Sprintf("%d operations of test", len(all)), results.Operation)
	require.Len(t, plan.Contracts(), len(all))

	client.Operations = ""
	var one *oneOperationError
	_, err = plan.Run(t.Context(), client, Options{})
	require.ErrorAs(t, err, &one)
	require.Equal(t, len(all), one.Operations)
	rpc := plan.Select("Rpc")
	require.NotZero(t, rpc.Len())
	_, err = rpc.Run(t.Context(), client, Options{})
	require.NoError(t, err)
	require.Empty(t, slices.DeleteFunc(slices.Collect(maps.Keys(map[string]bool{asked[0]: true})), func(s string) bool { return s == "" }), "the hello has it")
}

// TestSameNames: operations of two services that go by one name keep apart.
func TestSameNames(t *testing.T) {
	one := contracts.MustLoad(contracts.Newest)
	other := one.Clone()
	other.Service = "emulated"
	plan, err := Generate([]*schema.Contract{one, other}, 1)
	require.NoError(t, err)
	require.Equal(t, "cleanrooms.GetProtectedJob", plan.cases[0].Group())
	require.Equal(t, "emulated.GetProtectedJob", plan.cases[1].Group())
	require.Equal(t, "2 operations of several services", plan.title())
}
