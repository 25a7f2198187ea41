package jsonschema

import (
	"encoding/json"
	"strconv"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
)

// pattern adds a pattern to the schema of a string.
func (g *generator) pattern(s *Schema, source string) *Schema {
	if source == "" {
		return s
	}
	if _, err := pattern.Compile(source); err != nil { // Contract.UnsupportedPatterns reports it
		s.Comment = "Not checked against the pattern " + source
		return s
	}
	if g.extended {
		s.AnyPattern = source
		return s
	}
	must, refuse, ok := pattern.Portable(source)
	s.Pattern = must // if it is not ok, for ECMA-262 only
	if ok && refuse != "" {
		s.Not = &Schema{Pattern: refuse}
	}
	return s
}

func integer(s *schema.Shape) *Schema {
	var low, high string // unbounded for integers of any size
	if bits := s.Bits.Or(64); bits > 0 {
		low, high = schema.IntegerBounds(bits)
	}
	bounds := s.Range.Or(schema.Bounds{})
	return &Schema{Type: "integer",
		Minimum: tighter(json.Number(low), bounds.Min, 1), Maximum: tighter(json.Number(high), bounds.Max, -1)}
}

func float(s *schema.Shape) *Schema {
	var low, high string
	if bits := s.Bits.Or(64); bits > 0 {
		high = schema.LargestFloat(bits)
		low = "-" + high
	}
	bounds := s.Range.Or(schema.Bounds{})
	return &Schema{AnyOf: []*Schema{
		{Type: "number", Minimum: tighter(json.Number(low), bounds.Min, 1), Maximum: tighter(json.Number(high), bounds.Max, -1)},
		{Type: "string", Enum: schema.NonNumericFloats},
	}}
}

// tighter returns the larger of two bounds (sign 1) or the smaller one (sign -1). It ignores an
// empty bound.
func tighter(a, b json.Number, sign int) json.Number {
	if a == "" || b != "" && decimal.Compare(b, a) == sign {
		return b
	}
	return a
}

func (g *generator) timestamp(format string) *Schema {
	number := &Schema{Type: "number", Minimum: schema.EarliestTimestamp, ExclusiveMaximum: schema.TimestampsEnd}
	switch {
	case g.encoding == schema.SDK:
		return anyOf(number, g.timestampText(schema.ISO8601))
	case format == string(schema.DateTime), format == string(schema.HTTPDate):
		form := schema.TimestampText(format)
		if g.request {
			form = form.RequestForm()
		}
		return g.timestampText(form)
	}
	return number
}

func (g *generator) timestampText(form schema.TimestampText) *Schema {
	if g.extended {
		return &Schema{Type: "string", Timestamp: string(form)}
	}
	return &Schema{Type: "string", Pattern: form.Pattern()}
}

// blob limits the decoded length of base64 text by its characters and padding: n bytes have
// 4*ceil(n/3) characters, of which 3*ceil(n/3)-n are "=".
func blob(length schema.Bounds) *Schema {
	s := &Schema{Type: "string", Pattern: schema.Base64Pattern, ContentEncoding: "base64"}
	if chars, padding, ok := base64Length(length.Min); ok && chars > 0 {
		atLeast := &Schema{MinLength: number(chars)}
		if padding < 2 { // a text of this length with more padding has fewer bytes
			atLeast.Not = &Schema{Pattern: "={" + strconv.Itoa(padding+1) + "}$"}
			atLeast = anyOf(&Schema{MinLength: number(chars + 1)}, atLeast)
		}
		s.AllOf = append(s.AllOf, atLeast)
	}
	if chars, padding, ok := base64Length(length.Max); ok {
		atMost := &Schema{MaxLength: number(chars)}
		if padding > 0 {
			atMost = anyOf(&Schema{MaxLength: number(chars - 1)}, &Schema{MaxLength: number(chars), Pattern: "={" + strconv.Itoa(padding) + "}$"})
		}
		s.AllOf = append(s.AllOf, atMost)
	}
	return s
}

func anyOf(schemas ...*Schema) *Schema { return &Schema{AnyOf: schemas} }

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func base64Length(bound json.Number) (chars, padding int, ok bool) {
	n, err := strconv.Atoi(string(bound))
	if err != nil || n < 0 || n > 1<<40 {
		return 0, 0, false
	}
	groups := (n + 2) / 3
	return 4 * groups, 3*groups - n, true
}
