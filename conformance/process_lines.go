package conformance

import (
	"bufio"
	"errors"
	"io"
	"sync"
)

// errLineTooLong says that a line exceeds the limit.
var errLineTooLong = errors.New("line too long")

// lines reads the lines of a client. It never holds more than one.
type lines struct {
	r     *bufio.Reader
	limit int
	line  []byte // what was read of the current line
	ended bool   // its newline was read
}

func newLines(r io.Reader, limit int) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), limit: limit}
}

// next returns the next line without its newline, valid until the next call. After an error, rest
// is the text after the last newline.
func (l *lines) next() ([]byte, error) {
	l.line = l.line[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.line = append(l.line, part...)
		if l.ended = err == nil; l.ended {
			l.line = l.line[:len(l.line)-1]
		}
		if len(l.line) > l.limit {
			return nil, errLineTooLong
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.line, err
		}
	}
}

func (l *lines) rest() []byte { return l.line }

// skip reads on to the end of a line that is too long, and keeps none of it.
func (l *lines) skip() error {
	if l.ended {
		return nil
	}
	for {
		if _, err := l.r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// tail keeps the end of the text that is written to it. It never blocks, so that a client may log
// any amount to its standard error.
type tail struct {
	mu   sync.Mutex
	kept []byte
	cut  bool
}

// keptStderr is how much of a client's standard error is kept, in bytes.
const keptStderr = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	// Cut at twice the size, so that a byte is moved once and not with each write.
	if len(t.kept) > 2*keptStderr {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-keptStderr:]...)
		t.cut = true
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := t.kept[max(0, len(t.kept)-keptStderr):]
	if t.cut || len(kept) < len(t.kept) {
		return "…" + string(kept)
	}
	return string(kept)
}
