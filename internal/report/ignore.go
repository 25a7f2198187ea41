package report

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// GroupError says that an ID does not name exactly one group of a report.
type GroupError struct {
	ID        string
	Known     []string // IDs of the report's groups
	Ambiguous bool
}

func (e *GroupError) Error() string {
	switch {
	case e.Ambiguous:
		return fmt.Sprintf("%s is ambiguous: it names the groups %s", e.ID, strings.Join(e.Known, ", "))
	case len(e.Known) == 0:
		return fmt.Sprintf("the report has no group %s; it has no findings", e.ID)
	}
	return fmt.Sprintf("the report has no group %s; its groups are %s", e.ID, strings.Join(e.Known, ", "))
}

// Row returns an ignore row, still without a reason, that accepts the findings of a group. The ID
// is the group's fingerprint, or the prefix of it that text reports show in brackets. The error is
// a [*GroupError].
func (r *Report) Row(id string) (finding.Expected, error) {
	var found []*Group
	var known []string
	for i := range r.Groups {
		g := &r.Groups[i]
		known = append(known, g.ID())
		if len(id) >= IDLength && strings.HasPrefix(g.Fingerprint, id) &&
			(len(found) == 0 || found[0].Fingerprint != g.Fingerprint) { // shown deviations come after the rest
			found = append(found, g)
		}
	}
	switch {
	case len(found) == 0:
		return finding.Expected{}, &GroupError{ID: id, Known: known}
	case len(found) > 1:
		e := &GroupError{ID: id, Ambiguous: true}
		for _, g := range found {
			e.Known = append(e.Known, g.Fingerprint)
		}
		return finding.Expected{}, e
	}
	return found[0].row(), nil
}

func (g *Group) row() finding.Expected {
	e := finding.Expected{Rule: g.Rule, Value: g.values()}
	parts := []string{g.Part}
	operations := []string{g.Operation}
	for _, o := range g.Occurrences {
		parts, operations = append(parts, o.Part), append(operations, o.Operation)
	}
	slices.Sort(parts)
	if parts = slices.Compact(parts); len(parts) == 1 {
		if e.Part = finding.Literal(parts[0]); e.Part == "" {
			e.Part = "output"
		}
	}
	rule, _ := g.Rule.Lookup()
	if g.Shape != "" && rule.Layer != finding.LayerHTTP {
		e.Shape = finding.Literal(finding.Service(g.Operation)+":") + g.shapePattern()
		return e
	}
	if g.Side == "" {
		e.Part = "" // the group is not about a document
	}
	e.Operation, e.Place = operationPattern(operations), placePattern(g.Place)
	if g.Place == Elsewhere || slices.ContainsFunc(g.Occurrences, func(o Occurrence) bool { return o.Place != g.Place }) {
		e.Place = finding.AnyPlace
	}
	return e
}

// shapePattern matches the shapes of the findings, which differ in the name of the member if no contract
// knows it.
func (g *Group) shapePattern() string {
	shape, _, _ := strings.Cut(g.Shape, "$")
	if slices.ContainsFunc(g.Samples, func(s Sample) bool { return s.Shape != g.Shape }) {
		return finding.Literal(shape) + "$*"
	}
	return finding.Literal(g.Shape)
}

// maxValues is how many values a row lists; with more it accepts any.
const maxValues = 10

// values returns a pattern for the values of the findings; it is empty if the report does not have
// all of them.
func (g *Group) values() string {
	if g.valueless || g.Count > len(g.Samples) {
		return ""
	}
	var values []string
	for _, s := range g.Samples {
		values = append(values, s.Got)
	}
	slices.Sort(values)
	switch values = slices.Compact(values); {
	case len(values) == 0 || len(values) > maxValues || values[0] == "":
		return ""
	case len(values) == 1:
		return finding.LiteralValue(values[0])
	}
	for i := range values {
		values[i] = regexp.QuoteMeta(values[i])
	}
	return "~" + strings.Join(values, "|")
}

// operationPattern matches the operation, all operations of the only service, or any operation.
func operationPattern(operations []string) string {
	slices.Sort(operations)
	operations = slices.Compact(operations)
	if len(operations) == 1 {
		return finding.Literal(operations[0])
	}
	service := finding.Service(operations[0])
	if slices.ContainsFunc(operations, func(o string) bool { return finding.Service(o) != service }) {
		return ""
	}
	return finding.Literal(service) + ".*"
}

// placePattern keeps the folded indexes of a place readable.
func placePattern(place string) string {
	tokens := strings.Split(place, "/")
	for i, token := range tokens {
		if token != "*" {
			tokens[i] = finding.Literal(token)
		}
	}
	pattern := strings.Join(tokens, "/")
	if _, err := path.Match(pattern, ""); err != nil {
		return finding.Literal(place)
	}
	return pattern
}
