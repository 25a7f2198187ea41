package conformance

import (
	"fmt"
	"slices"
)

// OneOperationError says that a client calls one operation in a session, and the
// plan is about several.
type OneOperationError struct{ Operations int }

func (e *OneOperationError) Error() string {
	return fmt.Sprintf(`the cases are about %d operations, and the client calls one in a session: its hello has no "operations": "any"; choose one operation`, e.Operations)
}

// title names what the plan is about.
func (p *Plan) title() string {
	first := p.operations[0]
	if len(p.operations) == 1 {
		return first.String()
	}
	service := first.Service
	if first.Version != "" {
		service += "@" + first.Version
	}
	if slices.ContainsFunc(p.operations, func(o *operation) bool { return o.Service != first.Service || o.Version != first.Version }) {
		service = "several services"
	}
	return fmt.Sprintf("%d operations of %s", len(p.operations), service)
}

// Select returns the plan with the cases whose names match, as [Suite.Select] does.
func (p *Plan) Select(pattern string) *Plan {
	if pattern == "" {
		return p
	}
	selected := &Plan{leftOut: slices.Clone(p.leftOut), generated: p.generated}
	for _, c := range p.cases {
		if !matchesCase(pattern, c.Name) {
			selected.leftOut = append(selected.leftOut, c.Name)
			continue
		}
		selected.cases = append(selected.cases, c)
		if !slices.Contains(selected.operations, c.operation) {
			selected.operations = append(selected.operations, c.operation)
		}
	}
	return selected
}

// Len returns how many cases the plan has.
func (p *Plan) Len() int { return len(p.cases) }

// coverages are those of the operations of a run.
type coverages map[*operation]*Coverage

func newCoverages(operations []*operation) coverages {
	all := coverages{}
	for _, o := range operations {
		all[o] = newCoverage(o.Contract)
	}
	return all
}

// merged adds the coverages up. Of several operations, what was not played is
// named with its operation.
func (v coverages) merged(operations []*operation) *Coverage {
	if len(operations) == 1 {
		return v[operations[0]]
	}
	sum := &Coverage{}
	into := sum.Shares()
	for _, o := range operations {
		for i, from := range v[o].Shares() {
			into[i].Played += from.Played
			into[i].Total += from.Total
			for _, address := range from.Missing {
				into[i].Missing = append(into[i].Missing, o.Operation+" "+address)
			}
		}
	}
	for i, to := range []*Share{&sum.Members, &sum.Absent, &sum.Null, &sum.Unions, &sum.Enums, &sum.Errors, &sum.Statuses} {
		*to = into[i].Share
	}
	return sum
}
