package recording

import (
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

func catalogOf(t *testing.T, files ...string) *schema.Catalog {
	var all []*schema.Contract
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		read, err := source.Read(text, "1")
		require.NoError(t, err)
		all = append(all, read.Contracts...)
	}
	return schema.NewCatalog(all...)
}

// TestUnsigned checks for which requests no signature is needed.
func TestUnsigned(t *testing.T) {
	catalog := catalogOf(t, "testdata/paths.json")
	var open, closed *schema.Contract
	for _, c := range catalog.Contracts() {
		switch c.Operation {
		case "LogIn":
			open = c
		case "GetThing":
			closed = c.Clone()
			closed.Service, closed.Method, closed.URI = "other", schema.Is("POST"), schema.Is("/login")
		}
	}
	for _, v := range []struct {
		name, method, url string
		catalog           *schema.Catalog
		want              bool
	}{
		{"an operation that says so", "POST", "/login", catalog, true},
		{"an operation that does not say so", "GET", "/things/a", catalog, false},
		{"another method", "GET", "/login", catalog, false},
		{"no contract", "POST", "/unknown", catalog, false},
		{"two services, one of which says so", "POST", "/login", schema.NewCatalog(open, closed), false},
	} {
		t.Run(v.name, func(t *testing.T) {
			r := &http.Request{Method: v.method, URL: &url.URL{Scheme: "https", Host: "localhost", Path: v.url}, Header: http.Header{}}
			require.Equal(t, v.want, unsigned(v.catalog)(r))
		})
	}
}

// TestAmbiguous checks that a request in which a service may read another operation is refused, and
// that its neighbours, which SDKs send, are not.
func TestAmbiguous(t *testing.T) {
	allow := (&Options{}).allow(catalogOf(t, "testdata/paths.json", "../live/testdata/ledger.json"))
	type change = func(*http.Request)
	rpc := func(also change) change {
		return func(r *http.Request) {
			r.Method = "POST"
			r.Header.Set("X-Amz-Target", "Ledger_20260131.GetEntry")
			r.Header.Set("Content-Type", "application/x-amz-json-1.1")
			if also != nil {
				also(r)
			}
		}
	}
	header := func(name, value string) change { return func(r *http.Request) { r.Header[name] = []string{value} } }
	post := func(media string) change {
		return func(r *http.Request) {
			r.Method = "POST"
			if media != "" {
				r.Header.Set("Content-Type", media)
			}
		}
	}
	for _, v := range []struct {
		name, url string
		change    change
		body      string
		refused   string // part of the refusal; empty if the request is allowed
	}{
		{"a call", "/things/a", nil, "", ""},
		{"a call of awsJson", "/", rpc(nil), "{}", ""},

		{"X-HTTP-Method-Override", "/things/a", header("X-Http-Method-Override", "DELETE"), "", "may override"},
		{"X-HTTP-Method", "/things/a", header("X-Http-Method", "DELETE"), "", "may override"},
		{"X-Method-Override", "/things/a", header("X-Method-Override", "DELETE"), "", "may override"},
		{"X_HTTP_METHOD_OVERRIDE", "/things/a", header("X_HTTP_METHOD_OVERRIDE", "DELETE"), "", "may override"},
		{"X-Original-Method", "/things/a", header("X-Original-Method", "DELETE"), "", "may override"},
		{"X-Original-URL", "/things/a", header("X-Original-Url", "/b"), "", "may override"},
		{"X-Original-URI", "/things/a", header("X-Original-Uri", "/b"), "", "may override"},
		{"X-Rewrite-URL", "/things/a", header("X-Rewrite-Url", "/b"), "", "may override"},
		{"X-Envoy-Original-Path", "/things/a", header("X-Envoy-Original-Path", "/b"), "", "may override"},
		{"X-HTTP-DestinationURL", "/things/a", header("X-Http-Destinationurl", "/b"), "", "may override"},
		{"X-Script-Name", "/things/a", header("X-Script-Name", "/b"), "", "may override"},
		{"X-Forwarded-Host", "/things/a", header("X-Forwarded-Host", "b"), "", "may override"},
		{"X-Forwarded-Prefix", "/things/a", header("X-Forwarded-Prefix", "/b"), "", "may override"},
		{"X-Forwarded-For", "/things/a", header("X-Forwarded-For", "127.0.0.1"), "", "may override"},
		{"Forwarded", "/things/a", header("Forwarded", "host=b"), "", "may override"},
		{"X-Host", "/things/a", header("X-Host", "b"), "", "may override"},
		{"Smithy-Protocol", "/", rpc(header("Smithy-Protocol", "rpc-v2-cbor")), "{}", "may override"},
		{"Upgrade", "/things/a", header("Upgrade", "h2c"), "", "may override"},
		{"HTTP2-Settings", "/things/a", header("Http2-Settings", "AAMAAABk"), "", "may override"},
		{"a header that the contract binds", "/things/a", header("X-Path", "/b"), "", ""},
		{"headers of SDKs", "/things/a", func(r *http.Request) {
			for _, name := range []string{"User-Agent", "X-Amz-User-Agent", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "X-Amzn-Trace-Id", "Traceparent", "Accept-Encoding", "X-Amz-Content-Sha256", "X-Amz-Checksum-Crc32", "Sec-Fetch-Mode", "X-Amzn-Query-Mode", "X-Correlation-Id"} {
				r.Header.Set(name, "a,b")
			}
		}, "", ""},

		{"two targets", "/", rpc(func(r *http.Request) { r.Header.Add("X-Amz-Target", "Ledger_20260131.PutEntry") }), "{}", "X-Amz-Target has several values"},
		{"duplicate target", "/", rpc(func(r *http.Request) { r.Header.Add("X-Amz-Target", "Ledger_20260131.GetEntry") }), "{}", "X-Amz-Target has several values"},
		{"target with underscores", "/", rpc(header("X_amz_target", "Ledger_20260131.PutEntry")), "{}", "may be taken for X-Amz-Target"},
		{"target of two operations", "/", rpc(header("X-Amz-Target", "Ledger_20260131.PutEntry.Ledger_20260131.GetEntry")), "{}", "more than Ledger_20260131.GetEntry"},
		{"target with a package", "/", rpc(header("X-Amz-Target", "com.amazonaws.ledger.v2026.Ledger_20260131.GetEntry")), "{}", ""},
		{"target and a path", "/entries", rpc(nil), "{}", "not POST /"},
		{"target and a query", "/?Action=PutEntry", rpc(nil), "{}", "may override"},
		{"target and another method", "/", rpc(func(r *http.Request) { r.Method = "PUT" }), "{}", "not POST /"},
		{"target and a form", "/", rpc(header("Content-Type", "application/x-www-form-urlencoded")), "{}", "Content-Type is not"},
		{"two content types", "/", rpc(func(r *http.Request) { r.Header.Add("Content-Type", "application/x-www-form-urlencoded") }), "{}", "Content-Type has several values"},

		{"_method", "/things/a?_method=DELETE", nil, "", "may override"},
		{"_METHOD, escaped", "/things/a?%5fMETHOD=DELETE", nil, "", "may override"},
		{"_method in a list", "/things/a?_method[]=DELETE", nil, "", "may override"},
		{"Action", "/things/a?Action=DeleteThing&Version=2026-01-31", nil, "", "may override"},
		{"Operation", "/things/a?Operation=DeleteThing", nil, "", "may override"},
		{"target in the query", "/things/a?x-amz-target=Ledger.PutEntry", nil, "", "has a target"},
		{"another operation in x-id", "/things/a?x-id=PurgeThing", nil, "", "x-id"},
		{"the operation in x-id", "/things/a?x-id=GetThing", nil, "", ""},
		{"semicolons in the query", "/things/a?a=1;_method=DELETE", nil, "", "semicolon"},
		{"a query that is malformed", "/things/a?%zz", nil, "", "malformed"},
		{"a parameter that the contract binds", "/things/a?action=read", nil, "", ""},
		{"repeated parameters of no meaning", "/things/a?b=1&b=2", nil, "", ""},

		{"a form", "/search", post("application/x-www-form-urlencoded"), "Action=DeleteThing", "is a form"},
		{"a form of JSON", "/search", post("application/x-www-form-urlencoded; charset=utf-8"), `{"text":"&_method=DELETE"}`, "is a form"},
		{"a multipart form", "/search", post("multipart/form-data; boundary=a"), "--a--", "is a form"},
		{"a form as JSON", "/search", post("application/json"), "Action=DeleteThing", "is not JSON"},
		{"a form without a type", "/search", post(""), " _method=DELETE", "is not JSON"},
		{"a form in a GET", "/things/a", nil, "Action=DeleteThing", "is not JSON"},
		{"CBOR", "/search", post("application/cbor"), "\xa0", "is CBOR"},
		{"a malformed type", "/search", post("application/json; ="), "{}", "malformed"},
		{"a form as a blob's type", "/check", post("application/x-www-form-urlencoded"), "Action=DeleteThing", "is a form"},
		{"JSON", "/search", post("application/json"), ` {"text":"Action=DeleteThing&_method=DELETE"}`, ""},
		{"JSON without a type", "/search", post(""), "{}", ""},
		{"a blob", "/check", post("text/plain"), "Action=DeleteThing", ""},

		{"a value that is not of the enum", "/parts/up/name", nil, "", "label kind does not conform"},
		{"a value that is too long", "/parts/left/name-name-name", nil, "", "label name does not conform"},
		{"a value that is too short", "/parts/left/n", nil, "", "label name does not conform"},
		{"a value that violates the pattern", "/parts/left/Na_me", nil, "", "label name does not conform"},
		{"an encoded slash that violates the pattern", "/parts/left/na%2Fme", nil, "", "label name does not conform"},
		{"values that conform", "/parts/left/name-1", nil, "", ""},
		{"an encoded slash without a pattern", "/tags/a%2Fb", nil, "", "divide a path"},
		{"an encoded slash, encoded again", "/tags/a%252Fb", nil, "", "divide a path"},
		{"an encoded backslash", "/tags/a%5Cb", nil, "", "divide a path"},
		{"an encoded question mark", "/tags/a%3Fb", nil, "", "divide a path"},
		{"a semicolon", "/tags/a;b", nil, "", "divide a path"},
		{"an ARN", "/tags/arn:aws:paths:us-east-1:111122223333:thing%2Fa", nil, "", ""},
		{"a path that is another, decoded", "/things/a%2Fpurge", nil, "", "decoded, its path is that of"},
		{"a path that is another, decoded twice", "/things/a%252Fpurge", nil, "", "decoded, its path is that of"},
		{"a path that is not another, decoded", "/things/a%2Fb", nil, "", ""},
		{"dot segments", "/objects/a/../b", nil, "", "dot segments"},
		{"encoded dot segments", "/objects/x%2F%2e%2E/b", nil, "", "dot segments"},
		{"encoded dot segments, encoded again", "/objects/%252e%252e/b", nil, "", "dot segments"},
		{"dot segments between backslashes", "/objects/a%5C..%5Cb", nil, "", "dot segments"},
		{"dot segments with a parameter", "/objects/a/..;x/b", nil, "", "dot segments"},
		{"a null byte", "/objects/a%00b", nil, "", "control characters"},
		{"a key with dots", "/objects/a/b.c/d..e/...", nil, "", ""},
		{"a key with a percent sign", "/objects/100%25", nil, "", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			u, err := url.Parse("https://localhost" + v.url)
			require.NoError(t, err)
			r := &http.Request{Method: "GET", URL: u, Header: http.Header{}}
			if v.change != nil {
				v.change(r)
			}
			err = allow(r, []byte(v.body))
			if v.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, v.refused)
			require.ErrorContains(t, err, "--allow-writes")
		})
	}
}
