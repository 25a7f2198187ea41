package traffic

import (
	"sort"
	"sync"
	"unicode/utf8"
)

// Body is the bytes of a request or response as they were on the wire, with their place in the
// source. It may be copied and used from any goroutine.
type Body struct {
	Bytes   []byte
	Missing bool // the bytes, if any, were not recorded, as by browsers, which drop bodies
	place   *place
}

// Position is a place in a source file. Both numbers begin at 1. Lines end at "\n". Columns count
// Unicode code points; a byte that is not valid UTF-8 counts as one.
type Position struct{ Line, Column int }

// BodyOf returns a body that is not from a file: positions are those within the bytes.
func BodyOf(b []byte) Body {
	return Body{Bytes: b, place: &place{source: newSource(b, 1)}}
}

// Position returns the place in the source of the byte at an offset of Bytes: the character that
// the byte belongs to, or the first character of its escape. Where bytes cannot be mapped (folded
// blocks, !!binary, base64, compressed data), it is the place where the body begins. An offset
// outside of Bytes is moved to the nearest end.
func (b Body) Position(offset int) Position {
	p := b.origin()
	offset = b.runeStart(offset)
	return p.source.position(p.sourceOffset(b.Bytes, offset))
}

// Line returns line n of the source, without its line break. The caller must not modify it. Only
// the line of the interaction is available for NDJSON, and only the lines of the entry for a HAR,
// without the first one if other text precedes the entry in it.
func (b Body) Line(n int) (text []byte, ok bool) {
	return b.origin().source.line(n)
}

// Translated returns the body in another notation, which the source does not have: every byte has the
// Position where b begins, and origin returns the offset in b that a byte comes from.
func (b Body) Translated(text []byte, origin func(offset int) int) Body {
	p := b.origin()
	return Body{Bytes: text, place: &place{source: p.source, written: verbatim{start: p.sourceOffset(b.Bytes, 0)}, original: b.Bytes, translated: origin}}
}

// Original returns the body that was translated, and the offset in it that a byte comes from; nil: b is
// not a translation.
func (b Body) Original(offset int) (body []byte, at int) {
	if b.place == nil || b.place.translated == nil {
		return nil, 0
	}
	return b.place.original, b.place.translated(offset)
}

func (b Body) origin() *place {
	if b.place != nil {
		return b.place
	}
	return BodyOf(b.Bytes).place
}

// runeStart returns the offset of the first byte of the character at offset.
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

// place is the origin of a body: the bytes of the source itself, or a YAML scalar or JSON string
// that decodes to the body.
type place struct {
	source  *source
	written written // nil: the body is the source

	original   []byte // that was translated; nil: the body is as the source has it
	translated func(offset int) int

	once  sync.Once
	start int    // where the scalar begins
	spans []span // nil: the bytes cannot be mapped
}

// written is the notation of a body in the source. trace returns the offset where it begins, and
// the mapping of the bytes, which is nil if they cannot be mapped.
type written interface {
	trace(from *source, body []byte) (start int, spans []span)
}

// sourceOffset maps an offset of the body to one of the source. The first call builds the mapping:
// a body without findings never pays for it.
func (p *place) sourceOffset(body []byte, offset int) int {
	if p.written == nil {
		return offset
	}
	p.once.Do(func() {
		p.start, p.spans = p.written.trace(p.source, body)
	})
	i := sort.Search(len(p.spans), func(i int) bool { return p.spans[i].body > offset }) - 1
	if i < 0 || p.translated != nil {
		return p.start
	}
	s := p.spans[i]
	if s.escaped {
		return s.source
	}
	return s.source + offset - s.body
}
