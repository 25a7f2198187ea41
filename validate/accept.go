package validate

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// acceptor is the filter before an [explainer]. Its methods return true if the explainer would find
// nothing, at any severity. False means unsure: only the explainer decides whether anything is
// wrong.
type acceptor struct {
	reader
	typed []byte // for the header of an event, as JSON
}

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

var acceptors = sync.Pool{New: func() any { return new(acceptor) }}

// accepts reports whether the explainer would find nothing in a document.
func accepts(n *node, document []byte) bool {
	a := acceptors.Get().(*acceptor)
	defer acceptors.Put(a)
	return a.accepts(n, document)
}

func (a *acceptor) accepts(n *node, document []byte) bool {
	a.reset(document)
	return a.value(n) && len(trimSpace(document[a.dec.InputOffset():])) == 0
}

func (a *acceptor) value(n *node) bool {
	switch n.kind {
	case schema.Structure:
		return a.structure(n)
	case schema.List:
		return a.list(n)
	case schema.Map:
		return a.entries(n)
	case schema.String, schema.Blob:
		return a.string(n)
	case schema.Integer:
		return a.integer(n)
	case schema.Float:
		return a.float(n)
	case schema.Timestamp:
		return a.timestamp(n)
	case schema.Boolean:
		k := a.dec.PeekKind()
		return (k == 't' || k == 'f') && a.skip()
	case encodedJSON:
		return a.dec.PeekKind() != '"' && a.skip()
	}
	return a.skip()
}

func (a *acceptor) skip() bool { return a.dec.SkipValue() == nil }

// open and shut read the delimiter of an object or array.
func (a *acceptor) open(kind jsontext.Kind) bool {
	return a.dec.PeekKind() == kind && a.shut()
}

func (a *acceptor) shut() bool {
	_, err := a.dec.ReadToken()
	return err == nil
}

func (a *acceptor) structure(n *node) bool {
	if n.events != nil && a.dec.PeekKind() == '[' {
		return a.list(n.events)
	}
	if !a.open('{') {
		return false
	}
	var small [4]uint64
	present := bitset(small[:])
	if len(n.required) > len(small) {
		present = make(bitset, len(n.required))
	}
	for a.dec.PeekKind() == '"' {
		name, ok := a.text()
		if !ok {
			return false
		}
		i, known := n.index[string(name)]
		null := a.dec.PeekKind() == 'n'
		switch {
		case !known:
			ok = a.other(n, name, null, present)
		case null:
			ok = a.skip()
		default:
			present.set(i)
			ok = a.value(n.members[i].node)
		}
		if !ok {
			return false
		}
	}
	if !a.shut() {
		return false
	}
	if n.union {
		return present.count() == 1
	}
	for word, required := range n.required {
		if present[word]&required != required {
			return false
		}
	}
	return true
}

// other reads a member that a structure does not name.
func (a *acceptor) other(n *node, name []byte, null bool, present bitset) bool {
	member, spelled := n.spelled[string(name)]
	switch {
	case spelled:
		if !null && member >= 0 {
			present.set(member)
		}
		return a.skip()
	case n.padded && string(name) == "p" && !null:
		return a.padding()
	}
	return (null || string(name) == "__type" || slices.Contains(n.tolerate, string(name))) && a.skip()
}

// padding reads the member p of a padded event.
func (a *acceptor) padding() bool {
	if a.dec.PeekKind() != '"' {
		return false
	}
	text, ok := a.text()
	return ok && strings.HasPrefix(paddingAlphabet, string(text))
}

func (a *acceptor) list(n *node) bool {
	if !a.open('[') {
		return false
	}
	count := 0
	for ; a.dec.PeekKind() != ']'; count++ {
		if !a.entry(n) {
			return false
		}
	}
	return a.shut() && n.length.HoldsInt(int64(count))
}

func (a *acceptor) entries(n *node) bool {
	if !a.open('{') {
		return false
	}
	count := 0
	for ; a.dec.PeekKind() == '"'; count++ {
		name, ok := a.text()
		if !ok || !a.fits(n.key, name) || !a.entry(n) {
			return false
		}
	}
	return a.shut() && n.length.HoldsInt(int64(count))
}

// entry reads an element of a list or a value of a map.
func (a *acceptor) entry(n *node) bool {
	if a.dec.PeekKind() != 'n' || n.element.kind == schema.Document || n.element.kind == schema.Unstated {
		return a.value(n.element)
	}
	return n.sparse && a.skip()
}

// text reads a string or a name. What it returns is valid until the next read.
func (a *acceptor) text() ([]byte, bool) {
	raw, err := a.dec.ReadValue()
	if err != nil {
		return nil, false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	text, err := jsontext.AppendUnquote(a.scratch[:0], raw)
	a.scratch = text[:0]
	return text, err == nil
}

func (a *acceptor) string(n *node) bool {
	if a.dec.PeekKind() != '"' {
		return false
	}
	text, ok := a.text()
	return ok && a.fits(n, text)
}

// fits validates a string, the key of a map or a blob against its shape.
func (a *acceptor) fits(n *node, text []byte) bool {
	if n.enum != nil && !n.enum[string(text)] || n.form != nil && !n.form.Match(text) {
		return false
	}
	if !n.length.Open() {
		size := utf8.RuneCount(text)
		if n.kind == schema.Blob {
			size = decodedLength(text)
		}
		if !n.length.HoldsInt(int64(size)) {
			return false
		}
	}
	if n.pattern == nil {
		return true
	}
	ok, err := n.pattern.Match(text)
	return ok && err == nil
}

func (a *acceptor) integer(n *node) bool {
	if a.dec.PeekKind() != '0' {
		return false
	}
	raw, err := a.dec.ReadValue()
	if err != nil {
		return false
	}
	if small, ok := decimal.SmallInteger(raw); ok {
		return n.limits.HoldsInt(small) && n.bounds.HoldsInt(small)
	}
	value := a.decimal(raw)
	return value.Integral() && !hasFractionOrExponent(raw) && exactDoubles.Holds(value) && n.limits.Holds(value) && n.bounds.Holds(value)
}

func (a *acceptor) float(n *node) bool {
	if a.dec.PeekKind() != '"' {
		return a.number(n)
	}
	text, ok := a.text()
	return ok && slices.Contains(schema.NonNumericFloats, string(text))
}

func (a *acceptor) timestamp(n *node) bool {
	if a.dec.PeekKind() == '"' && n.form != nil {
		return a.string(n)
	}
	return n.epoch && a.number(n)
}

func (a *acceptor) number(n *node) bool {
	if a.dec.PeekKind() != '0' {
		return false
	}
	raw, err := a.dec.ReadValue()
	if err != nil {
		return false
	}
	value := a.decimal(raw)
	return n.limits.Holds(value) && n.bounds.Holds(value)
}
