package redact

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/traffic"
)

// Options are options of redaction. Set Key: the zero value redacts by format with a key that is
// publicly known.
type Options struct {
	Key      Key
	Classify Classify // if nil, every string is ByFormat
	// All replaces every string and every key of a map as a whole, except those of class Keep.
	All bool
}

// Redactor replaces identifiers by pseudonyms and masks secrets. It remembers the replaced names
// and finds them in other strings. It is safe for concurrent use.
type Redactor struct {
	options Options
	names   *namer
	known   *known
	first   int // only this many of the names learnt first are looked for

	mu      sync.RWMutex
	secrets occurrences // credentials and signatures of requests

	searches *searches
}

// New returns a redactor without any known names.
func New(options Options) *Redactor {
	past := &searches{}
	clean := func(s string) bool { return len(past.find(new(scanner), s, 0)) == 0 }
	return &Redactor{options: options, names: &namer{cipher: newCipher(options.Key), clean: clean}, known: &known{}, searches: past, first: math.MaxInt}
}

// Fork returns a redactor that knows the names of r, including those that r learns later, and does
// not add to them. Its cost does not depend on their number. A fork must not be forked.
func (r *Redactor) Fork() *Redactor {
	learnt, ambiguous := r.known.state()
	return &Redactor{options: r.options, names: r.names, searches: r.searches, first: r.first,
		known: &known{base: r.known, forward: occurrences{under: &r.known.forward}, back: occurrences{under: &r.known.back}, learnt: learnt, ambiguous: ambiguous}}
}

// Redact returns a copy of an interaction that may be written to disk, and does not change x. The
// findings are of the layer "record", graded by the default profile, and never contain the secret.
// Compressed bodies are decoded, and Content-Length is adjusted.
func (r *Redactor) Redact(x *traffic.Interaction) (*traffic.Interaction, finding.Set) {
	y, _, found := r.RedactTraced(x)
	return y, found
}

// RedactTraced is like [Redactor.Redact], and also returns what [Later] needs to know about the
// interaction.
func (r *Redactor) RedactTraced(x *traffic.Interaction) (*traffic.Interaction, Trace, finding.Set) {
	m := &masker{source: x.Source, number: x.Index + 1, all: r.options.All, searches: r.searches}
	masked := r.mask(x, m)
	places := r.options.Classify.places(masked)
	r.edit(masked, places, learnForward, nil)
	var trace Trace
	trace.Known, _ = r.known.state() // other goroutines may add names before the next line
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

// scan masks secrets that appear after redaction. There should be none.
func (r *Redactor) scan(redacted *traffic.Interaction, m *masker) {
	again := &masker{source: m.source, number: m.number, searches: r.searches}
	again.exchange(redacted, r.options.Classify.places(redacted))
	m.findings = append(m.findings, again.findings...)
}

// pointer redacts the names in a JSON pointer.
func (r *Redactor) pointer(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
		if len(find(name, maxDepth)) > 0 {
			name = "*"
		}
		name = r.byFormat(site{isName: true, pointer: noPointer}, Place{}, name, forward, nil, maxDepth)
		tokens[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return strings.Join(tokens, "/")
}

// Request maps a live request to the one that Redact would record, so that it can be compared with
// recorded requests. The Body must be as it was sent; in the result, it is decoded.
func (r *Redactor) Request(request *traffic.Request) *traffic.Request {
	masked := r.mask(&traffic.Interaction{Request: request}, &masker{all: r.options.All, searches: r.searches})
	return r.rename(masked, forward).Request
}

// Restore returns a copy of a redacted interaction with the original names: the response that the
// live client got. Masked values and dropped headers are not restored. The redactor must have the
// key and options with which the interaction was redacted, and must have learnt the whole
// recording.
func (r *Redactor) Restore(x *traffic.Interaction) *traffic.Interaction {
	restored := r.rename(x, back)
	restored.Meta.RedactionKey = ""
	return restored
}

// Learn adds the names of a redacted interaction, so that Request and Restore find them in other
// strings of the same recording. Call it with every interaction of a recording before those.
func (r *Redactor) Learn(x *traffic.Interaction) {
	r.edit(x, r.options.Classify.places(x), learnBack, nil)
}

// mask returns a copy without secrets and with decoded bodies, which has only the kept headers.
func (r *Redactor) mask(x *traffic.Interaction, m *masker) *traffic.Interaction {
	y := clone(x)
	m.decode(y)
	y.Response.StatusText = standardText(y.Response)
	places := r.options.Classify.places(y)
	m.streams(y, places)
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
		if r.secrets.n < maxKnown {
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
		name = lowerName(name)
		_, listed := headers[name]
		if !listed {
			_, listed = bound[name]
		}
		return listed
	}
}

// pass is the operation on the strings of an interaction.
type pass int

const (
	forward      pass = iota // names become pseudonyms
	back                     // pseudonyms become names
	learnForward             // names are learnt, and the result is discarded
	learnBack                // the same, from pseudonyms
)

func (p pass) learns() bool   { return p == learnForward || p == learnBack }
func (p pass) backward() bool { return p == back || p == learnBack }

// learning returns the pass that must precede this one.
func (p pass) learning() pass {
	if p.backward() {
		return learnBack
	}
	return learnForward
}

// rename returns a copy with names replaced by pseudonyms, or the reverse for the pass back. It
// collects all names of the interaction first, so that it also finds them before the place that
// reveals them.
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

// text returns the pseudonym of a string or, for the pass back, the original.
func (r *Redactor) text(at site, s string, p pass, m *masker) string {
	place := at.Place
	place.Class = at.class(r.options.All)
	if at.number || place.Class == Keep || s == "" || place.isMask(s) || keptPlaceholder(at.name, s) {
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
		// With Options.All, the contract leaves this string no alternative: it is a word, as in an
		// enum.
	}
	return r.byFormat(at, place, s, p, m, maxDepth)
}

func (r *Redactor) oneWay(at site, s string, p pass, m *masker) string {
	if p.backward() {
		return s
	}
	if m != nil {
		m.note(finding.RecordOneWay, at, "a value in the "+at.part+" was masked: none of its pseudonyms conforms to the contract"+at.unmaskable())
	}
	r.known.learn(s, Mask)
	return at.mask()
}

// named renames a string, and learns the names in it if the pass learns.
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

// byFormat replaces identifiers in a string, and in the text that it encodes, up to the depth.
func (r *Redactor) byFormat(at site, place Place, s string, p pass, m *masker, depth int) string {
	if r.searches.inert(s) {
		return r.replaceKnown(at, place, s, nil, p)
	}
	var outside []span
	if depth > 0 {
		inner := func(text string) string { return r.byFormat(at, Place{}, text, p, m, depth-1) }
		if strings.IndexByte(s, '%') >= 0 {
			if text := awshttp.Unescape(s, false); text != s && isText([]byte(text)) {
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
	outside = append(append(outside, recognise(now, nil).spans...), masks(now)...)
	slices.SortFunc(outside, func(a, b span) int { return a.from - b.from })
	return r.replaceKnown(at, place, now, outside, p)
}

// replaceKnown replaces the known names in a string, outside of spans.
func (r *Redactor) replaceKnown(at site, place Place, s string, outside []span, p pass) string {
	if p.learns() || at.fixed {
		return s
	}
	minLength := minName
	if at.isName && plain(s) || at.part == "host" {
		minLength = minPart
	}
	if replaced := r.known.replace(s, outside, minLength, r.first, p.backward()); place.takes(s, replaced, p) {
		return replaced
	}
	return s
}

// takes reports whether a string may be replaced by another at this place: if the contract accepts
// the name, it must accept the pseudonym. A word of a pattern that equals a name elsewhere is
// therefore unchanged.
func (p Place) takes(s, now string, way pass) bool {
	if p.Accepts == nil || s == now {
		return true
	}
	if way.backward() {
		s, now = now, s
	}
	return !p.Accepts(s) || p.Accepts(now)
}

// plain reports whether a string has the form of a member name.
func plain(s string) bool {
	for i := range len(s) {
		if !letter(s[i]) && !digit(s[i]) && s[i] != '_' {
			return false
		}
	}
	return true
}

// recode renames the text in words of base64 in a string, and returns the changed spans.
func recode(s string, rename func(string) string) (recoded string, changed []span) {
	var b []byte
	end := 0
	for _, word := range base64Words(s) {
		text, encoding := fromBase64(s[word.from:word.to])
		if text == "" {
			continue
		}
		if now := rename(text); now != text {
			b = encoding.AppendEncode(append(b, s[end:word.from]...), []byte(now))
			end = word.to
			changed = append(changed, word)
		}
	}
	if changed == nil {
		return s, nil
	}
	return string(append(b, s[end:]...)), changed
}
