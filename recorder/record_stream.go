package recorder

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/traffic"
)

// An event stream may last for hours, and a client may answer to what it reads. Its messages are
// therefore passed on as they come, in both directions. The interaction is kept when the response
// ends, before the client learns that it has: the end of the body, or its last bytes if their
// number is stated, wait for the journal.

// streamed reports whether a body is an event stream whose messages can be told apart as they come.
func streamed(h http.Header) bool {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && media == eventstream.MediaType && h.Get("Content-Encoding") == ""
}

// copied is a body of which a copy is kept while it is read.
type copied struct {
	io.ReadCloser
	mu    sync.Mutex
	text  []byte
	large bool
}

func (c *copied) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.add(p[:n])
	return n, err
}

func (c *copied) add(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.large = c.large || len(c.text)+len(p) > MaxBody; c.large {
		c.text = nil
		return
	}
	c.text = append(c.text, p...)
}

// whole returns the whole messages so far.
func (c *copied) whole() taken {
	c.mu.Lock()
	defer c.mu.Unlock()
	end := 0
	for end < len(c.text) {
		_, next, fault := eventstream.Decode(c.text, end)
		if fault != nil && next < 0 {
			break
		}
		end = next
	}
	return taken{text: c.text[:end:end], large: c.large}
}

// takeLive is like takeRequest, for a request whose body is written while its response is read.
func takeLive(req *http.Request) (*copied, *http.Request) {
	live := &copied{ReadCloser: req.Body}
	sent := req.WithContext(req.Context())
	sent.Body, sent.GetBody = live, nil
	return live, sent
}

// live reports whether the body of a request is a stream that the client is still writing.
func live(req *http.Request) bool {
	return req.Body != nil && req.Body != http.NoBody && req.ContentLength <= 0 && streamed(req.Header)
}

// followed is the body of a response that is an event stream.
type followed struct {
	copied
	r     *Recorder
	ctx   context.Context
	in    *traffic.Interaction
	asked func() taken
	start time.Time
	left  int64 // bytes of a stated length; negative if it is not stated

	once sync.Once
	err  error
}

// follow makes the body of a response one that is kept when it ends.
func (r *Recorder) follow(ctx context.Context, in *traffic.Interaction, res *http.Response, asked func() taken, start time.Time) {
	f := &followed{copied: copied{ReadCloser: res.Body}, r: r, ctx: ctx, in: in, asked: asked, start: start, left: res.ContentLength}
	res.Body = f
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams == nil {
		r.streams = map[*followed]bool{}
	}
	r.streams[f] = true
}

func (f *followed) Read(p []byte) (int, error) {
	n, err := f.copied.Read(p)
	if f.left >= 0 {
		f.left -= int64(n)
	}
	switch {
	case errors.Is(err, io.EOF), err == nil && f.left == 0 && n > 0:
		if failed := f.end(f.keep); failed != nil {
			return 0, failed
		}
	case err != nil && f.ctx.Err() != nil: // the client has disconnected
		f.end(f.keepWhole)
	case err != nil:
		f.end(f.fail)
	}
	return n, err
}

// Close keeps what the client has read of a stream that has not ended. Most clients of a stream
// without an end do that.
func (f *followed) Close() error {
	err := f.ReadCloser.Close()
	if failed := f.end(f.keepWhole); failed != nil {
		return failed
	}
	return err
}

// end does what there is to do at the end of the stream, once.
func (f *followed) end(how func() error) error {
	f.once.Do(func() {
		f.err = how()
		f.r.mu.Lock()
		delete(f.r.streams, f) // now, since Recorder.Close waits for those that are being kept
		f.r.mu.Unlock()
	})
	return f.err
}

func (f *followed) fail() error {
	f.r.count(&f.r.stats.Failed)
	return nil
}

func (f *followed) keepWhole() error {
	received := f.whole()
	if len(received.text) == 0 && !received.large {
		return f.fail()
	}
	return f.record(received)
}

func (f *followed) keep() error {
	f.mu.Lock()
	received := taken{text: f.text, large: f.large}
	f.mu.Unlock()
	return f.record(received)
}

func (f *followed) record(received taken) error {
	asked := f.asked()
	switch {
	case asked.large:
		f.r.pass(f.in, tooLarge("request"))
		return nil
	case received.large:
		f.r.pass(f.in, tooLarge("response"))
		return nil
	}
	f.in.Request.Body = traffic.BodyOf(asked.text)
	f.in.Response.Body = traffic.BodyOf(received.text)
	f.in.Response.Duration = time.Since(f.start)
	return f.r.keep(context.WithoutCancel(f.ctx), f.in)
}

// endStreams keeps what was read of the streams that are open.
func (r *Recorder) endStreams() {
	r.mu.Lock()
	var open []*followed
	for f := range r.streams {
		open = append(open, f)
	}
	r.mu.Unlock()
	for _, f := range open {
		f.end(f.keepWhole)
	}
}
