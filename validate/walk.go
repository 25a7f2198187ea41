package validate

import (
	"bytes"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// walker goes over the bytes of one document. Every method that reads a value
// returns whether to go on: false means a finding where there is no sink, or
// broken syntax where there is one.
type walker struct {
	dec     jsontext.Decoder
	input   bytes.Buffer
	scratch []byte // for a string with escapes
	digits  []byte // for a number
	typed   []byte // for the header of an event, as JSON
	sink    *sink  // nil: accept, or give up at the first finding
}

var walkers = sync.Pool{New: func() any { return new(walker) }}

// explaining makes the decoder read on where the walker has findings of its own.
var explaining = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// accepts reports whether there is nothing at all to say about a document.
func accepts(n *node, document []byte) bool {
	w := walkers.Get().(*walker)
	defer walkers.Put(w)
	return w.accepts(n, document)
}

func (w *walker) accepts(n *node, document []byte) bool {
	w.reset(document)
	return w.walk(n) && len(trimSpace(document[w.dec.InputOffset():])) == 0
}

func (w *walker) reset(document []byte, options ...jsontext.Options) {
	// The decoder reads a bytes.Buffer in place and never writes to it.
	w.input = *bytes.NewBuffer(document)
	w.dec.Reset(&w.input, options...)
}

func trimSpace(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

func (w *walker) walk(n *node) bool {
	if n.sensitive && w.sink != nil {
		w.sink.hidden++
		defer func() { w.sink.hidden-- }()
	}
	switch n.kind {
	case schema.Structure:
		return w.structure(n)
	case schema.List:
		return w.list(n)
	case schema.Map:
		return w.entries(n)
	case schema.String, schema.Blob:
		return w.string(n)
	case schema.Integer:
		return w.integer(n)
	case schema.Float:
		return w.float(n)
	case schema.Timestamp:
		return w.timestamp(n)
	case schema.Boolean:
		if k := w.dec.PeekKind(); k != 't' && k != 'f' {
			return w.mismatch(n)
		}
		return w.skip()
	case encodedJSON:
		if w.dec.PeekKind() == '"' {
			return w.mismatch(n)
		}
	}
	return w.skip()
}

// structure reads an object with the members of a structure or union.
func (w *walker) structure(n *node) bool {
	if k := w.dec.PeekKind(); k == '[' && n.events != nil {
		return w.list(n.events)
	} else if k != '{' {
		return w.mismatch(n)
	}
	opened := w.offset()
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	var small [4]uint64
	present := bitset(small[:])
	if len(n.required) > len(small) {
		present = make(bitset, len(n.required))
	}
	others := 0 // non-null members that a union does not know
	seen := w.names()
	for w.dec.PeekKind() == '"' {
		at := w.offset()
		name, ok := w.text()
		if !ok {
			return false
		}
		i, known := n.index[string(name)]
		ignored, satisfies := !known && (string(name) == "__type" || slices.Contains(n.tolerate, string(name))), -1
		if !known && n.spelled != nil {
			if member, ok := n.spelled[string(name)]; ok {
				ignored, satisfies = true, member
			}
		}
		var entry *occurrence
		var outer string
		if seen != nil {
			var again bool
			outer, w.sink.shape = w.sink.shape, n.memberShape(i, known, string(name))
			if entry, again = seen.meet(w.sink, string(name), at); again && known {
				present.clear(i)
			}
			w.sink.push(entry.name)
			entry.value = w.offset()
		}
		null := w.dec.PeekKind() == 'n'
		switch {
		case null || ignored:
			if !null && satisfies >= 0 {
				present.set(satisfies)
			}
			ok = w.skip()
		case known:
			present.set(i)
			ok = w.walk(n.members[i].node)
		case n.union:
			others++
			ok = w.skip()
		case n.padded && string(name) == "p":
			ok = w.padding(n, entry)
		default:
			ok = w.unknown(n, entry)
		}
		if seen != nil {
			w.sink.pop()
			w.sink.shape = outer
			entry.close(w.sink, !null && !ignored)
		}
		if !ok {
			return false
		}
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	if n.union {
		if w.sink == nil {
			return others == 0 && present.count() == 1
		}
		w.sink.union(n, seen, opened)
		return true
	}
	return w.missing(n, present, opened)
}

// missing looks for required members that are not present.
func (w *walker) missing(n *node, present bitset, opened int) bool {
	for word, required := range n.required {
		if present[word]&required == required {
			continue
		}
		if w.sink == nil {
			return false
		}
		outer := w.sink.shape
		for i := word * 64; i < min(len(n.members), word*64+64); i++ {
			if n.required.has(i) && !present.has(i) {
				w.sink.shape = n.memberShape(i, true, "")
				w.sink.missingMember(n.members[i], opened)
			}
		}
		w.sink.shape = outer
	}
	return true
}

// list reads an array.
func (w *walker) list(n *node) bool {
	if w.dec.PeekKind() != '[' {
		return w.mismatch(n)
	}
	opened := w.offset()
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	count := 0
	for ; w.dec.PeekKind() != ']'; count++ {
		if w.sink != nil {
			w.sink.pushIndex(count)
		}
		if !w.entry(n) {
			return false
		}
		if w.sink != nil {
			w.sink.pop()
		}
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	return w.size(n, count, finding.Elements, opened)
}

// entries reads an object that is a map.
func (w *walker) entries(n *node) bool {
	if w.dec.PeekKind() != '{' {
		return w.mismatch(n)
	}
	opened := w.offset()
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	count := 0
	seen := w.names()
	for ; w.dec.PeekKind() == '"'; count++ {
		at := w.offset()
		name, ok := w.text()
		if !ok {
			return false
		}
		var entry *occurrence
		if seen != nil {
			var again bool
			if entry, again = seen.meet(w.sink, string(name), at); again {
				count--
			}
			w.sink.pushKey(entry.name)
		}
		if !w.checkKey(n.key, name, at) || !w.entry(n) {
			return false
		}
		if seen != nil {
			w.sink.pop()
			entry.close(w.sink, true)
		}
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	return w.size(n, count, finding.Entries, opened)
}

// entry reads an element of a list or a value of a map.
func (w *walker) entry(n *node) bool {
	if w.dec.PeekKind() != 'n' || n.element.kind == schema.Document || n.element.kind == schema.Unstated {
		return w.walk(n.element)
	}
	if !n.sparse {
		if w.sink == nil {
			return false
		}
		w.sink.null(n, w.offset())
	}
	return w.skip()
}

func (w *walker) checkKey(n *node, name []byte, at int) bool {
	if w.sink != nil {
		w.sink.key = true
		defer func() { w.sink.key = false }()
	}
	return w.checkText(n, name, at)
}

func (w *walker) size(n *node, count int, unit finding.Unit, at int) bool {
	if n.length.HoldsInt(int64(count)) {
		return true
	}
	if w.sink == nil {
		return false
	}
	w.sink.length(n, count, unit, at)
	return true
}

// text reads a string or a name. What it returns is valid until the next read.
func (w *walker) text() ([]byte, bool) {
	raw, err := w.dec.ReadValue()
	if err != nil {
		return nil, w.broken(err)
	}
	if w.sink == nil && bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	text, err := jsontext.AppendUnquote(w.scratch[:0], raw)
	w.scratch = text[:0]
	if err != nil { // invalid UTF-8 stands replaced in the text
		if w.sink == nil {
			return nil, false
		}
		w.sink.utf8(raw, int(w.dec.InputOffset())-len(raw))
	}
	return text, true
}

// skip reads a value of any shape; a sink hears what its bytes are worth.
func (w *walker) skip() bool {
	if w.sink == nil {
		return w.dec.SkipValue() == nil
	}
	switch w.dec.PeekKind() {
	case '"':
		_, ok := w.text()
		return ok
	case '{':
		return w.entries(anyObject)
	case '[':
		return w.list(anyList)
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	return true
}

var (
	anything  = &node{kind: schema.Document}
	anyList   = &node{kind: schema.List, element: anything}
	anyObject = &node{kind: schema.Map, element: anything, key: &node{kind: schema.String}}
)
