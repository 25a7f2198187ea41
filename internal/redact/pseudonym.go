package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/rand/v2"
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	// minDomain is the number of values that a pseudonym must at least be drawn from. Below it, a
	// pseudonym would reveal its name to anyone who knows a few others, so every name of the form has
	// the same constant.
	minDomain = 1 << 32
	// maxDraws bounds the draws for one string in one variant. If hardly any string of its form
	// conforms to the contract, less of the string changes.
	maxDraws = 128
	// maxDrawn bounds the bytes that are drawn for one string in one variant.
	maxDrawn = 64 << 10
)

// namer draws pseudonyms. The position in the alphabet of each character that changes comes from a
// stream (ChaCha8) that is seeded with HMAC-SHA-256(key, form, name, counter). Nothing leads from a
// pseudonym back to its name: who has the key can only test a guess.
type namer struct {
	clean func(string) bool // reports whether a string does not look like a secret
	known *known            // whose names keep the pseudonyms that they have
	idle  sync.Pool         // of *drawer

	drawn *memo[string] // the pseudonyms of short names that change as a whole
}

type drawer struct {
	mac    hash.Hash
	stream *rand.ChaCha8
	form   []byte
}

func newNamer(key Key, k *known, clean func(string) bool) *namer {
	n := &namer{clean: clean, known: k, drawn: newMemo[string](shortTexts, shortText)}
	n.idle.New = func() any {
		return &drawer{mac: hmac.New(sha256.New, key[:]), stream: rand.NewChaCha8([32]byte{})}
	}
	return n
}

// rename returns the pseudonym of a string, and how the string was split. ok is false if none was
// found.
//
// It takes the first variant, and in it the first draw, that conforms to the contract exactly if the
// string does, and does not look like a secret unless the string does. keep reports which parts do
// not change.
func (n *namer) rename(s string, variants []variant, accepts func(string) bool, keep func(from, to int) bool) (renamed string, how identifiers, ok bool) {
	want := accepts == nil || accepts(s)
	for i, variant := range variants {
		how = variant(s).without(keep)
		if !how.changes(s) {
			if i == 0 {
				return s, how, true
			}
			continue
		}
		for count := 0; count < maxDraws && count*len(s) <= maxDrawn; count++ {
			y := n.draw(s, how, count)
			if (accepts == nil || accepts(y) == want) && (n.clean(y) || !n.clean(s)) {
				return y, how, true
			}
		}
	}
	if !want { // nothing has to conform, so that all that is lost is the finding about the name
		return n.rename(s, variants, nil, keep)
	}
	return s, identifiers{}, false
}

// renameFound is rename for the first of texts, which has found these identifiers, or any other.
func (n *namer) renameFound(s string, found identifiers, keep func(from, to int) bool) (renamed string, how identifiers, ok bool) {
	if keep == nil {
		if !found.changes(s) {
			return s, found, true
		}
		if y := n.draw(s, found, 0); n.clean(y) {
			return y, found, true
		}
	}
	return n.rename(s, texts, nil, keep)
}

// draw returns a string with the pseudonyms of its parts, or of the whole if it is one name.
func (n *namer) draw(s string, how identifiers, count int) string {
	if how.one {
		return n.freely(s, how.parts, count)
	}
	b, end := make([]byte, 0, len(s)), 0
	for _, p := range how.parts {
		b = append(b, s[end:p.from]...)
		b = append(b, n.name(s[p.from:p.to], p.mode, count)...)
		end = p.to
	}
	return string(append(b, s[end:]...))
}

// name returns a pseudonym of a name that changes as a whole.
func (n *namer) name(s string, m mode, count int) string {
	return n.drawn.of(s, count<<8|int(m), func() string {
		return n.freely(s, []part{{from: 0, to: len(s), mode: m}}, count)
	})
}

// freely returns the pseudonym that a name has, or draws again until one is free.
func (n *namer) freely(name string, parts []part, count int) string {
	if p, ok := n.known.pseudonym(name); ok && count == 0 && len(p) == len(name) {
		return p
	}
	w := n.idle.Get().(*drawer)
	defer n.idle.Put(w)
	if smallDomain(name, parts) {
		return w.render(name, parts, count, true)
	}
	for again := count; ; again++ {
		p := w.render(name, parts, again, false)
		if again-count >= maxDraws || !promises(p, name) && n.known.free(name, p) {
			return p
		}
	}
}

// promises reports whether a pseudonym, as the name of a member, would say that its value is a secret,
// although the real name does not: one in some thousand draws of salary_of ends in _pw.
func promises(pseudonym, name string) bool {
	return kindOf(pseudonym) != notSecret && kindOf(name) == notSecret
}

// render appends the string with a pseudonym in its parts. A constant does not depend on the key or
// the name, but only on the form.
func (w *drawer) render(name string, parts []part, count int, constant bool) string {
	fixed := constant && count == 0
	if !fixed {
		w.form = append(w.form[:0], "crcheck pseudonym 1\x00"...)
		w.form = binary.AppendUvarint(w.form, uint64(count))
		for _, p := range parts {
			w.form = binary.AppendUvarint(binary.AppendUvarint(append(w.form, byte(p.mode)), uint64(p.from)), uint64(p.to))
		}
		var seed [sha256.Size]byte
		if constant {
			seed = sha256.Sum256(w.form)
		} else {
			w.mac.Reset()
			w.mac.Write(binary.AppendUvarint(nil, uint64(len(w.form))))
			w.mac.Write(w.form)
			w.mac.Write([]byte(name))
			w.mac.Sum(seed[:0])
		}
		w.stream.Seed(seed)
	}
	dst, end := make([]byte, 0, len(name)), 0
	for _, p := range parts {
		dst = append(dst, name[end:p.from]...)
		end = p.to
		for i := p.from; i < p.to; {
			r, width := utf8.DecodeRuneInString(name[i:])
			a := p.mode.at(i-p.from, r)
			switch {
			case a.size() == 0 || r == utf8.RuneError && width == 1:
				dst = append(dst, name[i:i+width]...)
			case fixed:
				dst = utf8.AppendRune(dst, a.fixed())
			default:
				dst = utf8.AppendRune(dst, a.at(int(w.stream.Uint64()%uint64(a.size()))))
			}
			i += width
		}
	}
	return string(append(dst, name[end:]...))
}

// smallDomain reports whether fewer than minDomain names have this form.
func smallDomain(name string, parts []part) bool {
	domain := uint64(1)
	for _, p := range parts {
		for i, r := range name[p.from:p.to] {
			if n := p.mode.at(i, r).size(); n > 0 {
				if domain *= uint64(n); domain >= minDomain {
					return false
				}
			}
		}
	}
	return true
}

// guess reports whether a pseudonym may be that of a name. It tries all forms, and all draws of each.
func (n *namer) guess(name, pseudonym string) bool {
	if len(name) != len(pseudonym) {
		return false
	}
	found := false
	n.guesses(name, func(p string) bool { found = p == pseudonym; return !found })
	return found
}

// guesses calls yield with the pseudonyms that a name may have, the most likely first, until it
// returns false.
func (n *namer) guesses(name string, yield func(p string) bool) {
	w := n.idle.Get().(*drawer)
	defer n.idle.Put(w)
	hows := [][]part{{{from: 0, to: len(name), mode: modeOf(name), learn: true}}}
	for _, variant := range wholes {
		if how := variant(name); how.one && how.changes(name) && !slices.Equal(how.parts, hows[0]) {
			hows = append(hows, how.parts)
		}
	}
	for count := 0; count < maxDraws && count*len(name) <= maxDrawn; count++ {
		for _, parts := range hows {
			if !yield(w.render(name, parts, count, smallDomain(name, parts))) {
				return
			}
		}
	}
}
