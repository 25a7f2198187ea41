package drift

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// Comparison is what changed between two sources.
type Comparison struct {
	Compared int      `json:"compared"`        // operations that both have
	Alone    []Alone  `json:"alone,omitempty"` // services that only one side describes
	Changes  []Change `json:"changes"`         // gravest first
}

// Alone is a service that only one side describes: it has not come or gone, it is
// not compared.
type Alone struct {
	Side       Side   `json:"side"`
	Service    string `json:"service"`
	Operations int    `json:"operations"`
}

// TwiceError says that a source describes an operation more than once.
type TwiceError struct{ Side, Operation, First, Second string }

func (e *TwiceError) Error() string {
	return fmt.Sprintf("the %s side describes %s twice, as %s and as %s: name one of them", e.Side, e.Operation, e.First, e.Second)
}

// NothingInCommonError says that two sources share no operation.
type NothingInCommonError struct{ Old, New string }

func (e *NothingInCommonError) Error() string {
	return fmt.Sprintf("the sources have no operation in common: the old one describes %s, the new one %s", e.Old, e.New)
}

// Compare returns what changed between the operations of two sources. The error
// is a [*TwiceError], a [*NothingInCommonError] or tells why a contract cannot be used.
func Compare(old, new []*schema.Contract) (*Comparison, error) {
	before, err := byName(old, "old")
	if err != nil {
		return nil, err
	}
	after, err := byName(new, "new")
	if err != nil {
		return nil, err
	}
	var pairs []*pair
	for _, c := range old {
		if d := after[c.Name()]; d != nil {
			pairs = append(pairs, &pair{old: c, new: d})
		}
	}
	if len(pairs) == 0 {
		return nil, &NothingInCommonError{some(old), some(new)}
	}
	routes := map[string]*schema.Catalog{} // by service
	for service, contracts := range byService(new) {
		routes[service] = schema.NewCatalog(contracts...)
	}
	result := &Comparison{Compared: len(pairs), Changes: []Change{}}
	errs := make([]error, len(pairs))
	each(len(pairs), func(i int) { errs[i] = pairs[i].compare(routes) })
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		result.Changes = append(result.Changes, p.changes...)
	}
	result.services(old, before, new, after, routes)
	for i := range result.Changes {
		result.Changes[i].Message = result.Changes[i].Finding().Message
	}
	slices.SortStableFunc(result.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return result, nil
}

// each calls do for 0 to n-1, several at once.
func each(n int, do func(int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

func byName(contracts []*schema.Contract, side string) (map[string]*schema.Contract, error) {
	named := make(map[string]*schema.Contract, len(contracts))
	for _, c := range contracts {
		if d := named[c.Name()]; d != nil {
			return nil, &TwiceError{side, c.Name(), d.String(), c.String()}
		}
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("contract %s cannot be used: %w", c, err)
		}
		named[c.Name()] = c
	}
	return named, nil
}

// some names a few of the contracts.
func some(contracts []*schema.Contract) string {
	if len(contracts) == 0 {
		return "nothing"
	}
	if len(contracts) == 1 {
		return contracts[0].Name()
	}
	return fmt.Sprintf("%s and %d more", contracts[0].Name(), len(contracts)-1)
}

// services compares which operations there are, service by service, where both
// sides speak of all.
func (r *Comparison) services(old []*schema.Contract, before map[string]*schema.Contract, new []*schema.Contract, after map[string]*schema.Contract, routes map[string]*schema.Catalog) {
	was, is := byService(old), byService(new)
	for _, service := range slices.Sorted(maps.Keys(was)) {
		if is[service] == nil {
			r.Alone = append(r.Alone, Alone{Old, service, len(was[service])})
		} else if whole(was[service]) && whole(is[service]) {
			r.Changes = append(r.Changes, comings(was[service], before, is[service], after, routes)...)
		}
	}
	for _, service := range slices.Sorted(maps.Keys(is)) {
		if was[service] == nil {
			r.Alone = append(r.Alone, Alone{New, service, len(is[service])})
		}
	}
}

func byService(contracts []*schema.Contract) map[string][]*schema.Contract {
	services := map[string][]*schema.Contract{}
	for _, c := range contracts {
		services[c.Service] = append(services[c.Service], c)
	}
	return services
}

// whole reports a source that speaks of all operations of its service.
func whole(contracts []*schema.Contract) bool {
	page := func(c *schema.Contract) bool { return len(c.Origins) > 0 && c.Origins[0].Kind == "boto3-page" }
	return len(contracts) > 1 && !slices.ContainsFunc(contracts, page)
}

// comings returns the operations that came and went.
func comings(old []*schema.Contract, before map[string]*schema.Contract, new []*schema.Contract, after map[string]*schema.Contract, routes map[string]*schema.Catalog) []Change {
	var all []Change
	for _, c := range old {
		if after[c.Name()] == nil {
			gone := Change{Rule: finding.DriftOperationRemoved, Operation: c.Name(), Part: schema.ContractPlace.Part, Facet: "operation"}
			gone.lost(c, routes)
			all = append(all, gone)
		}
	}
	for _, c := range new {
		if before[c.Name()] == nil {
			all = append(all, Change{Rule: finding.DriftOperationAdded, Operation: c.Name(), Part: schema.ContractPlace.Part, Facet: "operation"})
		}
	}
	return all
}

// pair is one operation, as two sources have it.
type pair struct {
	old, new *schema.Contract
	changes  []Change
}

// compare compares the operation part by part: a structure that is sent and
// answered changes twice.
func (p *pair) compare(routes map[string]*schema.Catalog) error {
	p.part(schema.ContractPlace.Part)
	for i := range p.changes {
		if c := &p.changes[i]; c.Rule == finding.DriftRouteChanged {
			c.lost(p.old, routes)
		}
	}
	for _, part := range p.parts() {
		first := len(p.changes)
		p.part(part)
		if err := p.prove(part, p.changes[first:]); err != nil {
			return err
		}
	}
	return nil
}

// parts returns those of both sides.
func (p *pair) parts() []schema.Part {
	parts := p.old.Parts()
	for _, part := range p.new.Parts() {
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// part takes the differences of a part.
func (p *pair) part(part schema.Part) {
	for _, d := range schema.Diff(p.old.Only(part), p.new.Only(part)) {
		row := facetOf(d)
		if d.Place.Part != part || row == nil {
			continue
		}
		for _, piece := range row.pieces(d, p) {
			p.changes = append(p.changes, Change{Rule: piece.rule, Operation: p.old.Name(), Part: d.Place.Part, Pointer: d.Place.Pointer,
				Facet: d.Facet, Old: schema.ValueText(piece.old), New: schema.ValueText(piece.new), piece: piece})
		}
	}
}

// unveiled returns a contract in which nothing is sensitive, so that findings say
// what they found: of synthesised documents nothing need be withheld.
func unveiled(c *schema.Contract) *schema.Contract {
	sensitive := false
	c.Walk(func(_ schema.Place, s *schema.Shape, _ *schema.Member) {
		sensitive = sensitive || s.Sensitive.Or(false)
	})
	if !sensitive {
		return c
	}
	d := c.Clone()
	d.Walk(func(_ schema.Place, s *schema.Shape, _ *schema.Member) { s.Sensitive = schema.Is(false) })
	return d
}
