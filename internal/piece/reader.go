package piece

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Range is the lines that begin at a byte offset from Start on, and before End.
type Range struct{ Start, End int64 }

// All is the range of a whole input.
var All = Range{0, math.MaxInt64}

// ParseRange reads START:END; without END, the range has no end.
func ParseRange(text string) (Range, error) {
	start, end, ok := strings.Cut(text, ":")
	r := Range{End: math.MaxInt64}
	var err error
	if r.Start, err = strconv.ParseInt(start, 10, 64); err == nil && end != "" {
		r.End, err = strconv.ParseInt(end, 10, 64)
	}
	if !ok || err != nil || r.Start < 0 || r.End <= r.Start {
		return Range{}, fmt.Errorf("got %q, want START:END, such as 0:67108864, or START: for the rest", text)
	}
	return r, nil
}

// chunk is how many bytes a [Reader] reads ahead.
const chunk = 64 << 10

// Reader reads the lines of a range, and counts them.
type Reader struct {
	r         *bufio.Reader
	rng       Range
	at        int64 // offset of the next byte
	started   bool
	inLine    bool // at is within a line
	blankLine bool // what was read of the line is blank
	piece     Piece
	err       error
}

// NewReader returns a reader of a range. The text begins at the byte before the range, or at the
// beginning of the input if the range does.
func NewReader(text io.Reader, rng Range) *Reader {
	return &Reader{r: bufio.NewReaderSize(text, chunk), rng: rng, at: max(0, rng.Start-1), piece: Piece{Start: rng.Start, End: rng.End}}
}

// Piece returns what was read, once [Reader.Read] returned an error. It is false if the source ends
// before the range, or is broken there.
func (r *Reader) Piece() (Piece, bool) {
	return r.piece, r.started && (r.rng.Start == 0 || r.at > r.rng.Start || !r.piece.Last)
}

func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 || r.err != nil {
		return 0, r.err
	}
	if !r.started {
		if r.err = r.skip(); r.err != nil {
			return 0, r.err
		}
	}
	if r.at+int64(len(p)) <= r.rng.End { // far from the end: without a copy if p is large
		n, err := r.r.Read(p)
		r.at += int64(r.count(p[:n]))
		if err != nil {
			r.err = err
			r.last()
		}
		return n, err
	}
	if !r.inLine && r.at >= r.rng.End {
		if _, err := r.r.Peek(1); err == io.EOF && r.at == r.rng.End {
			r.last()
		}
		r.err = io.EOF
		return 0, r.err
	}
	if _, err := r.r.Peek(1); err != nil {
		if r.err = err; err != io.EOF || r.at <= r.rng.End {
			r.last()
		}
		return 0, r.err
	}
	text, _ := r.r.Peek(min(len(p), r.r.Buffered()))
	text = text[:r.count(text)]
	n := copy(p, text)
	r.at += int64(n)
	_, _ = r.r.Discard(n) // it is buffered
	return n, nil
}

// last notes that the source ends here.
func (r *Reader) last() { r.piece.Last, r.piece.End = true, r.at }

// skip reads to the first line that begins in the range.
func (r *Reader) skip() error {
	r.started = true
	if r.rng.Start == 0 {
		return nil
	}
	for {
		part, err := r.r.ReadSlice('\n')
		r.at += int64(len(part))
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if r.at >= r.rng.End {
				r.inLine = false
				return io.EOF
			}
		case err != nil:
			if r.at <= r.rng.End {
				r.last()
			}
			r.started = err == io.EOF
			return err
		default:
			return nil
		}
	}
}

// count counts the lines of a text, and returns the length of what is in the range.
func (r *Reader) count(text []byte) (n int) {
	for n < len(text) && (r.inLine || r.at+int64(n) < r.rng.End) {
		if !r.inLine {
			r.inLine, r.blankLine = true, true
		}
		line := text[n:]
		end := bytes.IndexByte(line, '\n')
		if end >= 0 {
			line = line[:end]
		}
		if r.blankLine && len(bytes.TrimLeft(line, " \t\r")) > 0 {
			r.blankLine = false
			r.piece.Interactions++
		}
		n += len(line)
		if end >= 0 {
			n++
			r.inLine = false
			r.piece.Lines++
		}
	}
	return n
}
