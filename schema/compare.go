package schema

import (
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
)

// Difference is a facet on which two contracts both speak and do not agree.
// Besides the facets there are "type", and "member" and "error" for what only
// one side has.
type Difference struct {
	Place Place
	Facet string
	A, B  string // JSON of the values; empty where that side has none
}

// pairing walks two contracts side by side. Shapes are paired by the places
// that they stand at, never by name, for a page does not know the names.
type pairing struct {
	a, b *Contract
	// facet is called for every facet of every pair, spoken of or not.
	facet func(at Place, name string, a, b slot)
	// unlike is called for what facets cannot hold: types, members, errors.
	unlike func(Difference)
	// open is called where a leaves a shape open, or b does.
	open func(at Place, a, b *Ref)

	seen map[[2]string]bool
}

func (p *pairing) run() {
	p.seen = map[[2]string]bool{}
	p.facets(ContractPlace, p.a.facets(), p.b.facets())
	p.errors()
	for _, part := range p.a.Parts() {
		rootA, _ := p.a.Root(part)
		rootB, ok := p.b.Root(part)
		if !ok {
			continue
		}
		_, isError := part.ErrorName()
		switch {
		case rootA.Name != "" && rootB.Name != "":
			p.refs(Place{Part: part}, &rootA, &rootB)
		case rootA.Name == rootB.Name:
		case isError:
			p.open(Place{Part: part}, &rootA, &rootB)
		default:
			p.unlike(Difference{Place{Part: part}, "type", stated(rootA.Name != ""), stated(rootB.Name != "")})
		}
	}
}

func stated(ok bool) string {
	if ok {
		return `"structure"`
	}
	return ""
}

func (p *pairing) errors() {
	for i := range p.a.Errors {
		at := Place{Part: ErrorPart(p.a.Errors[i].Name)}
		if e, ok := p.b.Error(p.a.Errors[i].Name); ok {
			p.facets(at, p.a.Errors[i].facets(), e.facets())
		} else {
			p.unlike(Difference{at, "error", `"present"`, ""})
		}
	}
	for _, e := range p.b.Errors {
		if _, ok := p.a.Error(e.Name); !ok {
			p.unlike(Difference{Place{Part: ErrorPart(e.Name)}, "error", "", `"present"`})
		}
	}
}

func (p *pairing) facets(at Place, a, b []namedSlot) {
	for i := range a {
		p.facet(at, a[i].name, a[i].slot, b[i].slot)
	}
}

func (p *pairing) refs(at Place, refA, refB *Ref) {
	a, b := p.a.Resolve(*refA), p.b.Resolve(*refB)
	if refA.Name != "" && refB.Name != "" {
		pair := [2]string{refA.Name, refB.Name}
		if p.seen[pair] {
			return
		}
		p.seen[pair] = true
	}
	if a.Type == Unstated || b.Type == Unstated {
		if a.Type != b.Type {
			p.open(at, refA, refB)
		}
		return
	}
	if a.Type != b.Type {
		p.unlike(Difference{at, "type", `"` + string(a.Type) + `"`, `"` + string(b.Type) + `"`})
		return
	}
	p.facets(at, a.facets(), b.facets())
	for i := range a.Members {
		m := &a.Members[i]
		below := at.Child(m.Name)
		if n, ok := b.Member(m.Name); ok {
			p.facets(below, m.facets(), n.facets())
			p.refs(below, &m.Shape, &n.Shape)
		} else {
			p.unlike(Difference{below, "member", `"present"`, ""})
		}
	}
	for _, n := range b.Members {
		if _, ok := a.Member(n.Name); !ok {
			p.unlike(Difference{at.Child(n.Name), "member", "", `"present"`})
		}
	}
	for _, child := range []struct {
		token string
		a, b  *Ref
	}{{"*", a.Element, b.Element}, {"*key", a.Key, b.Key}, {"*", a.Value, b.Value}} {
		if child.a != nil && child.b != nil {
			p.refs(at.Child(child.token), child.a, child.b)
		}
	}
}

func (c *Contract) facets() []namedSlot {
	return []namedSlot{
		{"api", &c.API}, {"protocol", &c.Protocol}, {"signing", &c.Signing}, {"method", &c.Method},
		{"uri", &c.URI}, {"status", &c.Status}, {"readonly", &c.Readonly},
	}
}

func (e *Error) facets() []namedSlot {
	return []namedSlot{{"status", &e.Status}, {"fault", &e.Fault}, {"code", &e.Code}}
}

// Diff returns where two contracts both speak and do not agree, in the order of
// a's shapes. Silence agrees with everything.
func Diff(a, b *Contract) []Difference {
	var found []Difference
	p := pairing{a: a, b: b,
		facet: func(at Place, name string, a, b slot) {
			if !a.Silent() && !b.Silent() && !a.sameAs(b) {
				found = append(found, Difference{at, name, a.String(), b.String()})
			}
		},
		unlike: func(d Difference) { found = append(found, d) },
		open:   func(Place, *Ref, *Ref) {},
	}
	p.run()
	return found
}

// Merge fills the silences of a contract from another one of the same
// operation. Where both speak and differ the first stands, and a
// [finding.SourceConflict] says so.
func Merge(a, b *Contract) (*Contract, finding.Set) {
	merged := a.Clone()
	origin := merged.adopt(b.Origins)
	var conflicts []finding.Finding
	conflict := func(d Difference) {
		conflicts = append(conflicts, finding.Finding{
			Rule: finding.SourceConflict, Operation: a.Name(), Pointer: d.Place.Pointer, Got: d.A, Want: d.B,
			Message: d.Facet + " of " + d.Place.String() + " is " + orAbsent(d.A) + " in " + describe(a) + " and " + orAbsent(d.B) + " in " + describe(b),
		})
	}
	p := pairing{a: merged, b: b,
		facet: func(at Place, name string, into, from slot) {
			switch {
			case from.Silent() || into.sameAs(from):
			case into.Silent():
				into.set(from)
				merged.learn(at.fact(name), origin)
			default:
				conflict(Difference{at, name, into.String(), from.String()})
			}
		},
		unlike: conflict,
		open: func(at Place, into, from *Ref) {
			if b.Resolve(*from).Type == Unstated {
				return
			}
			*into = merged.graft(b, *from)
			if name, isError := at.Part.ErrorName(); isError && at.Pointer == "" {
				e, _ := merged.Error(name)
				e.Shape = into.Name
			}
			merged.learn(at.fact("type"), origin)
		},
	}
	p.run()
	return merged, finding.NewSet(conflicts...)
}

func orAbsent(value string) string {
	if value == "" {
		return "absent"
	}
	return value
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

// adopt appends origins and returns the index of the first of them.
func (c *Contract) adopt(origins []Origin) int {
	if len(origins) == 0 {
		origins = []Origin{{Kind: "contract"}}
	}
	c.Origins = append(c.Origins, origins...)
	return len(c.Origins) - len(origins)
}

func (c *Contract) learn(fact string, origin int) {
	if c.Provenance == nil {
		c.Provenance = map[string]int{}
	}
	c.Provenance[fact] = origin
}

// graft copies the shapes that a reference of another contract reaches, under
// names that are free here.
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

// ShapeNames returns the names of the contract's shapes, sorted.
func (c *Contract) ShapeNames() []string { return slices.Sorted(maps.Keys(c.Shapes)) }
