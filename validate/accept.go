package validate

import (
	"bytes"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/accept"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// accepts reports whether the explainer would find nothing in a document, at any severity. False
// means unsure: only the explainer decides whether anything is wrong.
func accepts(n *node, document []byte) bool { return n.filter.Accepts(document) }

// filtered makes the filter of a node that is complete.
func filtered(n *node) *node {
	shapeOf(n).Compile()
	return n
}

// shapeOf returns the shape that the filter of a node walks. A node of a recursive contract refers to
// itself.
func shapeOf(n *node) *accept.Shape {
	if n == nil {
		return nil
	}
	if n.filter != nil {
		return n.filter
	}
	s := &accept.Shape{Kind: acceptKinds[n.kind], Union: n.union, Sparse: n.sparse, Epoch: n.epoch, Enum: n.values,
		Length: n.length.Interval, Limits: n.limits.Interval, Bounds: n.bounds.Interval}
	n.filter = s
	if n.unique && n.length.HoldsInt(1) { // the filter compares no elements, so it is unsure of more than one
		s.Length = decimal.Between(n.length.written.Min, "1")
	}
	if n.form != nil {
		s.Form = n.form
	}
	if n.kind == schema.Float {
		s.Form = nonNumeric{}
	}
	if n.pattern != nil {
		s.Pattern = patternForm{n.pattern}
	}
	s.Element, s.Key, s.Events = shapeOf(n.element), shapeOf(n.key), shapeOf(n.events)
	for i, m := range n.members {
		s.Members = append(s.Members, accept.Member{Name: m.name, Shape: shapeOf(m.node), Required: n.required.has(i), As: i})
	}
	if n.kind == schema.Structure {
		s.Members = append(s.Members, n.others()...)
	}
	return s
}

// others are the names that a structure may have beside those of its members.
func (n *node) others() (all []accept.Member) {
	anything := &accept.Shape{Kind: accept.Any}
	known := map[string]bool{}
	add := func(m accept.Member) {
		if _, member := n.index[m.Name]; !member && !known[m.Name] {
			known[m.Name] = true
			all = append(all, m)
		}
	}
	for name, i := range n.spelled {
		add(accept.Member{Name: name, Shape: anything, As: max(i, 0), Ignored: i < 0})
	}
	if n.padded {
		add(accept.Member{Name: "p", Shape: &accept.Shape{Kind: accept.String, Form: paddingForm{}}, Ignored: true})
	}
	for _, name := range append([]string{"__type"}, n.tolerate...) {
		add(accept.Member{Name: name, Shape: anything, Ignored: true})
	}
	return all
}

var acceptKinds = map[schema.Type]accept.Kind{
	schema.Structure: accept.Structure, schema.List: accept.List, schema.Map: accept.Map, schema.String: accept.String, schema.Blob: accept.Blob,
	schema.Integer: accept.Integer, schema.Float: accept.Float, schema.Timestamp: accept.Timestamp, schema.Boolean: accept.Boolean, encodedJSON: accept.NotString,
}

type nonNumeric struct{}

func (nonNumeric) Match(text []byte) bool {
	return slices.Contains(schema.NonNumericFloats, string(text))
}

type paddingForm struct{}

func (paddingForm) Match(text []byte) bool { return strings.HasPrefix(paddingAlphabet, string(text)) }

type patternForm struct{ *pattern.Pattern }

func (p patternForm) Match(text []byte) bool { return p.Matches(text) }

// reader reads the JSON text of one document.
type reader struct {
	dec     jsontext.Decoder
	input   bytes.Buffer
	scratch []byte // for a string with escapes
	digits  []byte // for a number
}

func (r *reader) reset(document []byte, options ...jsontext.Options) {
	// The decoder reads a bytes.Buffer in place and never writes to it.
	r.input = *bytes.NewBuffer(document)
	r.dec.Reset(&r.input, options...)
}

func (r *reader) decimal(raw []byte) decimal.Number {
	d := decimal.Parse(r.digits[:0], raw)
	r.digits = d.Scratch()
	return d
}

func trimSpace(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }
