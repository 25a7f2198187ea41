package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// Service counts the responses and findings of one service, and of its operations in a report of
// probe.
type Service struct {
	Tally
	Operations []Tally `json:"operations,omitempty"`
}

// Tally counts responses and findings.
type Tally struct {
	Name     string `json:"name"`
	Checked  int    `json:"checked"` // responses
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	Infos    int    `json:"infos"`
}

func (t *Tally) add(severity finding.Severity, n int) {
	switch severity {
	case finding.Error:
		t.Errors += n
	case finding.Warning:
		t.Warnings += n
	default:
		t.Infos += n
	}
}

// services returns the counts of each service; nil if there are fewer than two, and their operations
// are not counted.
func (c *Collector) services() []Service {
	services, operations := map[string]*Service{}, map[string]*Tally{}
	of := func(operation string) (*Service, *Tally) {
		name := finding.Service(operation)
		if services[name] == nil {
			services[name] = &Service{Tally: Tally{Name: name}}
		}
		if operations[operation] == nil {
			operations[operation] = &Tally{Name: strings.TrimPrefix(operation, name+".")}
		}
		return services[name], operations[operation]
	}
	for contract, n := range c.contracts {
		operation, _, _ := strings.Cut(contract, "@")
		s, o := of(operation)
		s.Checked += n
		o.Checked += n
	}
	for _, k := range c.sortedKinds() {
		if k.Operation != "" {
			s, o := of(k.Operation)
			s.add(k.Severity, k.Count)
			o.add(k.Severity, k.Count)
		}
	}
	if len(services) < 2 && !c.ByOperation {
		return nil
	}
	if c.ByOperation {
		for _, operation := range slices.Sorted(maps.Keys(operations)) {
			s, o := of(operation)
			s.Operations = append(s.Operations, *o)
		}
	}
	var list []Service
	for _, name := range slices.Sorted(maps.Keys(services)) {
		list = append(list, *services[name])
	}
	return list
}

// serviceRows returns the rows below [serviceHeader]. An operation begins with the indent, or
// with the name of its service if that is empty.
func serviceRows(services []Service, indent string) (rows [][]string) {
	row := func(name string, t *Tally) []string {
		return []string{name, plural.Number(t.Checked), plural.Number(t.Errors), plural.Number(t.Warnings), plural.Number(t.Infos)}
	}
	for i := range services {
		s := &services[i]
		rows = append(rows, row(s.Name, &s.Tally))
		for j := range s.Operations {
			rows = append(rows, row(cmp.Or(indent, s.Name+".")+s.Operations[j].Name, &s.Operations[j]))
		}
	}
	return rows
}

// serviceHeader is the header of the table of services.
var serviceHeader = []string{"service", "checked", "errors", "warnings", "infos"}
