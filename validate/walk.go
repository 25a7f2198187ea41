package validate

import (
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// explainer reads the bytes of one document, and notes everything that is wrong with it. Methods
// that read a value return false on a syntax error, which ends the walk.
type explainer struct {
	reader
	sink *sink
}

// explaining makes the decoder continue after errors that the explainer reports itself.
var explaining = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

func (w *explainer) walk(n *node) bool {
	if n.sensitive {
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
func (w *explainer) structure(n *node) bool {
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
	seen := seenNames{}
	for w.dec.PeekKind() == '"' {
		at := w.offset()
		text, ok := w.text()
		if !ok {
			return false
		}
		i, known := n.index[string(text)]
		var name, api string
		if known {
			name, api = n.members[i].name, n.members[i].api
		} else {
			name = string(text)
			api = name
		}
		ignored, satisfies := !known && (name == "__type" || slices.Contains(n.tolerate, name)), -1
		if !known && n.spelled != nil {
			if member, ok := n.spelled[name]; ok {
				ignored, satisfies = true, member
			}
		}
		outer := w.sink.shape
		w.sink.shape = memberOf(n.shape, api)
		entry, again := seen.meet(w.sink, name, false, at)
		if again && known {
			present.clear(i)
		}
		w.sink.push(entry.name)
		entry.value = w.offset()
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
			ok = w.skip()
		case n.padded && name == "p":
			ok = w.padding(n, entry)
		default:
			ok = w.unknown(n, entry)
		}
		w.sink.pop()
		w.sink.shape = outer
		entry.close(w.sink, !null && !ignored)
		if !ok {
			return false
		}
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	if n.union {
		w.sink.union(n, &seen, opened)
	} else {
		w.missing(n, present, opened)
	}
	return true
}

// missing looks for required members that are not present.
func (w *explainer) missing(n *node, present bitset, opened int) {
	for word, required := range n.required {
		if present[word]&required == required {
			continue
		}
		outer := w.sink.shape
		for i := word * 64; i < min(len(n.members), word*64+64); i++ {
			if n.required.has(i) && !present.has(i) {
				w.sink.shape = memberOf(n.shape, n.members[i].api)
				w.sink.missingMember(n.members[i], opened)
			}
		}
		w.sink.shape = outer
	}
}

// list reads an array.
func (w *explainer) list(n *node) bool {
	if w.dec.PeekKind() != '[' {
		return w.mismatch(n)
	}
	opened := w.offset()
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	count := 0
	seen := seenElements{}
	for ; w.dec.PeekKind() != ']'; count++ {
		w.sink.pushIndex(count)
		at := w.offset()
		if !w.entry(n) {
			return false
		}
		if n.unique {
			seen.meet(w.sink, n.element, count, w.sink.document[at:w.dec.InputOffset()], at)
		}
		w.sink.pop()
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	w.size(n, count, finding.Elements, opened)
	return true
}

// entries reads an object that is a map.
func (w *explainer) entries(n *node) bool {
	if w.dec.PeekKind() != '{' {
		return w.mismatch(n)
	}
	opened := w.offset()
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	count := 0
	seen := seenNames{}
	for ; w.dec.PeekKind() == '"'; count++ {
		at := w.offset()
		name, ok := w.text()
		if !ok {
			return false
		}
		entry, again := seen.meet(w.sink, string(name), true, at)
		if again {
			count--
		}
		w.sink.pushKey(entry.name)
		w.sink.key = true
		w.checkText(n.key, name, at)
		w.sink.key = false
		if !w.entry(n) {
			return false
		}
		w.sink.pop()
		entry.close(w.sink, true)
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return w.broken(err)
	}
	w.size(n, count, finding.Entries, opened)
	return true
}

// entry reads an element of a list or a value of a map.
func (w *explainer) entry(n *node) bool {
	if w.dec.PeekKind() != 'n' || n.element.kind == schema.Document || n.element.kind == schema.Unstated {
		return w.walk(n.element)
	}
	if !n.sparse {
		w.sink.null(n, w.offset())
	}
	return w.skip()
}

func (w *explainer) size(n *node, count int, unit string, at int) {
	if !n.length.HoldsInt(int64(count)) {
		w.sink.length(n, count, unit, at)
	}
}

// text reads a string or a name. What it returns is valid until the next read.
func (w *explainer) text() ([]byte, bool) {
	raw, err := w.dec.ReadValue()
	if err != nil {
		return nil, w.broken(err)
	}
	text, err := jsontext.AppendUnquote(w.scratch[:0], raw)
	w.scratch = text[:0]
	if err != nil { // invalid UTF-8 is replaced in the text
		w.sink.utf8(raw, int(w.dec.InputOffset())-len(raw))
	}
	return text, true
}

// skip reads a value of any shape, and notes findings about its bytes.
func (w *explainer) skip() bool {
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
	anything  = filtered(&node{kind: schema.Document})
	anyList   = &node{kind: schema.List, element: anything}
	anyObject = filtered(&node{kind: schema.Map, element: anything, key: &node{kind: schema.String}})
)
