package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// row is a change of a shape, with the places where it shows.
type row struct {
	change      Change
	places      int
	operations  []string
	occurrences []occurrence // the first of each part of each operation
	attempts    []*attempt
}

// occurrence is a place of a change in a part of an operation.
type occurrence struct {
	pair    *pair
	part    schema.Part
	pointer string
}

// rowKey identifies a change.
type rowKey struct {
	rule     finding.RuleID
	facet    string
	names    [2]string
	old, new string
	end      bound
	scope    string // the operation, where names of shapes mean nothing outside of it
}

// rows is the changes of a service.
type rows struct {
	byKey map[rowKey]*row
	all   []*row
}

// of returns the row of a piece of a difference.
func (r *rows) of(facet string, p piece, shape string, names [2]string, scope string) *row {
	c := Change{Rule: p.rule, Facet: facet, Old: schema.ValueText(p.old), New: schema.ValueText(p.new), Shape: shape, piece: p}
	key := rowKey{p.rule, facet, names, c.Old, c.New, p.end, scope}
	if found := r.byKey[key]; found != nil {
		return found
	}
	made := &row{change: c}
	r.byKey[key] = made
	r.all = append(r.all, made)
	return made
}

// show notes a place of the change.
func (r *row) show(at occurrence) {
	r.places++
	if n := len(r.occurrences); n > 0 && r.occurrences[n-1].pair == at.pair && r.occurrences[n-1].part == at.part {
		return
	}
	r.occurrences = append(r.occurrences, at)
	if n := len(r.operations); n == 0 || r.operations[n-1] != at.pair.old.Name() {
		r.operations = append(r.operations, at.pair.old.Name())
	}
}

// attempt is an attempt to prove a row in one part of one operation.
type attempt struct {
	occurrence
	change Change
}

// maxAttempts is the number of operations in which a change of requests, or of responses, is tried
// to be proved: a place may have no document in one operation and some in another.
const maxAttempts = 2

// next adds the attempts of a round: at the shallowest places of requests and of responses, where
// the rounds before proved nothing.
func (r *row) next(round int) (added []*attempt) {
	for _, request := range []bool{false, true} {
		if provable(r.change.Rule, request) == nil {
			continue
		}
		var occurrences []occurrence
		for _, at := range r.occurrences {
			if at.part != schema.ContractPlace.Part && (at.part == schema.InputPart) == request {
				occurrences = append(occurrences, at)
			}
		}
		proved := slices.ContainsFunc(r.attempts, func(a *attempt) bool {
			return a.change.Witness != nil && (a.part == schema.InputPart) == request
		})
		if proved || round >= len(occurrences) {
			continue
		}
		slices.SortStableFunc(occurrences, func(a, b occurrence) int {
			return cmp.Compare(strings.Count(a.pointer, "/"), strings.Count(b.pointer, "/"))
		})
		a := &attempt{occurrence: occurrences[round], change: r.change}
		a.change.Operation, a.change.Part, a.change.Pointer = a.pair.old.Name(), a.part, a.pointer
		r.attempts = append(r.attempts, a)
		added = append(added, a)
	}
	return added
}

// result is the change as the most severe attempt proved it or, if none did, at its first place.
func (r *row) result() Change {
	first := r.occurrences[0]
	c := r.change
	c.Operation, c.Part, c.Pointer = first.pair.old.Name(), first.part, first.pointer
	for _, a := range r.attempts {
		switch {
		case a.change.Witness == nil && c.Witness == nil && c.Contested == "" && c.Untried == "":
			c.Contested, c.Untried = a.change.Contested, a.change.Untried
		case a.change.Witness != nil && (c.Witness == nil || a.change.Severity > c.Severity):
			c = a.change
		}
	}
	c.Places, c.Operations = r.places, r.operations
	c.recorded(r.occurrences, first.pair.options.Traffic)
	return c
}
