package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	mostKnown    = 1 << 16 // names that are remembered; what comes after them is not looked for in other strings
	shortestName = 4       // code points, to be looked for between other words
	shortestPart = 8       // code points, to be looked for inside of other words, in hosts, and in names of members that are one word
	longestName  = 512     // bytes
)

// known are the names that were replaced, to be found in other strings.
type known struct {
	base          *known // that these are known besides; nil: nothing
	mu            sync.RWMutex
	forward, back occurrences
	learnt        int  // pairs of a name and a pseudonym
	unnamed       int  // of them without a pseudonym
	ambiguous     bool // a name has two pseudonyms, as two contracts may have it, or a pseudonym two names: which is the first depends on the order
}

// learn remembers a name and its pseudonym. The first pseudonym of a name counts.
func (k *known) learn(name, pseudonym string) {
	n := utf8.RuneCountInString(name)
	if n < shortestName || len(name) > longestName || common(name) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	defer k.base.hold()()
	if k.forward.n >= mostKnown {
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

// state is how much was learnt, and whether in another order something else could have been.
func (k *known) state() (learnt int, ambiguous bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.learnt, k.ambiguous
}

// without is how many names have no pseudonym.
func (k *known) without() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.unnamed
}

// masked are the names that have no pseudonym.
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

// common reports what is no name although it stands where names do: numbers, truth values, regions.
func common(s string) bool {
	if strings.Trim(s, "0123456789.-") == "" {
		return len(s) < shortestPart
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

// replace replaces the names in s that stand outside of the spans and were among the first to be
// learnt.
func (k *known) replace(s string, outside []span, shortest, first int, back bool) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	defer k.base.hold()()
	if back {
		return k.back.replace(s, outside, shortest, first)
	}
	return k.forward.replace(s, outside, shortest, first)
}

// hold keeps others from adding to what is known until the returned function is called.
func (k *known) hold() (release func()) {
	if k == nil {
		return func() {}
	}
	k.mu.RLock()
	return k.mu.RUnlock
}

// occurrences finds any of many names, at a cost that does not grow with their number.
type occurrences struct {
	under *occurrences // that are found besides; nil: none
	n     int
	heads map[head][]occurrence // the longest first
	maybe [1 << 10]uint64       // bits of the hashes of heads
}

type head [3]byte

type occurrence struct {
	name, to string
	runes    int
	nth      int // to be learnt
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

func (o *occurrences) replace(s string, outside []span, shortest, first int) string {
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
		if e, ok := o.at(s, i, limit, shortest, first); ok {
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

// at is the longest name that begins at i and ends at limit or before.
func (o *occurrences) at(s string, i, limit, shortest, first int) (occurrence, bool) {
	longest, found := o.own(s, i, limit, shortest, first)
	if o.under != nil {
		if e, ok := o.under.own(s, i, limit, shortest, first); ok && len(e.name) > len(longest.name) {
			return e, true
		}
	}
	return longest, found
}

func (o *occurrences) own(s string, i, limit, shortest, first int) (occurrence, bool) {
	h := head{s[i], s[i+1], s[i+2]}
	if word, mask := h.bit(); o.maybe[word]&mask == 0 {
		return occurrence{}, false
	}
	for _, e := range o.heads[h] {
		to := i + len(e.name)
		if e.nth <= first && e.runes >= shortest && to <= limit && s[i:to] == e.name && (e.runes >= shortestPart || boundary(s, i) && boundary(s, to)) {
			return e, true
		}
	}
	return occurrence{}, false
}
