package traffic

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonString is a JSON string that a body was decoded from, or the value in its place.
type jsonString struct {
	start  int  // the offset of the opening quote
	opaque bool // base64, or not a string: its bytes cannot be mapped to the body
}

// trace follows the escapes of the string (RFC 8259, section 7). As for YAML, there is no mapping
// if it disagrees with the body.
func (s *jsonString) trace(from *source, body []byte) (start int, spans []span) {
	t := &tracer{src: from.data, pos: s.start, want: body}
	if s.opaque || !t.eat('"') || !t.quoted() {
		return s.start, nil
	}
	return s.start, append(t.spans, span{body: len(body), source: t.pos, escaped: true})
}

func (t *tracer) quoted() bool {
	for len(t.want) > 0 {
		n := bytes.IndexAny(t.src[t.pos:], `"\`)
		if n < 0 || !t.put(string(t.src[t.pos:t.pos+n]), t.pos, false) {
			return false
		}
		t.pos += n
		if t.peek() == '"' {
			break
		}
		if !t.quotedEscape() {
			return false
		}
	}
	return len(t.want) == 0
}

func (t *tracer) quotedEscape() bool {
	at, width := t.pos, len(`\n`)
	if bytes.HasPrefix(t.src[at:], []byte(`\u`)) {
		width = len(`\u0000`)
		if isSurrogate(t.src[at:]) {
			width *= 2
		}
	}
	if at+width > len(t.src) {
		return false
	}
	text, err := jsontext.AppendUnquote(nil, `"`+string(t.src[at:at+width])+`"`)
	t.pos += width
	return err == nil && t.put(string(text), at, true)
}

// isSurrogate reports an escape of U+D800 to U+DFFF. They come in pairs, which are one character.
func isSurrogate(escape []byte) bool {
	return len(escape) > 3 && escape[2]|0x20 == 'd' && bytes.IndexByte([]byte("89abAB"), escape[3]) >= 0
}
