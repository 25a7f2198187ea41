package redact

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// Options say how to redact. The zero value redacts by format, with a key that everybody knows: set
// Key.
type Options struct {
	Key      Key
	Classify Classify // nil: every string is ByFormat
	// All replaces every string as a whole, and the names of maps, save what is Keep.
	All bool
}

// Redactor replaces what identifies somebody by pseudonyms, and masks secrets. It remembers what it
// replaced, to find it in other strings. It is safe for concurrent use.
type Redactor struct {
	options Options
	names   *namer
	known   *known
	first   int // as many names are looked for as were learnt first

	mu      sync.RWMutex
	secrets occurrences // that requests were signed with
}

// New returns a redactor that remembers nothing yet.
func New(options Options) *Redactor {
	clean := func(s string) bool { return len(find(s, 0)) == 0 }
	return &Redactor{options: options, names: &namer{cipher: newCipher(options.Key), clean: clean}, known: &known{}, first: math.MaxInt}
}

// Redact returns a copy of an interaction that may be written to disk; x is left as it is. The
// findings are of the layer "record", graded by the default profile, and never show what they
// found. Compressed bodies come back decoded, and Content-Length fits.
func (r *Redactor) Redact(x *traffic.Interaction) (*traffic.Interaction, finding.Set) {
	y, _, found := r.RedactTraced(x)
	return y, found
}

// RedactTraced is [Redactor.Redact], and says what [Later] needs to know of the interaction.
func (r *Redactor) RedactTraced(x *traffic.Interaction) (*traffic.Interaction, Trace, finding.Set) {
	m := &masker{source: x.Source, number: x.Index + 1, all: r.options.All}
	masked := r.mask(x, m)
	places := r.options.Classify.places(masked)
	r.edit(masked, places, learnForward, nil)
	var trace Trace
	trace.Known, _ = r.known.state() // others may teach more by the time that it is used
	redacted := r.edit(masked, places, forward, m)
	restored := r.rename(redacted, back)
	trace.Sum, trace.Masked = r.sum(restored), r.known.without()
	if !same(restored, masked) && !m.noted(finding.RecordOneWay) {
		m.oneWay()
	}
	r.scan(redacted, m)
	redacted.Meta.RedactionKey = r.options.Key.ID()
	return redacted, trace, m.graded(r)
}

// scan masks what looks like a secret after redaction: there should be nothing.
func (r *Redactor) scan(redacted *traffic.Interaction, m *masker) {
	again := &masker{source: m.source, number: m.number}
	again.exchange(redacted, r.options.Classify.places(redacted))
	m.findings = append(m.findings, again.findings...)
}

// pointer is a place in the redacted document.
func (r *Redactor) pointer(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
		if len(find(name, deepest)) > 0 {
			name = "*"
		}
		name = r.byFormat(site{isName: true, pointer: noPointer}, Place{}, name, forward, nil, deepest)
		tokens[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return strings.Join(tokens, "/")
}

// Request maps a live request to what Redact would record of it, so that it can be compared with
// recorded requests. The request's Body must be what was sent; it comes back decoded.
func (r *Redactor) Request(request *traffic.Request) *traffic.Request {
	masked := r.mask(&traffic.Interaction{Request: request}, &masker{all: r.options.All})
	return r.rename(masked, forward).Request
}

// Restore returns a copy of a redacted interaction in which pseudonyms are what they stand for: the
// answer that the live client got. Masks stay, and headers that were dropped stay away. The
// redactor must have the key and options of the one that redacted it, and must have learnt the
// recording.
func (r *Redactor) Restore(x *traffic.Interaction) *traffic.Interaction {
	restored := r.rename(x, back)
	restored.Meta.RedactionKey = ""
	return restored
}

// Learn takes up the pseudonyms of a redacted interaction, so that Request and Restore find them in
// other strings of the same recording. Give it every interaction of a recording before asking
// those.
func (r *Redactor) Learn(x *traffic.Interaction) {
	r.edit(x, r.options.Classify.places(x), learnBack, nil)
}

// mask returns a copy without secrets, with the headers that are kept, its bodies decoded.
func (r *Redactor) mask(x *traffic.Interaction, m *masker) *traffic.Interaction {
	y := clone(x)
	m.decode(y)
	y.Response.StatusText = standardText(y.Response)
	places := r.options.Classify.places(y)
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
			r.secrets.add(occurrence{name: s, to: Mask})
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

// pass is what is done with the strings of an interaction.
type pass int

const (
	forward      pass = iota // names become pseudonyms
	back                     // pseudonyms become names
	learnForward             // names are learnt; the result is of no use
	learnBack                // likewise, from pseudonyms
)

func (p pass) learns() bool   { return p == learnForward || p == learnBack }
func (p pass) backward() bool { return p == back || p == learnBack }

// learning is the pass that goes before.
func (p pass) learning() pass {
	if p.backward() {
		return learnBack
	}
	return learnForward
}

// rename returns a copy with names for pseudonyms or, back, the other way round. It looks through
// all of the interaction first, so that a name is found in the message that stands before it.
func (r *Redactor) rename(x *traffic.Interaction, p pass) *traffic.Interaction {
	places := r.options.Classify.places(x)
	r.edit(x, places, p.learning(), nil)
	return r.edit(x, places, p, nil)
}

func (r *Redactor) edit(x *traffic.Interaction, places Places, p pass, m *masker) *traffic.Interaction {
	y := clone(x)
	e := func(at site, s string) string {
		if now := r.text(at, s, p, m); !p.learns() {
			return now
		}
		return s
	}
	if y.Request != nil {
		editRequest(y.Request, places, e)
	}
	editResponse(&y.Response, places, e)
	return y
}

// text is the pseudonym of a string or, back, what it stands for.
func (r *Redactor) text(at site, s string, p pass, m *masker) string {
	place := at.Place
	place.Class = at.class(r.options.All)
	if at.number || place.Class == Keep || s == "" || s == Mask || keptPlaceholder(at.name, s) {
		return s
	}
	if place.Class == Whole {
		now, ok := r.named(s, wholes, place.Accepts, p)
		switch {
		case ok:
			return now
		case at.Class == Whole:
			return r.oneWay(at, s, p, m)
		}
		// Options.All meets a string that the contract leaves no choice of: it is a word, as of an
		// enum.
	}
	return r.byFormat(at, place, s, p, m, deepest)
}

func (r *Redactor) oneWay(at site, s string, p pass, m *masker) string {
	if p.backward() {
		return s
	}
	if m != nil {
		m.note(finding.RecordOneWay, at, "a value of the "+at.part+" was masked: no pseudonym of it fits the contract")
	}
	r.known.learn(s, Mask)
	return Mask
}

// named renames a string and learns the names in it.
func (r *Redactor) named(s string, variants []variant, accepts func(string) bool, p pass) (string, bool) {
	now, how, ok := r.names.rename(s, variants, accepts, p.backward())
	if !ok || !p.learns() {
		return now, ok
	}
	for _, part := range how.parts {
		name, pseudonym := s[part.from:part.to], now[part.from:part.to]
		if p.backward() {
			name, pseudonym = pseudonym, name
		}
		if part.learn {
			r.known.learn(name, pseudonym)
		}
	}
	return now, true
}

// byFormat looks for identifiers in a string; in what it holds, if that is encoded text.
func (r *Redactor) byFormat(at site, place Place, s string, p pass, m *masker, depth int) string {
	var outside []span
	if depth > 0 {
		inner := func(text string) string { return r.byFormat(at, Place{}, text, p, m, depth-1) }
		if strings.IndexByte(s, '%') >= 0 {
			if text := unescape(s, false); text != s && isText([]byte(text)) {
				if now := string(appendEscaped(nil, s, inner(text), false)); place.takes(s, now, p) {
					return now
				}
			}
		}
		if now, changed := recode(s, inner); place.takes(s, now, p) {
			s, outside = now, changed
		}
	}
	now, ok := r.named(s, texts, place.Accepts, p)
	if !ok {
		return r.oneWay(at, s, p, m)
	}
	if p.learns() || at.fixed {
		return now
	}
	shortest := shortestName
	if at.isName && plain(s) || at.part == "host" {
		shortest = shortestPart
	}
	outside = append(append(outside, recognise(now, nil).spans...), masks(now)...)
	slices.SortFunc(outside, func(a, b span) int { return a.from - b.from })
	if replaced := r.known.replace(now, outside, shortest, r.first, p.backward()); place.takes(now, replaced, p) {
		now = replaced
	}
	return now
}

// takes reports whether a string may become another here: of a name that the contract accepts, it
// must accept what stands for it. So a word of a pattern stays that a name elsewhere happens to be
// equal to.
func (p Place) takes(s, now string, way pass) bool {
	if p.Accepts == nil || s == now {
		return true
	}
	if way.backward() {
		s, now = now, s
	}
	return !p.Accepts(s) || p.Accepts(now)
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
