package redact

import (
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// variant is a way to split a string into parts. Later variants change less of it.
type variant func(s string) identifiers

// texts are the variants for strings in which identifiers are recognised.
var texts = []variant{
	func(s string) identifiers { return recognise(s, nil) },
	func(s string) identifiers { // keep long pieces of ARNs without digits, which may be types that words does not list
		return recognise(s, func(piece string) bool { return len(piece) >= 8 && wordy(piece) })
	},
	func(s string) identifiers { return recognise(s, wordy) },
	func(s string) identifiers { // change only account IDs and UUIDs
		found := recognise(s, nil)
		found.parts = slices.DeleteFunc(found.parts, func(p part) bool { return p.mode == byClass })
		return found
	},
}

// wholes are the variants for strings that are replaced as a whole.
var wholes = []variant{
	func(s string) identifiers {
		if found := recogniseWhole(s, nil); found.cover(s) {
			return found
		}
		return tail(s, 0, modeOf(s))
	},
	func(s string) identifiers { // keep pieces of ARNs that may be types, as in texts
		if found := recogniseWhole(s, func(piece string) bool { return len(piece) >= 8 && wordy(piece) }); found.cover(s) {
			return found
		}
		return tail(s, 0, modeOf(s))
	},
	hexWords, // as in vpc-0123456789abcdef0
	func(s string) identifiers { return tail(s, strings.LastIndexAny(s, ":/")+1, byClass) },
	func(s string) identifiers {
		from := strings.LastIndexAny(s, ":/-_.") + 1
		return tail(s, from, hexOf(s[from:]))
	},
	func(s string) identifiers { return tail(s, 0, digits) },
}

// cover reports whether the string is one identifier.
func (how identifiers) cover(s string) bool {
	return len(how.spans) == 1 && how.spans[0] == (span{0, len(s)})
}

// tail changes the end of a string, and the identifiers before it.
func tail(s string, from int, m mode) identifiers {
	before := recognise(s[:from], nil).parts
	return identifiers{append(before, part{from, len(s), m, from == 0, false}), []span{{0, len(s)}}}
}

// hexWords keeps words of hexadecimal digits hexadecimal.
func hexWords(s string) (found identifiers) {
	found.spans = []span{{0, len(s)}}
	for i := 0; i < len(s); {
		n := strings.IndexFunc(s[i:], func(r rune) bool { return r < 0x80 && !wordByte(byte(r)) })
		if n < 0 {
			n = len(s) - i
		}
		if n > 0 {
			found.parts = append(found.parts, part{i, i + n, hexOf(s[i : i+n]), false, false})
		}
		i += n + 1
	}
	return found
}

func hexOf(s string) mode {
	switch {
	case len(s) < 8:
		return byClass
	case strings.Trim(s, "0123456789abcdef") == "":
		return hexLower
	case strings.Trim(s, "0123456789ABCDEF") == "":
		return hexUpper
	}
	return byClass
}

func onlyLetters(s string) bool {
	for i := range len(s) {
		if !letter(s[i]) {
			return false
		}
	}
	return true
}

func wordy(piece string) bool { return onlyLetters(strings.ReplaceAll(piece, "-", "")) }

const (
	maxProbes = 128  // strings tried per variant, to find whether any is accepted
	maxSteps  = 4096 // steps of one cycle walk
)

// namer maps names to pseudonyms and back.
type namer struct {
	cipher *cipher
	clean  func(string) bool // reports whether a string does not look like a secret

	mu   sync.Mutex
	memo map[step]string // of parts
}

// step is one step of a part along its cycle.
type step struct {
	name  string
	mode  mode
	piece bool
	back  bool
}

const (
	maxMemos = 1 << 14
	maxMemo  = 128 // bytes
)

// rename returns the pseudonym of a string or, if back is set, the original, and how the string was
// split. ok is false if there is none.
//
// It is a permutation of the strings that are split in the same way and for which accepts is the
// same: it follows the cycle of the cipher from a string to the next string in this set (cycle
// walking, as in NIST SP 800-38G). The choice of the variant depends only on properties that the
// pseudonym shares: it is the first one for which a probe is accepted.
func (n *namer) rename(s string, variants []variant, accepts func(string) bool, back bool) (renamed string, how identifiers, ok bool) {
	want := accepts == nil || accepts(s)
	v := choose(s, variants, accepts, want)
	if v < 0 {
		return s, identifiers{}, false
	}
	how = variants[v](s)
	if !how.changes(s) {
		return s, how, true
	}
	clean := n.clean(s)
	for y, steps := s, 0; steps < maxSteps; steps++ {
		y = n.step(y, how.parts, back)
		if how.equal(variants[v](y)) && (accepts == nil || accepts(y) == want) && n.clean(y) == clean &&
			(v == 0 || choose(y, variants, accepts, want) == v) {
			return y, how, true
		}
	}
	return s, how, false
}

// step replaces each part by the next name on its cycle.
func (n *namer) step(s string, parts []part, back bool) string {
	b, end := make([]byte, 0, len(s)), 0
	for _, p := range parts {
		b = append(b, s[end:p.from]...)
		b = append(b, n.part(s[p.from:p.to], p, back)...)
		end = p.to
	}
	return string(append(b, s[end:]...))
}

// part returns the next name on the cycle of a part. For a piece, it returns the next name that is
// recognised as a piece, as almost all are.
func (n *namer) part(s string, p part, back bool) string {
	at := step{s, p.mode, p.piece, back}
	n.mu.Lock()
	now, ok := n.memo[at]
	n.mu.Unlock()
	if ok {
		return now
	}
	now = string(n.cipher.apply(nil, s, p.mode, back))
	for p.piece && p.mode == byClass && (modeOf(now) != byClass || slices.Contains(words, now)) {
		now = string(n.cipher.apply(nil, now, p.mode, back))
	}
	if len(s) <= maxMemo {
		n.mu.Lock()
		if n.memo == nil || len(n.memo) >= maxMemos {
			n.memo = map[step]string{}
		}
		n.memo[step{strings.Clone(s), p.mode, p.piece, back}] = now
		n.mu.Unlock()
	}
	return now
}

// choose returns the index of the variant for a string, or -1 if none is suitable.
func choose(s string, variants []variant, accepts func(string) bool, want bool) int {
	if accepts == nil || !variants[0](s).changes(s) {
		return 0
	}
	for i, variant := range variants {
		if how := variant(s); how.changes(s) && how.possible(s, variant, accepts, want) {
			return i
		}
	}
	return -1
}

// possible reports whether one of a few probes is accepted, which are split in the same way as the
// string. They depend only on its constant parts.
func (how identifiers) possible(s string, variant variant, accepts func(string) bool, want bool) bool {
	chosen := rand.NewChaCha8(sha256.Sum256(how.fill(nil, s, func(int) int { return 0 })))
	var probe []byte
	for range maxProbes {
		probe = how.fill(probe[:0], s, func(n int) int { return int(chosen.Uint64() % uint64(n)) })
		if y := string(probe); accepts(y) == want && how.equal(variant(y)) {
			return true
		}
	}
	return false
}

// fill appends s with probe characters in the positions that change.
func (how identifiers) fill(dst []byte, s string, choose func(n int) int) []byte {
	end := 0
	for _, p := range how.parts {
		dst = append(dst, s[end:p.from]...)
		end = p.to
		for i := p.from; i < p.to; {
			r, width := utf8.DecodeRuneInString(s[i:])
			if a := p.mode.at(i-p.from, r); a.size() > 0 {
				dst = utf8.AppendRune(dst, a.at(choose(a.size())))
			} else {
				dst = append(dst, s[i:i+width]...)
			}
			i += width
		}
	}
	return append(dst, s[end:]...)
}

// changes reports whether any position of s changes.
func (how identifiers) changes(s string) bool {
	for _, p := range how.parts {
		for i, r := range s[p.from:p.to] {
			if p.mode.at(i, r).size() > 0 {
				return true
			}
		}
	}
	return false
}

func (how identifiers) equal(other identifiers) bool {
	return slices.Equal(how.parts, other.parts) && slices.Equal(how.spans, other.spans)
}
