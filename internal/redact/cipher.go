package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"math/rand/v2"
	"sync"
	"unicode/utf8"
)

// rounds is the number of rounds of FF1 (NIST SP 800-38G).
const rounds = 10

// cipher is a permutation of the strings of each form. It is a Feistel network like FF1. Each
// position that changes is a number below the size of its alphabet. Each round adds a stream to the
// numbers of one half, each modulo its size. The seed of the stream is an HMAC-SHA-256 of the other
// half, the number of the round, and the tweak: the mode and the constant parts of the string. The
// length, the alphabets and the constant parts are therefore part of the key. The stream is ChaCha8
// (C2SP, chacha8rand), with 64 bits per position.
type cipher struct {
	key  Key
	idle sync.Pool // of *scratch
}

type scratch struct {
	mac       hash.Hash
	stream    *rand.ChaCha8
	alphabets []alphabet
	values    []byte
	tweak     []byte
	seed      [sha256.Size]byte
}

func newCipher(key Key) *cipher {
	c := &cipher{key: key}
	c.idle.New = func() any {
		return &scratch{mac: hmac.New(sha256.New, key[:]), stream: rand.NewChaCha8([32]byte{})}
	}
	return c
}

// apply appends the pseudonym of a string or, if back is set, the original. Bytes that are not
// UTF-8 do not change.
func (c *cipher) apply(dst []byte, s string, m mode, back bool) []byte {
	w := c.idle.Get().(*scratch)
	defer c.idle.Put(w)
	w.read(s, m)
	if len(w.values) == 0 {
		return append(dst, s...)
	}
	half := (len(w.values) + 1) / 2
	for i := range rounds {
		round := i
		if back {
			round = rounds - 1 - i
		}
		if round%2 == 0 {
			w.add(w.values[:half], w.alphabets[:half], w.values[half:], round, back)
		} else {
			w.add(w.values[half:], w.alphabets[half:], w.values[:half], round, back)
		}
	}
	at := 0
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		if a := m.at(i, r); a.size() > 0 && !(r == utf8.RuneError && width == 1) {
			dst = utf8.AppendRune(dst, w.alphabets[at].at(int(w.values[at])))
			at++
		} else {
			dst = append(dst, s[i:i+width]...)
		}
		i += width
	}
	return dst
}

// read splits a string into numbers and the tweak.
func (w *scratch) read(s string, m mode) {
	w.alphabets, w.values, w.tweak = w.alphabets[:0], w.values[:0], append(w.tweak[:0], byte(m))
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		a := m.at(i, r)
		if a.size() > 0 {
			w.alphabets = append(w.alphabets, a)
			w.values = append(w.values, byte(a.index(r)))
			w.tweak = append(w.tweak, 0xFF) // does not occur in UTF-8
			w.tweak = utf8.AppendRune(w.tweak, a.first)
			w.tweak = append(w.tweak, byte(a.size()))
		} else {
			w.tweak = append(w.tweak, s[i:i+width]...)
		}
		i += width
	}
	if len(w.tweak) > 256 { // every round hashes it
		sum := sha256.Sum256(w.tweak)
		w.tweak = append(w.tweak[:0], sum[:]...)
	}
}

func (w *scratch) add(half []byte, alphabets []alphabet, other []byte, round int, back bool) {
	w.mac.Reset()
	w.mac.Write([]byte{byte(round), byte(len(w.tweak)), byte(len(w.tweak) >> 8)})
	w.mac.Write(w.tweak)
	w.mac.Write(other)
	w.mac.Sum(w.seed[:0])
	w.stream.Seed(w.seed)
	for i, a := range alphabets {
		n := uint64(a.size())
		add := w.stream.Uint64() % n
		if back {
			add = n - add
		}
		half[i] = byte((uint64(half[i]) + add) % n)
	}
}
