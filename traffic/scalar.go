package traffic

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar is a YAML scalar that a body was decoded from: its place according to the YAML library,
// and its style.
type scalar struct {
	line, column int
	style        yaml.Style
}

// span is a part of a body that the source contains byte by byte, or one character that is escaped
// in the source.
type span struct {
	body, source int
	escaped      bool
}

// trace decodes the scalar again, and notes the origin of each byte. If the result differs from
// that of the YAML library in any byte, there is no mapping.
func (s *scalar) trace(from *source, body []byte) (start int, spans []span) {
	start = from.yamlOffset(s.line, s.column)
	t := &tracer{src: from.data, pos: start, want: body}
	t.skipProperties()
	var ok bool
	switch {
	case s.style&yaml.DoubleQuotedStyle != 0:
		ok = t.eat('"') && t.flow('"')
	case s.style&yaml.SingleQuotedStyle != 0:
		ok = t.eat('\'') && t.flow('\'')
	case s.style&yaml.LiteralStyle != 0:
		ok = t.eat('|') && t.literal()
	case s.style&yaml.FoldedStyle != 0:
		return start, nil
	default:
		ok = t.flow(0)
	}
	if !ok {
		return start, nil
	}
	return start, append(t.spans, span{body: len(body), source: t.pos, escaped: true})
}

// tracer walks through the source and the body in parallel.
type tracer struct {
	src   []byte
	pos   int
	want  []byte // the rest of the body
	done  int    // bytes of the body before want
	spans []span
}

// put maps the next bytes of the body to an offset of the source, and reports whether they are
// text.
func (t *tracer) put(text string, at int, escaped bool) bool {
	if len(text) == 0 {
		return true
	}
	if len(text) > len(t.want) || string(t.want[:len(text)]) != text {
		return false
	}
	last := len(t.spans) - 1
	if escaped || last < 0 || t.spans[last].escaped || at-t.spans[last].source != t.done-t.spans[last].body {
		t.spans = append(t.spans, span{body: t.done, source: at, escaped: escaped})
	}
	t.done += len(text)
	t.want = t.want[len(text):]
	return true
}

func (t *tracer) eat(c byte) bool {
	if t.pos < len(t.src) && t.src[t.pos] == c {
		t.pos++
		return true
	}
	return false
}

func (t *tracer) peek() byte {
	if t.pos < len(t.src) {
		return t.src[t.pos]
	}
	return 0
}

// skipProperties skips an anchor and a tag, which the YAML library counts as part of the node.
func (t *tracer) skipProperties() {
	for t.peek() == '&' || t.peek() == '!' {
		for t.pos < len(t.src) && !t.blank() && !t.atBreak() {
			t.pos++
		}
		for t.blank() || t.atBreak() {
			t.pos++
		}
	}
}

func (t *tracer) blank() bool   { return t.peek() == ' ' || t.peek() == '\t' }
func (t *tracer) atBreak() bool { width, _ := lineBreak(t.src, t.pos); return width > 0 }

// flow follows a plain (quote 0), single-quoted or double-quoted scalar (YAML 1.1, sections 9.1.1
// to 9.1.3).
func (t *tracer) flow(quote byte) bool {
	for len(t.want) > 0 {
		switch c := t.peek(); {
		case t.pos >= len(t.src):
			return false
		case t.blank() || t.atBreak():
			if !t.fold(false) {
				return false
			}
		case c == quote && quote == '\'':
			if !t.put("'", t.pos, true) {
				return false
			}
			t.pos += 2
		case c == quote && quote == '"':
			return false
		case c == '\\' && quote == '"':
			if !t.escape() {
				return false
			}
		default:
			if !t.put(string(t.src[t.pos:t.pos+1]), t.pos, false) {
				return false
			}
			t.pos++
		}
	}
	return true
}

// fold follows white space: unchanged within a line, a space for a single line break, and all
// breaks but the first for several. After an escaped line break, blanks and the first break were
// already skipped.
func (t *tracer) fold(afterEscape bool) bool {
	from := t.pos
	var breaks []int
	for t.blank() || t.atBreak() {
		width, _ := lineBreak(t.src, t.pos)
		if width > 0 {
			breaks = append(breaks, t.pos)
		}
		t.pos += max(width, 1)
	}
	switch {
	case len(breaks) == 0 && !afterEscape:
		return t.put(string(t.src[from:t.pos]), from, false)
	case len(breaks) == 0:
		return true
	}
	if _, first := lineBreak(t.src, breaks[0]); first == "\n" && !afterEscape {
		if len(breaks) == 1 {
			return t.put(" ", breaks[0], true)
		}
		breaks = breaks[1:]
	}
	for _, at := range breaks {
		if _, text := lineBreak(t.src, at); !t.put(text, at, true) {
			return false
		}
	}
	return true
}

var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1b", ' ': " ", '"': `"`, '\'': "'", '/': "/", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

var escapeDigits = map[byte]int{'x': 2, 'u': 4, 'U': 8}

// escape follows an escape sequence (YAML 1.1, section 5.7).
func (t *tracer) escape() bool {
	at := t.pos
	t.pos++
	if width, _ := lineBreak(t.src, t.pos); width > 0 {
		t.pos += width
		return t.fold(true)
	}
	c := t.peek()
	t.pos++
	if text, ok := escapes[c]; ok {
		return t.put(text, at, true)
	}
	digits := escapeDigits[c]
	if digits == 0 || t.pos+digits > len(t.src) {
		return false
	}
	if c == 'u' && isSurrogate(t.src[at:]) { // only in JSON that is not valid YAML
		t.pos = at
		return t.quotedEscape()
	}
	r, err := strconv.ParseUint(string(t.src[t.pos:t.pos+digits]), 16, 32)
	t.pos += digits
	return err == nil && t.put(string(rune(r)), at, true)
}

// literal follows a literal block (YAML 1.1, section 9.3.1). It takes the indentation from the
// first line with text, in the source and in the body, rather than from the parent.
func (t *tracer) literal() bool {
	for t.pos < len(t.src) && !t.atBreak() {
		t.pos++
	}
	width, _ := lineBreak(t.src, t.pos)
	t.pos += width

	indent := t.indentation()
	for len(t.want) > 0 {
		for n := 0; n < indent && t.peek() == ' '; n++ {
			t.pos++
		}
		from := t.pos
		for t.pos < len(t.src) && !t.atBreak() {
			t.pos++
		}
		if !t.put(string(t.src[from:t.pos]), from, false) {
			return false
		}
		width, text := lineBreak(t.src, t.pos)
		if len(t.want) == 0 {
			return true
		}
		if width == 0 || !t.put(text, t.pos, t.src[t.pos] != text[0]) {
			return false
		}
		t.pos += width
	}
	return true
}

func (t *tracer) indentation() int {
	blanks := 0
	for i := 0; i < len(t.want); blanks++ {
		width, _ := lineBreak(t.want, i)
		if width == 0 {
			break
		}
		i += width
	}
	at := t.pos
	for ; blanks > 0; blanks-- {
		for at < len(t.src) {
			if width, _ := lineBreak(t.src, at); width > 0 {
				at += width
				break
			}
			at++
		}
	}
	inBody := strings.TrimLeft(string(t.want), "\r\n\u0085\u2028\u2029")
	return leadingSpaces(t.src[at:]) - leadingSpaces([]byte(inBody))
}

func leadingSpaces(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " ")) }
