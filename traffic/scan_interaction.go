package traffic

import (
	words "encoding/binary"
	"math/bits"
	"net/http"
	"time"
	"unicode/utf8"
)

// scanner reads a line of NDJSON with a strict interaction, if it is as [WriteNDJSON] writes it: members
// in that order, without white space. It is unsure about every other line, and about the rarer
// escapes; the interactionReader reads those, and names what is wrong. The interaction and its
// bodies are reused for the next line.
type scanner struct {
	interaction Interaction
	request     Request
	headers     [2]http.Header
	values      []string // of the headers
	bodies      [2][]byte
	scratch     []byte
	names       map[string]string // strings that many interactions share

	text []byte
	at   int
}

// scan returns the interaction in a line, or false if it is unsure. Bodies have no places.
func (s *scanner) scan(name string, index int, line []byte) (x *Interaction, sure bool) {
	if s.names == nil {
		s.names, s.headers = map[string]string{}, [2]http.Header{{}, {}}
	}
	s.text, s.at, s.values = line, 0, s.values[:0]
	s.request = Request{}
	s.interaction = Interaction{Source: name, Kind: NDJSON, Index: index, Request: &s.request}
	sure = s.eat(`{`+interactionMark+`:`+interactionVersion+`,"request":{"method":`) && s.string(&s.request.Method) &&
		s.eat(`,"url":`) && s.string(&s.request.URL) && s.message(0, &s.request.Header, &s.request.Body) &&
		s.eat(`},"response":{"status":`) && s.status(&s.interaction.Response.Status) &&
		(!s.eat(`,"statusText":`) || s.string(&s.interaction.Response.StatusText)) &&
		s.message(1, &s.interaction.Response.Header, &s.interaction.Response.Body) && s.duration() && s.eat(`}`) &&
		s.meta() && s.eat(`}`) && s.at == len(s.text)
	return &s.interaction, sure
}

// eat skips a text that comes next.
func (s *scanner) eat(text string) bool {
	if end := s.at + len(text); end <= len(s.text) && string(s.text[s.at:end]) == text {
		s.at = end
		return true
	}
	return false
}

// status reads a status of three digits.
func (s *scanner) status(n *int) bool {
	end := s.at + 3
	if end >= len(s.text) || s.text[s.at] == '0' {
		return false
	}
	for ; s.at < end; s.at++ {
		digit := s.text[s.at] - '0'
		if digit > 9 {
			return false
		}
		*n = 10**n + int(digit)
	}
	return true
}

// message reads the headers and the body of a message.
func (s *scanner) message(which int, header *http.Header, body *Body) (ok bool) {
	if s.eat(`,"headers":{`) {
		*header = s.headers[which]
		clear(*header)
		for first := true; !s.eat(`}`); first = false {
			if !first && !s.eat(`,`) || !s.header(*header) {
				return false
			}
		}
	}
	if s.eat(`,"body":`) {
		s.bodies[which], ok = s.unquote(s.bodies[which][:0])
		body.Bytes = s.bodies[which]
		return ok
	}
	return true
}

func (s *scanner) header(header http.Header) bool {
	var name, value string
	if !s.string(&name) || !s.eat(`:[`) || header[name] != nil {
		return false
	}
	from := len(s.values)
	for {
		if !s.string(&value) {
			return false
		}
		s.values = append(s.values, value)
		if s.eat(`]`) {
			header[name] = s.values[from:len(s.values):len(s.values)]
			return true
		}
		if !s.eat(`,`) {
			return false
		}
	}
}

func (s *scanner) duration() bool {
	if !s.eat(`,"duration":`) {
		return true
	}
	var text string
	if !s.string(&text) {
		return false
	}
	var err error
	s.interaction.Response.Duration, err = time.ParseDuration(text)
	return err == nil
}

// meta reads the metadata other than pseudonyms, if there are any.
func (s *scanner) meta() bool {
	if !s.eat(`,"meta":{`) {
		return true
	}
	any := false
	for _, f := range s.interaction.Meta.fields() {
		from := s.at
		if any && !s.eat(`,`) {
			break
		}
		if !s.eat(`"`) || !s.eat(f.key) || !s.eat(`":`) {
			s.at = from
			continue
		}
		if any = true; !s.string(f.value) {
			return false
		}
	}
	return s.eat(`}`)
}

// string reads a string. Short strings are shared.
func (s *scanner) string(to *string) (ok bool) {
	if s.scratch, ok = s.unquote(s.scratch[:0]); ok {
		*to = share(s.names, s.scratch)
	}
	return ok
}

// unescaped are the characters that follow a backslash, and what they mean; 0: another escape.
var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unquote decodes the string that comes next into a buffer, which it may replace. It copies eight
// bytes at a time, and then counts those before the next quotation mark or backslash.
func (s *scanner) unquote(to []byte) (decoded []byte, ok bool) {
	if !s.eat(`"`) {
		return to, false
	}
	text, at, n, high := s.text, s.at, 0, uint64(0)
	to = to[:cap(to)]
	for {
		if len(to)-n < 8 {
			to = append(to, make([]byte, len(to)+64)...)
			to = to[:cap(to)]
		}
		if at+8 <= len(text) {
			word := words.LittleEndian.Uint64(text[at:])
			words.LittleEndian.PutUint64(to[n:], word)
			special := specials(word)
			if special == 0 {
				high |= word
				at, n = at+8, n+8
				continue
			}
			plain := bits.TrailingZeros64(special) / 8
			high |= word & (1<<(8*plain) - 1)
			at, n = at+plain, n+plain
		} else if at >= len(text) {
			return to[:n], false
		}
		switch c := text[at]; {
		case c == '"':
			s.at = at + 1
			to = to[:n]
			return to, high&highBits == 0 || utf8.Valid(to)
		case c == '\\':
			if at+1 >= len(text) || unescaped[text[at+1]] == 0 {
				return to[:n], false
			}
			to[n] = unescaped[text[at+1]]
			at, n = at+2, n+1
		case c < ' ':
			return to[:n], false
		default: // near the end of the text
			high |= uint64(c)
			to[n] = c
			at, n = at+1, n+1
		}
	}
}

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// specials marks the bytes of a word that are quotation marks, backslashes or control characters. The
// first mark is right; a borrow may mark bytes after it that are none of these.
func specials(word uint64) uint64 {
	quote, backslash := word^'"'*ones, word^'\\'*ones
	return ((quote-ones)&^quote | (backslash-ones)&^backslash | (word-' '*ones)&^word) & highBits
}
