package traffic

import (
	"sort"
	"sync"
	"unicode/utf8"
)

// Body is bytes as they were on the wire, and the place in the source where they stand.
// It may be copied and used from any goroutine.
type Body struct {
	Bytes   []byte
	Missing bool // there may have been bytes, but they were not recorded: browsers drop bodies
	place   *place
}

// Position is a place in a source file, both numbers from 1. Lines end at "\n"; columns count
// Unicode code points, a byte that is no valid UTF-8 counts as one.
type Position struct{ Line, Column int }

// BodyOf is a body that stands in no file: its positions are those inside the bytes themselves.
func BodyOf(b []byte) Body {
	return Body{Bytes: b, place: &place{source: newSource(b, 1)}}
}

// Position is the place in the source file of byte offset of Bytes: of the character that the byte
// belongs to, or of the first character of its escape. Where that cannot be followed (folded
// blocks, !!binary, base64, what was compressed), it is the place where the body begins. An offset
// outside of Bytes is moved to its nearest end.
func (b Body) Position(offset int) Position {
	p := b.origin()
	offset = b.runeStart(offset)
	return p.source.position(p.sourceOffset(b.Bytes, offset))
}

// Line is the text of line n of the source, without its line break, not to be written to. Of NDJSON
// only the body's own line is at hand; of a HAR the lines of its entry, save a first one that does
// not begin with it.
func (b Body) Line(n int) (text []byte, ok bool) {
	return b.origin().source.line(n)
}

func (b Body) origin() *place {
	if b.place != nil {
		return b.place
	}
	return BodyOf(b.Bytes).place
}

// runeStart moves offset to the start of the character that it points into.
func (b Body) runeStart(offset int) int {
	offset = min(max(offset, 0), len(b.Bytes))
	if offset == len(b.Bytes) {
		return offset
	}
	for back := offset; back >= 0 && offset-back < utf8.UTFMax; back-- {
		if !utf8.RuneStart(b.Bytes[back]) {
			continue
		}
		if _, size := utf8.DecodeRune(b.Bytes[back:]); back+size > offset {
			return back
		}
		break
	}
	return offset
}

// place is where a body stands: its bytes are those of the source itself, or what a YAML scalar or
// JSON string there decodes to.
type place struct {
	source  *source
	written written // nil: the body is the source

	once  sync.Once
	start int    // where the scalar begins
	spans []span // nil: the scalar cannot be followed
}

// written is the form in which the source holds a body. It says where that begins, and what stands
// where: nil if it cannot be followed.
type written interface {
	trace(from *source, body []byte) (start int, spans []span)
}

// sourceOffset maps an offset of the body onto one of the source. The mapping is built by the first
// caller: a body without findings never pays for it.
func (p *place) sourceOffset(body []byte, offset int) int {
	if p.written == nil {
		return offset
	}
	p.once.Do(func() {
		p.start, p.spans = p.written.trace(p.source, body)
	})
	i := sort.Search(len(p.spans), func(i int) bool { return p.spans[i].body > offset }) - 1
	if i < 0 {
		return p.start
	}
	s := p.spans[i]
	if s.escaped {
		return s.source
	}
	return s.source + offset - s.body
}
