package recorder

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"os"

	"github.com/crcheck/crcheck/recorder/redact"
	"github.com/crcheck/crcheck/traffic"
)

// KeyAtHand returns the key that a cassette could have been recorded with: that of CRCHECK_REDACTION_KEY or of the file
// beside it, [KeyOf]. It makes none: ok is false where there is none.
func KeyAtHand(cassette string) (key redact.Key, ok bool, err error) {
	_, err = os.Stat(KeyOf(cassette))
	if os.Getenv(redact.Variable) == "" && errors.Is(err, os.ErrNotExist) {
		return key, false, nil
	}
	key, _, err = redact.LoadKey(KeyOf(cassette))
	return key, err == nil, err
}

// identifiers maps those of a client to the pseudonyms of recordings, and back in the answers.
type identifiers struct {
	key      string // the ID of the key that the recordings were made with
	redactor *redact.Redactor
}

// learn makes the identifiers of all recordings that were made with the key of the options; nil if there are none.
func (r *Replay) learn(opts *redact.Options) *identifiers {
	if opts == nil {
		return nil
	}
	i := &identifiers{key: opts.Key.ID()}
	for _, a := range r.answers {
		if a.interaction.Meta.RedactionKey != i.key {
			continue
		}
		if i.redactor == nil {
			i.redactor = redact.New(*opts)
		}
		i.redactor.Learn(a.interaction)
	}
	if i.redactor == nil {
		return nil
	}
	return i
}

// mapped is what would have been recorded of a request, and its path below the prefix of a session.
func (i *identifiers) mapped(req *http.Request, body []byte) (clone *http.Request, mapped *traffic.Request, err error) {
	full := *req.URL
	full.Scheme, full.Host = "https", cmp.Or(req.Host, req.URL.Host)
	mapped = i.redactor.Request(&traffic.Request{Method: req.Method, URL: full.String(), Header: req.Header, Body: traffic.BodyOf(body)})
	copied := *req
	copied.Header = mapped.Header
	if copied.URL, err = url.Parse(mapped.URL); err != nil {
		return nil, nil, err
	}
	return &copied, mapped, nil
}

// restored is an answer in the terms of the client that asked.
func (i *identifiers) restored(a *answer, asked *traffic.Request) *answer {
	if a.interaction.Meta.RedactionKey != i.key {
		return a
	}
	recorded := *a.interaction
	recorded.Request = asked
	made := (&answers{known: map[string]string{}}).make(i.redactor.Restore(&recorded))
	made.interaction = a.interaction
	return &made
}

// knows says whether a session has a request as it is, answered already or not.
func (r *Replay) knows(in scope, c *canonical) bool {
	x := r.all
	if in.source != nil {
		x = in.source.index(r.keys)
	}
	_, ok := x.groups[c.digest()]
	return ok
}
