package recorder

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// MaxBody is the largest body that is recorded, in bytes. It can be replayed, too.
const MaxBody = awshttp.MaxBody

// taken is a body that was read, or the beginning of one.
type taken struct {
	text  []byte
	large bool  // there is more than is recorded: text is the beginning
	err   error // why reading failed; nil at the end of the body
}

// take reads a body of a stated length; -1: not stated.
func take(body io.Reader, length int64) taken {
	if length > MaxBody {
		return taken{large: true}
	}
	text, err := awshttp.ReadBody(body, length)
	if errors.Is(err, awshttp.ErrTooLarge) {
		return taken{text: text, large: true}
	}
	return taken{text: text, err: err}
}

// joined is a body whose beginning was already read.
type joined struct {
	io.Reader
	io.Closer
}

// takeRequest reads the body of a request and returns the request to send instead. It has the same
// framing: a length only if the original has one.
func takeRequest(req *http.Request) (taken, *http.Request) {
	if req.Body == nil || req.Body == http.NoBody {
		return taken{}, req
	}
	ctx, body := req.Context(), req.Body
	stop := context.AfterFunc(ctx, func() { body.Close() }) // reading a pipe might never end
	t := take(body, req.ContentLength)
	stop()
	if t.err != nil {
		body.Close()
		return taken{err: awshttp.Cause(ctx, t.err)}, nil
	}
	sent := req.WithContext(ctx)
	if t.large {
		sent.Body = joined{io.MultiReader(bytes.NewReader(t.text), body), body}
		sent.GetBody = nil
		return t, sent
	}
	body.Close()
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.text)), nil }
	sent.Body, _ = sent.GetBody()
	return t, sent
}

// takeResponse reads the body of a response, and puts it back for the client.
func takeResponse(res *http.Response) taken {
	if res.Body == nil || res.Body == http.NoBody {
		return taken{}
	}
	body := res.Body
	t := take(body, res.ContentLength)
	switch {
	case t.large:
		res.Body = joined{io.MultiReader(bytes.NewReader(t.text), body), body}
	case t.err != nil:
		res.Body = joined{io.MultiReader(bytes.NewReader(t.text), failing{t.err}), body}
	default:
		body.Close()
		res.Body = io.NopCloser(bytes.NewReader(t.text))
	}
	return t
}

// failing returns the error of the rest of a body.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
