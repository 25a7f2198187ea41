package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// maxGenerated is the default bound of the cases of an operation.
const maxGenerated = 500

// Generated counts the cases that [Generate] made of contracts, and the ones that it did not.
type Generated struct {
	Operations int `json:"operations"`
	Cases      int `json:"cases"`
	// LeftOut counts the documents that did not become cases, by reason.
	LeftOut map[string]int `json:"leftOut,omitempty"`
	// NotMade lists the operations, or parts of them, without cases.
	NotMade []NotMade `json:"notMade,omitempty"`
}

// NotMade is an operation, or a part of one, without cases, and why.
type NotMade struct {
	Operation string `json:"operation"`
	Reason    string `json:"reason"`
}

// nothingGeneratedError says that contracts lead to no case.
type nothingGeneratedError struct{ NotMade []NotMade }

func (e *nothingGeneratedError) Error() string {
	if len(e.NotMade) == 0 {
		return "cannot generate cases: there is no contract"
	}
	return fmt.Sprintf("cannot generate cases of %s: %s", e.NotMade[0].Operation, e.NotMade[0].Reason)
}

// Generate makes cases of contracts. For each operation there are:
//
//   - requests: the systematic ones of package synth, with the smallest response. The client is
//     asked to send the input of the request, and the request that arrives must have this input.
//
//   - responses: the systematic ones, to the smallest request. The client has to report the output
//     that follows from body, headers, status and contract.
//
//   - errors: each error of the operation with its systematic bodies, and one that is not modelled.
//
//   - invalid variants that have a defined interpretation: unknown members, enum values and union
//     members, absent required members, and values that break a constraint, which clients do not
//     check.
//
//   - wire: the smallest output with whitespace, depth, size, odd strings, repeated elements, odd keys,
//     odd times and values of another type, and the first error as gateways and older services write it.
//
//   - statuses and retries: the smallest output, or an error, with statuses that are seldom used, and
//     after an error that a client retries.
//
// Each case is independent. All but those of retries allow one attempt. If an operation has more cases than the bound,
// the most informative ones are kept: first the smallest and the full document, union members, enum
// values, unknown values and nulls, then the other kinds in turn.
//
// An operation gets at most maxCases cases; 0 means 500. The error says that there is no case, or
// that a contract is invalid.
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

// groupOf is the first segment of the names of an operation's cases.
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

// rank is the priority of a case; lower ranks are kept first.
type rank int

const (
	rankWhole rank = iota // smallest and full documents
	rankUnion
	rankEnum
	rankUnknown
	rankNull
	rankWire
	rankOther
)

// made is a generated case before the selection.
type made struct {
	planned
	rank    rank
	section string // cases of different sections alternate
	turn    int
}

// chosen returns the selected cases of an operation, in the order in which they were generated.
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
