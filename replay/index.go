package replay

import (
	"bytes"
	"cmp"
	"slices"
)

// index finds the responses of a request among some of the interactions. It is immutable and shared
// by sessions.
type index struct {
	groups map[digest]span // of chains
	chains []chain
	order  []int32 // numbers of interactions, chain by chain
}

// chain is the interactions of equal requests to one service, in the order of recording.
type chain struct {
	service int32
	first   int32 // its first interaction; most chains have one only
	span          // of order
}

type span struct{ from, n int32 }

// [Player] numbers services. These are the numbers for a request without a service and for one whose
// service is not in the recording.
const (
	anyService     int32 = 0
	unknownService int32 = -1
)

// key is what the index keeps of a recorded request.
type key struct {
	digest  digest
	service int32
}

// newIndex makes the index of the interactions with these numbers, which ascend.
func newIndex(keys []key, numbers []int32) *index {
	x := &index{order: slices.Clone(numbers)}
	slices.SortFunc(x.order, func(a, b int32) int {
		return cmp.Or(
			bytes.Compare(keys[a].digest[:], keys[b].digest[:]),
			cmp.Compare(keys[a].service, keys[b].service),
			cmp.Compare(a, b),
		)
	})
	groups := 0
	for i, number := range x.order {
		switch {
		case i == 0 || keys[number].digest != keys[x.order[i-1]].digest:
			groups++
			x.chains = append(x.chains, chain{keys[number].service, number, span{int32(i), 1}})
		case keys[number].service != keys[x.order[i-1]].service:
			x.chains = append(x.chains, chain{keys[number].service, number, span{int32(i), 1}})
		default:
			x.chains[len(x.chains)-1].n++
		}
	}
	x.groups = make(map[digest]span, groups)
	for i, c := range x.chains {
		d := keys[x.order[c.from]].digest
		group, ok := x.groups[d]
		if !ok {
			group.from = int32(i)
		}
		group.n++
		x.groups[d] = group
	}
	return x
}

// next returns the number of the next interaction for a request and advances the position; -1 if
// there is none.
func (x *index) next(d digest, service int32, order Order, at []uint32) (number int32, miss exhausted) {
	group, ok := x.groups[d]
	if !ok {
		return -1, exhausted{last: -1}
	}
	best, lap := int32(-1), uint32(0)
	number = -1
	miss = exhausted{last: -1}
	for i := group.from; i < group.from+group.n; i++ {
		c := &x.chains[i]
		if service != anyService && c.service != anyService && c.service != service {
			continue
		}
		played, n := at[i], uint32(c.n)
		if played >= n && order != Any {
			miss.last = max(miss.last, x.order[c.from+c.n-1])
			miss.recorded += int(c.n)
			continue
		}
		candidate := c.first
		if i := played % n; i > 0 {
			candidate = x.order[c.from+int32(i)]
		}
		if best < 0 || played/n < lap || played/n == lap && candidate < number {
			best, lap, number = i, played/n, candidate
		}
	}
	if best >= 0 {
		at[best]++
		return number, exhausted{}
	}
	if order == Sticky && miss.last >= 0 {
		return miss.last, exhausted{}
	}
	return -1, miss
}

// exhausted says of a request without a response left how many were recorded, and which was the last
// of them; -1 if there were none.
type exhausted struct {
	last     int32
	recorded int
}
