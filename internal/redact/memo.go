package redact

import (
	"hash/maphash"
	"sync/atomic"
)

// memo remembers the results for texts that come again: the names of members and headers, the words of
// enums and many identifiers are in every interaction of a recording, each is looked at several
// times, and a client that polls gets equal responses. A text that is seen once costs no more than its
// hash: a result is remembered from the second time on. Each text has one place, which the last one
// takes. It is safe for concurrent use; nil remembers nothing.
type memo[V any] struct {
	seed   maphash.Seed
	limit  int // bytes of a text
	places []memoPlace[V]
}

type memoPlace[V any] struct {
	seen  atomic.Uint32 // a part of the hash of the last text that is not remembered
	holds atomic.Pointer[remembered[V]]
}

type remembered[V any] struct {
	topic
	value V
}

// topic is what a result is about.
type topic struct {
	text   string
	kind   int
	node   *Node // of a body
	failed bool
}

const (
	shortTexts, shortText = 1 << 14, 128 // the number of texts, and bytes of each
	someBodies, smallBody = 1 << 11, 2 << 10
)

func newMemo[V any](texts, limit int) *memo[V] {
	return &memo[V]{seed: maphash.MakeSeed(), limit: limit, places: make([]memoPlace[V], texts)}
}

// get returns a result that is remembered. If none is, it returns where to put one; nil if the text is
// new or too long.
func (m *memo[V]) get(of topic) (value V, ok bool, put *memoPlace[V]) {
	if m == nil || len(of.text) > m.limit {
		return value, false, nil
	}
	hash := maphash.String(m.seed, of.text) + uint64(of.kind)*0x9E3779B97F4A7C15
	place := &m.places[hash%uint64(len(m.places))]
	if r := place.holds.Load(); r != nil && r.topic == of {
		return r.value, true, place
	}
	if again := uint32(hash >> 32); place.seen.Swap(again) != again {
		return value, false, nil
	}
	return value, false, place
}

// put remembers a result, which must not hold the text. The place may be nil.
func (p *memoPlace[V]) put(of topic, value V) {
	if p != nil {
		of.text = string([]byte(of.text)) // it may be a part of a long text
		p.holds.Store(&remembered[V]{of, value})
	}
}

// of returns the result for a text, which now returns if it is not remembered.
func (m *memo[V]) of(text string, kind int, now func() V) V {
	of := topic{text: text, kind: kind}
	value, ok, place := m.get(of)
	if !ok {
		value = now()
		place.put(of, value)
	}
	return value
}
