package validate

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

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

// accept checks that the Accept header of a request does not exclude the media type of the response.
func (e *exchange) accept(m *message) {
	want := e.v.responds
	if want == "" {
		return
	}
	values := awshttp.Values(m.Header, "Accept")
	if len(values) == 0 || includes(values, want) {
		return
	}
	e.findings = append(e.findings, e.v.about(m, finding.Finding{Rule: finding.HTTPAccept, Found: finding.Text(strings.Join(values, ", ")), Wanted: finding.Want{Text: want}}))
}

// responds returns the media type that the Accept header of a request must include, or "" if it may
// have any: a blob or a stream may be of any type, members may decide, and awsJson services ignore
// the header.
func responds(c *schema.Contract, input, output *bound) string {
	table := binding.Of(c, schema.OutputPart)
	if c.Output == "" || table.RPC() || input.has("Accept") || output.has("Content-Type") {
		return ""
	}
	if raw, ok := c.RawBody(schema.OutputPart); ok && c.Resolve(raw.Shape).Type != schema.String {
		return ""
	}
	return table.MediaType()
}

// includes reports whether the values of an Accept header include a media type (RFC 9110 section
// 12.5.1).
func includes(values []string, media string) bool {
	kind, _, _ := strings.Cut(media, "/")
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			accepted, _, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(accepted)) {
			case media, kind + "/*", "*/*", "*":
				return true
			}
		}
		if awshttp.Masked(value) {
			return true
		}
	}
	return false
}
