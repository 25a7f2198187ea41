package validate

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

func (w *explainer) string(n *node) bool {
	if w.dec.PeekKind() != '"' {
		return w.mismatch(n)
	}
	at := w.offset()
	text, ok := w.text()
	if ok {
		w.checkText(n, text, at)
	}
	return ok
}

// checkText validates a string, the key of a map or a blob against its shape.
func (w *explainer) checkText(n *node, text []byte, at int) {
	if n.enum != nil && !n.enum[string(text)] {
		w.sink.enum(n, text, at)
	}
	if n.form != nil && !n.form.Match(text) {
		w.sink.form(n, text, at)
		return
	}
	if !n.length.Open() {
		size, unit := utf8.RuneCount(text), finding.CodePoints
		if n.kind == schema.Blob {
			size, unit = decodedLength(text), finding.Bytes
		}
		w.size(n, size, unit, at)
	}
	if n.pattern != nil {
		if ok, err := n.pattern.Match(text); !ok || err != nil {
			w.sink.pattern(n, text, err, at)
		}
	}
}

// decodedLength returns the number of bytes that well-formed base64 text encodes.
func decodedLength(text []byte) int {
	n := base64.StdEncoding.DecodedLen(len(text))
	for i := len(text); i > 0 && text[i-1] == '='; i-- {
		n--
	}
	return n
}

// number reads a JSON number as its raw text. The decoder reads 016 as a zero, and notices what
// follows only at the next read, which is one member too late to name the place.
func (w *explainer) number() ([]byte, bool) {
	raw, err := w.dec.ReadValue()
	if err != nil {
		return nil, w.broken(err)
	}
	end := int(w.dec.InputOffset())
	if rest := w.sink.document[end:]; len(rest) > 0 && strings.IndexByte(" \t\r\n,]}", rest[0]) < 0 && w.dec.StackDepth() > 0 {
		w.sink.cut = true
		w.sink.add(end, finding.Finding{Rule: finding.SyntaxInvalid, Problem: finding.InNumber, Found: w.sink.character(end)})
		return nil, false
	}
	return raw, true
}

func (w *explainer) integer(n *node) bool {
	if w.dec.PeekKind() != '0' {
		return w.mismatch(n)
	}
	at := w.offset()
	raw, ok := w.number()
	if !ok {
		return false
	}
	value := w.decimal(raw)
	switch {
	case !value.Integral():
		w.sink.unfit(n, finding.NotIntegral, raw, at)
	case !n.limits.Holds(value):
		w.sink.unfit(n, finding.BeyondType, raw, at)
	default:
		if hasFractionOrExponent(raw) {
			w.sink.numberForm(raw, at)
		}
		if !exactDoubles.Holds(value) {
			w.sink.precision(raw, at)
		}
	}
	if !n.bounds.Holds(value) {
		w.sink.outOfRange(n, raw, at)
	}
	return true
}

// exactDoubles are the integers that a double represents exactly (RFC 7493 section 2.2).
var exactDoubles = intervalOf(boundsOf("-9007199254740992", "9007199254740992"))

func hasFractionOrExponent(raw []byte) bool {
	return slices.ContainsFunc(raw, func(c byte) bool { return c == '.' || c == 'e' || c == 'E' })
}

func (w *explainer) float(n *node) bool {
	at := w.offset()
	switch w.dec.PeekKind() {
	case '"':
		text, ok := w.text()
		if !ok {
			return false
		}
		if !slices.Contains(schema.NonNumericFloats, string(text)) {
			w.sink.mismatch(n, at)
		}
		return true
	case '0':
		return w.bounded(n, at)
	}
	return w.mismatch(n)
}

func (w *explainer) timestamp(n *node) bool {
	switch k := w.dec.PeekKind(); {
	case k == '0' && n.epoch:
		return w.bounded(n, w.offset())
	case k == '"' && n.form != nil:
		return w.string(n)
	}
	return w.mismatch(n)
}

// bounded reads a number and compares it with the limits of its type and shape.
func (w *explainer) bounded(n *node, at int) bool {
	raw, ok := w.number()
	if !ok {
		return false
	}
	value := w.decimal(raw)
	if !n.limits.Holds(value) {
		w.sink.unfit(n, finding.BeyondType, raw, at)
	}
	if !n.bounds.Holds(value) {
		w.sink.outOfRange(n, raw, at)
	}
	return true
}
