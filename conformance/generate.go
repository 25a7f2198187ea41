package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// maxGenerated is how many cases are made of an operation unless the caller says otherwise.
const maxGenerated = 500

// Generated says what cases were made of contracts, and what was not.
type Generated struct {
	Operations int `json:"operations"`
	Cases      int `json:"cases"`
	// LeftOut counts what was made and is no case, by the reason.
	LeftOut map[string]int `json:"leftOut,omitempty"`
	// NotMade are the operations, or parts of them, that nothing can be made of.
	NotMade []NotMade `json:"notMade,omitempty"`
}

// NotMade is an operation, or a part of one, without cases, and why.
type NotMade struct {
	Operation string `json:"operation"`
	Reason    string `json:"reason"`
}

// nothingGeneratedError says that no case can be made of contracts.
type nothingGeneratedError struct{ NotMade []NotMade }

func (e *nothingGeneratedError) Error() string {
	if len(e.NotMade) == 0 {
		return "no case can be made: there is no contract"
	}
	return fmt.Sprintf("no case can be made of %s: %s", e.NotMade[0].Operation, e.NotMade[0].Reason)
}

// Generate makes cases of contracts. Of each operation:
//
//   - requests: the systematic ones of package synth, whose answer is the smallest.
//     The client is asked for what the request says, and what arrives must say it.
//   - answers: the systematic ones, to the smallest request. The client reports
//     what follows from body, headers, status and contract.
//   - errors: each of the operation, its systematic bodies, and one that it does
//     not have.
//   - invalid variants whose right reading is defined: unknown members, values of enums
//     and members of unions, required members that are absent, and values that break
//     a constraint, which is the service's to keep.
//
// Each stands for itself and is made once, so that a client is never tried again.
// Where an operation has more than the bound, those go first that show the most:
// the smallest and the full document, members of unions, values of enums, what is
// unknown, what is null; then those of the other kinds in turn.
//
// An operation gets at most maxCases cases; 0: 500. The error says that no case can be made, or
// what is wrong with a contract.
func Generate(contracts []*schema.Contract, maxCases int) (*Plan, error) {
	plan := &Plan{generated: &Generated{LeftOut: map[string]int{}}}
	limit := cmp.Or(maxCases, maxGenerated)
	for _, c := range contracts {
		made, err := newGenerator(c, groupOf(c, contracts))
		var bound *synth.BindingError
		var problem *synth.Problem
		var not *notMadeError
		switch {
		case errors.As(err, &bound), errors.As(err, &problem), errors.As(err, &not):
			plan.generated.NotMade = append(plan.generated.NotMade, NotMade{c.Name(), err.Error()})
			continue
		case err != nil:
			return nil, err
		}
		cases := made.chosen(limit)
		if beyond := len(made.cases) - len(cases); beyond > 0 {
			made.leftOut[fmt.Sprintf("cases beyond the %d of an operation", limit)] += beyond
		}
		for reason, n := range made.leftOut {
			plan.generated.LeftOut[reason] += n
		}
		plan.generated.NotMade = append(plan.generated.NotMade, made.notMade...)
		plan.cases = append(plan.cases, cases...)
		plan.operations = append(plan.operations, made.operation)
	}
	plan.generated.Operations, plan.generated.Cases = len(plan.operations), len(plan.cases)
	if len(plan.cases) == 0 {
		return nil, &nothingGeneratedError{plan.generated.NotMade}
	}
	return plan, nil
}

// groupOf is what the names of an operation's cases begin with.
func groupOf(c *schema.Contract, all []*schema.Contract) string {
	if slices.ContainsFunc(all, func(other *schema.Contract) bool {
		return other.Operation == c.Operation && other.Service != c.Service
	}) {
		return c.Name()
	}
	return c.Operation
}

// notMadeError says why no case is made of an operation.
type notMadeError struct{ reason string }

func (e *notMadeError) Error() string { return e.reason }

// rank is how much a case shows; lower ranks go first.
type rank int

const (
	rankWhole rank = iota // smallest and full documents
	rankUnion
	rankEnum
	rankUnknown
	rankNull
	rankOther
)

// made is a generated case on its way to be chosen.
type made struct {
	planned
	rank    rank
	section string // what cases take turns by
	turn    int
}

// chosen are the cases of an operation, in the order in which they were made.
func (g *generator) chosen(limit int) []planned {
	order := slices.Clone(g.cases)
	turns := map[string]int{}
	index := map[string]int{}
	for i := range order {
		c := &order[i]
		key := fmt.Sprint(c.rank, c.section)
		c.turn = turns[key]
		turns[key]++
		index[c.Name] = i
	}
	slices.SortStableFunc(order, func(a, b made) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.turn, b.turn)) })
	order = order[:min(limit, len(order))]
	slices.SortFunc(order, func(a, b made) int { return index[a.Name] - index[b.Name] })
	var cases []planned
	for _, c := range order {
		cases = append(cases, c.planned)
	}
	return cases
}
