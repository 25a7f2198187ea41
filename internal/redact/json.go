package redact

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/jsontree"
)

// site is the place of a string in an interaction.
type site struct {
	Place
	part    string          // "request body", "response header Date", …
	name    string          // of the member or parameter with this value
	isName  bool            // the string is the name of a member
	taken   map[string]bool // the pseudonyms of the other names of the object; nil if they are not Whole
	isKey   bool            // and this member is an entry of a map
	fixed   bool            // the string is a member name of the contract or the name of an error, in which no names are looked for
	number  bool            // the string is the text of a number
	exempt  bool            // from Options.All
	pointer func() string
}

// class returns the class of the string, with or without Options.All.
func (at site) class(all bool) Class {
	if all && at.Class == ByFormat && !at.exempt && (!at.isName || at.isKey) {
		return Whole
	}
	return at.Class
}

// edit returns the replacement of a string, or the string itself to leave it unchanged.
type edit func(at site, s string) string

// editJSON applies an edit to the strings in a JSON text and does not change any other byte. Text
// that is not JSON is edited as one string. Its class is Whole if the contract states anything
// about the document, since it could be a part of something sensitive.
func editJSON(body []byte, root root, part string, e edit) []byte {
	w := &jsonEditor{text: body, part: part, edit: e, failed: root.failed}
	if bytes.HasPrefix(body, bom) {
		w.done = len(bom)
	}
	w.d = decoders.Get().(*jsontext.Decoder)
	defer func() {
		w.d.Reset(&bytes.Buffer{}) // do not hold the body
		decoders.Put(w.d)
	}()
	w.d.Reset(bytes.NewBuffer(body[w.done:]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	w.start = w.done
	for w.d.PeekKind() > 0 {
		if w.value(root.Node, "") != nil {
			break
		}
	}
	if rest := body[w.done:]; len(bytes.TrimSpace(rest)) > 0 {
		at := site{part: part, pointer: w.pointer}
		if root.Node != nil {
			at.Class = Whole
		}
		if now := e(at, string(rest)); now != string(rest) {
			w.change(len(body)-len(rest), len(body))
			w.out = append(w.out, now...)
		}
	}
	if w.out == nil {
		return body
	}
	return append(w.out, body[w.copied:]...)
}

var decoders = sync.Pool{New: func() any { return &jsontext.Decoder{} }}

// root is the place of a body.
type root struct {
	*Node
	failed bool // the body of an error
	again  again
}

// edit is editJSON, or what it did before.
func (r root) edit(body []byte, part string, e edit) []byte {
	now := func() []byte { return editJSON(body, r, part, e) }
	if r.again == nil {
		return now()
	}
	return r.again(body, r, now)
}

var bom = []byte("\xEF\xBB\xBF")

type jsonEditor struct {
	text   []byte
	start  int // the offset of the decoder's input in text
	done   int // the offset up to which text is edited
	copied int // the offset up to which text is in out
	d      *jsontext.Decoder
	out    []byte // nil until something changes
	part   string
	edit   edit
	names  map[string]bool // the names to hide
	near   memberNames     // for the names of secrets

	failed bool // the body of an error
}

// pointer returns the JSON pointer to the current place. Names that are sensitive by contract
// become "*".
func (w *jsonEditor) pointer() string {
	tokens := strings.Split(string(w.d.StackPointer()), "/")
	for i, t := range tokens {
		if w.names[t] {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// change prepares the output for what replaces a part of the text.
func (w *jsonEditor) change(from, to int) {
	if w.out == nil {
		w.out = make([]byte, 0, len(w.text)+64)
	}
	w.out = append(w.out, w.text[w.copied:from]...)
	w.copied = to
}

func (w *jsonEditor) offset() int { return w.start + int(w.d.InputOffset()) }

func (w *jsonEditor) value(node *Node, name string) error {
	switch w.d.PeekKind() {
	case '{':
		return w.object(node, name)
	case '[':
		if err := w.token(); err != nil {
			return err
		}
		for w.d.PeekKind() != ']' {
			if err := w.value(node.element(), name); err != nil {
				return err
			}
		}
		return w.token()
	case '"', '0':
		at := site{part: w.part, name: name, pointer: w.pointer}
		switch {
		case node == errorName:
			at.fixed, at.exempt = true, true
		case node != nil:
			at.Place = node.Place
		}
		return w.scalar(at)
	}
	return w.token()
}

func (w *jsonEditor) object(node *Node, own string) error {
	if err := w.token(); err != nil {
		return err
	}
	w.near.enter(own)
	defer w.near.leave()
	var taken, used map[string]bool
	if node != nil && (node.Key.Class == Whole || node.isMap()) {
		taken, used = map[string]bool{}, map[string]bool{}
	}
	for w.d.PeekKind() == '"' {
		at := site{part: w.part, isName: true, taken: taken, pointer: w.pointer}
		child := node.element()
		name, err := w.name(&at, node, &child, used)
		if err != nil {
			return err
		}
		if err := w.value(child, w.near.of(name)); err != nil {
			return err
		}
	}
	return w.token()
}

// name writes the name of a member and finds the node of its value.
func (w *jsonEditor) name(at *site, node *Node, child **Node, used map[string]bool) (string, error) {
	raw, err := w.d.ReadValue()
	if err != nil {
		return "", err
	}
	name := unquote(raw)
	if node != nil {
		at.Place, at.isKey = node.Key, node.isMap()
		if member, ok := node.Members[name]; ok {
			at.fixed, at.Place, *child = true, Place{Class: Keep}, member
		}
	}
	if w.failed && w.d.StackDepth() == 1 && errorNames[name] && (*child == nil || (*child).Class == Keep) {
		*child = errorName
	}
	if at.Class == Whole {
		if w.names == nil {
			w.names = map[string]bool{}
		}
		w.names[jsontree.Escape(name)] = true
	}
	at.Place = at.Place.of(name)
	now := w.edit(*at, name)
	if at.isKey {
		now = distinct(at.Place, name, now, used)
	}
	w.replace(raw, name, now)
	return name, nil
}

// distinct numbers a mask that another entry of the same map already has.
func distinct(place Place, was, name string, used map[string]bool) string {
	next := name
	for n := len(used); name != was && used[next]; n++ {
		number := strconv.Itoa(n + 1)
		if next = name + number; place.Accepts != nil && !place.Accepts(next) {
			next = name[:max(0, len(name)-len(number))] + number
		}
	}
	used[next] = true
	return next
}

// errorNames are the members at the top of a response that name the error. Clients need them, so
// they are redacted by format: the name of an error does not contain an identifier.
var errorNames = map[string]bool{"__type": true, "code": true, "Code": true}

var errorName = &Node{Place: Place{Class: Keep}}

func (w *jsonEditor) scalar(at site) error {
	raw, err := w.d.ReadValue()
	if err != nil {
		return err
	}
	if raw[0] == '"' {
		text := unquote(raw)
		w.near.pair(at.name, text)
		at.Place = at.of(text)
		w.write(at, raw, text)
		return nil
	}
	at.number = true
	at.Place = at.of(string(raw))
	switch now := w.edit(at, string(raw)); {
	case at.Class == Whole && at.Mask != "": // by the type of the member, this number identifies somebody
		w.change(w.offset()-len(raw), w.offset())
		w.out = append(w.out, numberMask(at.Mask)...)
	case now != string(raw):
		w.change(w.offset()-len(raw), w.offset())
		w.out, _ = jsontext.AppendQuote(w.out, now)
	}
	w.done = w.offset()
	return nil
}

func (w *jsonEditor) write(at site, raw []byte, text string) { w.replace(raw, text, w.edit(at, text)) }

// replace writes a new text in place of a string.
func (w *jsonEditor) replace(raw []byte, text, now string) {
	if now != text {
		w.change(w.offset()-len(raw), w.offset())
		w.out = appendString(w.out, raw, now)
	}
	w.done = w.offset()
}

func (w *jsonEditor) token() error {
	_, err := w.d.ReadToken()
	if err == nil {
		w.done = w.offset()
	}
	return err
}

func (n *Node) element() *Node {
	if n == nil {
		return nil
	}
	return n.Element
}

// numberMask returns the mask of a place if it is a number, and otherwise 0.
func numberMask(mask string) string {
	if jsontext.Value(mask).Kind() == '0' && jsontext.Value(mask).IsValid() {
		return mask
	}
	return "0"
}
