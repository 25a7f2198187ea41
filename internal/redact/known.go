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
	base          *known // names that are known as well; may be nil
	mu            sync.RWMutex
	forward, back occurrences
	learnt        int  // pairs of a name and a pseudonym
	unnamed       int  // names without a pseudonym
	ambiguous     bool // a name has two pseudonyms, as under two contracts, or a pseudonym two names: the order decides which is used
}

// learn remembers a name and its pseudonym. The first pseudonym of a name wins.
func (k *known) learn(name, pseudonym string) {
	n := utf8.RuneCountInString(name)
	if n < minName || len(name) > maxName || common(name) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	defer k.base.hold()()
	if k.forward.n >= maxKnown {
		return
	}
	named := k.forward.add(occurrence{name: name, to: pseudonym, nth: k.learnt + 1})
	if pseudonym == Mask {
		if named {
			k.learnt++
			k.unnamed++
		}
		return
	}
	if meant := k.back.add(occurrence{name: pseudonym, to: name, nth: k.learnt + 1}); named || meant {
		k.learnt++
		k.ambiguous = k.ambiguous || named != meant
	}
}

// state returns the number of learnt names, and whether the result depends on their order.
func (k *known) state() (learnt int, ambiguous bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.learnt, k.ambiguous
}

// without returns the number of names without a pseudonym.
func (k *known) without() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.unnamed
}

// masked returns the names without a pseudonym.
func (k *known) masked() (names []string) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, entries := range k.forward.heads {
		for _, e := range entries {
			if e.to == Mask {
				names = append(names, e.name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// common reports whether a string in the place of a name is not a name: a number, boolean or
// region.
func common(s string) bool {
	if strings.Trim(s, "0123456789.-") == "" {
		return len(s) < minPart
	}
	switch strings.ToLower(s) {
	case "true", "false", "null", "none", "default":
		return true
	}
	return region(s)
}

// region reports whether s looks like us-east-1.
func region(s string) bool {
	labels := strings.Split(s, "-")
	last := len(labels) - 1
	if last < 2 || last > 3 || len(labels[0]) != 2 || len(labels[last]) != 1 || !digit(labels[last][0]) {
		return false
	}
	return onlyLetters(strings.Join(labels[:last], "")) && strings.ToLower(s) == s
}

// replace replaces the names in s outside of the spans, if they are among the names learnt first.
func (k *known) replace(s string, outside []span, minLength, first int, back bool) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	defer k.base.hold()()
	if back {
		return k.back.replace(s, outside, minLength, first)
	}
	return k.forward.replace(s, outside, minLength, first)
}

// hold locks the known names for reading until the returned function is called.
func (k *known) hold() (release func()) {
	if k == nil {
		return func() {}
	}
	k.mu.RLock()
	return k.mu.RUnlock
}

// occurrences finds any of many names in a text, at a cost independent of their number.
type occurrences struct {
	under *occurrences // found as well; may be nil
	n     int
	heads map[head][]occurrence // by the beginning of the name, the longest first
	maybe [1 << 10]uint64       // a filter: one bit per hash of a head
}

type head [3]byte

type occurrence struct {
	name, to string
	runes    int
	nth      int // the position in the order of learning
}

func (h head) bit() (word int, mask uint64) {
	sum := (uint32(h[0])<<16 | uint32(h[1])<<8 | uint32(h[2])) * 0x9E3779B1 >> 16
	return int(sum >> 6), 1 << (sum & 63)
}

func (o *occurrences) add(entry occurrence) bool {
	h := head([]byte(entry.name[:3]))
	same := func(e occurrence) bool { return e.name == entry.name }
	if slices.ContainsFunc(o.heads[h], same) || o.under != nil && slices.ContainsFunc(o.under.heads[h], same) {
		return false
	}
	if o.heads == nil {
		o.heads = map[head][]occurrence{}
	}
	o.n++
	word, mask := h.bit()
	o.maybe[word] |= mask
	entry.runes = utf8.RuneCountInString(entry.name)
	at, _ := slices.BinarySearchFunc(o.heads[h], entry, func(a, b occurrence) int { return cmp.Compare(len(b.name), len(a.name)) })
	o.heads[h] = slices.Insert(o.heads[h], at, entry)
	return true
}

func (o *occurrences) replace(s string, outside []span, minLength, first int) string {
	if o.n == 0 && (o.under == nil || o.under.n == 0) {
		return s
	}
	var b []byte
	end := 0
	for i := 0; i+3 <= len(s); i++ {
		for len(outside) > 0 && outside[0].to <= i {
			outside = outside[1:]
		}
		if len(outside) > 0 && outside[0].from <= i {
			i = outside[0].to - 1
			continue
		}
		limit := len(s)
		if len(outside) > 0 {
			limit = outside[0].from
		}
		if e, ok := o.at(s, i, limit, minLength, first); ok {
			b = append(append(b, s[end:i]...), e.to...)
			end = i + len(e.name)
			i = end - 1
		}
	}
	if b == nil {
		return s
	}
	return string(append(b, s[end:]...))
}

// at returns the longest name that begins at i and ends no later than limit.
func (o *occurrences) at(s string, i, limit, minLength, first int) (occurrence, bool) {
	longest, found := o.own(s, i, limit, minLength, first)
	if o.under != nil {
		if e, ok := o.under.own(s, i, limit, minLength, first); ok && len(e.name) > len(longest.name) {
			return e, true
		}
	}
	return longest, found
}

func (o *occurrences) own(s string, i, limit, minLength, first int) (occurrence, bool) {
	h := head{s[i], s[i+1], s[i+2]}
	if word, mask := h.bit(); o.maybe[word]&mask == 0 {
		return occurrence{}, false
	}
	for _, e := range o.heads[h] {
		to := i + len(e.name)
		if e.nth <= first && e.runes >= minLength && to <= limit && s[i:to] == e.name && (e.runes >= minPart || boundary(s, i) && boundary(s, to)) {
			return e, true
		}
	}
	return occurrence{}, false
}
