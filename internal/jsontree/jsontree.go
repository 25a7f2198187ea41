// Package jsontree represents JSON documents as trees that keep positions and duplicates.
//
// The model: a [Node] is a value with its position in the document. Numbers keep their digits, and
// objects keep the order of their members, including members that a later one with the same name
// overrides. [Parse] reads a tree; [Find] reads only the value at a pointer. Any number of
// goroutines may read a tree. The decoder limits the depth to 10,000.
//
// Pointers are JSON Pointers (RFC 6901). [Escape] and [Tokens] write and read them.
package jsontree

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Node is a JSON value.
type Node struct {
	Kind       jsontext.Kind // '{', '[', '"', '0', 't', 'f' or 'n'
	Start, End int           // the range of bytes in the document
	// Text is the decoded value of a string, with invalid UTF-8 replaced, or the text of another
	// scalar.
	Text    string
	Entries []Entry // of an object or array
}

// Entry is a member of an object or an element of an array.
type Entry struct {
	Name  string // of a member
	Start int    // of a member's name
	// Overridden is true if a later member has the same name. The last one counts.
	Overridden bool
	Value      Node
}

// options accept what a decoder may refuse, because the validator reports it.
var options = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// Parse reads the first value of a document and ignores what follows. With an error, it returns
// what it read before the error, or nil.
func Parse(document []byte) (*Node, error) {
	r := reader{document, jsontext.NewDecoder(bytes.NewBuffer(document), options...)}
	n := new(Node)
	err := r.value(n)
	if n.Kind == 0 {
		return nil, err
	}
	return n, err
}

// Find reads the value at a pointer, without building the rest of the document. It returns nil if
// there is none. With an error, it returns what it found before the error.
func Find(document []byte, pointer string) (*Node, error) {
	r := reader{document, jsontext.NewDecoder(bytes.NewBuffer(document), options...)}
	return r.find(Tokens(pointer))
}

type reader struct {
	document []byte
	d        *jsontext.Decoder
}

// next returns the offset of the next token.
func (r reader) next() int {
	at := int(r.d.InputOffset())
	for at < len(r.document) && strings.IndexByte(" \t\r\n,:", r.document[at]) >= 0 {
		at++
	}
	return at
}

// value reads a value. After an error, the node has what was read before it, and no kind for a
// scalar.
func (r reader) value(n *Node) error {
	start := r.next()
	token, err := r.d.ReadToken()
	if err != nil {
		return err
	}
	n.Kind, n.Start = token.Kind(), start
	if n.Kind == '{' || n.Kind == '[' {
		err = r.entries(n)
	} else {
		n.Text = token.String()
	}
	n.End = int(r.d.InputOffset())
	return err
}

func (r reader) entries(n *Node) error {
	defer n.override()
	for kind := r.d.PeekKind(); kind != '}' && kind != ']'; kind = r.d.PeekKind() {
		var e Entry
		if n.Kind == '{' {
			e.Start = r.next()
			name, err := r.d.ReadToken()
			if err != nil {
				return err
			}
			e.Name = name.String()
		}
		err := r.value(&e.Value)
		if e.Value.Kind != 0 {
			n.Entries = append(n.Entries, e)
		}
		if err != nil {
			return err
		}
	}
	_, err := r.d.ReadToken()
	return err
}

// few is the maximum number of names for pairwise comparison. For more, a map is faster.
const few = 12

// override marks the members that a later one with the same name overrides.
func (n *Node) override() {
	if n.Kind != '{' {
		return
	}
	if len(n.Entries) <= few {
		for i := range n.Entries {
			for j := i + 1; j < len(n.Entries) && !n.Entries[i].Overridden; j++ {
				n.Entries[i].Overridden = n.Entries[i].Name == n.Entries[j].Name
			}
		}
		return
	}
	last := make(map[string]int, len(n.Entries))
	for i := range n.Entries {
		if earlier, again := last[n.Entries[i].Name]; again {
			n.Entries[earlier].Overridden = true
		}
		last[n.Entries[i].Name] = i
	}
}

// find reads the value that tokens lead to.
func (r reader) find(tokens []string) (found *Node, err error) {
	kind := r.d.PeekKind()
	if len(tokens) == 0 {
		n := new(Node)
		if err = r.value(n); n.Kind == 0 {
			return nil, err
		}
		return n, err
	}
	if kind != '{' && kind != '[' {
		return nil, r.d.SkipValue()
	}
	if _, err := r.d.ReadToken(); err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		if end := r.d.PeekKind(); end == '}' || end == ']' {
			_, err := r.d.ReadToken()
			return found, err
		}
		var here bool
		if kind == '{' {
			name, err := r.d.ReadToken()
			if err != nil {
				return found, err
			}
			here = name.String() == tokens[0]
		} else {
			here = strconv.Itoa(i) == tokens[0]
		}
		if here {
			if found, err = r.find(tokens[1:]); err != nil {
				return found, err
			}
		} else if err := r.d.SkipValue(); err != nil {
			return found, err
		}
	}
}

// Null reports whether the value is null.
func (n *Node) Null() bool { return n.Kind == 'n' }

// Member returns the value of a member, or nil. A nil node has no members.
func (n *Node) Member(name string) *Node {
	if n == nil || n.Kind != '{' {
		return nil
	}
	for i := range n.Entries {
		if e := &n.Entries[i]; e.Name == name && !e.Overridden {
			return &e.Value
		}
	}
	return nil
}

// Set replaces the value of a member, or adds the member at the end. The value keeps the offsets in
// its own document.
func (n *Node) Set(name string, value Node) {
	if is := n.Member(name); is != nil {
		*is = value
		return
	}
	n.Entries = append(n.Entries, Entry{Name: name, Value: value})
}

// Delete removes the members with a name.
func (n *Node) Delete(name string) {
	kept := n.Entries[:0:0]
	for _, e := range n.Entries {
		if e.Name != name {
			kept = append(kept, e)
		}
	}
	n.Entries = kept
}

// Append appends the value to b, without whitespace.
func (n *Node) Append(b []byte) []byte {
	switch n.Kind {
	case '"':
		b, _ = jsontext.AppendQuote(b, n.Text)
		return b
	case '{', '[':
	default:
		return append(b, n.Text...)
	}
	b = append(b, byte(n.Kind))
	for i := range n.Entries {
		if i > 0 {
			b = append(b, ',')
		}
		if n.Kind == '{' {
			b, _ = jsontext.AppendQuote(b, n.Entries[i].Name)
			b = append(b, ':')
		}
		b = n.Entries[i].Value.Append(b)
	}
	return append(b, byte(n.Kind)+2) // '}' and ']' follow their openers by two in ASCII
}

// Quote returns a text as a JSON string. It replaces invalid UTF-8.
func Quote(text string) string {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\ufffd"))
	return string(b)
}

// Unquote returns the value of a JSON string. It returns false for any other value.
func Unquote[T ~string | ~[]byte](text T) (value string, ok bool) {
	if len(text) == 0 || text[0] != '"' {
		return "", false
	}
	b, err := jsontext.AppendUnquote(nil, text)
	return string(b), err == nil
}

// Position returns the position of a byte of a document: one-based, with columns in code points.
func Position(document []byte, offset int) (line, column int) {
	before := document[:min(max(offset, 0), len(document))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[start:])
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// Escape escapes a token of a pointer (RFC 6901 section 3).
func Escape(token string) string {
	if !strings.ContainsAny(token, "~/") {
		return token
	}
	return escape.Replace(token)
}

// Tokens splits a pointer into unescaped tokens. The pointer to the whole document has none.
func Tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, t := range tokens {
		tokens[i] = unescape.Replace(t)
	}
	return tokens
}
