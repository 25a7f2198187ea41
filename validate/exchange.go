package validate

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Exchange returns every finding of a recorded interaction that was routed to the validator's
// contract, with the labels of its URI: findings about the request, the status, Content-Type,
// headers and body of the response, the way it names its error, and whether it echoes the request.
//
// The status alone says whether a response is a success or an error, as in all SDKs.
// An error is identified by the header X-Amzn-Errortype, then the body's code,
// then its __type (Smithy, aws-restjson1-protocol.html#operation-error-serialization).
//
// Bodies are decoded by their Content-Encoding first.
//
// A request that the service rejected with 4xx is not validated. Nor is a request that was not
// recorded, or whose contract does not state where members travel.
func (v *Validator) Exchange(x *traffic.Interaction, labels map[string]string) finding.Set {
	readable, err := decoded(x, hasCBOR(v.contract))
	findings, _ := v.exchange(readable, err, v.routed(x.Request, labels), recordedOf(x))
	return findings
}

// Request validates a request that was received, with the labels of its route. A body that cannot be
// decoded is not validated.
func (v *Validator) Request(r *traffic.Request, labels map[string]string) finding.Set {
	readable, _ := decoded(&traffic.Interaction{Live: true, Request: r}, hasCBOR(v.contract)) // the error is that of a response
	if readable.Request == nil {
		return nil
	}
	kept := recordedOf(readable)
	e := exchange{v: v, response: &readable.Response, kept: kept}
	e.request(v.newRequest(readable.Request, v.routed(r, labels), kept))
	return locate(e.graded(), readable)
}

// routed is the URL of a request, and what routing learned from it.
type routed struct {
	url    *url.URL // nil: malformed, or not needed
	labels map[string]string
}

// routed reads the URL of a request, which may be nil, if the contract has members in the query.
func (v *Validator) routed(request *traffic.Request, labels map[string]string) routed {
	r := routed{labels: labels}
	if v.queries && request != nil {
		r.url, _ = url.Parse(request.URL)
	}
	return r
}

// outcome validates an interaction that [decoded] returned.
func (v *Validator) outcome(readable *traffic.Interaction, err error, r routed, kept recorded) Outcome {
	findings, leftOut := v.exchange(readable, err, r, kept)
	outcome := Outcome{Contract: v.contract, LeftOut: leftOut, Findings: findings}
	if err == nil && v.blob(&readable.Response) {
		outcome.NotRead = blobPayload
	}
	return outcome
}

// exchange validates an interaction that [decoded] returned.
func (v *Validator) exchange(readable *traffic.Interaction, err error, r routed, kept recorded) (finding.Set, LeftOut) {
	e := exchange{v: v, response: &readable.Response, kept: kept}
	e.leftOut.ResponseHeaders = !kept.responseHeaders
	request := &message{}
	if readable.Request != nil {
		e.head = readable.Request.Method == http.MethodHead
		request = v.newRequest(readable.Request, r, kept)
		e.request(request)
	}
	switch {
	case err != nil:
		e.add(finding.Finding{Rule: finding.SyntaxInvalid, Problem: finding.Undecodable, Cause: err.Error()})
	case readable.Response.Status < 300:
		e.success(request)
	default:
		e.identified()
	}
	return locate(e.graded(), readable), e.leftOut
}

type exchange struct {
	v        *Validator
	response *traffic.Response
	bare     bool // only the body is known
	head     bool // the method of the request is HEAD
	kept     recorded
	leftOut  LeftOut
	findings []finding.Finding
}

func (e *exchange) graded() finding.Set {
	return e.v.grade(e.findings)
}

// add notes a finding about the response as a whole, at the place where the body begins.
func (e *exchange) add(f finding.Finding) {
	e.findings = append(e.findings, e.v.about(e.reply(schema.OutputPart), f))
}

func (e *exchange) success(request *message) {
	c, status := e.v.contract, e.response.Status
	if want := c.Status.Or(200); status != want && status != 0 && !e.v.parts[schema.OutputPart].bound.dynamicStatus() { // 0: not recorded
		e.unexpectedStatus(want)
	}
	e.message(e.reply(schema.OutputPart))
	for i := range e.v.echoes {
		e.echo(&e.v.echoes[i], request)
	}
}

// reply returns the response as a message of a part.
func (e *exchange) reply(part schema.Part) *message {
	return &message{binding.Message{Header: e.response.Header, Status: e.response.Status}, part, e.kept.responseHeaders, e.response.Body}
}

// message validates a request or a response against its part: the members outside the
// body, the Content-Type, and the body.
func (e *exchange) message(m *message) {
	d := e.v.parts[m.part]
	if e.bare {
		e.findings = append(e.findings, e.v.body(m.part, m.body)...)
		return
	}
	if found := d.boundTo(m); len(found) > 0 {
		e.findings = append(e.findings, e.v.place(m.part, found, m.body)...)
	}
	if len(m.body.Bytes) > 0 {
		e.contentType(m, d)
	} else if e.mayBeEmpty(d, m) {
		return
	}
	if !e.v.ignores(m.part, m.body.Bytes) {
		e.findings = append(e.findings, e.v.body(m.part, m.body)...)
	}
}

// ignores reports whether no client reads the body: the operation has no output, and the body is
// empty or a JSON text such as null. The names of an object are still checked. A client must ignore
// a JSON payload of an operation without output (Smithy's protocol test
// AwsJson10HandlesEmptyOutputShape).
func (v *Validator) ignores(part schema.Part, body []byte) bool {
	if part != schema.OutputPart || v.contract.Output != "" {
		return false
	}
	text := trimSpace(body)
	return len(text) == 0 || text[0] != '{' && jsontext.Value(text).IsValid()
}

// mayBeEmpty reports whether an empty body needs no further validation.
func (e *exchange) mayBeEmpty(d *document, m *message) bool {
	if m.part == schema.InputPart && !e.kept.requestBodies {
		e.leftOut.RequestBody = d.requiresBody()
		return true
	}
	switch {
	case e.head && m.part != schema.InputPart: // RFC 9110 section 9.3.2: not even what is required
		return true
	case d.raw != nil:
		return d.stream != nil || !d.raw.Required.Or(false)
	case d.whole != nil:
		if d.whole.Required.Or(false) {
			root, _ := e.v.contract.Root(m.part)
			s := &sink{response: m.part != schema.InputPart, shape: memberOf(root.Name, d.whole.Name)}
			s.missingMember(member{name: d.whole.Name, node: d.node, api: d.whole.Name}, 0)
			e.findings = append(e.findings, e.v.place(m.part, s.found, m.body)...)
		}
		return true
	case m.part == schema.OutputPart && (m.Status == 204 || m.Status > 0 && m.Status < 200):
		return true // RFC 9110 section 6.4.1
	}
	if m.part == schema.InputPart { // the service accepted it
		return d.node.required.count() == 0
	}
	return d.node.kind == schema.Structure && len(d.node.members) == 0 || e.v.ignores(m.part, nil)
}

// requiresBody reports whether the document has required members in the body.
func (d *document) requiresBody() bool {
	switch {
	case d.raw != nil:
		return d.raw.Required.Or(false)
	case d.whole != nil:
		return d.whole.Required.Or(false)
	}
	return d.node.required.count() > 0
}

// contentType checks the Content-Type of a message with a body. That of a blob may be any. If it is
// bound to a member, the shape of the member decides. A request without a recorded Content-Type is
// not a finding.
func (e *exchange) contentType(m *message, d *document) {
	want, ok := binding.MediaType(e.v.contract.Protocol.Or(""))
	if !ok || d != nil && d.bound.has("Content-Type") {
		return
	}
	if d != nil && d.raw != nil {
		if d.stream == nil && d.node.kind != schema.String {
			return
		}
		want = binding.Of(e.v.contract, m.part).MediaType()
	}
	if original, _ := m.body.Original(0); original != nil {
		return // the client chose the protocol
	}
	got := awshttp.Value(m.Header, "Content-Type")
	if media, err := mediaType(got); err == nil && media == want || awshttp.Masked(got) {
		return
	}
	f := finding.Finding{Rule: finding.HTTPContentType, Found: finding.Text(got), Wanted: finding.Want{Text: want}}
	if got == "" {
		if m.part == schema.InputPart || !m.kept {
			return
		}
		f.Found = finding.Value{Kind: finding.KindAbsent}
	}
	e.findings = append(e.findings, e.v.about(m, f))
}

// about completes a finding about a message as a whole, at the place where its body begins.
func (v *Validator) about(m *message, f finding.Finding) finding.Finding {
	at := m.body.Position(0)
	f.Operation, f.Part, f.Line, f.Column = v.contract.Name(), partText(m.part), at.Line, at.Column
	return f
}

// scalarText is a scalar of a document, as text, and where it begins.
type scalarText struct {
	value  string
	at     int
	quoted bool // it is a string
	ok     bool // there is a scalar
}

// scalarAt returns the string, number or boolean at a pointer into a document. A broken document
// has none: its syntax error is a separate finding.
func scalarAt(document []byte, pointer jsontext.Pointer) scalarText {
	n, err := jsontree.Find(document, string(pointer))
	if err != nil || n == nil || strings.IndexByte("{[n", byte(n.Kind)) >= 0 {
		return scalarText{}
	}
	return scalarText{n.Text, n.Start, n.Kind == '"', true}
}

// statesBindings reports whether a contract says where the members of its input travel. One derived
// from a page does not: a page states neither the protocol nor the labels.
func statesBindings(c *schema.Contract) bool {
	if c.Protocol.Silent() {
		return false
	}
	bound := binding.Of(c, schema.InputPart).At(schema.LocationLabel)
	return !slices.ContainsFunc(c.Labels(), func(label string) bool {
		return !slices.ContainsFunc(bound, func(m binding.Member) bool { return m.Wire == label })
	})
}

// newRequest returns a recorded request as a message. If its URL is malformed it was not routed,
// and has no query.
func (v *Validator) newRequest(r *traffic.Request, by routed, kept recorded) *message {
	m := &message{binding.Message{Header: r.Header, Labels: by.labels}, schema.InputPart, kept.requestHeaders, r.Body}
	if v.queries && by.url != nil && by.url.RawQuery != "" {
		m.Query = by.url.Query()
	}
	return m
}

// request validates the request against the input, unless the service rejected it: then the
// response already says that it is invalid.
func (e *exchange) request(m *message) {
	if status := e.response.Status; !e.v.requests || status >= 400 && status < 500 {
		return
	}
	if m.Labels == nil && e.v.labelled {
		return // it was not routed
	}
	e.message(m)
}
