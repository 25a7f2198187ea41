// Package progress shows how far long work is, on standard error.
//
// The model: a command puts its [Screen] into the context ([With]); work that may take long calls
// [Start] and counts on the [Meter]. On a terminal the screen draws a bar after a second and removes
// it at the end; elsewhere it writes a line every ten seconds. Messages are written through the
// screen too, so that they never share a line with a bar. Without a screen, meters show nothing.
package progress

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"

	"github.com/crcheck/crcheck/internal/wording"
)

const (
	firstBar  = time.Second // shorter work shows no bar
	barEvery  = 100 * time.Millisecond
	lineEvery = 10 * time.Second
)

// Unit says what a meter counts.
type Unit int

const (
	Items Unit = iota
	Bytes
)

// Screen is standard error, shared by messages and the progress of one piece of work at a time.
type Screen struct {
	Quiet bool // show errors only: no notes, no progress
	bars  bool

	mu      sync.Mutex // guards the fields below and every write to out
	out     io.Writer
	midLine bool // a message ended without a newline, where a bar would hide it
	current *Meter
}

// NewScreen returns a screen that writes to out. Bars need a terminal that obeys control codes.
func NewScreen(out io.Writer, bars bool) *Screen { return &Screen{out: out, bars: bars} }

// Write writes a message. A bar is removed before, and drawn again after it. What a message quotes,
// such as a path, may not be valid UTF-8 or of any use to a reader: long words are cut.
func (s *Screen) Write(message []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.current.erase()
	}
	if len(message) > 0 {
		s.midLine = message[len(message)-1] != '\n'
	}
	if _, err := s.out.Write(readable(message)); err != nil {
		return 0, err
	}
	return len(message), nil
}

// maxWord is the maximum length of a word of a message, in bytes.
const maxWord = 1000

func readable(message []byte) []byte {
	if !utf8.Valid(message) {
		message = bytes.ToValidUTF8(message, []byte("\uFFFD"))
	}
	if len(message) <= maxWord {
		return message
	}
	var short []byte
	for len(message) > 0 {
		end := bytes.IndexFunc(message, unicode.IsSpace)
		if end < 0 {
			end = len(message)
		}
		short = append(short, wording.Clip(string(message[:end]), maxWord)...)
		space := bytes.IndexFunc(message[end:], func(r rune) bool { return !unicode.IsSpace(r) })
		if space < 0 {
			space = len(message) - end
		}
		short = append(short, message[end:end+space]...)
		message = message[end+space:]
	}
	return short
}

type key struct{}

// With returns a context whose work shows its progress on the screen.
func With(ctx context.Context, s *Screen) context.Context { return context.WithValue(ctx, key{}, s) }

// Meter counts the progress of one piece of work, from any goroutine. A nil meter shows nothing.
type Meter struct {
	screen *Screen
	what   string
	total  int64 // 0: unknown
	unit   Unit
	since  time.Time
	done   atomic.Int64
	timer  *time.Timer
	bar    *progressbar.ProgressBar
	drawn  bool
}

// Start begins work, such as "reading traffic". A total of 0 means unknown. Work within other work
// that is shown returns nil, which shows nothing.
func Start(ctx context.Context, what string, total int64, unit Unit) *Meter {
	s, _ := ctx.Value(key{}).(*Screen)
	if s == nil || s.Quiet {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		return nil
	}
	m := &Meter{screen: s, what: what, total: max(total, 0), unit: unit, since: time.Now()}
	wait := lineEvery
	if s.bars {
		wait = firstBar
	}
	m.timer = time.AfterFunc(wait, m.tick)
	s.current = m
	return m
}

// Add counts n more items or bytes.
func (m *Meter) Add(n int64) {
	if m != nil {
		m.done.Add(n)
	}
}

// Write counts bytes, so that a reader can be counted with [io.TeeReader].
func (m *Meter) Write(data []byte) (int, error) {
	m.Add(int64(len(data)))
	return len(data), nil
}

// Reader counts what is read through it.
func (m *Meter) Reader(r io.Reader) io.Reader {
	if m == nil {
		return r
	}
	return io.TeeReader(r, m)
}

// Done ends the work and removes its bar.
func (m *Meter) Done() {
	if m == nil {
		return
	}
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	if m.screen.current == m {
		m.timer.Stop()
		m.erase()
		m.screen.current = nil
	}
}

// tick shows the progress, and sets the timer for the next time.
func (m *Meter) tick() {
	m.screen.mu.Lock()
	defer m.screen.mu.Unlock()
	switch {
	case m.screen.current != m: // the work ended in the meantime
	case m.screen.bars:
		m.draw()
		m.timer.Reset(barEvery)
	default:
		fmt.Fprintln(m.screen.out, m.line())
		m.timer.Reset(lineEvery)
	}
}

func (m *Meter) draw() {
	if m.screen.midLine {
		return
	}
	done := m.done.Load()
	if m.bar == nil {
		total := m.total
		if total == 0 {
			total = -1
		}
		m.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(m.screen.out), progressbar.OptionSetDescription(m.what),
			progressbar.OptionShowBytes(m.unit == Bytes), progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
			progressbar.OptionUseANSICodes(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetSpinnerChangeInterval(0)) // otherwise a goroutine of its own draws it, even after Done
	}
	m.drawn = true
	m.bar.Set64(m.limited(done)) //nolint:errcheck // a bar that cannot be drawn is not a reason to stop
}

// limited keeps the count below the total: a file that grows while it is read exceeds it, and the
// library removes a full bar.
func (m *Meter) limited(done int64) int64 {
	if m.total > 0 {
		return min(done, m.total-1)
	}
	return done
}

func (m *Meter) erase() {
	if m.drawn {
		m.bar.Clear() //nolint:errcheck // a bar that cannot be removed stays
		m.drawn = false
	}
}

// line is what a log shows instead of a bar.
func (m *Meter) line() string {
	text := m.what
	switch done := m.done.Load(); {
	case done == 0 && m.total == 0:
	case m.total == 0:
		text += ": " + m.unit.text(done)
	default:
		text += fmt.Sprintf(": %s of %s", m.unit.text(done), m.unit.text(m.total))
	}
	return fmt.Sprintf("%s (%s so far)", text, time.Since(m.since).Truncate(time.Second))
}

func (u Unit) text(n int64) string {
	if u == Bytes {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprint(n)
}

// Notes returns the writer for messages that are not errors: nothing is written if the screen is
// quiet.
func Notes(stderr io.Writer) io.Writer {
	if s, ok := stderr.(*Screen); ok && s.Quiet {
		return io.Discard
	}
	return stderr
}

// Inherited returns the standard error of the process, for child processes and to ask whether it is a
// terminal.
func Inherited(stderr io.Writer) io.Writer {
	if s, ok := stderr.(*Screen); ok {
		return s.out
	}
	return stderr
}
