package validate

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
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
// A request that the service answered with 4xx is not held against the input.
// Nor is one of a contract that does not say where its members travel, nor one
// that was not recorded.
func (v *Validator) Exchange(x *traffic.Interaction, labels map[string]string) finding.Set {
	readable, err := decoded(x)
	return v.exchange(readable, err, labels)
}

// exchange takes what [decoded] returned.
func (v *Validator) exchange(readable *traffic.Interaction, err error, labels map[string]string) finding.Set {
	e := exchange{v: v, response: &readable.Response}
	request := &message{}
	if readable.Request != nil {
		e.head = readable.Request.Method == http.MethodHead
		request = v.newRequest(readable.Request, labels)
		e.request(request)
	}
	switch {
	case err != nil:
		e.add(finding.SyntaxInvalid, "bytes that do not decode", "a body encoded as its Content-Encoding says", err.Error())
	case readable.Response.Status < 300:
		e.success(request)
	default:
		e.identified()
	}
	return locate(e.graded(), readable)
}

type exchange struct {
	v        *Validator
	response *traffic.Response
	bare     bool // there is a body alone
	head     bool // it was asked for without the body
	findings []finding.Finding
}

func (e *exchange) graded() finding.Set {
	return e.v.grade(e.findings)
}

// add notes a finding about the answer as a whole; it stands where the body begins.
func (e *exchange) add(rule finding.RuleID, got, want, message string) {
	e.findings = append(e.findings, e.v.about(e.answer(schema.OutputPart), rule, got, want, message))
}

func (e *exchange) success(request *message) {
	c, status := e.v.contract, e.response.Status
	if want := c.Status.Or(200); status != want && status != 0 && !e.v.parts[schema.OutputPart].bound.dynamicStatus() { // 0: not recorded
		e.noSuchStatus(fmt.Sprint(want))
	}
	e.message(e.answer(schema.OutputPart))
	for i := range e.v.echoes {
		e.echo(&e.v.echoes[i], request)
	}
}

// answer is the response as a message.
func (e *exchange) answer(part schema.Part) *message {
	return &message{part: part, header: e.response.Header, body: e.response.Body, status: e.response.Status}
}

// message holds a request or an answer against its part: what travels beside the
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
	e.findings = append(e.findings, e.v.body(m.part, m.body)...)
}

// mayBeEmpty reports whether there is nothing more to say of an empty body.
func (e *exchange) mayBeEmpty(d *document, m *message) bool {
	switch {
	case e.head && m.part != schema.InputPart: // RFC 9110 section 9.3.2: not even what is required
		return true
	case d.raw != nil:
		return d.streamed || !d.raw.Required.Or(false)
	case d.whole != nil:
		if d.whole.Required.Or(false) {
			root, _ := e.v.contract.Root(m.part)
			s := &sink{response: m.part != schema.InputPart, shape: joinShape(root.Name, d.whole.Name)}
			s.missing(member{name: d.whole.Name, node: d.node, api: d.whole.Name}, 0)
			e.findings = append(e.findings, e.v.place(m.part, s.found, m.body)...)
		}
		return true
	case m.part == schema.OutputPart && (m.status == 204 || m.status > 0 && m.status < 200):
		return true // RFC 9110 section 6.4.1
	}
	if m.part == schema.InputPart { // the service took it
		return d.node.required.count() == 0
	}
	return d.node.kind == schema.Structure && len(d.node.members) == 0 || m.part == schema.OutputPart && e.v.contract.Output == ""
}

// contentTypes are the media types of the protocols' bodies.
var contentTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

// contentType holds the Content-Type of a message that has a body. Of a blob or
// a stream it may be any, and where it is a member's value it is that member's
// matter. A request whose Content-Type was not recorded is not held against it.
func (e *exchange) contentType(m *message, d *document) {
	want, ok := contentTypes[e.v.contract.Protocol.Or("")]
	if !ok || d != nil && d.bound.has("Content-Type") {
		return
	}
	if d != nil && d.raw != nil {
		if d.node.kind != schema.String {
			return
		}
		want = "text/plain"
	}
	got := awshttp.Value(m.header, "Content-Type")
	if media, _, err := mime.ParseMediaType(got); err == nil && media == want {
		return
	}
	if got == "" {
		if m.part == schema.InputPart {
			return
		}
		got = "none"
	}
	e.findings = append(e.findings, e.v.about(m, finding.HTTPContentType, got, want,
		fmt.Sprintf("Content-Type is %s, the protocol's is %s", clip(got), want)))
}

// about is a finding about a message as a whole; it stands where its body begins.
func (v *Validator) about(m *message, rule finding.RuleID, got, want, text string) finding.Finding {
	at := m.body.Position(0)
	return finding.Finding{Rule: rule, Operation: v.contract.Name(), Part: partText(m.part),
		Line: at.Line, Column: at.Column, Got: got, Want: want, Message: text}
}

// text is a scalar of a document, as text, and where it begins.
type text struct {
	value  string
	at     int
	quoted bool // it is a string
	ok     bool // there is one
}

// scalarAt returns the string, number or boolean at a pointer into a document.
// What stands beside the pointer's way is skipped; of repeated names the last counts.
func scalarAt(document []byte, pointer jsontext.Pointer) text {
	d := jsontext.NewDecoder(bytes.NewBuffer(document), explaining...)
	found, err := findScalar(document, d, slices.Collect(pointer.Tokens()))
	if err != nil {
		return text{} // the body's syntax has a finding of its own
	}
	return found
}

func findScalar(document []byte, d *jsontext.Decoder, tokens []string) (found text, err error) {
	switch kind := d.PeekKind(); {
	case len(tokens) == 0 && slices.Contains([]jsontext.Kind{'"', '0', 't', 'f'}, kind):
		at := nextToken(document, int(d.InputOffset()))
		token, err := d.ReadToken()
		if err != nil {
			return text{}, err
		}
		return text{token.String(), at, kind == '"', true}, nil
	case len(tokens) == 0 || kind != '{':
		return text{}, d.SkipValue()
	}
	if _, err = d.ReadToken(); err != nil {
		return text{}, err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return text{}, err
		}
		if name.String() != tokens[0] {
			err = d.SkipValue()
		} else {
			found, err = findScalar(document, d, tokens[1:])
		}
		if err != nil {
			return text{}, err
		}
	}
	_, err = d.ReadToken()
	return found, err
}

// bytesOnly holds the body of an error that the contract does not have against
// JSON alone, unless it says that it is something else.
func (e *exchange) bytesOnly() {
	if len(e.response.Body.Bytes) > 0 && !e.bare {
		e.contentType(e.answer(schema.OutputPart), nil)
	}
	media, _, _ := mime.ParseMediaType(awshttp.Value(e.response.Header, "Content-Type"))
	if len(e.response.Body.Bytes) == 0 || media != "" && !strings.Contains(media, "json") {
		return
	}
	unknown := &document{node: anything}
	if !accepts(unknown.node, e.response.Body.Bytes) {
		e.findings = append(e.findings, e.v.place(schema.OutputPart, unknown.explain(e.response.Body.Bytes), e.response.Body)...)
	}
}

// identified finds out which error the answer is, and holds it against that error.
func (e *exchange) identified() {
	c, status := e.v.contract, e.response.Status
	name := ErrorName(e.response.Header, e.response.Body.Bytes)
	if name == "" {
		e.add(finding.ErrorUnidentified, fmt.Sprintf("status %d", status), "X-Amzn-Errortype, or code or __type in the body",
			"the answer names no error")
		if !e.known(status) {
			e.noSuchStatus("a status of one of the operation's errors")
		}
		e.bytesOnly()
		return
	}
	declared, ok := c.Error(name)
	if !ok {
		var names []string
		for _, d := range c.Errors {
			names = append(names, d.Name)
		}
		e.add(finding.ErrorUnmodeled, clip(name), "one of "+strings.Join(names, ", "),
			fmt.Sprintf("the operation has no error %s", quote(name)))
		e.bytesOnly()
		return
	}
	if want, known := declared.Status.Get(); known && want != status {
		e.add(finding.ErrorStatusMismatch, fmt.Sprint(status), fmt.Sprint(want),
			fmt.Sprintf("%s came with status %d, its own is %d", declared.Name, status, want))
	}
	e.message(e.answer(schema.ErrorPart(declared.Name)))
}

func (e *exchange) noSuchStatus(want string) {
	status := e.response.Status
	e.add(finding.HTTPStatus, fmt.Sprint(status), want, fmt.Sprintf("status %d is none of this operation's", status))
}

func (e *exchange) known(status int) bool {
	for _, d := range e.v.contract.Errors {
		if want, ok := d.Status.Get(); !ok || want == status {
			return true
		}
	}
	return false
}

// ErrorName identifies the error that an answer is: by the header
// X-Amzn-Errortype, then the body's code or Code, then its __type
// (Smithy, aws-restjson1-protocol.html#operation-error-serialization). Empty: it
// names none.
func ErrorName(h http.Header, body []byte) string {
	if name := sanitize(awshttp.Value(h, "X-Amzn-Errortype")); name != "" {
		return name
	}
	body = bytes.TrimPrefix(body, []byte(bom))
	for _, pointer := range []jsontext.Pointer{"/code", "/Code", "/__type"} {
		if found := scalarAt(body, pointer); found.quoted {
			if name := sanitize(found.value); name != "" {
				return name
			}
		}
	}
	return ""
}

// sanitize cuts at the first colon, then keeps what follows the number sign.
func sanitize(name string) string {
	name, _, _ = strings.Cut(name, ":")
	if _, shape, ok := strings.Cut(name, "#"); ok {
		name = shape
	}
	return strings.TrimSpace(name)
}
