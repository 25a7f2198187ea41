package redact

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/jsontree"
)

// document is a JSON text as the flat list of its strings: member names, values and the texts of
// numbers. It is parsed once. Each pass edits the list, which then describes the edited text.
type document struct {
	root
	text    []byte
	strings []jsonString
	nests   []nest
	now     int // the string that is being edited
}

// jsonString is a string of a document.
type jsonString struct {
	from, to int // the range in the text, with the quotes
	text     string
	role     role
	name     *memberName // of a value
	place    *Place      // nil: nothing is stated
	nest     int32       // the object or array with the string
	index    int32       // in an array

	format   *format // of this text, for the pass after the one that found it
	searched bool    // and the scan found nothing in it
}

// role is what a string is in its document.
type role uint8

const (
	aValue    role = iota
	aNumber        // its text
	aName          // of a member
	aKey           // of an entry of a map
	aMember        // the name of a member of the contract
	errorName      // a value that names the error, see errorNames
	aRest          // what follows the JSON, or all of a text that is not JSON
)

func (r role) isName() bool { return r == aName || r == aKey || r == aMember }

// nest is an object or an array.
type nest struct {
	kind          jsontext.Kind // 0: the root, around the values of the text
	unique        bool          // the names of the object are replaced, and must remain different
	parent, index int32         // the nest around it, and its index in an array
	name          int32         // of the member with it, in the strings
}

// memberName is the name of a member, and what it says about a value.
type memberName struct {
	text string
	kind kind
}

// documents are the last two documents of an interaction: its bodies, or parts of them.
type documents [2]*document

// of returns the document of a body, which a pass may have read or edited before.
func (d *documents) of(body []byte, r root) *document {
	if d == nil {
		return readDocument(body, r)
	}
	for _, before := range d {
		if before != nil && len(body) > 0 && len(before.text) == len(body) && &before.text[0] == &body[0] && before.Node == r.Node && before.failed == r.failed {
			return before
		}
	}
	d[1], d[0] = d[0], readDocument(body, r)
	return d[0]
}

var decoders = sync.Pool{New: func() any { return &jsontext.Decoder{} }}

// reader reads a document.
type reader struct {
	*document
	d     *jsontext.Decoder
	start int         // the offset of the decoder's input in the text
	done  int         // the offset up to which the text is read
	all   string      // the text
	near  memberNames // for the names of secrets
	names map[string]*memberName
	in    int32 // the innermost nest
}

// maxNames is how many different member names of a document are remembered.
const maxNames = 1 << 12

func readDocument(body []byte, r root) *document {
	w := &reader{document: &document{text: body, root: r, nests: make([]nest, 1)}, all: string(body), names: map[string]*memberName{}}
	w.strings = make([]jsonString, 0, 4+len(body)/32)
	if bytes.HasPrefix(body, bom) {
		w.start = len(bom)
	}
	w.done = w.start
	w.d = decoders.Get().(*jsontext.Decoder)
	defer func() {
		w.d.Reset(&bytes.Buffer{}) // do not hold the body
		decoders.Put(w.d)
	}()
	w.d.Reset(bytes.NewBuffer(body[w.start:]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for w.d.PeekKind() > 0 {
		if w.value(r.Node, noName, jsonString{}, 0) != nil {
			break
		}
	}
	if rest := w.all[w.done:]; strings.TrimSpace(rest) != "" {
		s := jsonString{from: w.done, to: len(body), text: rest, role: aRest, name: noName, nest: w.in}
		if r.Node != nil {
			s.place = &Place{Class: Whole}
		}
		w.strings = append(w.strings, s)
	}
	return w.document
}

var (
	bom    = []byte("\xEF\xBB\xBF")
	noName = &memberName{}
)

// enter reads the beginning of an object or array.
func (w *reader) enter(n nest) (int32, error) {
	if err := w.token(); err != nil {
		return 0, err
	}
	w.nests = append(w.nests, n)
	w.in = int32(len(w.nests) - 1)
	return w.in, nil
}

// leave reads the end of the innermost object or array.
func (w *reader) leave() error {
	err := w.token()
	if err == nil {
		w.in = w.nests[w.in].parent
	}
	return err
}

// value reads a value. at has its place in the nest around it, and name is that of the member with it.
func (w *reader) value(node *Node, of *memberName, at jsonString, name int32) error {
	switch kind := w.d.PeekKind(); kind {
	case '{':
		return w.object(node, of, nest{kind: kind, parent: at.nest, index: at.index, name: name})
	case '[':
		in, err := w.enter(nest{kind: kind, parent: at.nest, index: at.index, name: name})
		if err != nil {
			return err
		}
		for element := (jsonString{nest: in}); w.d.PeekKind() != ']'; element.index++ {
			if err := w.value(node.element(), of, element, 0); err != nil {
				return err
			}
		}
		return w.leave()
	case '"', '0':
		raw, err := w.d.ReadValue()
		if err != nil {
			return err
		}
		at.name = of
		switch {
		case node == errorNode:
			at.role = errorName
		case node != nil:
			at.place = &node.Place
		}
		if raw[0] != '"' {
			at.role = aNumber
		}
		text := w.add(at, raw)
		if raw[0] == '"' {
			w.near.pair(of.text, text)
		}
		return nil
	}
	return w.token()
}

func (w *reader) object(node *Node, own *memberName, n nest) error {
	n.unique = node != nil && (node.Key.Class == Whole || node.isMap())
	in, err := w.enter(n)
	if err != nil {
		return err
	}
	w.near.enter(own.text)
	defer w.near.leave()
	at := jsonString{nest: in}
	for w.d.PeekKind() == '"' {
		raw, err := w.d.ReadValue()
		if err != nil {
			return err
		}
		key := at
		key.role = aName
		name, child := w.nameOf(raw), node.element()
		if node != nil {
			key.place = &node.Key
			if node.isMap() {
				key.role = aKey
			}
			if member, ok := node.Members[name.text]; ok {
				key.role, key.place, child = aMember, nil, member
			}
		}
		if w.failed && w.d.StackDepth() == 1 && errorNames[name.text] && (child == nil || child.Class == Keep) {
			child = errorNode
		}
		w.add(key, raw)
		own := int32(len(w.strings) - 1)
		if near := w.near.of(name.text); near != name.text {
			name = &memberName{near, kindOf(near)}
		}
		if err := w.value(child, name, at, own); err != nil {
			return err
		}
	}
	return w.leave()
}

// nameOf returns the name of a member, without a copy for each of its values.
func (w *reader) nameOf(raw []byte) *memberName {
	if name, ok := w.names[string(raw)]; ok {
		return name
	}
	text := unquote(raw)
	name := &memberName{text, kindOf(text)}
	if len(w.names) < maxNames {
		w.names[string(raw)] = name
	}
	return name
}

// add adds the string that was read last.
func (w *reader) add(s jsonString, raw []byte) string {
	w.done = w.start + int(w.d.InputOffset())
	s.from, s.to = w.done-len(raw), w.done
	s.text = w.all[s.from:s.to]
	if raw[0] == '"' {
		if s.text = w.all[s.from+1 : s.to-1]; strings.IndexByte(s.text, '\\') >= 0 {
			s.text = unquote(raw)
		}
	}
	w.strings = append(w.strings, s)
	return s.text
}

func (w *reader) token() error {
	_, err := w.d.ReadToken()
	if err == nil {
		w.done = w.start + int(w.d.InputOffset())
	}
	return err
}

func (n *Node) element() *Node {
	if n == nil {
		return nil
	}
	return n.Element
}

// errorNames are the members at the top of a response that name the error. Clients need them, so
// they are redacted by format: the name of an error does not contain an identifier.
var errorNames = map[string]bool{"__type": true, "code": true, "Code": true}

var errorNode = &Node{Place: Place{Class: Keep}}

// pointer returns the JSON pointer to the string that is being edited. Names that are sensitive by
// contract become "*". What follows the JSON has the pointer to the object or array that is cut off.
func (d *document) pointer() string {
	s := &d.strings[d.now]
	var tokens []string
	switch {
	case s.role.isName():
		tokens = append(tokens, d.token(s.nest, int32(d.now), 0))
	case s.role != aRest:
		tokens = append(tokens, d.token(s.nest, int32(d.now)-1, s.index)) // the name is the string before it
	}
	for n := d.nests[s.nest]; n.kind != 0; n = d.nests[n.parent] {
		tokens = append(tokens, d.token(n.parent, n.name, n.index))
	}
	slices.Reverse(tokens)
	return strings.Join(tokens, "")
}

// token returns the last token of the pointer to what is in a nest, with the slash.
func (d *document) token(in, name, index int32) string {
	switch d.nests[in].kind {
	case '{':
		if s := &d.strings[name]; s.place == nil || s.place.Class != Whole {
			return "/" + jsontree.Escape(s.text)
		}
		return "/*"
	case '[':
		return "/" + strconv.Itoa(int(index))
	}
	return ""
}
