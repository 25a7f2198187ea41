package page

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/place"
)

const (
	// maxNesting limits the recursion of the parser. Pages stop at the first repetition of a shape,
	// so real ones nest about twenty deep.
	maxNesting = 100
	// maxNameLength is the maximum length of a name in bytes.
	maxNameLength = 200
)

// literal is a value of a syntax block.
type literal struct {
	at      position
	form    *form
	enum    []string // of a string; nil for 'string'
	entries []entry  // of a dict, an EventStream or a call
	element *literal // of a list
}

// entry is a member of a structure, an argument of a call, or what a map holds.
type entry struct {
	at    position
	keys  []string // several only for the enum of a map's key
	value *literal
}

// syntaxParser reads a syntax block by recursive descent:
//
//	call  = "response = client." NAME "(" [NAME "=" value {"," NAME "=" value}] ")"
//	value = dict | list | string | "EventStream(" dict ")" | fixed literal
//	dict  = "{" [string ":" value {"," string ":" value}] "}"
//	list  = "[" value "]"
//	string = "'" text "'" {"|'" text "'"} [" or " value]
//
// A comma may follow the last entry.
type syntaxParser struct {
	text    string
	offset  int
	at      position
	nesting int
	names   interner
}

// interner shares copies of equal strings, which do not keep the page in memory.
type interner map[string]string

func (in interner) of(text string) string {
	if known, ok := in[text]; ok {
		return known
	}
	copied := strings.Clone(text)
	in[copied] = copied
	return copied
}

func newSyntaxParser(block section, names interner) *syntaxParser {
	return &syntaxParser{text: block.text, at: position{block.line, 1}, names: names}
}

// call reads the syntax block of a request.
func (p *syntaxParser) call(method string) (*literal, error) {
	p.space()
	call := &literal{at: p.at, form: dictForm}
	if !p.take("response = client." + method + "(") {
		return nil, p.unexpected("a call of " + method)
	}
	if err := p.entries(call, ")", p.argument); err != nil {
		return nil, err
	}
	return call, p.end()
}

// response reads the syntax block of a response.
func (p *syntaxParser) response() (*literal, error) {
	p.space()
	if !p.ahead("{") {
		return nil, p.unexpected("a dict")
	}
	response, err := p.value()
	if err != nil {
		return nil, err
	}
	return response, p.end()
}

func (p *syntaxParser) end() error {
	if p.space(); p.offset < len(p.text) {
		return p.unexpected("the end of the block")
	}
	return nil
}

func (p *syntaxParser) value() (*literal, error) {
	if p.nesting++; p.nesting > maxNesting {
		return nil, p.fail(fmt.Sprintf("values nest more than %d deep", maxNesting))
	}
	defer func() { p.nesting-- }()

	l := &literal{at: p.at}
	for _, f := range forms {
		if p.take(f.literal) {
			l.form = f
			return l, nil
		}
	}
	var err error
	switch {
	case p.ahead("'"):
		l.form = stringForm
		if l.enum, err = p.strings(); len(l.enum) == 1 && l.enum[0] == "string" {
			l.enum = nil
		}
		if err == nil && p.take(" or ") {
			l.form = eitherForm
			_, err = p.value()
		}
	case p.take("{"):
		l.form = dictForm
		err = p.entries(l, "}", p.keys)
	case p.take("["):
		l.form = listForm
		if p.space(); p.ahead("]") {
			return nil, p.unexpected("the list's element")
		}
		if l.element, err = p.value(); err != nil {
			return nil, err
		}
		if p.space(); p.take(",") {
			p.space()
		}
		err = p.expect("]")
	case p.take("EventStream("):
		l.form = streamForm
		if p.space(); !p.take("{") {
			return nil, p.unexpected("{")
		}
		if err = p.entries(l, "}", p.keys); err == nil {
			p.space()
			err = p.expect(")")
		}
	default:
		err = p.unexpected("a value")
	}
	return l, err
}

// entries reads the entries of a dict or a call, up to the closing bracket.
func (p *syntaxParser) entries(l *literal, closing string, key func() ([]string, error)) error {
	seen := map[string]bool{}
	for {
		if p.space(); p.take(closing) {
			return nil
		}
		e := entry{at: p.at}
		var err error
		if e.keys, err = key(); err != nil {
			return err
		}
		if name := e.keys[0]; seen[name] {
			return broken(e.at.line, e.at.column, "duplicate member "+name)
		}
		seen[e.keys[0]] = true
		if e.value, err = p.value(); err != nil {
			return err
		}
		l.entries = append(l.entries, e)
		if p.space(); !p.take(",") && !p.ahead(closing) {
			return p.unexpected("a comma or " + closing)
		}
	}
}

// keys reads the key of a dict and its colon.
func (p *syntaxParser) keys() ([]string, error) {
	if !p.ahead("'") {
		return nil, p.unexpected("a member's name in quotes")
	}
	at := p.at
	keys, err := p.strings()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(keys, func(k string) bool { return k == "" || len(k) > maxNameLength }) {
		return nil, broken(at.line, at.column, fmt.Sprintf("a member's name is empty or longer than %d bytes", maxNameLength))
	}
	p.space()
	err = p.expect(":")
	p.space()
	return keys, err
}

// argument reads the name of an argument and its equals sign.
func (p *syntaxParser) argument() ([]string, error) {
	rest := p.text[p.offset:min(p.offset+maxNameLength+1, len(p.text))]
	name, _, isArgument := strings.Cut(rest, "=")
	if !isArgument || name == "" || strings.ContainsAny(name, " \t\r\n'\"()[]{},") {
		return nil, p.unexpected("an argument")
	}
	p.advance(len(name) + len("="))
	return []string{p.names.of(name)}, nil
}

// strings reads one string, or the alternatives of an enum.
func (p *syntaxParser) strings() (texts []string, err error) {
	for {
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
		if !p.ahead("|'") {
			return texts, nil
		}
		p.advance(len("|"))
	}
}

// quoted reads one string. The generator does not escape quotes within a text; the closing quote is
// one that precedes a character that can follow a string.
func (p *syntaxParser) quoted() (string, error) {
	text := p.text[p.offset+1:]
	for i := 0; ; i++ {
		next := strings.IndexAny(text[i:], "'\n")
		if next < 0 || text[i+next] == '\n' {
			return "", p.fail("the closing quote is missing")
		}
		i += next
		if i+1 == len(text) || strings.IndexByte("|:,)]} \r\n", text[i+1]) >= 0 {
			p.advance(i + len("''"))
			return p.names.of(text[:i]), nil
		}
	}
}

func (p *syntaxParser) ahead(text string) bool { return strings.HasPrefix(p.text[p.offset:], text) }

func (p *syntaxParser) take(text string) bool {
	if !p.ahead(text) {
		return false
	}
	p.advance(len(text))
	return true
}

func (p *syntaxParser) expect(text string) error {
	if !p.take(text) {
		return p.unexpected(text)
	}
	return nil
}

// advance skips n bytes on the same line.
func (p *syntaxParser) advance(n int) {
	p.at.column += utf8.RuneCountInString(p.text[p.offset : p.offset+n])
	p.offset += n
}

func (p *syntaxParser) space() {
	for ; p.offset < len(p.text); p.offset++ {
		switch p.text[p.offset] {
		case ' ', '\t', '\r':
			p.at.column++
		case '\n':
			p.at = position{p.at.line + 1, 1}
		default:
			return
		}
	}
}

func (p *syntaxParser) unexpected(want string) error {
	got := "the end of the block"
	if p.offset < len(p.text) {
		got = place.Excerpt(p.text[p.offset:min(p.offset+100, len(p.text))])
	}
	return p.fail("got " + got + ", want " + want)
}

func (p *syntaxParser) fail(problem string) error {
	return broken(p.at.line, p.at.column, problem)
}

// form is how a syntax block writes a value, what the member list calls it, and its shape.
type form struct {
	literal string // empty if it is not fixed
	name    string // for messages
	words   []string
	shape   schema.Shape // of a leaf that the form alone determines
}

// forms is the table of values with fixed literals. A literal precedes its prefixes.
var forms = []*form{
	documentForm, recursiveForm,
	{literal: "b'bytes'|file", words: []string{"bytes or seekable file-like object"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(true)}},
	{literal: "b'bytes'", words: []string{"bytes"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(false)}},
	{literal: "StreamingBody()", words: []string{":class:`.StreamingBody`"},
		shape: schema.Shape{Type: schema.Blob, Streaming: schema.Is(true)}},
	{literal: "datetime(2015, 1, 1)", words: []string{"datetime"}, shape: schema.Shape{Type: schema.Timestamp}},
	{literal: "True|False", words: []string{"boolean"}, shape: schema.Shape{Type: schema.Boolean}},
	{literal: "123.0", words: []string{"float"}, shape: schema.Shape{Type: schema.Float}},
	{literal: "123", words: []string{"integer"}, shape: schema.Shape{Type: schema.Integer}},
	ellipsisForm,
}

var (
	// The members of a JSON-valued HTTP header look the same as a document.
	documentForm = &form{literal: "{...}|[...]|123|123.4|'string'|True|None",
		words: []string{":ref:`document<document>`", "JSON serializable"}, shape: schema.Shape{Type: schema.Document}}
	recursiveForm = &form{literal: "{'... recursive ...'}", words: []string{"dict", "list"}}
	// The generator has no literal for a 32-bit float or a character. Only the member list
	// distinguishes them.
	ellipsisForm = &form{literal: "...", words: []string{"float", "string"}}

	stringForm = &form{name: "a string", words: []string{"string"}}
	eitherForm = &form{name: "a string or another value", words: []string{"str or dict"}}
	dictForm   = &form{name: "a dict", words: []string{"dict"}}
	listForm   = &form{name: "a list", words: []string{"list"}}
	streamForm = &form{name: "an EventStream", words: []string{":class:`.EventStream`"}}
)

func (f *form) String() string {
	if f.literal != "" {
		return f.literal
	}
	return f.name
}
