package traffic

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// window is the part of a stream that is still needed, and knows where it begins.
type window struct {
	from  io.Reader
	limit int // bytes that it may hold

	data   []byte
	offset int64 // of data in the stream
	line   int   // of data's first character, from 1
	column int   // characters that stand before it in its line
}

// errWide: a window would have to hold more than its limit.
var errWide = errors.New("window is too wide")

func (w *window) Read(p []byte) (int, error) {
	if len(w.data) > w.limit {
		return 0, errWide
	}
	n, err := w.from.Read(p)
	w.data = append(w.data, p[:n]...)
	return n, err
}

// forget moves the beginning to an offset of the stream. The whole of the characters before it must
// have been read.
func (w *window) forget(offset int64) {
	n := int(offset - w.offset)
	w.line, w.column = w.place(n)
	w.data = append(w.data[:0], w.data[n:]...)
	w.offset = offset
	if cap(w.data) > 4*lookAhead && len(w.data) < cap(w.data)/16 {
		w.data = bytes.Clone(w.data) // one large entry does not make all that follow expensive
	}
}

// place is the line, and how many characters stand in it before the n-th byte of data.
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

// cut copies a stretch of the stream. Blanks before it in its line belong to it.
func (w *window) cut(start, end int64, into *source) {
	at := int(start - w.offset)
	before := w.data[:at]
	if last := bytes.LastIndexByte(before, '\n'); last >= 0 && blank(before[last+1:]) {
		at = last + 1
	}
	into.data = bytes.Clone(w.data[at:int(end-w.offset)])
	into.first, into.before = w.place(at)
}
