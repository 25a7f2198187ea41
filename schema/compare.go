package schema

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/crcheck/crcheck/internal/pattern"
)

// Difference is a facet that two contracts both state, with different values. Facet can also be
// "type", or "member" or "error" for one that only one contract has.
type Difference struct {
	Place Place
	Facet string
	// A and B are the values: a string, bool, int, []string, [Bounds] or [Type]. For a member or
	// error that only one contract has, that one is "present" and the other nil.
	A, B any
}

// ValueText returns a value of a [Difference] as JSON, or "" for nil.
func ValueText(value any) string {
	if value == nil {
		return ""
	}
	if number, ok := value.(json.Number); ok { // version 2 of encoding/json would quote it
		return cmp.Or(string(number), "0")
	}
	text, err := marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// pairing walks two contracts side by side. It pairs shapes by their places and not by their names,
// which a page does not know.
type pairing struct {
	a, b *Contract
	// facet is called for every facet of every pair, stated or not.
	facet func(at Place, name string, a, b slot)
	// unlike is called for differences in types, members and errors, which are not facets.
	unlike func(Difference)
	// open is called where a or b has an unstated shape.
	open func(at Place, a, b *Ref)

	seen     map[[2]string]bool
	patterns map[[2]string]bool // pairs of patterns, and whether they match the same texts
}

func (p *pairing) run() {
	p.seen = map[[2]string]bool{}
	p.facets(ContractPlace, p.a.facets(), p.b.facets())
	p.root(Place{Part: OutputPart}, p.a.Output, p.b.Output)
	if p.a.InputUnstated || p.b.InputUnstated {
		p.unstatedInput()
	} else {
		p.root(Place{Part: InputPart}, p.a.Input, p.b.Input)
	}
	for i := range p.a.Errors {
		e := &p.a.Errors[i]
		at := Place{Part: ErrorPart(e.Name)}
		f, ok := p.b.errorNamed(e.Name)
		if !ok {
			p.unlike(Difference{at, "error", present, nil})
			continue
		}
		p.facets(at, e.facets(), f.facets())
		if e.Shape != "" && f.Shape != "" {
			p.root(at, e.Shape, f.Shape)
		} else if e.Shape != f.Shape {
			a, b := Named(e.Shape), Named(f.Shape)
			p.open(at, &a, &b)
			if a.Name != e.Shape { // Diff must not write, not even the same value
				e.Shape = a.Name
			}
		}
	}
	for _, e := range p.b.Errors {
		if _, ok := p.a.errorNamed(e.Name); !ok {
			p.unlike(Difference{Place{Part: ErrorPart(e.Name)}, "error", nil, present})
		}
	}
}

// unstatedInput calls open for an input that only one source states.
func (p *pairing) unstatedInput() {
	if p.a.InputUnstated == p.b.InputUnstated {
		return
	}
	a, b := Named(p.a.Input), Named(p.b.Input)
	p.open(Place{Part: InputPart}, &a, &b)
	if p.a.InputUnstated && a.Name != "" { // Diff must not write
		p.a.Input, p.a.InputUnstated = a.Name, false
	}
}

const present = "present"

// root compares the structures at the root of a part. An empty name means no structure.
func (p *pairing) root(at Place, nameA, nameB string) {
	if nameA != "" && nameB != "" {
		a, b := Named(nameA), Named(nameB)
		p.refs(at, &a, &b)
	} else if nameA != nameB && !p.noMembers(at, nameA, nameB) {
		d := Difference{Place: at, Facet: "type"}
		if nameA != "" {
			d.A = Structure
		} else {
			d.B = Structure
		}
		p.unlike(d)
	}
}

// noMembers reports whether a part is an input that one side omits and that has no members on the
// other: on a page, both are a method without arguments.
func (p *pairing) noMembers(at Place, nameA, nameB string) bool {
	return at.Part == InputPart && len(p.a.Resolve(Named(nameA)).Members) == 0 && len(p.b.Resolve(Named(nameB)).Members) == 0
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
	if a.Type != b.Type && a.Type != Unstated && b.Type != Unstated {
		p.unlike(Difference{at, "type", a.Type, b.Type})
		return
	}
	p.facets(at, a.facets(), b.facets())
	if a.Type != b.Type {
		p.open(at, refA, refB)
		return
	}
	for i := range a.Members {
		m := &a.Members[i]
		below := at.Child(m.Name)
		if n, ok := b.Member(m.Name); ok {
			p.facets(below, m.facets(), n.facets())
			p.refs(below, &m.Shape, &n.Shape)
		} else {
			p.unlike(Difference{below, "member", present, nil})
		}
	}
	for _, n := range b.Members {
		if _, ok := a.Member(n.Name); !ok {
			p.unlike(Difference{at.Child(n.Name), "member", nil, present})
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
		{"api", &c.API}, {"protocol", &c.Protocol}, {"protocols", &c.Protocols}, {"signing", &c.Signing}, {"target", &c.Target},
		{"method", &c.Method}, {"uri", &c.URI}, {"status", &c.Status}, {"readonly", &c.Readonly},
		{"queryCompatible", &c.QueryCompatible}, {"unsigned", &c.Unsigned}, {"bearer", &c.Bearer},
	}
}

func (e *Error) facets() []namedSlot {
	return []namedSlot{{"status", &e.Status}, {"fault", &e.Fault}, {"code", &e.Code}}
}

// agree reports whether two values of a facet have the same meaning. A minimum length of zero is no
// bound: some sources write it and others do not. Patterns are equal if they match the same texts.
func (p *pairing) agree(facet string, a, b slot) bool {
	switch facet {
	case "length":
		a, b = withoutZeroMinimum(a), withoutZeroMinimum(b)
	case "pattern":
		return p.samePattern(a.(*Known[string]).Or(""), b.(*Known[string]).Or(""))
	}
	return a.sameAs(b)
}

// samePattern compares two patterns. A botocore model has Smithy's patterns in a different form,
// which loses part of their meaning, so a pattern of a Smithy model is also compared in that form.
func (p *pairing) samePattern(a, b string) bool {
	if a == b {
		return true
	}
	key := [2]string{a, b}
	same, known := p.patterns[key]
	if known {
		return same
	}
	same, _ = pattern.Equal(a, b)
	switch kinds := [2]string{p.a.kind(), p.b.kind()}; {
	case same:
	case kinds == [2]string{"smithy-model", "botocore-model"}:
		same, _ = pattern.Equal(pattern.AsBotocore(a), b)
	case kinds == [2]string{"botocore-model", "smithy-model"}:
		same, _ = pattern.Equal(a, pattern.AsBotocore(b))
	}
	if p.patterns == nil {
		p.patterns = map[[2]string]bool{}
	}
	p.patterns[key] = same
	return same
}

// kind returns the kind of the contract's source.
func (c *Contract) kind() string {
	if len(c.Origins) == 0 {
		return ""
	}
	return c.Origins[0].Kind
}

func withoutZeroMinimum(length slot) slot {
	bounds, known := length.(*Known[Bounds]).Get()
	if !known || !sameNumber(bounds.Min, "0") {
		return length
	}
	bounds.Min = ""
	shorter := Is(bounds)
	return &shorter
}

// Diff returns the differences between what two contracts both state, in the order of a's shapes.
// Each difference appears once, at the first place that leads to it. An unspecified facet differs
// from nothing. Errors are paired by name.
func Diff(a, b *Contract) []Difference {
	var found []Difference
	p := pairing{a: a, b: b,
		unlike: func(d Difference) { found = append(found, d) },
		open:   func(Place, *Ref, *Ref) {},
	}
	p.facet = func(at Place, name string, a, b slot) {
		if !a.Silent() && !b.Silent() && !p.agree(name, a, b) {
			found = append(found, Difference{at, name, a.stated(), b.stated()})
		}
	}
	p.run()
	return found
}

// DiffFacets returns the differences between the facets of two contracts, errors, members or shapes,
// each given by a pointer, without those of what is below them. The contracts are those that x and y
// are of.
func DiffFacets(a, b *Contract, at Place, x, y any) []Difference {
	type faceted interface{ facets() []namedSlot }
	var found []Difference
	p := pairing{a: a, b: b}
	others := y.(faceted).facets()
	for i, f := range x.(faceted).facets() {
		v, w := f.slot, others[i].slot
		if !v.Silent() && !w.Silent() && !v.sameAs(w) && !p.agree(f.name, v, w) {
			found = append(found, Difference{at, f.name, v.stated(), w.stated()})
		}
	}
	return found
}
