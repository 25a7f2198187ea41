package pattern

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// garbled is how many AWS models write "every code point above U+FFFF" in a character class. Taken
// literally, it is a range of lone surrogates, which no well-formed string contains.
const garbled = `\uD800\uDBFF-\uDC00\uDFFF`

// lineBreak is Java's \R.
const lineBreak = "(?:\\x0D\\x0A|[\\x0A-\\x0D\u0085\u2028\u2029])"

// escape is the meaning of an escape sequence: one character or a set of characters.
type escape struct {
	text   string // valid in a class
	r      rune   // the character; -1 for a set
	inside bool   // the text is valid in a class only
}

// escaped reads an escape sequence outside of a class, after its backslash.
func (p *parser) escaped() (*node, error) {
	start := p.at
	switch c := p.next(); c {
	case 'A', 'z':
		p.foreign = true // ECMA-262 does not have these anchors
		if p.flags&syntax.OneLine == 0 {
			return &node{op: anchor, text: `\` + string(c), flags: p.flags}, nil
		}
		return p.anchor(map[rune]string{'A': "^", 'z': "$"}[c]), nil
	case 'Z': // the end of the text, or the position before a line break there
		end := &node{op: sequence, subs: []*node{
			{op: repeat, max: 1, subs: []*node{p.character(lineBreak)}}, {op: anchor, text: "$", flags: syntax.Perl}}}
		return &node{op: look, text: "(?=", subs: []*node{end}}, nil
	case 'b', 'B':
		return &node{op: anchor, text: `\` + string(c), flags: p.flags}, nil
	case 'R':
		p.foreign = true
		return p.character(lineBreak), nil
	case 'E':
		p.foreign = true // without a \Q, it matches the empty text
		return &node{op: sequence}, nil
	case 'k':
		if name, _, closed := strings.Cut(p.rest(), ">"); closed && strings.HasPrefix(name, "<") {
			p.at += len(name) + len(">")
			number := p.names[name[1:]]
			if number == 0 {
				return nil, fmt.Errorf("back reference to %q, but no group of that name precedes it", name[1:])
			}
			return &node{op: backreference, number: number}, nil
		}
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		number := int(c - '0')
		for p.at < len(p.source) && '0' <= p.source[p.at] && p.source[p.at] <= '9' && number*10+int(p.source[p.at]-'0') <= p.groups {
			number = number*10 + int(p.source[p.at]-'0')
			p.at++
		}
		p.refs = append(p.refs, number)
		return &node{op: backreference, number: number}, nil
	}
	p.at = start
	e, err := p.escape()
	switch {
	case err != nil:
		return nil, err
	case e.inside:
		e.text = "[" + e.text + "]"
	}
	return p.character(e.text), nil
}

// escape reads an escape sequence that means the same in and out of a class, after its backslash.
func (p *parser) escape() (escape, error) {
	start := p.at
	c := p.next()
	verbatim := escape{text: `\` + p.source[start:p.at], r: c}
	switch {
	case p.at == start:
		return escape{}, errors.New("trailing backslash")
	case c >= utf8.RuneSelf:
		return p.foreignCharacter(c), nil
	case !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'):
		return verbatim, nil
	}
	switch c {
	case 'd', 'D', 'w', 'W', 's', 'S':
		return escape{text: verbatim.text, r: -1}, nil
	case 'p', 'P':
		return p.property(c == 'P')
	case 'h', 'H':
		p.foreign = true
		return insideClass(classText(spaces(c == 'H'))), nil
	case 't', 'n', 'r', 'f', 'v':
		verbatim.r = map[rune]rune{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f', 'v': '\v'}[c]
		return verbatim, nil
	case 'a':
		return p.foreignCharacter('\a'), nil
	case 'e':
		return p.foreignCharacter(0x1B), nil
	case 'c':
		if p.at < len(p.source) && p.source[p.at] < utf8.RuneSelf {
			p.at++
			return p.foreignCharacter(rune(p.source[p.at-1]&^0x20) ^ 0x40), nil
		}
	case '0', '1', '2', '3', '4', '5', '6', '7': // an octal number; in Java it begins with 0
		end := start + 3
		if c == '0' {
			end++
		}
		for p.at < min(len(p.source), end) && '0' <= p.source[p.at] && p.source[p.at] <= '7' {
			p.at++
		}
		n, _ := strconv.ParseUint(p.source[start:p.at], 8, 32)
		if n > 0xFF {
			p.at--
			n /= 8
		}
		return p.foreignCharacter(rune(n)), nil
	case 'x':
		if p.at+2 <= len(p.source) {
			if n, err := strconv.ParseUint(p.source[p.at:p.at+2], 16, 8); err == nil {
				p.at += 2
				return escape{text: p.source[start-1 : p.at], r: rune(n)}, nil
			}
		}
		return p.braced()
	case 'u':
		if p.ahead("{") {
			return p.braced()
		}
		r, size := codePoint(p.source[start-1:])
		if size == 0 {
			return escape{}, errors.New(`\u must be followed by four hexadecimal digits`)
		}
		p.at = start - 1 + size
		return p.foreignCharacter(r), nil
	case 'G', 'K', 'X', 'N', 'C', 'V', 'R', 'B', 'A', 'Z':
		return escape{}, fmt.Errorf(`escape sequence \%c is not supported`, c)
	case 'b': // in a class
		return p.foreignCharacter('\b'), nil
	}
	return p.foreignCharacter(c), nil // ECMA-262, annex B: any other letter is itself
}

// braced reads the rest of \x{…} or \u{…}.
func (p *parser) braced() (escape, error) {
	inner, _, closed := strings.Cut(p.rest(), "}")
	n, err := strconv.ParseUint(strings.TrimPrefix(inner, "{"), 16, 32)
	if !closed || !strings.HasPrefix(inner, "{") || err != nil || n > utf8.MaxRune {
		return escape{}, errors.New("invalid hexadecimal escape")
	}
	p.at += len(inner) + len("}")
	return p.foreignCharacter(rune(n)), nil
}

// foreignCharacter returns a character whose escape sequence not every engine reads the same way.
func (p *parser) foreignCharacter(r rune) escape {
	p.foreign = true
	return escape{text: literal(r), r: r}
}

// insideClass returns a set of characters, given by its text in a class.
func insideClass(text string) escape { return escape{text: text, r: -1, inside: true} }

// codePoint reads one \uXXXX escape, or two that are a surrogate pair, at the start of the text.
// The size is 0 if there is none.
func codePoint(source string) (r rune, size int) {
	r, size = unicodeEscape(source)
	if size == 0 {
		return 0, 0
	}
	if low, lowSize := unicodeEscape(source[size:]); lowSize > 0 && utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r, size = pair, size+lowSize
		}
	}
	return r, size
}

// unicodeEscape reads one \uXXXX escape at the start of the text. The size is 0 if there is none.
func unicodeEscape(text string) (r rune, size int) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), 6
}

// literal writes a character so that both engines take it literally, in and out of a class. A lone
// surrogate occurs in no well-formed text; it is written as U+FFFF, a noncharacter.
func literal(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02X`, r)
	case utf16.IsSurrogate(r):
		return "\uFFFF"
	}
	return string(r)
}
