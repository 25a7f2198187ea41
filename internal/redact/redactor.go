package redact

import (
	"errors"
	"fmt"
	"maps"
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
	// Keep are names that are not replaced; see [CheckKeep].
	Keep []string
}

// CheckKeep returns an error if a name to keep is empty or looks like a secret, which is never kept.
func CheckKeep(names []string) error {
	for _, name := range names {
		if name == "" {
			return errors.New("a name to keep is empty: write the whole name")
		}
		if hits := find(name, maxDepth); len(hits) > 0 {
			return fmt.Errorf("a name to keep looks like %s, which is always masked: remove it", hits[0].what)
		}
	}
	return nil
}

// Redactor replaces identifiers by pseudonyms and masks secrets. It remembers the replaced names
// and finds them in other strings. It is safe for concurrent use.
type Redactor struct {
	options Options
	names   *namer
	known   *known
	kept    occurrences

	mu      sync.RWMutex
	secrets occurrences // credentials and signatures of requests

	keyID   string
	scans   *memo[bool] // of short strings: whether the scan finds something
	formats *memo[*format]
	bodies  *memo[*edited]
}

// New returns a redactor without any known names.
func New(options Options) *Redactor {
	r := &Redactor{options: options, known: &known{}, keyID: options.Key.ID(), scans: newMemo[bool](shortTexts, shortText), formats: newMemo[*format](shortTexts, shortText), bodies: newMemo[*edited](someBodies, smallBody)}
	r.names = newNamer(options.Key, r.known, func(s string) bool { return len(findAgain(r.scans, s, 0)) == 0 })
	for _, name := range options.Keep {
		if len(name) >= 3 {
			r.kept.add(name, name)
			r.known.names.add(name, name)
		}
	}
	return r
}

// Name is a replaced name.
type Name struct {
	Name      string `json:"n"`
	Pseudonym string `json:"p"` // [Mask], if it has none
}

// Trace is what a redacted interaction does not say itself.
type Trace struct {
	Known      int      // the number of known names
	Names      []Name   // those that are looked for in other strings
	Pseudonyms []string // all, as [Words] expects them
}

// Redact returns a copy of an interaction that may be written to disk, and does not change x. The
// findings are of the layer "record", graded by the default profile, and never contain the secret.
// Compressed bodies are decoded, and Content-Length is adjusted.
func (r *Redactor) Redact(x *traffic.Interaction) (*traffic.Interaction, finding.Set) {
	y, _, found := r.RedactTraced(x)
	return y, found
}

// RedactTraced is like [Redactor.Redact], and also returns what was replaced.
func (r *Redactor) RedactTraced(x *traffic.Interaction) (*traffic.Interaction, Trace, finding.Set) {
	m := &masker{source: x.Source, number: x.Index + 1, all: r.options.All, scans: r.scans, bodies: r.bodies, documents: &documents{}}
	masked := r.mask(x, m)
	places := r.options.Classify.places(masked)
	learning := &pass{learnt: &learnt{}, documents: m.documents}
	r.edit(masked, places, learning)
	trace := Trace{Known: r.known.count()} // before the next line, since other goroutines may add names
	redacted := r.edit(masked, places, &pass{m: m, documents: m.documents})
	if len(m.masks) > 0 {
		for _, mask := range slices.Sorted(maps.Keys(m.masks)) {
			learning.learnt.drawn.add(mask)
		}
	}
	trace.Names, trace.Pseudonyms = learning.learnt.names.list, learning.learnt.drawn.list
	r.scan(redacted, m)
	redacted.Meta.RedactionKey = r.keyID
	return redacted, trace, m.graded(r)
}

// scan masks secrets that appear after redaction. There should be none.
func (r *Redactor) scan(redacted *traffic.Interaction, m *masker) {
	again := &masker{source: m.source, number: m.number, scans: r.scans, bodies: r.bodies, documents: m.documents}
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
		name = r.byFormat(site{isName: true, pointer: noPointer}, Place{}, name, &pass{}, maxDepth)
		tokens[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return strings.Join(tokens, "/")
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
		if len(r.secrets.names) < maxKnown {
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
		name = lowerName(name)
		_, listed := headers[name]
		if !listed {
			_, listed = bound[name]
		}
		return listed
	}
}

// pass is one walk over the strings of an interaction. All names of an interaction are collected in a
// first pass, so that they are also found before the place that reveals them.
type pass struct {
	m      *masker // may be nil
	learnt *learnt // in the first pass
	late   bool    // the interaction is redacted already: replace the known names only

	documents *documents // may be nil
}

func (p *pass) learns() bool { return p.learnt != nil }

func (r *Redactor) edit(x *traffic.Interaction, places Places, p *pass) *traffic.Interaction {
	y := x
	if p.late { // otherwise x is a copy already
		y = clone(x)
	}
	places.again, places.documents = r.again(p), p.documents
	e := func(at site, s string) string {
		if now := r.text(at, s, p); !p.learns() {
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

// text returns a string without its names.
func (r *Redactor) text(at site, s string, p *pass) string {
	place := at.Place
	place.Class = at.class(r.options.All)
	if at.number || place.Class == Keep || s == "" || place.isMask(s) || at.keptPlaceholder(s) || p.late && place.Class == Whole {
		return s
	}
	if place.Class == Whole {
		if at.taken != nil {
			place.Accepts = func(y string) bool { return !at.taken[y] && (at.Accepts == nil || at.Accepts(y)) }
		}
		now, ok := r.named(s, wholes, place.Accepts, p)
		if at.taken != nil {
			at.taken[now] = true
		}
		switch {
		case ok:
			return now
		case at.Class == Whole:
			return r.masked(at, s, p)
		}
		// With Options.All, the contract leaves this string no alternative: it is a word, as in an
		// enum.
	}
	return r.byFormat(at, place, s, p, maxDepth)
}

// masked returns the mask for a string without a pseudonym.
func (r *Redactor) masked(at site, s string, p *pass) string {
	if p.m != nil {
		p.m.note(finding.RecordMasked, at, "a value in the "+at.where()+" was masked: none of its pseudonyms conforms to the contract"+at.unmaskable())
	}
	if p.learns() {
		r.learn(s, Mask, p)
		if mask := at.mask(); mask != Mask {
			p.learnt.drawn.add(maskEntry + entryOf(mask))
		}
	}
	return at.mask()
}

// named renames a string, and learns the names in it if the pass learns.
func (r *Redactor) named(s string, variants []variant, accepts func(string) bool, p *pass) (string, bool) {
	if slices.Contains(r.options.Keep, s) {
		return s, true
	}
	now, how, ok := r.names.rename(s, variants, accepts, r.keeps(s))
	if !ok || !p.learns() {
		return now, ok
	}
	r.learnAll(how.renamed(s, now), p)
	return now, true
}

func (r *Redactor) learnAll(names []renamed, p *pass) {
	for _, n := range names {
		p.learnt.drawn.add(entryOf(n.Pseudonym))
		if n.learn {
			r.learn(n.Name.Name, n.Pseudonym, p)
		}
	}
}

// learn remembers a name, and what it looks like in text that was redacted before the name was known:
// another name in it, or an identifier, may have been replaced already.
func (r *Redactor) learn(name, pseudonym string, p *pass) {
	if !learnable(name) {
		return
	}
	if p != nil {
		p.learnt.names.add(Name{name, pseudonym})
	}
	if !r.known.takes(name) {
		return
	}
	before := r.byFormat(site{pointer: noPointer}, Place{}, name, &pass{}, 0)
	if r.known.learn(name, pseudonym) && before != name && before != pseudonym {
		r.known.learn(before, pseudonym)
	}
}

// keeps reports which parts of a string are kept; nil means none.
func (r *Redactor) keeps(s string) func(from, to int) bool {
	if len(r.options.Keep) == 0 {
		return nil
	}
	var kept []span
	r.kept.find(s, spans{}, 0, func(at span, _ string) { kept = append(kept, at) })
	return func(from, to int) bool {
		return slices.Contains(r.options.Keep, s[from:to]) || slices.ContainsFunc(kept, func(k span) bool { return k.from <= from && to <= k.to })
	}
}

// byFormat replaces identifiers in a string, and in the text that it encodes, up to the depth.
func (r *Redactor) byFormat(at site, place Place, s string, p *pass, depth int) string {
	if !p.late {
		f := r.formatOf(at, s, depth)
		if !f.encodes && (place.Accepts == nil || len(f.names) == 0) {
			if p.learns() {
				r.learnAll(f.names, p)
			}
			return r.replaceKnown(at, place, f.text(s), f.outside, p)
		}
	}
	var changed []span
	if depth > 0 {
		inner := func(text string) string { return r.byFormat(at, Place{}, text, p, depth-1) }
		if strings.IndexByte(s, '%') >= 0 {
			if text := awshttp.Unescape(s, false); text != s && isText([]byte(text)) {
				if now := inner(text); now == text {
					return s
				} else if now = string(appendEscaped(nil, s, now, false)); place.takes(s, now) {
					return now
				}
			}
		}
		if now, words := recode(s, inner); place.takes(s, now) {
			s, changed = now, words
		}
	}
	now := s
	if !p.late {
		var ok bool
		if now, ok = r.named(s, texts, place.Accepts, p); !ok {
			return r.masked(at, s, p)
		}
	}
	if p.learns() || at.fixed {
		return now
	}
	return r.replaceKnown(at, place, now, recognise(now, nil).closes(append(changed, masks(now)...)), p)
}

// replaceKnown replaces the known names in a string, outside of spans.
func (r *Redactor) replaceKnown(at site, place Place, s string, outside spans, p *pass) string {
	if p.learns() || at.fixed {
		return s
	}
	minLength := minName
	if at.isName && plain(s) || at.part == "host" {
		minLength = minPart
	}
	replace := r.known.replace
	if p.late {
		replace = r.known.late
	}
	if replaced := replace(s, outside, minLength); place.takes(s, replaced) {
		return replaced
	}
	return s
}

// takes reports whether a string may be replaced by another at this place: if the contract accepts
// the name, it must accept the pseudonym. A word of a pattern that equals a name elsewhere is
// therefore unchanged.
func (p Place) takes(s, now string) bool {
	return p.Accepts == nil || s == now || !p.Accepts(s) || p.Accepts(now)
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
	for word := range base64Words(s) {
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
