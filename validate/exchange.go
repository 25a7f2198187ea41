package validate

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/go-json-experiment/json/jsontext"
)

// Exchange returns every finding of a recorded answer to a request that the
// catalog routed to the validator's contract: of its status, its Content-Type,
// how it names an error, its body, and whether it is about what was asked.
//
// An answer is a success or an error by its status alone, as all SDKs take it.
// An error is identified by the header X-Amzn-Errortype, then the body's code,
// then its __type (Smithy, aws-restjson1-protocol.html#operation-error-serialization).
func (v *Validator) Exchange(x *traffic.Interaction, labels map[string]string) finding.Set {
	e := exchange{v: v, response: &x.Response}
	if status := x.Response.Status; status < 300 {
		e.success(labels)
	} else {
		e.failure()
	}
	return locate(e.graded(), x)
}

type exchange struct {
	v        *Validator
	response *traffic.Response
	findings []finding.Finding
}

func (e *exchange) graded() finding.Set {
	return e.v.options.Profile.Grade(finding.NewSet(e.findings...))
}

// add notes a finding about the answer as a whole; it stands where the body begins.
func (e *exchange) add(rule finding.RuleID, got, want, message string) {
	at := e.response.Body.Position(0)
	e.findings = append(e.findings, finding.Finding{Rule: rule, Operation: e.v.contract.Name(),
		Line: at.Line, Column: at.Column, Got: got, Want: want, Message: message})
}

func (e *exchange) success(labels map[string]string) {
	c, status := e.v.contract, e.response.Status
	if want := c.Status.Or(200); status != want && status != 0 { // 0: not recorded
		e.noSuchStatus(fmt.Sprint(want))
	}
	bodiless := status != 0 && status < 200 || status == 204 || c.Output == "" // RFC 9110 section 6.4.1
	if bodiless && len(e.response.Body.Bytes) == 0 {
		return
	}
	e.contentType()
	e.body(schema.OutputPart)
	for _, echo := range c.Echoes {
		e.echo(echo, labels)
	}
}

func (e *exchange) body(part schema.Part) {
	e.findings = append(e.findings, e.v.body(part, e.response.Body)...)
}

// contentTypes are the media types of the protocols' bodies.
var contentTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

func (e *exchange) contentType() {
	want, ok := contentTypes[e.v.contract.Protocol.Or("")]
	if !ok {
		return
	}
	got := header(e.response.Header, "Content-Type")
	if media, _, err := mime.ParseMediaType(got); err == nil && media == want {
		return
	}
	if got == "" {
		got = "none"
	}
	e.add(finding.HTTPContentType, got, want, fmt.Sprintf("Content-Type is %s, the protocol's is %s", clip(got), want))
}

// echo holds a place of the output against the label that it repeats.
func (e *exchange) echo(echo schema.Echo, labels map[string]string) {
	asked, ok := labels[echo.Input]
	if !ok {
		return
	}
	got := textAt(e.response.Body.Bytes, jsontext.Pointer(echo.Output))
	if !got.ok || got.value == asked {
		return
	}
	place := e.response.Body.Position(got.at)
	e.findings = append(e.findings, finding.Finding{Rule: finding.EchoMismatch, Operation: e.v.contract.Name(),
		Pointer: echo.Output, Line: place.Line, Column: place.Column, Got: quote(got.value), Want: quote(asked),
		Message: fmt.Sprintf("the answer says %s, the request's %s was %s", quote(got.value), echo.Input, quote(asked))})
}

// text is a string of a document and where it begins.
type text struct {
	value string
	at    int
	ok    bool // there is one
}

// textAt returns the string at a pointer into a document. What stands beside the
// pointer's way is skipped; of repeated names the last counts.
func textAt(document []byte, pointer jsontext.Pointer) text {
	d := jsontext.NewDecoder(bytes.NewBuffer(document), explaining...)
	found, err := findText(document, d, slices.Collect(pointer.Tokens()))
	if err != nil {
		return text{} // the body's syntax has a finding of its own
	}
	return found
}

func findText(document []byte, d *jsontext.Decoder, tokens []string) (found text, err error) {
	switch kind := d.PeekKind(); {
	case len(tokens) == 0 && kind == '"':
		at := nextToken(document, int(d.InputOffset()))
		token, err := d.ReadToken()
		return text{token.String(), at, true}, err
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
			found, err = findText(document, d, tokens[1:])
		}
		if err != nil {
			return text{}, err
		}
	}
	_, err = d.ReadToken()
	return found, err
}

func (e *exchange) failure() {
	e.contentType()
	e.identified()
}

// bytesOnly holds the body of an error that the contract does not have against
// JSON alone, unless it says that it is something else.
func (e *exchange) bytesOnly() {
	media, _, _ := mime.ParseMediaType(header(e.response.Header, "Content-Type"))
	if len(e.response.Body.Bytes) == 0 || media != "" && !strings.Contains(media, "json") {
		return
	}
	unknown := &document{node: anything}
	if !accepts(unknown.node, e.response.Body.Bytes) {
		e.findings = append(e.findings, e.v.place(unknown.explain(e.response.Body.Bytes), e.response.Body)...)
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
	e.body(schema.ErrorPart(declared.Name))
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
	if name := sanitize(header(h, "X-Amzn-Errortype")); name != "" {
		return name
	}
	body = bytes.TrimPrefix(body, []byte(bom))
	for _, pointer := range []jsontext.Pointer{"/code", "/Code", "/__type"} {
		if name := sanitize(textAt(body, pointer).value); name != "" {
			return name
		}
	}
	return ""
}

// header returns a header's first value; a cassette may spell its name in any case.
func header(h http.Header, name string) string {
	for key, values := range h {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
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
