package drift

import (
	"runtime"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// service is the operations of a service in two sources.
type service struct {
	old, new []*schema.Contract
	before   map[string]*schema.Contract // by name
	after    map[string]*schema.Contract
	options  *Options

	pairs  []*pair
	graph  *graph
	rows   rows
	routes func() *schema.Catalog // of the new side
}

// pair is an operation in two sources.
type pair struct {
	*service
	old, new *schema.Contract
}

func newService(old, new []*schema.Contract, o *Options) (*service, error) {
	s := &service{old: old, new: new, options: o, graph: newGraph(), rows: rows{byKey: map[rowKey]*row{}}}
	var err error
	if s.before, err = byName(old, "old"); err != nil {
		return nil, err
	}
	if s.after, err = byName(new, "new"); err != nil {
		return nil, err
	}
	s.routes = sync.OnceValue(func() *schema.Catalog { return schema.NewCatalog(s.new...) })
	for _, c := range old {
		if d := s.after[c.Name()]; d != nil && o.chosen(c) {
			s.pairs = append(s.pairs, &pair{s, c, d})
		}
	}
	return s, nil
}

// compare returns the changes of the service, of which each is one however many operations have it.
func (s *service) compare() ([]Change, error) {
	for _, p := range s.pairs {
		s.graph.foreign = s.graph.foreign || p.foreign()
	}
	roots := make([][]*node, len(s.pairs))
	for i, p := range s.pairs {
		for _, part := range p.parts() {
			roots[i] = append(roots[i], p.root(part))
		}
	}
	s.graph.settle()
	for i, p := range s.pairs {
		p.whole()
		for j, part := range p.parts() {
			p.part(part, roots[i][j])
		}
	}
	if err := s.prove(); err != nil {
		return nil, err
	}
	var all []Change
	for _, r := range s.rows.all {
		all = append(all, r.result())
	}
	return append(all, s.addedAndRemoved()...), nil
}

// prove looks for a breaking payload of each change.
func (s *service) prove() error {
	for _, r := range s.rows.all {
		at := r.occurrences[0]
		r.change.Operation, r.change.Part, r.change.Pointer = at.pair.old.Name(), at.part, at.pointer
		r.change.lost(at.pair)
		r.change.responded(at.pair)
	}
	for round := range maxAttempts {
		type place struct {
			pair *pair
			part schema.Part
		}
		var order []place
		groups := map[place][]*Change{}
		for _, r := range s.rows.all {
			for _, a := range r.next(round) {
				at := place{a.pair, a.part}
				if groups[at] == nil {
					order = append(order, at)
				}
				groups[at] = append(groups[at], &a.change)
			}
		}
		errs := make([]error, len(order))
		each(len(order), func(i int) { errs[i] = order[i].pair.prove(order[i].part, groups[order[i]]) })
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// each calls do for 0 to n-1, concurrently.
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

// parts returns the parts that both sides may describe.
func (p *pair) parts() []schema.Part {
	parts := p.old.Parts()
	for _, e := range p.new.Errors {
		if part := schema.ErrorPart(e.Name); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// root returns the pair of shapes of a part; nil if one side has none or does not state it.
func (p *pair) root(part schema.Part) *node {
	a, hasOld := p.old.Root(part)
	b, hasNew := p.new.Root(part)
	if !hasOld || !hasNew || a.Name == "" || b.Name == "" || part == schema.InputPart && (p.old.InputUnstated || p.new.InputUnstated) {
		return nil
	}
	return p.graph.pairOf(p, &a, &b, nil, "")
}

// scope is empty if names of shapes mean the same in all operations of the service. On a page, they
// are names that the reader made up.
func (p *pair) scope() string {
	if isPage(p.old) || isPage(p.new) {
		return p.old.Operation
	}
	return ""
}

// shapeIn returns the name of a shape, or none where the reader of the source made it up.
func shapeIn(scope, shape string) string {
	if scope != "" {
		return ""
	}
	return shape
}

func isPage(c *schema.Contract) bool {
	return len(c.Origins) > 0 && c.Origins[0].Kind == "boto3-page"
}

// whole adds the changes of the operation itself.
func (p *pair) whole() {
	at := occurrence{p, schema.ContractPlace.Part, ""}
	for _, d := range schema.DiffFacets(p.old, p.new, schema.ContractPlace, p.old, p.new) {
		f := facetNamed(d.Facet)
		if f == nil || f.Field == "Contract.Protocol" || f.Field == "Contract.Protocols" || p.graph.foreign && slices.Contains(ofProtocol, d.Facet) {
			continue
		}
		for _, piece := range f.pieces(&difference{Difference: d}, p) {
			scope := p.old.Operation
			if slices.Contains(ofService, d.Facet) {
				scope = ""
			}
			p.rows.of(d.Facet, piece, "", [2]string{}, scope).show(at)
		}
	}
	for _, protocol := range p.lostProtocols() {
		p.rows.of("protocol", piece{rule: finding.DriftRouteChanged, old: protocol, new: p.new.Protocol.Or("")}, "", [2]string{}, "").show(at)
	}
}

// ofService are the facets of an operation that are those of its service.
var ofService = []string{"api", "signing", "queryCompatible"}

// part adds the changes of a part.
func (p *pair) part(part schema.Part, root *node) {
	at := occurrence{pair: p, part: part}
	if name, isError := part.ErrorName(); isError && !p.error(name, at) {
		return
	}
	if root == nil {
		p.document(part)
		return
	}
	scope := p.scope()
	p.graph.walk(root, func(d *difference, pointer string, again bool) {
		at.pointer = pointer
		pieces := d.pieces
		if pieces == nil {
			moved := *d
			moved.Place = schema.Place{Part: part, Pointer: pointer}
			pieces = facetNamed(d.Facet).pieces(&moved, p)
		}
		for i, piece := range pieces {
			var r *row
			if shared := scope == "" && d.pieces != nil; shared && len(*d.row) > i {
				r = (*d.row)[i]
			} else if r = p.rows.of(d.Facet, piece, shapeIn(scope, d.shape), d.names, scope); shared {
				*d.row = append(*d.row, r)
			}
			if again {
				r.places++
			} else {
				r.show(at)
			}
		}
	})
}

// error adds the changes of an error itself, and reports whether both sides have it.
func (p *pair) error(name string, at occurrence) bool {
	old, had := p.old.Error(name)
	new, has := p.new.Error(name)
	if had && old.Name != name || has && new.Name != name { // found by its code on the wire
		had, has = had && old.Name == name, has && new.Name == name
	}
	names := [2]string{name, name}
	if had != has {
		rule := finding.DriftErrorAdded
		if had {
			rule = finding.DriftErrorRemoved
		}
		p.rows.of("error", piece{rule: rule}, name, names, "").show(at)
		return false
	}
	for _, d := range schema.DiffFacets(p.old, p.new, schema.Place{}, old, new) {
		if p.graph.foreign && slices.Contains(ofProtocol, d.Facet) {
			continue
		}
		for _, piece := range facetNamed("error."+d.Facet).pieces(&difference{Difference: d}, p) {
			p.rows.of(d.Facet, piece, name, names, "").show(at)
		}
	}
	return true
}

// document adds the change of a part that only one side describes. An input without members is the
// same as none.
func (p *pair) document(part schema.Part) {
	a, _ := p.old.Root(part)
	b, _ := p.new.Root(part)
	_, isError := part.ErrorName()
	switch {
	case a.Name == b.Name, isError:
		return
	case part == schema.InputPart && (p.old.InputUnstated || p.new.InputUnstated || len(p.old.Resolve(a).Members)+len(p.new.Resolve(b).Members) == 0):
		return
	case a.Name != "" && b.Name != "":
		return
	}
	of := piece{rule: finding.DriftDocumentAdded, new: schema.Structure}
	if a.Name != "" {
		of = piece{rule: finding.DriftDocumentRemoved, old: schema.Structure}
	}
	p.rows.of("type", of, "", [2]string{string(part)}, p.old.Operation).show(occurrence{p, part, ""})
}

// addedAndRemoved returns a change for each operation that only one side has, where that side's
// counterpart describes the whole service.
func (s *service) addedAndRemoved() []Change {
	var all []Change
	for _, c := range s.old {
		if s.after[c.Name()] == nil && s.options.chosen(c) && s.complete(s.new) {
			gone := Change{Rule: finding.DriftOperationRemoved, Operation: c.Name(), Part: schema.ContractPlace.Part, Facet: "operation", Places: 1, Operations: []string{c.Name()}}
			gone.lost(&pair{s, c, c})
			all = append(all, gone)
		}
	}
	for _, c := range s.new {
		if s.before[c.Name()] == nil && s.options.chosen(c) && s.complete(s.old) {
			all = append(all, Change{Rule: finding.DriftOperationAdded, Operation: c.Name(), Part: schema.ContractPlace.Part, Facet: "operation", Places: 1, Operations: []string{c.Name()}})
		}
	}
	return all
}

// complete reports whether a side has all operations of the service: as many as its document
// describes or, if it does not say, more than one, as on the other side. Pages describe one
// operation each.
func (s *service) complete(side []*schema.Contract) bool {
	several := func(all []*schema.Contract) bool { return len(all) > 1 && !slices.ContainsFunc(all, isPage) }
	if s.options.Whole {
		return true
	}
	if len(side) > 0 && len(side[0].Origins) > 0 && side[0].Origins[0].Operations > 0 {
		return len(side) >= side[0].Origins[0].Operations
	}
	return several(s.old) && several(s.new)
}
