package coverage

import (
	"cmp"
	"slices"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Minimize chooses responses that together show every point that all of them show, including nulls,
// and returns their indexes in ascending order. None of the chosen can be removed. They are the
// greedy set cover (Chvátal, 1979; the first of equals) without the ones that later choices made
// superfluous, so rarely more than the minimum.
func Minimize(responses []Shown) []int {
	byContract := map[*schema.Contract][]int{}
	for i, a := range responses {
		byContract[a.Contract] = append(byContract[a.Contract], i)
	}
	var kept []int
	for _, indexes := range byContract {
		kept = append(kept, cover(responses, indexes)...)
	}
	slices.Sort(kept)
	return kept
}

// cover chooses among the responses of one contract.
func cover(responses []Shown, indexes []int) []int {
	missing := newPointSet(len(responses[indexes[0]].of.points))
	for _, i := range indexes {
		missing.add(responses[i].shows)
	}
	var chosen []int
	for {
		best, most := 0, 0
		for _, i := range indexes {
			if n := responses[i].shows.lenAnd(missing); n > most {
				best, most = i, n
			}
		}
		if most == 0 {
			return withoutSuperfluous(responses, chosen)
		}
		for i, word := range responses[best].shows {
			missing[i] &^= word
		}
		chosen = append(chosen, best)
	}
}

// withoutSuperfluous removes each response whose points the others show, starting with the response
// that shows the fewest.
func withoutSuperfluous(responses []Shown, chosen []int) []int {
	order := slices.Clone(chosen)
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(responses[a].Len(), responses[b].Len()), cmp.Compare(b, a))
	})
	for _, i := range order {
		rest := newPointSet(64 * len(responses[i].shows))
		for _, j := range chosen {
			if j != i {
				rest.add(responses[j].shows)
			}
		}
		if responses[i].shows.lenAnd(rest) == responses[i].Len() {
			chosen = slices.DeleteFunc(chosen, func(j int) bool { return j == i })
		}
	}
	return chosen
}

// Key is equal for two responses of a contract exactly if they show the same points.
func (s Shown) Key() string { return s.shows.key() }

// Distinct keeps the first interaction of each set of shown points. Its memory grows with the
// number of sets, not with the traffic.
type Distinct struct {
	Interactions []*traffic.Interaction
	shown        []Shown
	known        map[string]bool
}

// Take keeps an interaction, unless an earlier one shows the same.
func (d *Distinct) Take(x *traffic.Interaction, shown Shown) {
	if d.known == nil {
		d.known = map[string]bool{}
	}
	key := shown.Contract.String() + "\x00" + shown.Key()
	if !d.known[key] {
		d.known[key] = true
		d.Interactions, d.shown = append(d.Interactions, x), append(d.shown, shown)
	}
}

// Fewest returns the fewest interactions that show as much as all of them, in their order.
func (d *Distinct) Fewest() []*traffic.Interaction {
	var few []*traffic.Interaction
	for _, i := range Minimize(d.shown) {
		few = append(few, d.Interactions[i])
	}
	return few
}
