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

// taken is a body that was read, or its beginning.
type taken struct {
	text  []byte
	large bool  // there is more than is recorded: text is the beginning
	err   error // what ended it, if that was not its end
}

// take reads a body, the length of which is stated or -1.
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

// joined is a body of which the beginning was read already.
type joined struct {
	io.Reader
	io.Closer
}

// takeRequest reads the body of a request. What is to be sent instead is framed as it was: its
// length is stated only if it was before.
func takeRequest(req *http.Request) (taken, *http.Request) {
	if req.Body == nil || req.Body == http.NoBody {
		return taken{}, req
	}
	ctx, body := req.Context(), req.Body
	stop := context.AfterFunc(ctx, func() { body.Close() }) // a pipe would wait for ever
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

// takeAnswer reads the body of an answer, and puts it back for the client.
func takeAnswer(res *http.Response) taken {
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

// failing fails as the rest of a body did.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
