package responses

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// page is a member of the output from which the next request of a list continues.
type page struct{ output, input string }

// pages returns the members by which an operation continues a list. AWS names them alike on both
// sides: nextToken and nextToken, NextMarker and Marker, LastEvaluatedKey and ExclusiveStartKey.
func pages(c *schema.Contract) []page {
	input, _ := c.Root(schema.InputPart)
	output, _ := c.Root(schema.OutputPart)
	var all []page
	for _, m := range c.Resolve(output).Members {
		if m.Required.Or(false) {
			continue
		}
		base := strings.TrimPrefix(strings.ToLower(m.Name), "next")
		rest, last := strings.CutPrefix(base, "lastevaluated")
		if !last && !strings.HasSuffix(base, "token") && !strings.HasSuffix(base, "marker") {
			continue
		}
		for _, in := range c.Resolve(input).Members {
			name := strings.ToLower(in.Name)
			if last && name == "exclusivestart"+rest || !last && strings.TrimPrefix(name, "next") == base {
				all = append(all, page{m.Name, in.Name})
			}
		}
	}
	return all
}

// Continues reports whether a request continues a list, given which members it has.
func (l *List) Continues(has func(member string) bool) bool {
	return slices.ContainsFunc(l.pages, func(p page) bool { return has(p.input) })
}

// echoing returns the contract with echoes of the identifiers that have the same name in the input and
// the output, such as TableName, unless it states one itself.
func echoing(c *schema.Contract) *schema.Contract {
	input, _ := c.Root(schema.InputPart)
	echoes := slices.Clone(c.Echoes)
	text := func(m *schema.Member) bool {
		shape := c.Resolve(m.Shape)
		return shape.Type == schema.String && shape.Enum.Or(nil) == nil
	}
	for _, in := range c.Resolve(input).Members {
		if !in.Required.Or(false) || !text(&in) || slices.ContainsFunc(c.Echoes, func(e schema.Echo) bool { return e.Input == in.Name }) {
			continue
		}
		at := schema.Place{Part: schema.OutputPart, Pointer: wrapper(c)}
		shape, _, ok := c.At(at)
		if !ok {
			continue
		}
		if out, ok := shape.Member(in.Name); ok && text(out) && (at.Pointer != "" || c.Location(out).InBody()) {
			echoes = append(echoes, schema.Echo{Input: in.Name, Output: at.Child(in.Name).Pointer})
		}
	}
	echoed := *c
	echoed.Echoes = echoes
	return &echoed
}

// lastPage returns the plan of a response without the members from which another request could
// continue.
func (l *List) lastPage(p plan) plan {
	choices := slices.Clone(p.choices)
	for _, page := range l.pages {
		choices = append(choices, synth.Choice{Pointer: schema.Place{}.Child(page.output).Pointer, Absent: true})
	}
	return plan{part: p.part, choices: choices}
}
