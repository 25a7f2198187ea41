package report

import (
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// Service counts the responses and findings of one service.
type Service struct {
	Name     string `json:"name"`
	Checked  int    `json:"checked"` // responses
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	Infos    int    `json:"infos"`
}

// services returns the counts of each service; nil if there are fewer than two.
func (c *Collector) services() []Service {
	all := map[string]*Service{}
	of := func(operation string) *Service {
		name := finding.Service(operation)
		if all[name] == nil {
			all[name] = &Service{Name: name}
		}
		return all[name]
	}
	for contract, n := range c.contracts {
		operation, _, _ := strings.Cut(contract, "@")
		of(operation).Checked += n
	}
	for _, k := range c.kinds {
		if k.Operation == "" {
			continue
		}
		switch s := of(k.Operation); k.Severity {
		case finding.Error:
			s.Errors += k.Count
		case finding.Warning:
			s.Warnings += k.Count
		default:
			s.Infos += k.Count
		}
	}
	if len(all) < 2 {
		return nil
	}
	var list []Service
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, *all[name])
	}
	return list
}
