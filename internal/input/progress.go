package input

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/crcheck/crcheck/internal/output"
)

// progress shows on a terminal how many bytes were read, once the work has taken more than a
// second.
type progress struct {
	out   io.Writer
	total int64
	since time.Time
	read  int64
	bar   *progressbar.ProgressBar
}

// newProgress returns nil, which shows nothing, if out is not a terminal. A total of -1 means
// unknown.
func newProgress(out io.Writer, total int64) *progress {
	if !output.IsTerminal(out) {
		return nil
	}
	return &progress{out: out, total: total, since: time.Now()}
}

// reader counts what is read through it.
func (p *progress) reader(r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return io.TeeReader(r, p)
}

func (p *progress) Write(data []byte) (int, error) {
	p.read += int64(len(data))
	if p.bar == nil && time.Since(p.since) > time.Second {
		p.bar = progressbar.NewOptions64(p.total, progressbar.OptionSetWriter(p.out), progressbar.OptionShowBytes(true),
			progressbar.OptionSetSpinnerChangeInterval(0), // otherwise a goroutine keeps drawing it, even after close
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	if p.bar != nil {
		p.bar.Set64(p.read) //nolint:errcheck // a file that grew exceeds the total, which is not a reason to stop
	}
	return len(data), nil
}

// close removes the bar.
func (p *progress) close() {
	if p != nil && p.bar != nil {
		p.bar.Clear() //nolint:errcheck // a bar that cannot be removed stays
	}
}
