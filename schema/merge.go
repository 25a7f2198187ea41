package schema

import (
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
)

// Merge returns a copy of the contract a that also has what only b, a contract of the same
// operation, states: facets, echoes, and the members of errors and unstated shapes. Where both
// state a value and differ, the copy has that of a, and a [finding.SourceConflict] reports it.
func Merge(a, b *Contract) (*Contract, finding.Set) {
	merged := a.Clone()
	loan := borrow(merged, b.sources(), b.Provenance)
	var conflicts []finding.Finding
	conflict := func(d Difference) {
		conflicts = append(conflicts, finding.Finding{
			Rule: finding.SourceConflict, Problem: finding.TwoSources, Operation: a.Name(), Pointer: d.Place.Pointer,
			Found: finding.Value{Text: ValueText(d.A)}, Wanted: finding.Want{Text: ValueText(d.B)},
			Names: []string{d.Facet, d.Place.String()}, Between: []string{describe(a), describe(b)},
		})
	}
	p := pairing{a: merged, b: b,
		unlike: conflict,
		open: func(at Place, into, from *Ref) {
			if b.Resolve(*from).Type == Unstated {
				return
			}
			own, learnt := merged.Resolve(*into).facets(), maps.Clone(merged.Provenance)
			*into = merged.graft(b, *from)
			merged.walk(at, *into, nil, map[string]bool{}, loan.learnPlace)
			for i, f := range merged.Resolve(*into).facets() {
				if own[i].slot.Silent() {
					continue
				}
				f.slot.set(own[i].slot)
				delete(merged.Provenance, at.fact(f.name))
				if from, ok := learnt[at.fact(f.name)]; ok {
					merged.Provenance[at.fact(f.name)] = from
				}
			}
		},
	}
	p.facet = func(at Place, name string, into, from slot) {
		switch {
		case from.Silent() || !into.Silent() && p.agree(name, into, from):
		case into.Silent():
			into.set(from)
			loan.learn(at.fact(name))
		default:
			conflict(Difference{at, name, into.stated(), from.stated()})
		}
	}
	p.run()
	for _, e := range b.Echoes {
		if !slices.Contains(merged.Echoes, e) {
			loan.origin(0)
			merged.Echoes = append(merged.Echoes, e)
		}
	}
	return merged, finding.NewSet(conflicts...)
}

func describe(c *Contract) string {
	if len(c.Origins) == 0 {
		return c.String()
	}
	o := c.Origins[0]
	if o.Version == "" {
		return "the " + o.Kind
	}
	return "the " + o.Kind + " " + o.Version
}

// loan records the origins of facts that a contract takes from elsewhere.
type loan struct {
	to      *Contract
	own     []Origin       // of the contract before
	origins []Origin       // of the lender
	facts   map[string]int // the lender's provenance
}

func borrow(to *Contract, origins []Origin, facts map[string]int) loan {
	return loan{to, to.sources(), origins, facts}
}

// sources returns the origins of a contract. A contract without a document is its own origin.
func (c *Contract) sources() []Origin {
	if len(c.Origins) > 0 {
		return c.Origins
	}
	return []Origin{{Kind: "contract", Version: c.Version, Digest: c.Digest()}}
}

// origin returns the index in the contract of an origin of the lender. The first fact adds the
// origin.
func (l loan) origin(i int) int {
	if len(l.to.Origins) == 0 {
		l.to.Origins = slices.Clone(l.own)
	}
	at := slices.Index(l.to.Origins, l.origins[i])
	if at < 0 {
		at = len(l.to.Origins)
		l.to.Origins = append(l.to.Origins, l.origins[i])
	}
	return at
}

func (l loan) learn(fact string) {
	if at := l.origin(l.facts[fact]); at > 0 {
		if l.to.Provenance == nil {
			l.to.Provenance = map[string]int{}
		}
		l.to.Provenance[fact] = at
	}
}

// learnPlace learns everything that a contract states about a place.
func (l loan) learnPlace(at Place, s *Shape, m *Member) {
	l.learn(at.fact("type"))
	facets := s.facets()
	if m != nil {
		facets = append(facets, m.facets()...)
	}
	for _, f := range facets {
		if !f.slot.Silent() {
			l.learn(at.fact(f.name))
		}
	}
}

// graft copies the shapes that a reference of another contract reaches, under unused names.
func (c *Contract) graft(from *Contract, ref Ref) Ref {
	names := map[string]string{}
	var copyRef func(*Ref)
	copyRef = func(r *Ref) {
		if r.Inline != nil {
			r.Inline.children(func(_ string, child *Ref, _ *Member) { copyRef(child) })
			return
		}
		name, done := names[r.Name]
		if !done {
			name = c.freeName(r.Name)
			names[r.Name] = name
			shape := from.Resolve(*r).clone()
			c.Shapes[name] = shape
			shape.children(func(_ string, child *Ref, _ *Member) { copyRef(child) })
		}
		r.Name = name
	}
	grafted := Ref{ref.Name, ref.Inline.clone()}
	copyRef(&grafted)
	return grafted
}

func (c *Contract) freeName(name string) string {
	for _, taken := c.Shapes[name]; taken; _, taken = c.Shapes[name] {
		name += "_"
	}
	return name
}
