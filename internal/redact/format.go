package redact

import (
	"slices"
	"strings"
)

// format is what the formats of identifiers say about a string, whatever the contract says. It is the
// same each time, but for the known names that are replaced after it.
type format struct {
	encodes bool      // the string may encode others, or has no pseudonym: nothing else is known
	now     string    // with pseudonyms; empty if nothing changes
	names   []renamed // what changes in it
	outside spans     // where no known names are looked for
}

// renamed is a name that was replaced in a string.
type renamed struct {
	Name
	learn bool // look for it in other strings
}

var (
	inert   = &format{}
	encodes = &format{encodes: true}
)

func (f *format) text(s string) string {
	if f.now == "" {
		return s
	}
	return f.now
}

// formatOf returns the format of a string. The pass that learns the names and the next one come across
// the same strings of a document.
func (r *Redactor) formatOf(at site, s string, depth int) *format {
	if len(s) < minBase64 && plain(s) { // too short for any identifier without punctuation
		return inert
	}
	now := func() *format { return r.formats.of(s, min(depth, 1), func() *format { return r.format(s, depth) }) }
	if at.entry == nil || depth < maxDepth || at.entry.text != s {
		return now()
	}
	if at.entry.format == nil {
		at.entry.format = now()
	}
	return at.entry.format
}

func (r *Redactor) format(s string, depth int) *format {
	if depth > 0 && mayEncode(s) {
		return encodes
	}
	found, masked := recognise(s, nil), masks(s)
	if len(found.spans) == 0 && len(masked) == 0 {
		return inert
	}
	s = strings.Clone(s) // the result holds names
	f := &format{outside: found.closes(masked)}
	now, how, ok := r.names.renameFound(s, found, r.keeps(s))
	switch {
	case !ok:
		return encodes
	case now != s:
		f.now, f.names = now, how.renamed(s, now)
	}
	return f
}

// mayEncode reports whether a string may be percent-encoded, or contains text in base64.
func mayEncode(s string) bool {
	if strings.IndexByte(s, '%') >= 0 {
		return true
	}
	if len(s) < minBase64 {
		return false
	}
	for word := range base64Words(s) {
		if text, _ := fromBase64(s[word.from:word.to]); text != "" {
			return true
		}
	}
	return false
}

// renamed returns the names that changed from s to now.
func (how identifiers) renamed(s, now string) (names []renamed) {
	if how.one && how.changes(s) {
		how.parts = []part{{from: 0, to: len(s), learn: true}}
	}
	names = make([]renamed, 0, len(how.parts))
	for _, p := range how.parts {
		if name, pseudonym := s[p.from:p.to], now[p.from:p.to]; name != pseudonym {
			names = append(names, renamed{Name{name, pseudonym}, p.learn})
		}
	}
	return names
}

// closes returns the spans where no known names are looked for: those of the identifiers, and others.
// In a span that is one name, a longer name may be.
func (how identifiers) closes(others []span) (outside spans) {
	outside.closed = others
	for _, at := range how.spans {
		for len(how.parts) > 0 && how.parts[0].from < at.from {
			how.parts = how.parts[1:]
		}
		if len(how.parts) > 0 && at == (span{how.parts[0].from, how.parts[0].to}) {
			outside.bare = append(outside.bare, at)
		} else {
			outside.closed = append(outside.closed, at)
		}
	}
	if len(others) > 0 {
		slices.SortFunc(outside.closed, func(a, b span) int { return a.from - b.from })
	}
	return outside
}
