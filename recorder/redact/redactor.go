package redact

import (
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// Options say how to redact. The zero value redacts by format, with a key that everybody knows: set Key.
type Options struct {
	Key      Key
	Classify Classify // nil: every string is ByFormat
	// All replaces every string as a whole, and the names of maps, save what is Keep.
	All bool
}

// Redactor replaces what identifies somebody by pseudonyms, and masks secrets. It remembers what it replaced, to find it in other strings.
// It is safe for concurrent use.
type Redactor struct {
	options Options
	names   namer
	known   known

	mu      sync.RWMutex
	secrets occurrences // that requests were signed with
}

// New returns a redactor that remembers nothing yet.
func New(options Options) *Redactor {
	clean := func(s string) bool { return len(find(s, 0)) == 0 }
	return &Redactor{options: options, names: namer{cipher: newCipher(options.Key), clean: clean}}
}

// Redact returns a copy of an interaction that may be written to disk; x is left as it is. The findings are of the layer "record", graded by
// the default profile, and never show what they found. Compressed bodies come back decoded, and Content-Length fits.
func (r *Redactor) Redact(x *traffic.Interaction) (*traffic.Interaction, finding.Set) {
	m := &masker{source: x.Source, number: x.Index + 1, all: r.options.All}
	masked := r.mask(x, m)
	redacted := r.rename(masked, false, m)
	if !same(r.rename(redacted, true, nil), masked) && len(m.findings) == 0 {
		m.note(finding.RecordOneWay, site{pointer: noPointer}, "the pseudonyms of the interaction cannot all be mapped back with the key")
	}
	again := &masker{source: m.source, number: m.number}
	again.exchange(redacted, r.classify(redacted)) // nothing should be left to find
	m.findings = append(m.findings, again.findings...)
	for i, f := range m.findings {
		m.findings[i].Pointer = r.pointer(f.Pointer)
	}
	redacted.Meta.RedactionKey = r.options.Key.ID()
	return redacted, finding.Default.Grade(finding.NewSet(m.findings...))
}

// pointer is a place in the redacted document.
func (r *Redactor) pointer(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
		if len(find(name, deepest)) > 0 {
			name = "*"
		}
		name = r.byFormat(site{isName: true, pointer: noPointer}, Place{}, name, false, nil, false, deepest)
		tokens[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return strings.Join(tokens, "/")
}

// Request maps a live request to what Redact would record of it, so that it can be compared with recorded requests. The request's Body must be
// what was sent; it comes back decoded.
func (r *Redactor) Request(request *traffic.Request) *traffic.Request {
	masked := r.mask(&traffic.Interaction{Request: request}, &masker{all: r.options.All})
	return r.rename(masked, false, nil).Request
}

// Restore returns a copy of a redacted interaction in which pseudonyms are what they stand for: the answer that the live client got. Masks stay,
// and headers that were dropped stay away. The redactor must have the key and options of the one that redacted it, and must have learnt the recording.
func (r *Redactor) Restore(x *traffic.Interaction) *traffic.Interaction {
	restored := r.rename(x, true, nil)
	restored.Meta.RedactionKey = ""
	return restored
}

// Learn takes up the pseudonyms of a redacted interaction, so that Request and Restore find them in other strings of the same recording. Give
// it every interaction of a recording before asking those.
func (r *Redactor) Learn(x *traffic.Interaction) {
	r.learn(x, r.classify(x), true)
}

func (r *Redactor) classify(x *traffic.Interaction) Places {
	if r.options.Classify == nil {
		return Places{}
	}
	return r.options.Classify(x)
}

// mask returns a copy without secrets, with the headers that are kept, its bodies decoded.
func (r *Redactor) mask(x *traffic.Interaction, m *masker) *traffic.Interaction {
	y := clone(x)
	m.decode(y)
	places := r.classify(y)
	g := &signing{}
	if y.Request != nil {
		g.gather(y.Request.Header)
		g.request(y.Request)
		y.Request.Header = cloneHeader(y.Request.Header, keeps(places.RequestHeader))
	}
	g.gather(y.Response.Header)
	y.Response.Header = cloneHeader(y.Response.Header, keeps(places.ResponseHeader))
	r.mu.Lock()
	for _, s := range g.secrets {
		if r.secrets.n < mostKnown {
			r.secrets.add(s, Mask)
		}
	}
	r.mu.Unlock()
	r.mu.RLock()
	defer r.mu.RUnlock()
	m.known = &r.secrets
	m.exchange(y, places)
	m.binary(y, r)
	return y
}

func keeps(bound map[string]Place) func(string) bool {
	return func(name string) bool {
		_, listed := headers[name]
		if !listed {
			_, listed = bound[name]
		}
		return listed
	}
}

// rename returns a copy with names for pseudonyms or, back, the other way round.
func (r *Redactor) rename(x *traffic.Interaction, back bool, m *masker) *traffic.Interaction {
	places := r.classify(x)
	r.learn(x, places, back)
	y := clone(x)
	e := func(at site, s string) string { return r.text(at, s, back, m, false) }
	if y.Request != nil {
		editRequest(y.Request, places, e)
	}
	editResponse(&y.Response, places, e)
	return y
}

// learn looks through all of an interaction first, so that a name is found in the message that stands before it.
func (r *Redactor) learn(x *traffic.Interaction, places Places, back bool) {
	y := clone(x)
	e := func(at site, s string) string { r.text(at, s, back, nil, true); return s }
	if y.Request != nil {
		editRequest(y.Request, places, e)
	}
	editResponse(&y.Response, places, e)
}

// text is the pseudonym of a string or, back, what it stands for. If it only learns, the result is of no use.
func (r *Redactor) text(at site, s string, back bool, m *masker, learning bool) string {
	place := at.Place
	place.Class = at.class(r.options.All)
	if at.number || place.Class == Keep || s == "" || s == Mask {
		return s
	}
	if place.Class == Whole {
		now, ok := r.named(s, wholes, place.Accepts, back, learning)
		switch {
		case ok:
			return now
		case at.Class == Whole:
			return r.oneWay(at, s, back, m)
		}
		// Options.All meets a string that the contract leaves no choice of: it is a word, as of an enum.
	}
	return r.byFormat(at, place, s, back, m, learning, deepest)
}

func (r *Redactor) oneWay(at site, s string, back bool, m *masker) string {
	if back {
		return s
	}
	if m != nil {
		m.note(finding.RecordOneWay, at, "a value of the "+at.part+" was masked: no pseudonym of it fits the contract")
	}
	r.known.learn(s, Mask)
	return Mask
}

// named renames a string and learns the names in it.
func (r *Redactor) named(s string, variants []variant, accepts func(string) bool, back, learning bool) (string, bool) {
	now, how, ok := r.names.rename(s, variants, accepts, back)
	if !ok || !learning {
		return now, ok
	}
	for _, p := range how.parts {
		name, pseudonym := s[p.from:p.to], now[p.from:p.to]
		if back {
			name, pseudonym = pseudonym, name
		}
		if p.learn {
			r.known.learn(name, pseudonym)
		}
	}
	return now, true
}

// byFormat looks for identifiers in a string; in what it holds, if that is encoded text.
func (r *Redactor) byFormat(at site, place Place, s string, back bool, m *masker, learning bool, depth int) string {
	var outside []span
	if depth > 0 {
		inner := func(text string) string { return r.byFormat(at, Place{}, text, back, m, learning, depth-1) }
		if strings.IndexByte(s, '%') >= 0 {
			if text := unescape(s, false); text != s && isText([]byte(text)) {
				return string(appendEscaped(nil, s, inner(text), false))
			}
		}
		s, outside = recode(s, inner)
	}
	now, ok := r.named(s, texts, place.Accepts, back, learning)
	if !ok {
		return r.oneWay(at, s, back, m)
	}
	if learning || at.fixed {
		return now
	}
	shortest := shortestName
	if at.isName && plain(s) || at.part == "host" {
		shortest = shortestPart
	}
	outside = append(append(outside, recognise(now, nil).spans...), masks(now)...)
	slices.SortFunc(outside, func(a, b span) int { return a.from - b.from })
	return r.known.replace(now, outside, shortest, back)
}

// plain reports what is rather the name of a member than of anything else.
func plain(s string) bool {
	for i := range len(s) {
		if !letter(s[i]) && !digit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return true
}

// recode renames what stands in base64 in a string, and says where.
func recode(s string, rename func(string) string) (recoded string, changed []span) {
	for _, word := range base64Words(s) {
		text, encoding := fromBase64(s[word.from:word.to])
		if text == "" {
			continue
		}
		if now := rename(text); now != text {
			s = s[:word.from] + encoding.EncodeToString([]byte(now)) + s[word.to:]
			changed = append(changed, word)
		}
	}
	return s, changed
}
