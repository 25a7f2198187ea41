package report

import (
	"cmp"
	"container/heap"

	"github.com/crcheck/crcheck/finding"
)

// MaxKinds bounds the kinds of findings, and those of hidden findings, that a report tells apart: the
// first ones in the order of their fingerprints. The keys of a map can make a kind of every response.
const MaxKinds = 10_000

// Elsewhere is the place of the findings of one rule, operation and part whose kinds are beyond [MaxKinds].
const Elsewhere = "/…"

// firsts keeps the values of the first keys. Which ones it keeps does not depend on the order in which
// they come: a key that was dropped cannot come back, because those before it stay.
type firsts[K comparable, V any] struct {
	of    map[K]V
	last  keys[K] // the greatest key is the first
	limit int
}

// get returns the value of a key, and whether there is room for a new one.
func (f *firsts[K, V]) get(key K) (v V, known, room bool) {
	v, known = f.of[key]
	return v, known, known || len(f.last.all) < f.limit || f.last.compare(key, f.last.all[0]) < 0
}

// put sets a value for which there is room, and returns the value that was dropped for it, if any.
func (f *firsts[K, V]) put(key K, v V) (dropped V, ok bool) {
	if _, known := f.of[key]; known {
		f.of[key] = v
		return dropped, false
	}
	f.of[key] = v
	heap.Push(&f.last, key)
	if len(f.last.all) <= f.limit {
		return dropped, false
	}
	out := heap.Pop(&f.last).(K)
	dropped = f.of[out]
	delete(f.of, out)
	return dropped, true
}

// keys is a heap.
type keys[K any] struct {
	all     []K
	compare func(a, b K) int
}

func (h *keys[K]) Len() int           { return len(h.all) }
func (h *keys[K]) Less(i, j int) bool { return h.compare(h.all[i], h.all[j]) > 0 }
func (h *keys[K]) Swap(i, j int)      { h.all[i], h.all[j] = h.all[j], h.all[i] }
func (h *keys[K]) Push(k any)         { h.all = append(h.all, k.(K)) }
func (h *keys[K]) Pop() any {
	last := len(h.all) - 1
	k := h.all[last]
	h.all = h.all[:last]
	return k
}

func newFirsts[K comparable, V any](limit int, compare func(a, b K) int) firsts[K, V] {
	return firsts[K, V]{map[K]V{}, keys[K]{compare: compare}, limit}
}

func (a kindKey) compare(b kindKey) int {
	return cmp.Or(cmp.Compare(a.fingerprint, b.fingerprint), cmp.Compare(a.severity, b.severity), cmp.Compare(a.deviation, b.deviation))
}

func (a hiddenKey) compare(b hiddenKey) int {
	return cmp.Or(cmp.Compare(a.fingerprint, b.fingerprint), cmp.Compare(a.by, b.by), cmp.Compare(a.severity, b.severity), cmp.Compare(a.reason, b.reason))
}

// elsewhere is the fingerprint of kinds that are not told apart.
func elsewhere(rule finding.RuleID, operation, part string) string {
	return finding.Finding{Rule: rule, Operation: operation, Part: part, Pointer: Elsewhere}.Fingerprint()
}

// prepare makes the maps of the collector.
func (c *Collector) prepare() {
	if c.kinds.of == nil {
		limit := cmp.Or(c.maxKinds, MaxKinds)
		c.kinds, c.hidden = newFirsts[kindKey, *kind](limit, kindKey.compare), newFirsts[hiddenKey, *HiddenGroup](limit, hiddenKey.compare)
		c.kindsElsewhere, c.hiddenElsewhere = map[kindKey]*kind{}, map[hiddenKey]*HiddenGroup{}
	}
}

// addKind adds a kind, which the collector then owns.
func (c *Collector) addKind(k *kind) {
	c.prepare()
	if k.Place == Elsewhere {
		c.addElsewhere(k)
		return
	}
	key := kindKey{k.Fingerprint, k.Severity, k.Deviation}
	known, is, room := c.kinds.get(key)
	switch {
	case is:
		c.kinds.put(key, joined(known, k))
	case !room:
		c.addElsewhere(k)
	default:
		if dropped, ok := c.kinds.put(key, k); ok {
			c.addElsewhere(dropped)
		}
	}
}

func (c *Collector) addElsewhere(k *kind) {
	k.Fingerprint, k.Place, k.Shape = elsewhere(k.Rule, k.Operation, k.Part), Elsewhere, ""
	k.gotVaries, k.shapeVaries = true, true
	key := kindKey{k.Fingerprint, k.Severity, k.Deviation}
	if known := c.kindsElsewhere[key]; known != nil {
		k = joined(known, k)
	}
	c.kindsElsewhere[key] = k
}

// joined returns the findings of both, which are of one kind.
func joined(a, b *kind) *kind {
	if b.Samples[0].compare(&a.Samples[0]) < 0 {
		a, b = b, a
	}
	a.absorb(b)
	return a
}

// addHidden adds hidden findings, which the collector then owns.
func (c *Collector) addHidden(g *HiddenGroup) {
	c.prepare()
	key := hiddenKey{g.By, g.Fingerprint, g.Severity, g.Reason}
	known, is, room := c.hidden.get(key)
	switch {
	case g.Place == Elsewhere || !is && !room:
		c.addHiddenElsewhere(g)
	case is:
		c.hidden.put(key, known.joined(g))
	default:
		if dropped, ok := c.hidden.put(key, g); ok {
			c.addHiddenElsewhere(dropped)
		}
	}
}

func (c *Collector) addHiddenElsewhere(g *HiddenGroup) {
	g.Fingerprint, g.Place, g.Shape = elsewhere(g.Rule, g.Operation, g.Part), Elsewhere, ""
	key := hiddenKey{g.By, g.Fingerprint, g.Severity, g.Reason}
	if known := c.hiddenElsewhere[key]; known != nil {
		g = known.joined(g)
	}
	c.hiddenElsewhere[key] = g
}

func (g *HiddenGroup) joined(h *HiddenGroup) *HiddenGroup {
	if order(h.at, &h.First, g.at, &g.First) < 0 {
		g, h = h, g
	}
	g.Count += h.Count
	return g
}
