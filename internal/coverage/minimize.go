package coverage

import (
	"cmp"
	"slices"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Minimize chooses answers that together show all points that all of them show,
// nulls too, and returns their indexes, ascending. None of the chosen can be
// left out. They are the greedy set cover (Chvátal, 1979), the first of equals,
// without what others came to make superfluous: seldom more than the fewest.
func Minimize(answers []Shown) []int {
	byContract := map[*schema.Contract][]int{}
	for i, a := range answers {
		byContract[a.Contract] = append(byContract[a.Contract], i)
	}
	var kept []int
	for _, indexes := range byContract {
		kept = append(kept, cover(answers, indexes)...)
	}
	slices.Sort(kept)
	return kept
}

// cover chooses among the answers of one contract.
func cover(answers []Shown, indexes []int) []int {
	missing := newPointSet(len(answers[indexes[0]].of.points))
	for _, i := range indexes {
		missing.add(answers[i].shows)
	}
	var chosen []int
	for {
		best, most := 0, 0
		for _, i := range indexes {
			if n := answers[i].shows.lenAnd(missing); n > most {
				best, most = i, n
			}
		}
		if most == 0 {
			return withoutSuperfluous(answers, chosen)
		}
		for i, word := range answers[best].shows {
			missing[i] &^= word
		}
		chosen = append(chosen, best)
	}
}

// withoutSuperfluous leaves out each answer whose points the others show, those
// first that show the fewest.
func withoutSuperfluous(answers []Shown, chosen []int) []int {
	order := slices.Clone(chosen)
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(answers[a].Len(), answers[b].Len()), cmp.Compare(b, a))
	})
	for _, i := range order {
		rest := newPointSet(64 * len(answers[i].shows))
		for _, j := range chosen {
			if j != i {
				rest.add(answers[j].shows)
			}
		}
		if answers[i].shows.lenAnd(rest) == answers[i].Len() {
			chosen = slices.DeleteFunc(chosen, func(j int) bool { return j == i })
		}
	}
	return chosen
}

// Key is the same of two answers of a contract exactly when they show the same
// points.
func (s Shown) Key() string { return s.shows.key() }

// Distinct is the first interactions that show something each in its own way:
// memory grows with these ways, not with the traffic.
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
