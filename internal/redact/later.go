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

// Trace is what [Later] needs to know about a redacted interaction. Without the key, it reveals
// only whether two interactions are equal.
type Trace struct {
	// Sum is a checksum of the interaction as restored at that time: 128 bits of an HMAC with the
	// redaction key. It is zero if unknown.
	Sum [16]byte
	// Known is the number of known names.
	Known int
	// Masked is the number of known names without a pseudonym, which no redacted interaction can
	// reveal.
	Masked int
}

// Later replaces names in interactions that were redacted before the names were known. One
// interaction may contain a name in a plain text, and the next one the ARN that reveals it.
//
// It is for a complete recording: call [Later.Learn] with each interaction, and then [Later.Redact]
// with each. An interaction is first restored, since a name that became known late may contain one
// that was known before, and a pseudonym may look like another name. The checksum verifies that it
// was restored. The interaction is then renamed with all names of the recording. A replay knows the
// same names, so it maps requests to the recorded ones.
type Later struct {
	r        *Redactor
	after    []int // by interaction: the number of names known after it, as learnt here
	maxKnown int   // the maximum number of names known when an interaction was redacted
}

// Later returns a Later that knows the names without a pseudonym, which no redacted interaction can
// reveal.
func (r *Redactor) Later() *Later {
	l := &Later{r: New(r.options)}
	for _, name := range r.known.masked() {
		l.r.known.learn(name, Mask)
	}
	return l
}

// Learn adds the names of the next interaction of the recording.
func (l *Later) Learn(x *traffic.Interaction, t Trace) {
	l.r.Learn(x)
	learnt, _ := l.r.known.state()
	l.after = append(l.after, learnt)
	l.maxKnown = max(l.maxKnown, t.Known)
}

// Redact returns a copy of the nth interaction in which names that became known late are replaced,
// or x itself if there are none. The findings are like those of [Redactor.Redact]: record.one-way
// means that the key cannot restore the result. If x itself cannot be restored, Redact returns x,
// which may contain such names.
func (l *Later) Redact(n int, x *traffic.Interaction, t Trace) (*traffic.Interaction, finding.Set) {
	learnt, ambiguous := l.r.known.state()
	if t.Sum != (Trace{}).Sum && t.Known == learnt && t.Known == l.maxKnown && !ambiguous {
		return x, nil // all names of the recording were known
	}
	m := &masker{source: x.Source, number: x.Index + 1}
	restored, all, ok := l.restore(n, x, t)
	if !ok {
		m.note(finding.RecordOneWay, site{pointer: noPointer}, "the interaction cannot be restored with the key, so names that became known later are not replaced in it")
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

// restore restores an interaction with all names or, if the checksum does not match, with those
// known when it was redacted: a word in it may equal the pseudonym of a name that became known
// later. all reports which of the two it was.
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

// back restores an interaction with the names known so far.
func (r *Redactor) back(x *traffic.Interaction) *traffic.Interaction {
	return r.edit(x, r.options.Classify.places(x), back, nil)
}

// changed adds findings for binary bodies that have changed, since their checksums no longer match.
func (m *masker) changed(x, y *traffic.Interaction) {
	check := func(part string, was, now traffic.Body, h http.Header) {
		if !bytes.Equal(was.Bytes, now.Bytes) && formOf(now.Bytes, h) == formBinary {
			m.note(finding.RecordOneWay, site{part: part, pointer: noPointer}, "the "+part+" is binary, and a name that became known later was replaced in it: its checksums no longer match")
		}
	}
	if x.Request != nil {
		check("request body", x.Request.Body, y.Request.Body, y.Request.Header)
	}
	check("response body", x.Response.Body, y.Response.Body, y.Response.Header)
}

// sum returns the checksum of the parts of an interaction that are redacted. Each text is preceded
// by its length.
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
