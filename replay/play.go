package replay

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
)

// MaxBody is the largest body of a request, in bytes; a larger one is a miss.
const MaxBody = awshttp.MaxBody

// RoundTrip plays a response in process. As [http.RoundTripper] demands, it does not change the
// request, reads and closes its body and respects its context. A miss is a response, not an error,
// as over the wire.
func (r *Player) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL == nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, errNoURL
	}
	body, err := read(req)
	switch {
	case errors.Is(err, awshttp.ErrTooLarge):
		return r.refuse(req, nil, &Miss{Reason: TooLarge}).http(req), nil
	case err != nil:
		return nil, err
	}
	return r.play(req, body).http(req), nil
}

var errNoURL = errors.New("replay: the request has no URL; set Request.URL")

// read reads the body of a request and closes it.
func read(req *http.Request) ([]byte, error) {
	ctx := req.Context()
	if req.Body == nil || req.Body == http.NoBody {
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		req.Body.Close()
		return nil, err
	}
	// A body with GetBody is in memory and never blocks.
	if req.GetBody != nil || ctx.Done() == nil {
		defer req.Body.Close()
		body, err := awshttp.ReadBody(req.Body, req.ContentLength)
		return body, awshttp.Cause(ctx, err)
	}
	type result struct {
		body []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer req.Body.Close()
		body, err := awshttp.ReadBody(req.Body, req.ContentLength)
		done <- result{body, err}
	}()
	select {
	case res := <-done:
		return res.body, awshttp.Cause(ctx, res.err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ServeHTTP plays a response as a server.
func (r *Player) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !awshttp.OwnHost(req) {
		r.refuse(req, nil, &Miss{Reason: ForeignHost}).write(w, req.Method)
		return
	}
	body, err := awshttp.ReadBody(req.Body, req.ContentLength)
	switch {
	case errors.Is(err, awshttp.ErrTooLarge):
		w.Header()["Connection"] = []string{"close"} // the rest of the body is not read
		r.refuse(req, nil, &Miss{Reason: TooLarge}).write(w, req.Method)
	case err != nil:
		panic(http.ErrAbortHandler) // the client has disconnected
	default:
		r.play(req, body).write(w, req.Method)
	}
}

// play finds the response of a request, or makes that of a miss.
func (r *Player) play(req *http.Request, body []byte) *response {
	in, miss := r.scopeOf(req.URL.EscapedPath())
	if miss != nil {
		return r.refuse(req, body, miss)
	}
	c := r.requests.Get().(*canonical)
	defer func() {
		c.document = nil // the body is not kept for the next request
		r.requests.Put(c)
	}()
	asked := below(req, in)
	r.canonical(c, asked, body)
	x := r.indexOf(in)
	s, ok := r.enter(in, x)
	if !ok {
		return r.refuse(req, body, &Miss{Reason: TooManySessions, Cassette: in.key.cassette, Session: in.key.name})
	}
	d := c.digest()
	var bound *trial
	if _, known := x.groups[d]; !known && r.names != nil {
		var several []int32
		if bound, several = r.binderOf(in).match(s.names, c, asked, r.responses); bound != nil {
			d = bound.row.digest
		} else if several != nil {
			return r.refuse(req, body, r.ambiguous(in, several))
		}
	}
	number, end := r.advance(s, d, c.service)
	switch {
	case number < 0:
		return r.refuse(req, body, r.explain(in, c, end))
	case s.names != nil:
		return s.names.restored(&r.responses[number], bound)
	}
	return &r.responses[number]
}

// canonical sets c to the canonical form of a request without the prefix of a session.
func (r *Player) canonical(c *canonical, req *http.Request, body []byte) {
	body = document(req.Header, body)
	if r.opts.Mask != nil {
		body = r.opts.Mask(req, body)
	}
	host := cmp.Or(req.Host, req.URL.Host)
	path, query, body := r.ignored.without(schema.Request{Method: req.Method, URL: hosted(req.URL, host), Header: req.Header, Body: body})
	c.reset(req.Method, path, query, host, req.Header, body)
}

func (r *Player) indexOf(in scope) *index {
	if in.source != nil {
		return in.source.index(r.keys)
	}
	return r.all
}

func (r *Player) binderOf(in scope) *binder {
	if in.source != nil {
		return in.source.binder(r)
	}
	return r.binder()
}

// enter returns the session of a request, or false if there is no room for another one.
func (r *Player) enter(in scope, x *index) (*session, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.session(in, x)
}

// advance takes the next response of a request from its session.
func (r *Player) advance(s *session, d digest, service string) (number int32, end exhausted) {
	n, ok := r.services[service]
	if !ok {
		n = unknownService
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	number, end = s.index.next(d, n, r.opts.Order, s.at)
	if number >= 0 {
		r.plays[number]++
		if r.opts.KeepOrder {
			s.played = append(s.played, number)
		}
	}
	return number, end
}

// below is the request without the prefix of its session.
func below(req *http.Request, in scope) *http.Request {
	if in.source == nil {
		return req
	}
	u := *req.URL
	u.RawPath = in.rest
	u.Path, _ = url.PathUnescape(in.rest)
	clone := *req
	clone.URL = &u
	return &clone
}
