package conformance

import (
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// oneOperationError says that a plan calls several operations, and the client only one in a
// session.
type oneOperationError struct{ Operations int }

func (e *oneOperationError) Error() string {
	return fmt.Sprintf(`the cases call %d operations, but the client supports one per session: its hello has no "operations": "any"; select one operation`, e.Operations)
}

// title names the operation or operations of the plan.
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
func (p *Plan) Select(patterns ...string) *Plan {
	return p.filtered(func(name string) bool { return selects(patterns, name) })
}

// Without returns the plan without the cases whose names match one of the patterns.
func (p *Plan) Without(patterns ...string) *Plan {
	return p.filtered(func(name string) bool { return len(patterns) == 0 || !selects(patterns, name) })
}

func (p *Plan) filtered(keeps func(name string) bool) *Plan {
	selected := &Plan{leftOut: slices.Clone(p.leftOut), generated: p.generated}
	for _, c := range p.cases {
		if !keeps(c.Name) {
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

// Cases lists the cases of the plan, in its order, as outcomes of cases that did not run.
func (p *Plan) Cases() []Outcome {
	list := make([]Outcome, len(p.cases))
	for i := range p.cases {
		list[i] = p.cases[i].outcome()
	}
	return list
}

// Names returns the names of the cases.
func (p *Plan) Names() []string {
	names := make([]string, len(p.cases))
	for i, c := range p.cases {
		names[i] = c.Name
	}
	return names
}

// Len returns how many cases the plan has.
func (p *Plan) Len() int { return len(p.cases) }

// Contracts returns the contracts of the operations that the plan's cases call.
func (p *Plan) Contracts() []*schema.Contract {
	contracts := make([]*schema.Contract, len(p.operations))
	for i, o := range p.operations {
		contracts[i] = o.Contract
	}
	return contracts
}
