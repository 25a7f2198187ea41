package validate

import (
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Exchange returns every finding of a recorded interaction that the catalog
// routed to the validator's contract, with the labels of its URI: of the
// request, of the answer's status and Content-Type, how it names an error, its
// headers, its body, and whether it is about what was asked.
//
// An answer is a success or an error by its status alone, as all SDKs take it.
// An error is identified by the header X-Amzn-Errortype, then the body's code,
// then its __type (Smithy, aws-restjson1-protocol.html#operation-error-serialization).
//
// Bodies are decoded by their Content-Encoding first.
//
// A request that the service answered with 4xx is not validated against the input.
// Nor is one of a contract that does not say where its members travel, nor one
// that was not recorded.
func (v *Validator) Exchange(x *traffic.Interaction, labels map[string]string) finding.Set {
	readable, err := decoded(x)
	findings, _ := v.exchange(readable, err, labels, recordedOf(x))
	return findings
}

// outcome is what comes of an interaction, as [decoded] returned it.
func (v *Validator) outcome(readable *traffic.Interaction, err error, labels map[string]string, kept recorded) Outcome {
	findings, leftOut := v.exchange(readable, err, labels, kept)
	outcome := Outcome{Contract: v.contract, LeftOut: leftOut, Findings: findings}
	if err == nil && v.blob(&readable.Response) {
		outcome.NotRead = blobPayload
	}
	return outcome
}

// exchange takes what [decoded] returned.
func (v *Validator) exchange(readable *traffic.Interaction, err error, labels map[string]string, kept recorded) (finding.Set, LeftOut) {
	e := exchange{v: v, response: &readable.Response, kept: kept}
	e.leftOut.ResponseHeaders = !kept.responseHeaders
	request := &message{}
	if readable.Request != nil {
		e.head = readable.Request.Method == http.MethodHead
		request = v.newRequest(readable.Request, labels, kept)
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
	bare     bool // there is a body alone
	head     bool // it was asked for without the body
	kept     recorded
	leftOut  LeftOut
	findings []finding.Finding
}

func (e *exchange) graded() finding.Set {
	return e.v.grade(e.findings)
}

// add notes a finding about the answer as a whole; it stands where the body begins.
func (e *exchange) add(f finding.Finding) {
	e.findings = append(e.findings, e.v.about(e.answer(schema.OutputPart), f))
}

func (e *exchange) success(request *message) {
	c, status := e.v.contract, e.response.Status
	if want := c.Status.Or(200); status != want && status != 0 && !e.v.parts[schema.OutputPart].bound.dynamicStatus() { // 0: not recorded
		e.noSuchStatus(want)
	}
	e.message(e.answer(schema.OutputPart))
	for i := range e.v.echoes {
		e.echo(&e.v.echoes[i], request)
	}
}

// answer is the response as a message.
func (e *exchange) answer(part schema.Part) *message {
	return &message{binding.Message{Header: e.response.Header, Status: e.response.Status}, part, e.kept.responseHeaders, e.response.Body}
}

// message validates a request or a response against its part: what travels beside the
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

// ignores reports a body that no client reads: the operation has no output, and the
// body is empty or a JSON text such as null. Of an object the names are still checked.
// Where no output is defined, a client must ignore a JSON payload (Smithy's protocol
// test AwsJson10HandlesEmptyOutputShape).
func (v *Validator) ignores(part schema.Part, body []byte) bool {
	if part != schema.OutputPart || v.contract.Output != "" {
		return false
	}
	text := trimSpace(body)
	return len(text) == 0 || text[0] != '{' && jsontext.Value(text).IsValid()
}

// mayBeEmpty reports whether there is nothing more to say of an empty body.
func (e *exchange) mayBeEmpty(d *document, m *message) bool {
	if m.part == schema.InputPart && !e.kept.requestBodies {
		e.leftOut.RequestBody = d.demandsBody()
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
			s := &sink{response: m.part != schema.InputPart, shape: joinShape(root.Name, d.whole.Name)}
			s.missingMember(member{name: d.whole.Name, node: d.node, api: d.whole.Name}, 0)
			e.findings = append(e.findings, e.v.place(m.part, s.found, m.body)...)
		}
		return true
	case m.part == schema.OutputPart && (m.Status == 204 || m.Status > 0 && m.Status < 200):
		return true // RFC 9110 section 6.4.1
	}
	if m.part == schema.InputPart { // the service took it
		return d.node.required.count() == 0
	}
	return d.node.kind == schema.Structure && len(d.node.members) == 0 || e.v.ignores(m.part, nil)
}

// demandsBody reports a part whose document has required members in the body.
func (d *document) demandsBody() bool {
	switch {
	case d.raw != nil:
		return d.raw.Required.Or(false)
	case d.whole != nil:
		return d.whole.Required.Or(false)
	}
	return d.node.required.count() > 0
}

// contentType holds the Content-Type of a message that has a body. Of bytes it
// may be any, and where it is a member's value it is that member's
// matter. A request whose Content-Type was not recorded is not a finding.
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
	got := awshttp.Value(m.Header, "Content-Type")
	if media, _, err := mime.ParseMediaType(got); err == nil && media == want || awshttp.Masked(got) {
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

// about is a finding about a message as a whole; it stands where its body begins.
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
	ok     bool // there is one
}

// scalarAt returns the string, number or boolean at a pointer into a document, unless the document
// is broken: the body's syntax has a finding of its own.
func scalarAt(document []byte, pointer jsontext.Pointer) scalarText {
	n, err := jsontree.Find(document, string(pointer))
	if err != nil || n == nil || strings.IndexByte("{[n", byte(n.Kind)) >= 0 {
		return scalarText{}
	}
	return scalarText{n.Text, n.Start, n.Kind == '"', true}
}
