package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	maxKnown = 1 << 16 // names that are remembered; later names are not looked for in other strings
	minName  = 4       // code points of a name to be looked for between other words
	minPart  = 8       // code points of a name to be looked for within other words, in hosts, and in member names of one word
	maxName  = 512     // bytes of a name
)

// known are the replaced names, to be found in other strings.
type known struct {
	mu       sync.RWMutex
	names    occurrences
	drawn    map[string]string // names by their pseudonyms
	settled  occurrences       // names and pseudonyms, for redacted text; see late
	learnt   int
	settling int // the number of names that settled has
}

// learnable reports whether a name is looked for in other strings.
func learnable(name string) bool {
	return len(name) <= maxName && utf8.RuneCountInString(name) >= minName && !common(name)
}

// learn remembers a name and its pseudonym. The first pseudonym of a name wins.
func (k *known) learn(name, pseudonym string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.names.names[name]; ok || len(k.names.names) >= maxKnown {
		return false
	}
	k.names.add(strings.Clone(name), strings.Clone(pseudonym)) // they are parts of longer texts
	k.learnt++
	return true
}

// takes reports whether a name is new, and can still be remembered.
func (k *known) takes(name string) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, ok := k.names.names[name]
	return !ok && len(k.names.names) < maxKnown
}

// pseudonym returns that of a known name.
func (k *known) pseudonym(name string) (string, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e, ok := k.names.names[name]
	return e.to, ok
}

// free reports whether a pseudonym is not in use for another name, nor a known name itself, and
// reserves it.
func (k *known) free(name, pseudonym string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if other, ok := k.drawn[pseudonym]; ok {
		return other == name
	}
	if _, ok := k.names.names[pseudonym]; ok || pseudonym == name {
		return false
	}
	if len(k.drawn) < maxKnown && len(name) <= maxName {
		if k.drawn == nil {
			k.drawn = map[string]string{}
		}
		k.drawn[strings.Clone(pseudonym)] = strings.Clone(name)
	}
	return true
}

// count returns the number of learnt names.
func (k *known) count() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.learnt
}

// replace replaces the names in s outside of the spans.
func (k *known) replace(s string, outside spans, minLength int) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.names.replace(s, outside, minLength)
}

// late is like replace, in a string that is redacted already: pseudonyms do not change, even if they
// contain a name.
func (k *known) late(s string, outside spans, minLength int) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.settling != k.learnt {
		k.settling, k.settled = k.learnt, occurrences{}
		for pseudonym := range k.drawn {
			if utf8.RuneCountInString(pseudonym) >= minName {
				k.settled.add(pseudonym, pseudonym)
			}
		}
		for name, e := range k.names.names {
			k.settled.add(name, e.to)
		}
	}
	return k.settled.replace(s, outside, minLength)
}

// common reports whether a string in the place of a name is not a name: a number, boolean or
// region.
func common(s string) bool {
	switch {
	case numeric.all(s):
		return len(s) < minPart
	case len(s) > len("default"):
		return region(s)
	}
	switch strings.ToLower(s) {
	case "true", "false", "null", "none", "default":
		return true
	}
	return region(s)
}

var numeric = lettersOf(".-", digits10)

// region reports whether s looks like us-east-1.
func region(s string) bool {
	if n := len(s); n < 5 || s[2] != '-' || s[n-2] != '-' || !digit(s[n-1]) {
		return false
	}
	labels := strings.Split(s, "-")
	last := len(labels) - 1
	if last < 2 || last > 3 || len(labels[0]) != 2 {
		return false
	}
	return onlyLetters(strings.Join(labels[:last], "")) && strings.ToLower(s) == s
}

// occurrences finds any of many names in a text, at a cost independent of their number.
type occurrences struct {
	names   map[string]occurrence
	lengths map[head][]int  // of the names with this beginning, the longest first
	maybe   [1 << 10]uint64 // a filter: one bit per hash of a head
}

type head [3]byte

type occurrence struct {
	to    string
	runes int
}

func (h head) bit() (word int, mask uint64) {
	sum := (uint32(h[0])<<16 | uint32(h[1])<<8 | uint32(h[2])) * 0x9E3779B1 >> 16
	return int(sum >> 6), 1 << (sum & 63)
}

// add adds a name of at least three bytes, unless it is known already.
func (o *occurrences) add(name, to string) bool {
	if _, ok := o.names[name]; ok {
		return false
	}
	if o.names == nil {
		o.names, o.lengths = map[string]occurrence{}, map[head][]int{}
	}
	o.names[name] = occurrence{to, utf8.RuneCountInString(name)}
	h := head([]byte(name[:3]))
	word, mask := h.bit()
	o.maybe[word] |= mask
	if at, ok := slices.BinarySearchFunc(o.lengths[h], len(name), func(a, b int) int { return cmp.Compare(b, a) }); !ok {
		o.lengths[h] = slices.Insert(o.lengths[h], at, len(name))
	}
	return true
}

// replace replaces the names in s outside of the spans.
func (o *occurrences) replace(s string, outside spans, minLength int) string {
	var b []byte
	end := 0
	o.find(s, outside, minLength, func(at span, to string) {
		b = append(append(b, s[end:at.from]...), to...)
		end = at.to
	})
	if b == nil {
		return s
	}
	return string(append(b, s[end:]...))
}

// spans are where no names are looked for, in order. A name may contain one of bare.
type spans struct{ closed, bare []span }

// find calls found with each name in s outside of the spans. Of names that overlap, the first counts
// and, of those, the longest.
func (o *occurrences) find(s string, outside spans, minLength int, found func(at span, to string)) {
	if len(o.names) == 0 {
		return
	}
	pass := func(list []span, i int) []span {
		for len(list) > 0 && list[0].to <= i {
			list = list[1:]
		}
		return list
	}
	for i := 0; i+3 <= len(s); i++ {
		outside.closed, outside.bare = pass(outside.closed, i), pass(outside.bare, i)
		limit := len(s)
		if len(outside.closed) > 0 {
			if outside.closed[0].from <= i {
				i = outside.closed[0].to - 1
				continue
			}
			limit = outside.closed[0].from
		}
		if len(outside.bare) > 0 && outside.bare[0].from < i {
			i = outside.bare[0].to - 1
			continue
		}
		if to, e, ok := o.at(s, i, limit, outside.bare, minLength); ok {
			found(span{i, to}, e)
			i = to - 1
		}
	}
}

// at returns the end of the longest name that begins at i, ends no later than limit, and is not a
// part of a bare span.
func (o *occurrences) at(s string, i, limit int, bare []span, minLength int) (to int, renamed string, ok bool) {
	h := head{s[i], s[i+1], s[i+2]}
	if word, mask := h.bit(); o.maybe[word]&mask == 0 {
		return 0, "", false
	}
	for _, length := range o.lengths[h] {
		to := i + length
		if to > limit {
			continue
		}
		e, ok := o.names[s[i:to]]
		if !ok || e.runes < minLength || e.runes < minPart && !(boundary(s, i) && boundary(s, to)) {
			continue
		}
		inside := len(bare) > 0 && bare[0] == span{i, to}
		for n := 0; n < len(bare) && bare[n].from < to && !inside; n++ { // the spans are in order
			inside = to < bare[n].to
		}
		if !inside {
			return to, e.to, true
		}
	}
	return 0, "", false
}
