package finding

import (
	"fmt"
	"slices"
)

// Ledger holds findings against expectations as they come. Its zero value
// expects nothing. It is not safe for concurrent use.
//
// Where several expectations match a finding, it counts against one of them,
// chosen so that as many expectations as can be are met, earlier ones first: in
// which order the findings came makes no difference.
type Ledger struct {
	expected []Expected
	taken    map[string]*matched
}

// matched counts the findings that the same expectations match.
type matched struct {
	by    []int // indexes of expectations, ascending
	count int
}

// NewLedger returns a ledger over the expectations, or the first that is ill-formed.
func NewLedger(expected []Expected) (*Ledger, error) {
	for _, e := range expected {
		if err := e.Check(); err != nil {
			return nil, err
		}
	}
	return &Ledger{slices.Clone(expected), map[string]*matched{}}, nil
}

// Take reports whether the finding was expected, and counts it if so.
func (l *Ledger) Take(f Finding) bool {
	var by []int
	for i, e := range l.expected {
		if e.Matches(f) {
			by = append(by, i)
		}
	}
	if by == nil {
		return false
	}
	key := fmt.Sprint(by)
	if l.taken[key] == nil {
		l.taken[key] = &matched{by: by}
	}
	l.taken[key].count++
	return true
}

// Unmet is an expectation that was not matched by as many findings as it says.
type Unmet struct {
	Expected
	Matched int `json:"matched"`
}

// Stale reports whether too little matched; otherwise the expectation is over-broad.
func (u Unmet) Stale() bool { return u.Matched < u.count() }

func (u Unmet) Error() string {
	problem := "over-broad"
	if u.Stale() {
		problem = "stale"
	}
	kind := string(u.Rule)
	if u.Got != "" {
		kind += " with " + u.Got
	}
	if ceiling, err := u.ceiling(); err == nil && ceiling < Error {
		kind += ", no graver than " + u.Severity + ","
	}
	return fmt.Sprintf("%s expectation: %s at %s in %q matched %d findings, expected %d (%s)",
		problem, kind, PlaceText(u.Part, u.Place), u.Source, u.Matched, u.count(), u.Reason)
}

// Unmet returns the expectations that are stale or over-broad, in their order.
// Findings beyond what the expectations that match them ask for make the first
// of these over-broad.
func (l *Ledger) Unmet() []Unmet {
	a := assignment{given: map[[2]int]int{}}
	for _, m := range l.taken {
		a.free = append(a.free, *m)
	}
	slices.SortFunc(a.free, func(a, b matched) int { return slices.Compare(a.by, b.by) })
	counts := make([]int, len(l.expected))
	for i, e := range l.expected {
		for counts[i] < e.count() {
			got := a.fill(i, e.count()-counts[i], map[int]bool{i: true})
			if got == 0 {
				break
			}
			counts[i] += got
		}
	}
	for _, m := range a.free {
		counts[m.by[0]] += m.count
	}
	var unmet []Unmet
	for i, e := range l.expected {
		if counts[i] != e.count() {
			unmet = append(unmet, Unmet{e, counts[i]})
		}
	}
	return unmet
}

// assignment gives each expectation its findings: a maximum flow by augmenting
// paths, for taking the first that matches would leave others stale.
type assignment struct {
	free  []matched      // what nobody has been given yet
	given map[[2]int]int // by index in free and expectation
}

// fill gives an expectation up to n findings, free ones or such that another
// expectation can replace, and returns how many.
func (a *assignment) fill(i, n int, asked map[int]bool) int {
	for k := range a.free {
		if m := &a.free[k]; m.count > 0 && slices.Contains(m.by, i) {
			got := min(n, m.count)
			m.count -= got
			a.given[[2]int{k, i}] += got
			return got
		}
	}
	for k, m := range a.free {
		if !slices.Contains(m.by, i) {
			continue
		}
		for _, other := range m.by {
			has := a.given[[2]int{k, other}]
			if has == 0 || asked[other] {
				continue
			}
			asked[other] = true
			if got := a.fill(other, min(n, has), asked); got > 0 {
				a.given[[2]int{k, other}] -= got
				a.given[[2]int{k, i}] += got
				return got
			}
		}
	}
	return 0
}
