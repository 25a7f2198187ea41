package redact

import (
	"bytes"
	"net/http"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// Remember adds the names that another redactor with the same options replaced.
func (r *Redactor) Remember(names []Name) {
	for _, n := range names {
		if n.Pseudonym != Mask {
			r.known.free(n.Name, n.Pseudonym)
		}
		r.learn(n.Name, n.Pseudonym, nil)
	}
}

// Late returns a copy of a redacted interaction in which the names are replaced that became known
// only after it, or x itself if there are none. One interaction may contain a name in a plain text,
// and the next one the ARN that reveals it. known is [Trace.Known] of the interaction.
func (r *Redactor) Late(x *traffic.Interaction, known int) (*traffic.Interaction, finding.Set) {
	if known == r.known.count() {
		return x, nil
	}
	y := r.edit(x, r.options.Classify.places(x), &pass{late: true})
	if same(x, y) {
		return x, nil
	}
	m := &masker{source: x.Source, number: x.Index + 1}
	r.scan(y, m)
	m.changed(x, y)
	return y, m.graded(r)
}

// changed adds findings for binary bodies that have changed, since their checksums no longer match.
func (m *masker) changed(x, y *traffic.Interaction) {
	check := func(part string, was, now traffic.Body, h http.Header) {
		if !bytes.Equal(was.Bytes, now.Bytes) && formOf(now.Bytes, h) == formBinary {
			m.note(finding.RecordMasked, site{part: part, pointer: noPointer}, "the "+part+" is binary, and a name that became known later was replaced in it: its checksums no longer match")
		}
	}
	if x.Request != nil {
		check("request body", x.Request.Body, y.Request.Body, y.Request.Header)
	}
	check("response body", x.Response.Body, y.Response.Body, y.Response.Header)
}
