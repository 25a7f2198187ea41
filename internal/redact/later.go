package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"net/http"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// Trace is what [Later] needs to know of an interaction that was redacted. It says nothing of it to
// whoever does not have the key, but whether it is equal to another.
type Trace struct {
	// Sum is a checksum of what was restored of it at that time: 128 bits of an HMAC with the
	// redaction key. Zero: nobody knows.
	Sum [16]byte
	// Known is how many names were known.
	Known int
	// Masked is how many of them have no pseudonym: nothing that was redacted can teach those.
	Masked int
}

// Later replaces names in interactions that were redacted before the names were known. One
// interaction may have a name in a text where nothing marks it, and the next one the ARN that makes
// it known.
//
// It is for a recording that is whole: give each interaction to [Later.Learn], and after that each
// to [Later.Redact]. What was redacted is restored first, as a name that is known late may have one
// inside of it that was known before, and what stands in the place of a name may look like another
// name. Whether it was restored the checksum says. Then it is renamed with all that is known in the
// recording, which is what a replay knows: so the replay maps requests to it.
type Later struct {
	r     *Redactor
	after []int // names that were known after each interaction, counted as they are learnt here
	most  int   // names that were known when one of them was redacted
}

// Later begins with what has no pseudonym, which nothing that was redacted can teach.
func (r *Redactor) Later() *Later {
	l := &Later{r: New(r.options)}
	for _, name := range r.known.masked() {
		l.r.known.learn(name, Mask)
	}
	return l
}

// Learn takes up the pseudonyms of the next interaction of the recording.
func (l *Later) Learn(x *traffic.Interaction, t Trace) {
	l.r.Learn(x)
	learnt, _ := l.r.known.state()
	l.after = append(l.after, learnt)
	l.most = max(l.most, t.Known)
}

// Redact returns a copy of the nth interaction with names replaced that became known late, or x
// itself if there are none. The findings are as those of [Redactor.Redact]: record.one-way says
// that the key does not lead back from it. If it cannot be restored, it is x, and may hold such
// names.
func (l *Later) Redact(n int, x *traffic.Interaction, t Trace) (*traffic.Interaction, finding.Set) {
	learnt, ambiguous := l.r.known.state()
	if t.Sum != (Trace{}).Sum && t.Known == learnt && t.Known == l.most && !ambiguous {
		return x, nil // all that there is to know was known
	}
	m := &masker{source: x.Source, number: x.Index + 1}
	restored, all, ok := l.restore(n, x, t)
	if !ok {
		m.note(finding.RecordOneWay, site{pointer: noPointer}, "the interaction cannot be mapped back with the key, so names that became known after it stay in it")
		return x, m.graded(l.r)
	}
	y := l.r.edit(restored, l.r.options.Classify.places(restored), forward, nil)
	unchanged := same(x, y)
	if unchanged && all {
		return x, nil
	}
	if !unchanged {
		l.r.scan(y, m)
		m.changed(x, y)
	}
	if l.r.sum(l.r.back(y)) != l.r.sum(restored) && !m.noted(finding.RecordOneWay) {
		m.oneWay()
	}
	if unchanged {
		y = x
	}
	return y, m.graded(l.r)
}

// restore maps an interaction back by all that is known or, if that is wrong, by what was known
// when it was redacted: a word in it may be the pseudonym of a name that is known since. all says
// that it was the former.
func (l *Later) restore(n int, x *traffic.Interaction, t Trace) (restored *traffic.Interaction, all, ok bool) {
	known := t.Sum != (Trace{}).Sum
	if known {
		if restored = l.r.back(x); l.r.sum(restored) == t.Sum {
			return restored, true, true
		}
	}
	then := &Redactor{options: l.r.options, names: l.r.names, known: l.r.known, first: l.after[n]}
	restored = then.back(x)
	return restored, false, !known || l.r.sum(restored) == t.Sum
}

// back maps an interaction back by what was learnt before.
func (r *Redactor) back(x *traffic.Interaction) *traffic.Interaction {
	return r.edit(x, r.options.Classify.places(x), back, nil)
}

// changed notes binary bodies that are no longer what they were: what checks them finds them
// broken.
func (m *masker) changed(x, y *traffic.Interaction) {
	check := func(part string, was, now traffic.Body, h http.Header) {
		if !bytes.Equal(was.Bytes, now.Bytes) && formOf(now.Bytes, h) == formBinary {
			m.note(finding.RecordOneWay, site{part: part, pointer: noPointer}, "the "+part+" is binary, and a name was replaced in it that became known later: its checksums do not fit")
		}
	}
	if x.Request != nil {
		check("request body", x.Request.Body, y.Request.Body, y.Request.Header)
	}
	check("response body", x.Response.Body, y.Response.Body, y.Response.Header)
}

// sum is the checksum of what is redacted of an interaction. Each text goes into it with its length
// before it.
func (r *Redactor) sum(x *traffic.Interaction) (sum [16]byte) {
	mac := hmac.New(sha256.New, r.options.Key[:])
	write := func(texts ...string) {
		for _, s := range texts {
			mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
			mac.Write([]byte(s))
		}
	}
	message := func(h http.Header, body traffic.Body) {
		for _, name := range slices.Sorted(maps.Keys(h)) {
			for _, v := range h[name] {
				write("header", name, v)
			}
		}
		write("body")
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(body.Bytes))))
		mac.Write(body.Bytes)
	}
	write("crcheck restored interaction")
	if q := x.Request; q != nil {
		write("request", q.Method, q.URL)
		message(q.Header, q.Body)
	}
	write("response")
	message(x.Response.Header, x.Response.Body)
	copy(sum[:], mac.Sum(nil))
	return sum
}
