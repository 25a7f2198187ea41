package validate

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/schema"
)

// echo is a place of the output that repeats a member of the input.
type echo struct {
	pointer       string // to the place, as findings about it name it
	member        string // of the input
	output, input repeated
	number        bool // compared as a number: 1.0 equals 1
	sensitive     bool
}

// repeated says where a scalar travels in a message.
type repeated struct {
	beside  *binding.Member  // outside the body; nil: in the body
	raw     bool             // the body is the text
	pointer jsontext.Pointer // into the body
}

// newEchoes compiles the echoes of a contract that passes its check, so that their pointers lead
// through members only, to scalars.
func newEchoes(c *schema.Contract) []echo {
	var echoes []echo
	input, _ := c.Root(schema.InputPart)
	for _, e := range c.Echoes {
		out := echo{pointer: e.Output, member: e.Input}
		for _, side := range []struct {
			part    schema.Part
			pointer jsontext.Pointer
			into    *repeated
		}{{schema.OutputPart, jsontext.Pointer(e.Output), &out.output}, {schema.InputPart, jsontext.Pointer("").AppendToken(e.Input), &out.input}} {
			place := schema.Place{Part: side.part}
			for token := range side.pointer.Tokens() {
				top := place.Pointer == ""
				place = place.Child(token)
				shape, m, _ := c.At(place)
				out.sensitive = out.sensitive || shape.Sensitive.Or(false)
				out.number = out.number || shape.Type == schema.Integer || shape.Type == schema.Float
				payload := top && c.Location(m) == schema.LocationPayload
				if top {
					side.into.beside, _ = binding.Of(c, side.part).Member(m.Name)
					side.into.raw = payload && shape.Type == schema.String
				}
				if !payload {
					side.into.pointer = side.into.pointer.AppendToken(m.Wire())
				}
			}
		}
		for _, root := range []schema.Ref{input, schema.Named(c.Output)} {
			out.sensitive = out.sensitive || c.Resolve(root).Sensitive.Or(false)
		}
		if out.output.beside == nil && !out.output.raw {
			out.pointer = string(out.output.pointer)
		}
		echoes = append(echoes, out)
	}
	return echoes
}

// scalar returns the text of the repeated scalar; there is none if the message has no such value,
// or several.
func (m *message) scalar(r repeated) scalarText {
	switch {
	case r.beside != nil:
		texts := m.Texts(r.beside)
		if len(texts) != 1 {
			return scalarText{}
		}
		return scalarText{value: texts[0], ok: true}
	case r.raw:
		return scalarText{value: string(m.body.Bytes), ok: len(m.body.Bytes) > 0}
	}
	return scalarAt(m.body.Bytes, r.pointer)
}

// same compares two texts as numbers or as strings.
func (e *echo) same(a, b string) bool {
	if e.number && decimal.Valid(a) && decimal.Valid(b) {
		return decimal.Compare(a, b) == 0
	}
	return a == b
}

// echo compares a place of the output with the member of the request that it repeats.
func (e *exchange) echo(echo *echo, request *message) {
	asked, got := request.scalar(echo.input), e.reply(schema.OutputPart).scalar(echo.output)
	if !asked.ok || !got.ok || echo.same(got.value, asked.value) {
		return
	}
	place := e.response.Body.Position(got.at)
	f := finding.Finding{Rule: finding.EchoMismatch, Operation: e.v.contract.Name(), Pointer: echo.pointer, Masked: echo.pointer, Line: place.Line, Column: place.Column}
	f.Names = []string{echo.member}
	if f.Sensitive = echo.sensitive; !f.Sensitive {
		f.Found, f.Wanted.Text = finding.ValueOf(finding.KindString, got.value), asked.value
	}
	e.findings = append(e.findings, f)
}
