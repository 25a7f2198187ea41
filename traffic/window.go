package traffic

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// window is the part of a stream that is still needed, with its position.
type window struct {
	from  io.Reader
	limit int // maximum length of data

	data   []byte
	offset int64 // of data in the stream
	line   int   // of data's first character, from 1
	column int   // characters before it in its line
}

// errWide reports that a window would exceed its limit.
var errWide = errors.New("window is too wide")

func (w *window) Read(p []byte) (int, error) {
	if len(w.data) > w.limit {
		return 0, errWide
	}
	n, err := w.from.Read(p)
	w.data = append(w.data, p[:n]...)
	return n, err
}

// forget moves the beginning to an offset of the stream, which must not be within a character.
func (w *window) forget(offset int64) {
	n := int(offset - w.offset)
	w.line, w.column = w.place(n)
	w.data = append(w.data[:0], w.data[n:]...)
	w.offset = offset
	if cap(w.data) > 4*lookAhead && len(w.data) < cap(w.data)/16 {
		w.data = bytes.Clone(w.data) // so that one large entry does not make all later ones expensive
	}
}

// place returns the line of the n-th byte of data, and the number of characters before it in that
// line.
func (w *window) place(n int) (line, column int) {
	before := w.data[:n]
	line, column = w.line, w.column
	if last := bytes.LastIndexByte(before, '\n'); last >= 0 {
		line += bytes.Count(before, []byte("\n"))
		column = 0
		before = before[last+1:]
	}
	return line, column + utf8.RuneCount(before)
}

// cut copies a part of the stream, including blanks before it if nothing else precedes it in its
// line.
func (w *window) cut(start, end int64, into *source) {
	at := int(start - w.offset)
	before := w.data[:at]
	if last := bytes.LastIndexByte(before, '\n'); last >= 0 && blank(before[last+1:]) {
		at = last + 1
	}
	into.data = bytes.Clone(w.data[at:int(end-w.offset)])
	into.first, into.before = w.place(at)
}
