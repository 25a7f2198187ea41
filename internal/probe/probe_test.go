package probe_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/probe"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

func newProbe(t testing.TB, endpoint string, k *schema.Catalog, options probe.Options) *probe.Probe {
	t.Helper()
	p, err := probe.New(endpoint, k, options)
	require.NoError(t, err)
	return p
}

// TestFaults checks that a correct emulator has no findings, and that each fault is found by
// exactly its rule.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault string
		rule  finding.RuleID
		place string // of the first finding
		count int
	}{
		{"", "", "", 0},
		{"another status", finding.ProbeStatus, "the top", 2},
		{"error of another status", finding.ProbeStatus, "the top", 1},
		{"another error", finding.ProbeErrorCode, "the top", 1},
		{"error without a name", finding.ErrorUnidentified, "the top", 1},
		{"a member is missing", finding.ProbeMember, "/order/note", 4},
		{"a member of an element is missing", finding.ProbeMember, "/order/lines/*/discount", 4},
		{"a required member is missing", finding.MemberMissing, "/order/name", 4},
		{"a header is missing", finding.ProbeMember, "/etag", 4},
		{"a member too many", finding.ProbeMemberExtra, "/order/trace", 4},
		{"an unknown member", finding.MemberUnknown, "/order/colour", 4},
		{"two union members", finding.UnionMultipleMembers, "/order/payment", 4},
		{"another union member", finding.ProbeUnionMember, "/order/payment", 4},
		{"an unknown value", finding.EnumUnknownValue, "/order/status", 4},
		{"not JSON", finding.SyntaxInvalid, "the top", 4},
		{"ignores the identifier", finding.EchoMismatch, "/order/id", 1},
		{"accepts an invalid identifier", finding.ProbeNotRefused, "input#/id", 7},
		{"accepts an invalid body", finding.ProbeNotRefused, "input", 21},
	} {
		t.Run(c.fault, func(t *testing.T) {
			e, endpoint := newEmulator(t, c.fault)
			p := newProbe(t, endpoint, shop(t), probe.Options{})
			var found []finding.Finding
			take := func(o probe.Outcome, err error) {
				require.NoError(t, err)
				require.NotNil(t, o.Contract, o.NotProbed)
				found = append(found, o.Findings...)
			}
			for _, x := range recorded(t) {
				take(p.Replay(t.Context(), x))
			}
			if c.fault != "not JSON" && c.fault != "a required member is missing" {
				require.Equal(t, []string{"POST /orders", "POST /orders", "GET /orders/ord-00000001", "GET /orders/ord-00000002?page=1", "GET /orders/ord-cccccccc"}, e.seen[:5])
			}
			for o, err := range p.Negative(t.Context()) {
				take(o, err)
			}
			require.Greater(t, len(e.seen), 25, "invalid inputs were sent")
			var rules []finding.RuleID
			for _, f := range found {
				rules = append(rules, f.Rule)
				require.Equal(t, f.Rule.Severity(finding.Default), f.Severity)
				if f.Part != string(schema.InputPart) {
					require.Equal(t, "session.yaml", f.Source)
					require.Positive(t, f.Line)
				}
			}
			require.Len(t, rules, c.count, "%v", found)
			slices.Sort(rules)
			if rules = slices.Compact(rules); c.rule == "" {
				require.Empty(t, rules)
				return
			}
			if c.fault == "not JSON" { // nothing is carried, and the second request fails
				rules = slices.DeleteFunc(rules, func(r finding.RuleID) bool { return r == finding.ProbeStatus })
			}
			if c.fault == "accepts an invalid identifier" { // and finds nothing by most of them
				rules = slices.DeleteFunc(rules, func(r finding.RuleID) bool { return r == finding.ProbeOtherError })
			}
			require.Equal(t, []finding.RuleID{c.rule}, rules, "%v", found)
			require.Equal(t, c.place, finding.PlaceText(found[0].Part, found[0].Place()))
		})
	}
}

// TestReplayProbesItself checks that a replay of the valid cassettes is an emulator without any
// difference.
func TestReplayProbesItself(t *testing.T) {
	k := schema.NewCatalog(contracts.MustLoad(contracts.Newest))
	checked := 0
	for _, entry := range cassettes.EmbeddedIndex().Entries {
		if !strings.HasPrefix(entry.File, "good/") {
			continue
		}
		f, err := cassettes.Embedded().Open(entry.File)
		require.NoError(t, err)
		var all []*traffic.Interaction
		for x, err := range traffic.Read(entry.File, f) {
			require.NoError(t, err)
			all = append(all, x)
		}
		require.NoError(t, f.Close())
		replay, err := replay.New(func(yield func(*traffic.Interaction, error) bool) {
			for _, x := range all {
				if !yield(x, nil) {
					return
				}
			}
		}, replay.Options{})
		require.NoError(t, err)
		if slices.ContainsFunc(all, func(x *traffic.Interaction) bool { return x.Response.Status == 429 || x.Response.Status >= 500 }) {
			continue // the replay would be one response behind
		}
		p := newProbe(t, "http://emulator", k, probe.Options{Transport: replay})
		for _, x := range all {
			o, err := p.Replay(t.Context(), x)
			require.NoError(t, err)
			require.NotNil(t, o.Contract, o.NotProbed)
			require.Empty(t, o.Findings, entry.File)
			checked++
		}
	}
	require.Greater(t, checked, 50)
}

func TestNotProbed(t *testing.T) {
	_, endpoint := newEmulator(t, "")
	p := newProbe(t, endpoint, shop(t), probe.Options{})
	busy := "the service was throttling or failing"
	missing := interaction("GET", "/orders/ord-aaaaaaaa", "", 200, "")
	missing.Response.Body = traffic.Body{Missing: true}
	unsent := interaction("POST", "/orders", "", 200, "{}")
	unsent.Request.Body = traffic.Body{Missing: true}
	encoded := interaction("GET", "/orders/ord-aaaaaaaa", "", 200, "\x8b")
	encoded.Response.Header.Set("Content-Encoding", "br")
	for _, c := range []struct {
		x   *traffic.Interaction
		why string
	}{
		{&traffic.Interaction{}, "no request was recorded"},
		{interaction("GET", "/%zz", "", 200, "{}"), "the request's URL is malformed"},
		{interaction("GET", "/nothing", "", 200, "{}"), "shop (no such operation)"},
		{interaction("GET", "/orders/ord-aaaaaaaa", "", 503, "{}", "BusyException"), busy},
		{interaction("GET", "/orders/ord-aaaaaaaa", "", 429, "{}"), busy},
		{interaction("GET", "/orders/ord-aaaaaaaa", "", 400, "{}", "ThrottlingException"), busy},
		{interaction("GET", "/orders/ord-aaaaaaaa", "", 0, ""), "no response was recorded"},
		{missing, "body not recorded"},
		{unsent, "the request's body was not recorded, or cannot be decoded"},
		{encoded, "the recorded body cannot be decoded"},
	} {
		t.Run(c.why, func(t *testing.T) {
			o, err := p.Replay(t.Context(), c.x)
			require.NoError(t, err)
			require.Equal(t, probe.Outcome{NotProbed: c.why}, o)
		})
	}
	for range p.Negative(t.Context()) {
		t.Fatal("nothing was replayed, so nothing is known to send")
	}
}

func TestEndpoints(t *testing.T) {
	for _, c := range []struct{ text, problem string }{
		{"127.0.0.1:80", "not a URL"},
		{"ftp://x", "must begin with http:// or https://"},
		{"http://", "it names no host"},
		{"http://me:secret@x", "it has a user"},
		{"http://x?a=b", "it has a query or a fragment"},
		{"https://cleanrooms.us-east-1.amazonaws.com", "that is AWS itself, and recorded requests may write there"},
		{"https://CLEANROOMS.us-east-1.AMAZONAWS.com.", "that is AWS itself, and recorded requests may write there"},
		{"https://amazonaws.com.cn:443/x", "that is AWS itself, and recorded requests may write there"},
		{"https://dynamodb.us-east-1.api.aws", "that is AWS itself, and recorded requests may write there"},
	} {
		t.Run(c.text, func(t *testing.T) {
			_, err := probe.New(c.text, shop(t), probe.Options{})
			var refused *probe.EndpointError
			require.ErrorAs(t, err, &refused, c.text)
			require.Equal(t, c.problem, refused.Problem)
			require.NotContains(t, err.Error(), "secret")
		})
	}
	for _, text := range []string{"http://127.0.0.1:4566", "https://emulator.example/base/", "http://amazonaws.com.example", "http://[::1]:80"} {
		_, err := probe.New(text, shop(t), probe.Options{})
		require.NoError(t, err, text)
	}
}

// TestRequests checks what is sent in addition to the recorded request.
func TestRequests(t *testing.T) {
	e, endpoint := newEmulator(t, "")
	x := interaction("GET", "/orders/ord-aaaaaaaa", "", 404, "{}", "NoOrderException")
	x.Request.Header = http.Header{"X-View": {"ALL"}, "host": {"elsewhere"}, "Accept-Encoding": {"br"}, "authorization": {"REDACTED"}}
	_, err := newProbe(t, endpoint+"/base/", shop(t), probe.Options{Region: "eu-west-1", Header: http.Header{"X-Own": {"1"}}}).Replay(t.Context(), x)
	require.NoError(t, err)
	require.Equal(t, []string{"GET /base/orders/ord-aaaaaaaa"}, e.seen)
	require.Regexp(t, `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/[0-9]{8}/eu-west-1/shop/aws4_request, SignedHeaders=host;x-amz-date, Signature=0{64}$`, e.header.Get("Authorization"))
	require.Regexp(t, `^[0-9]{8}T[0-9]{6}Z$`, e.header.Get("X-Amz-Date"))
	require.Equal(t, []string{"ALL", "1", ""}, []string{e.header.Get("X-View"), e.header.Get("X-Own"), e.header.Get("Accept-Encoding")})

	own := "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20260101/us-west-2/shop/aws4_request, SignedHeaders=host, Signature=" + strings.Repeat("a", 64)
	x.Request.Header = http.Header{"Authorization": {own}}
	_, err = newProbe(t, endpoint, shop(t), probe.Options{}).Replay(t.Context(), x)
	require.NoError(t, err)
	require.Equal(t, own, e.header.Get("Authorization"), "a recorded signature stays")
}

// TestBearer checks that an operation that takes only a bearer token gets one, and no signature.
func TestBearer(t *testing.T) {
	var bearing []*schema.Contract
	for _, c := range shop(t).Contracts() {
		c = c.Clone()
		c.Bearer, c.Signing = schema.Is(true), schema.Known[string]{}
		bearing = append(bearing, c)
	}
	for recorded, want := range map[string]string{"": "Bearer example", "REDACTED": "Bearer example", "Bearer own": "Bearer own"} {
		t.Run(recorded, func(t *testing.T) {
			e, endpoint := newEmulator(t, "")
			x := interaction("GET", "/orders/ord-aaaaaaaa", "", 404, "{}", "NoOrderException")
			x.Request.Header = http.Header{"Authorization": {recorded}}
			_, err := newProbe(t, endpoint, schema.NewCatalog(bearing...), probe.Options{}).Replay(t.Context(), x)
			require.NoError(t, err)
			require.Equal(t, want, e.header.Get("Authorization"))
		})
	}
}

func TestExchangesThatFail(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct {
		name   string
		handle http.HandlerFunc
		is     error
		says   string
	}{
		{"refused", nil, nil, "see whether the emulator runs there"},
		{"too slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, context.DeadlineExceeded, "give it more time"},
		{"too slow in the body", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, context.DeadlineExceeded, "give it more time"},
		{"too long", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(make([]byte, validate.MaxLiveBody+1))
		}, nil, "longer than 16777216 bytes"},
		{"cut off", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, io.ErrUnexpectedEOF, "see whether"},
	} {
		t.Run(c.name, func(t *testing.T) {
			endpoint := gone.URL
			timeout := 10 * time.Second
			if c.handle != nil {
				server := httptest.NewServer(c.handle)
				t.Cleanup(server.Close)
				endpoint = server.URL
			}
			if c.is == context.DeadlineExceeded {
				timeout = 200 * time.Millisecond
			}
			p := newProbe(t, endpoint, shop(t), probe.Options{Timeout: timeout})
			_, err := p.Replay(t.Context(), recorded(t)[2])
			var failed *probe.ExchangeError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, endpoint+"/orders/ord-aaaaaaaa", failed.URL)
			require.Contains(t, err.Error(), c.says)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	_, endpoint := newEmulator(t, "")
	p := newProbe(t, endpoint, shop(t), probe.Options{})
	_, err := p.Replay(t.Context(), recorded(t)[0])
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range p.Negative(ctx) {
		if n++; n == 2 {
			cancel()
		}
		if n > 2 {
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, "what follows was not probed")
		}
	}
	require.Equal(t, 3, n)
}

// TestInvalidRecordings checks that the faults of a recorded request are not the emulator's.
func TestInvalidRecordings(t *testing.T) {
	_, endpoint := newEmulator(t, "accepts an invalid body")
	x := recorded(t)[0]
	x.Request.Body = traffic.BodyOf([]byte(`{"name":"first","payment":{"card":"x"},"speed":"SIDEWAYS"}`))
	o, err := newProbe(t, endpoint, shop(t), probe.Options{}).Replay(t.Context(), x)
	require.NoError(t, err)
	require.NotNil(t, o.Contract)
	require.Empty(t, o.Findings)
}

// TestNegativesAreRightElsewhere checks that an invalid input is the accepted one, except for one
// member.
func TestNegativesAreRightElsewhere(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(server.Close)
	p := newProbe(t, server.URL, shop(t), probe.Options{})
	_, err := p.Replay(t.Context(), recorded(t)[0])
	require.NoError(t, err)
	for _, err := range p.Negative(t.Context()) {
		require.NoError(t, err)
	}
	require.Contains(t, bodies, `{"name":"first","payment":{"card":"x"},"speed":7}`)
	require.Contains(t, bodies, `{"payment":{"card":"x"},"speed":"SLOW"}`, "a member is missing")
	require.Contains(t, bodies, `{"name":"first","payment":{},"speed":"SLOW"}`)
	require.Contains(t, bodies, `"text"`, "no object at all")
}

// TestRedirectsAreNotFollowed checks that redirects are responses.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	t.Cleanup(server.Close)
	o, err := newProbe(t, server.URL, shop(t), probe.Options{}).Replay(t.Context(), recorded(t)[2])
	require.NoError(t, err)
	require.Contains(t, o.Findings.Rules(), finding.ProbeStatus)
	require.Equal(t, 1, asked)
}

func BenchmarkReplay(b *testing.B) {
	_, endpoint := newEmulator(b, "")
	p := newProbe(b, endpoint, shop(b), probe.Options{})
	session := recorded(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := p.Replay(b.Context(), session[4])
		require.NoError(b, err)
	}
}
