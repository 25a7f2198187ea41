package synth

import (
	"math/big"
	"math/rand/v2"

	"github.com/crcheck/crcheck/schema"
)

func quarter(random *rand.Rand) *big.Rat { return big.NewRat(int64(random.IntN(4)), 4) }

// Bounds of random documents, below which only minimal values occur.
const (
	deepestRandom = 12
	maxRandom     = 400 // values
)

// randomBuilder makes random documents.
type randomBuilder struct {
	s      *Synth
	random *rand.Rand
	left   int
}

func newRandom(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6372636865636b)) }

func (g *randomBuilder) value(f *form, depth int) *value {
	g.left--
	if g.left <= 0 || depth > deepestRandom {
		return g.s.minimal(f)
	}
	switch f.shape.Type {
	case schema.Structure:
		if f.shape.Union.Or(false) {
			return g.union(f, depth)
		}
		v := object()
		for i, m := range f.shape.Members {
			dice := g.random.IntN(20)
			switch {
			case f.events && (dice == 19 || i >= len(f.below)-f.ending):
			case m.Required.Or(false) || dice < 11 && f.below[i].size < endless:
				v.entries = append(v.entries, entry{f.members[i], g.value(f.below[i], depth+1)})
			case dice == 19:
				v.entries = append(v.entries, entry{f.members[i], null})
			}
		}
		return v
	case schema.List:
		v := array()
		for range g.entries(f) {
			v.entries = append(v.entries, entry{value: g.entry(f, depth)})
		}
		return v
	case schema.Map:
		v := object()
		keys := g.s.differentKeys(f, g.entries(f))
		if len(keys) < smallest(f.shape) {
			keys = f.keys
		}
		for _, key := range keys {
			v.entries = append(v.entries, entry{key, g.entry(f, depth)})
		}
		return v
	}
	return g.s.randomly(f, g.random)
}

func (g *randomBuilder) union(f *form, depth int) *value {
	var able []int
	for i, below := range f.below {
		if below.size < endless {
			able = append(able, i)
		}
	}
	i := able[g.random.IntN(len(able))]
	v := object()
	if g.random.IntN(8) == 0 && f.shape.Members != nil && !known(f, "__type") {
		v.entries = append(v.entries, entry{"__type", quoted(f.members[i])}) // ignored
	}
	v.entries = append(v.entries, entry{f.members[i], g.value(f.below[i], depth+1)})
	return v
}

func known(f *form, name string) bool {
	for _, m := range f.members {
		if m == name {
			return true
		}
	}
	return false
}

// entries returns how many entries a list or map gets.
func (g *randomBuilder) entries(f *form) int {
	low, high := entries(f.shape)
	if !f.holdsOne() {
		return low
	}
	return low + g.random.IntN(min(high-low, 3)+1)
}

func (g *randomBuilder) entry(f *form, depth int) *value {
	if f.shape.Sparse.Or(false) && g.random.IntN(5) == 0 {
		return null
	}
	return g.value(f.below[0], depth+1)
}
