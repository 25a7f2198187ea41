package replay

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/traffic"
)

// identifiers maps those of a client to the pseudonyms of recordings, and back in the responses. Each
// recording has a separate redactor: a name that is known from one recording is not replaced in
// another.
type identifiers struct {
	key       string   // the ID of the key that the recordings were made with
	sources   []string // of the recordings, in their order
	redactors map[string]*redact.Redactor
}

// learn collects the identifiers of all recordings with the key of the options. It returns nil if
// there are none.
func (r *Player) learn() (*identifiers, error) {
	if r.opts.Key == "" {
		return nil, nil
	}
	key, err := redact.ParseKey(r.opts.Key)
	if err != nil {
		return nil, err
	}
	opts := redact.Options{Key: key, All: r.opts.All}
	if r.opts.Catalog != nil {
		opts.Classify = bycontract.New(r.opts.Catalog)
	}
	i := &identifiers{key: key.ID(), redactors: map[string]*redact.Redactor{}}
	for _, a := range r.responses {
		source := a.interaction.Source
		if a.interaction.Meta.RedactionKey != i.key {
			continue
		}
		if i.redactors[source] == nil {
			i.redactors[source] = redact.New(opts)
			i.sources = append(i.sources, source)
		}
		i.redactors[source].Learn(a.interaction)
	}
	if len(i.sources) == 0 {
		return nil, nil
	}
	return i, nil
}

// identify returns the request as it would have been recorded, and sets c to its canonical form. It
// uses the recording of the session or, without a session, the first recording that has the
// request, else the first one. It returns nil if no recording has the key.
func (r *Player) identify(in scope, c *canonical, req *http.Request, body []byte) *traffic.Request {
	sources := r.identifiers.sources
	if in.source != nil {
		sources = []string{in.source.path}
	}
	var first *http.Request
	var mapped *traffic.Request
	for _, source := range sources {
		redactor := r.identifiers.redactors[source]
		if redactor == nil {
			continue
		}
		if len(sources) > 1 {
			redactor = redactor.Fork() // the request may belong to another recording with other names
		}
		own, recorded, err := recordedOf(redactor, req, body)
		if err != nil {
			continue
		}
		r.canonical(c, own, recorded.Body.Bytes)
		if r.knows(in, c) {
			return recorded
		}
		if first == nil {
			first, mapped = own, recorded
		}
	}
	if first != nil {
		r.canonical(c, first, mapped.Body.Bytes)
	}
	return mapped
}

// recordedOf returns the request as it would have been recorded, and a copy of req with its path and
// header.
func recordedOf(redactor *redact.Redactor, req *http.Request, body []byte) (own *http.Request, recorded *traffic.Request, err error) {
	full := *req.URL
	full.Scheme, full.Host = "https", cmp.Or(req.Host, req.URL.Host)
	recorded = redactor.Request(&traffic.Request{Method: req.Method, URL: full.String(), Header: req.Header, Body: traffic.BodyOf(body)})
	copied := *req
	copied.Header = recorded.Header
	if copied.URL, err = url.Parse(recorded.URL); err != nil {
		return nil, nil, err
	}
	return &copied, recorded, nil
}

// restored is a response with the identifiers of the client.
func (i *identifiers) restored(a *response, asked *traffic.Request) *response {
	if a.interaction.Meta.RedactionKey != i.key {
		return a
	}
	recorded := *a.interaction
	recorded.Request = asked
	made := (&responseBuilder{known: map[string]string{}}).make(i.redactors[recorded.Source].Restore(&recorded))
	made.interaction = a.interaction
	return &made
}

// knows reports whether a session has the unmapped request, played already or not.
func (r *Player) knows(in scope, c *canonical) bool {
	x := r.all
	if in.source != nil {
		x = in.source.index(r.keys)
	}
	_, ok := x.groups[c.digest()]
	return ok
}
