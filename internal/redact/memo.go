package redact

import (
	"hash/maphash"
	"sync/atomic"
)

// memo remembers the results for texts that come again: the names of members and headers, the words of
// enums and many identifiers are in every interaction of a recording, and each is looked at several
// times. A text that is seen once costs no more than its hash: a result is remembered from the second
// time on. Each text has one place, which the last one takes. Its zero value is not ready; nil
// remembers nothing.
type memo[V any] struct {
	seed   maphash.Seed
	places [memoPlaces]struct {
		seen  atomic.Uint32 // a part of the hash of the last text that was not remembered
		holds atomic.Pointer[remembered[V]]
	}
}

type remembered[V any] struct {
	of    topic
	value V
}

// topic is what a result is about.
type topic struct {
	text string
	kind int
}

const (
	memoPlaces = 1 << 14
	maxMemo    = 128 // bytes of a text
)

func newMemo[V any]() *memo[V] { return &memo[V]{seed: maphash.MakeSeed()} }

// of returns the result for a text, which now returns if it is not remembered. keep says whether the
// result may be remembered; it must not hold the text.
func (m *memo[V]) of(text string, kind int, now func() (value V, keep bool)) V {
	if m == nil || len(text) > maxMemo {
		value, _ := now()
		return value
	}
	hash := maphash.String(m.seed, text) + uint64(kind)*0x9E3779B97F4A7C15
	place := &m.places[hash%memoPlaces]
	if r := place.holds.Load(); r != nil && r.of.kind == kind && r.of.text == text {
		return r.value
	}
	again := uint32(hash >> 32)
	if place.seen.Load() != again {
		place.seen.Store(again)
		value, _ := now()
		return value
	}
	value, keep := now()
	if keep {
		place.holds.Store(&remembered[V]{topic{string([]byte(text)), kind}, value}) // text may be a part of a long text
	}
	return value
}
