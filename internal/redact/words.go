package redact

import (
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/traffic"
)

// Words finds the pseudonyms of a recording in its text. It knows them from the list in the
// metadata; a recording without a list, of an earlier crcheck, has those that a format shows.
//
// A pseudonym is found where it is the whole string. In a string, it is found as names are: between
// other words or, from eight code points, also within them; and a shorter one as a piece of an ARN
// or a URL. Masks are pseudonyms of anything. One that a contract chose is listed after [Mask] and =,
// and is found only as the whole string.
type Words struct {
	listed map[string]bool
	masks  map[string]bool
	found  occurrences
}

// maskEntry begins the entry of a mask in a list.
const maskEntry = Mask + "="

// NewWords returns the words of a list.
func NewWords(list []string) *Words {
	w := &Words{listed: make(map[string]bool, len(list)), masks: map[string]bool{}}
	w.Add(list...)
	w.found.add(Mask, Mask)
	return w
}

// Add adds pseudonyms to the list.
func (w *Words) Add(list ...string) {
	for _, p := range list {
		if mask, ok := strings.CutPrefix(p, maskEntry); ok {
			w.masks[mask] = true
			continue
		}
		w.listed[p] = true
		if utf8.RuneCountInString(p) >= minName && len(p) <= maxEntry {
			w.found.add(p, p)
		}
	}
}

// Has reports whether a whole string is a pseudonym.
func (w *Words) Has(s string) bool { return w.listed[s] || len(s) > maxEntry && w.listed[entryOf(s)] }

// IsMask reports whether a whole string is a mask.
func (w *Words) IsMask(s string) bool {
	return s == Mask || w.masks[s] || len(s) > maxEntry && w.masks[entryOf(s)]
}

// Len returns the number of pseudonyms.
func (w *Words) Len() int { return len(w.listed) }

// Find returns where the pseudonyms of a string begin and end, in order.
func (w *Words) Find(s string) (at [][2]int) {
	if s == "" {
		return nil
	}
	if w.IsMask(s) || w.Has(s) {
		return [][2]int{{0, len(s)}}
	}
	short := func(from, to int) {
		for from < to {
			n := strings.IndexAny(s[from:to], ":/")
			if n < 0 {
				n = to - from
			}
			if n > 0 && utf8.RuneCountInString(s[from:from+n]) < minName && w.listed[s[from:from+n]] {
				at = append(at, [2]int{from, from + n})
			}
			from += n + 1
		}
	}
	if !strings.HasPrefix(s, "arn:") && !strings.Contains(s, "://") {
		short = func(int, int) {}
	}
	end := 0
	w.found.find(s, spans{}, minName, func(found span, _ string) {
		short(end, found.from)
		at = append(at, [2]int{found.from, found.to})
		end = found.to
	})
	short(end, len(s))
	return at
}

// Formatted returns the identifiers in a string that a format shows: the pseudonyms of a recording
// without a list.
func Formatted(s string) (list []string) {
	for _, p := range recognise(s, nil).parts {
		list = append(list, s[p.from:p.to])
	}
	return list
}

// Replace replaces pseudonyms by what to returns, if it is ok, in a string and in the text that it
// encodes.
func (w *Words) Replace(s string, to func(pseudonym string) (string, bool)) string {
	return w.replace(s, to, maxDepth)
}

func (w *Words) replace(s string, to func(string) (string, bool), depth int) string {
	if depth > 0 && !w.Has(s) {
		inner := func(text string) string { return w.replace(text, to, depth-1) }
		if strings.IndexByte(s, '%') >= 0 {
			if text := awshttp.Unescape(s, false); text != s && isText([]byte(text)) {
				if now := inner(text); now != text {
					return string(appendEscaped(nil, s, now, false))
				}
			}
		}
		s, _ = recode(s, inner)
	}
	var b []byte
	end := 0
	for _, at := range w.Find(s) {
		if now, ok := to(s[at[0]:at[1]]); ok {
			b = append(append(b, s[end:at[0]]...), now...)
			end = at[1]
		}
	}
	if b == nil {
		return s
	}
	return string(append(b, s[end:]...))
}

// Response replaces pseudonyms in a response, which does not change.
func (w *Words) Response(a traffic.Response, to func(pseudonym string) (string, bool)) traffic.Response {
	y := clone(&traffic.Interaction{Response: a})
	editResponse(&y.Response, Places{}, func(at site, s string) string {
		if at.number {
			return s
		}
		return w.Replace(s, to)
	})
	return y.Response
}

// Guesser tests guesses about pseudonyms with a key.
type Guesser struct{ names *namer }

// Guesser returns the guesser of a key.
func (k Key) Guesser() Guesser {
	return Guesser{newNamer(k, &known{}, nil)}
}

// Is reports whether a pseudonym may be that of a name.
func (g Guesser) Is(name, pseudonym string) bool { return g.names.guess(name, pseudonym) }

// Find returns the pseudonym of a name that is in the list.
func (g Guesser) Find(name string, in *Words) (pseudonym string, ok bool) {
	g.names.guesses(name, func(p string) bool {
		if in.Has(p) {
			pseudonym, ok = p, true
		}
		return !ok
	})
	return pseudonym, ok
}

// Constant reports whether a pseudonym is that of all names of its form.
func Constant(pseudonym string) bool {
	var w drawer
	for _, variant := range wholes {
		how := variant(pseudonym)
		if how.one && how.changes(pseudonym) && smallDomain(pseudonym, how.parts) && w.render(pseudonym, how.parts, 0, true) == pseudonym {
			return true
		}
	}
	return smallDomain(pseudonym, []part{{from: 0, to: len(pseudonym), mode: modeOf(pseudonym)}})
}

// Kind is what an identifier is, as its format says.
type Kind int

const (
	OtherName Kind = iota
	AccountID
	UUID
)

// KindOf returns the kind of a whole string.
func KindOf(s string) Kind {
	switch {
	case len(s) == 12 && isAccount(s):
		return AccountID
	case len(s) == 36 && isUUID(s):
		return UUID
	}
	return OtherName
}

// SameForm reports whether a name may have a pseudonym by their lengths and classes of characters.
func SameForm(name, pseudonym string) bool {
	if len(name) != len(pseudonym) {
		return false
	}
	for i := 0; i < len(name); {
		a, n := utf8.DecodeRuneInString(name[i:])
		b, m := utf8.DecodeRuneInString(pseudonym[i:])
		if n != m || a != b && (byClass.at(i, a) != byClass.at(i, b) || byClass.at(i, a).size() == 0) && hexLower.at(i, a).size()*hexLower.at(i, b).size()+hexUpper.at(i, a).size()*hexUpper.at(i, b).size() == 0 {
			return false
		}
		i += n
	}
	return true
}
