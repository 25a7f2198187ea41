package input

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/crcheck/crcheck/internal/output"
)

// progress shows how many bytes were read, on a terminal, when the work takes
// longer than a second.
type progress struct {
	out   io.Writer
	total int64
	since time.Time
	read  int64
	bar   *progressbar.ProgressBar
}

// newProgress returns nil, which shows nothing, where out is not a terminal. A
// total of -1 is unknown.
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
			progressbar.OptionSetSpinnerChangeInterval(0), // else a goroutine draws it for ever, also after close
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30))
	}
	if p.bar != nil {
		p.bar.Set64(p.read) //nolint:errcheck // a file that has grown exceeds the total; reading goes on
	}
	return len(data), nil
}

// close removes the bar.
func (p *progress) close() {
	if p != nil && p.bar != nil {
		p.bar.Clear() //nolint:errcheck // a bar that cannot be removed stays
	}
}
