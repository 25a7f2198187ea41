package conformance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// unknownError is the name of an error that no contract has.
const unknownError = "CrcheckUnknownException"

// asSDKs cites what the specification does not say and the SDKs do alike.
const asSDKs = "as boto3, Go, JavaScript and Java do"

// rest reports whether the operation's protocol names errors in a header.
func (g *generator) rest() bool { return !strings.HasPrefix(g.operation.Protocol.Or(""), "awsJson") }

// errorResponse is an error that the contract need not have. An empty name leaves it unnamed.
func (g *generator) errorResponse(status int, name, body string) synth.Response {
	response := synth.Response{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
	if name != "" && g.rest() {
		response.Header.Set("X-Amzn-Errortype", name)
	}
	return response
}

// named is the body of an error that is named in it.
func named(name, message string) string {
	return string(marshalled(map[string]any{"__type": name, "message": message}))
}

// unmodelled adds an error that the contract does not have. It is not retried.
func (g *generator) unmodelled() error {
	const message = "What the client cannot know."
	response := g.errorResponse(http.StatusBadRequest, unknownError, named(unknownError, message))
	expect := []expectSpec{{Error: &errorSpec{Code: unknownError, Message: message, HTTPStatus: response.Status}}}
	c := scenario{Level: levelShould, Layer: layerError, Ref: g.errors(), About: "The response is an error that the contract does not have.", Expect: expect}
	if err := g.add("error/unknown", schema.Place{}, "", rankUnknown, c, g.smallest, response); err != nil {
		return err
	}
	c = scenario{Level: levelShould, Layer: layerRetry, Ref: retries, About: "An error that the contract does not have is not retried.", Expect: expect, Call: callSpec{MaxAttempts: 3}}
	return g.add("retry", schema.Place{}, "not-of-unknown", rankWire, c, g.smallest, response)
}

const retries = "AWS SDKs and Tools reference guide, retry behavior"

// retriedCodes are errors that a client retries although the status is 400: a code that services
// use for throttling, of each kind that clients match, and a timeout.
var retriedCodes = []string{"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "RequestTimeoutException"}

// retried adds attempts that fail for a while, and then the smallest response.
func (g *generator) retried(success synth.Response) error {
	for _, code := range retriedCodes {
		c := scenario{Level: levelShould, Layer: layerRetry, Ref: retries, About: "One attempt fails with " + code + " and status 400, then success.",
			Expect: []expectSpec{{Output: canonicalValue}}, Call: callSpec{MaxAttempts: 3}, Attempts: attemptBounds{Min: 2}}
		failed := g.errorResponse(http.StatusBadRequest, code, named(code, "Try again."))
		if err := g.add("retry", schema.Place{}, code, rankWire, c, g.smallest, failed, success); err != nil {
			return err
		}
	}
	return nil
}

// statuses adds the smallest response, or an error, with statuses that services seldom use.
func (g *generator) statuses(success synth.Response) error {
	with := func(status int, body []byte) synth.Response {
		return synth.Response{Status: status, Header: success.Header.Clone(), Body: body}
	}
	ofStatus := func(status int) []expectSpec { return []expectSpec{{Error: &errorSpec{HTTPStatus: status}}} }
	nameless := func(status int) []expectSpec {
		if g.rest() {
			return []expectSpec{{Error: &errorSpec{Code: unknownError, HTTPStatus: status}}}
		}
		return ofStatus(status)
	}
	const html = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body><center><h1>403 Forbidden</h1></center></body>\r\n</html>\r\n"
	firewall := synth.Response{Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(html)}
	for _, v := range []struct {
		how, about, layer, ref string
		expect                 []expectSpec
		response               synth.Response
	}{
		{"204", "status 204 without a body", layerHTTP, asSDKs, []expectSpec{{Output: canonicalValue}}, with(http.StatusNoContent, nil)},
		{"299", "status 299", layerHTTP, asSDKs, []expectSpec{{Output: canonicalValue}}, with(299, success.Body)},
		{"300", "status 300, which is not a success", layerHTTP, asSDKs, ofStatus(http.StatusMultipleChoices), with(http.StatusMultipleChoices, success.Body)},
		{"304", "status 304, though the client asked for no validation", layerHTTP, asSDKs, ofStatus(http.StatusNotModified), with(http.StatusNotModified, nil)},
		{"404-empty", "status 404 without a body", layerError, g.errors(), nameless(http.StatusNotFound), g.errorResponse(http.StatusNotFound, unknownError, "")},
		{"429-empty", "status 429 without a body", layerError, g.errors(), nameless(http.StatusTooManyRequests), g.errorResponse(http.StatusTooManyRequests, unknownError, "")},
		{"403-html", "a firewall's 403, which is HTML", layerBytes, asSDKs, ofStatus(http.StatusForbidden), firewall},
	} {
		if v.response.Status == success.Status {
			continue
		}
		c := scenario{Level: levelShould, Layer: v.layer, Ref: v.ref, About: "The response: " + v.about + ".", Expect: v.expect}
		if err := g.add("status", schema.Place{}, v.how, rankWire, c, g.smallest, v.response); err != nil {
			return err
		}
	}
	return nil
}

// gateways adds the first error of the operation as gateways and older services write it.
func (g *generator) gateways() error {
	i := slices.IndexFunc(g.operation.Errors, func(e schema.Error) bool {
		code, renamed := e.Code.Get()
		return !renamed || code == e.Name
	})
	if i < 0 || g.operation.QueryCompatible.Or(false) {
		return nil
	}
	e := &g.operation.Errors[i]
	if _, raw := g.operation.RawBody(schema.ErrorPart(e.Name)); raw {
		return nil
	}
	body, err := g.synth.Minimal(schema.ErrorPart(e.Name))
	if err != nil {
		return nil // it has no other cases either
	}
	response, err := g.synth.Response(schema.ErrorPart(e.Name), body, g.smallest)
	if err != nil {
		return err
	}
	var members map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&members) != nil {
		return nil
	}
	full := "com.amazonaws.test#" + e.Name + ":http://internal.amazon.com/coral/com.amazon.coral.service/"
	for _, v := range []struct {
		how, about string
		restOnly   bool
		header     string         // X-Amzn-Errortype; empty: none
		more       map[string]any // members of the body
	}{
		{"header", "the header has a namespace and a URI", true, full, nil},
		{"code", "code in the body has a namespace and a URI", true, "", map[string]any{"code": full}},
		{"type", "__type in the body has a namespace and a URI", false, "", map[string]any{"__type": full}},
		{"unknown-members", "it has members of every type that are unknown to the client", false, e.Name, map[string]any{
			"__type": e.Name, "crcheckText": "x", "crcheckFlag": true, "crcheckNumber": 3, "crcheckDetails": map[string]any{"a": []any{1, nil}}, "crcheckNull": nil}},
	} {
		if v.restOnly && !g.rest() {
			continue
		}
		changed := map[string]any{}
		for name, value := range members {
			if name != "__type" {
				changed[name] = value
			}
		}
		for name, value := range v.more {
			if _, own := changed[name]; !own {
				changed[name] = value
			}
		}
		odd := synth.Response{Status: response.Status, Header: response.Header.Clone(), Body: marshalled(changed)}
		odd.Header.Del("X-Amzn-Errortype")
		if v.header != "" && g.rest() {
			odd.Header[http.CanonicalHeaderKey("X-Amzn-Errortype")] = []string{v.header}
		}
		c := scenario{Level: levelMust, Layer: layerError, Ref: g.errors(), About: "The response is " + e.Name + ": " + v.about + "."}
		if err := g.add("wire", schema.Place{}, "error/"+v.how, rankWire, c, g.smallest, odd); err != nil {
			return err
		}
	}
	return nil
}
