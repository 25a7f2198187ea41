package drift

import (
	"slices"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// reducer finds what documents need to show changes at some places: the members on the way there,
// and required ones. Without the other members, documents are few and both sides compile fast. A
// document that has none of these members means the same with and without them.
type reducer struct {
	sides [2]*schema.Contract
	keep  [2]map[string]map[string]bool // by structure
	pairs map[[2]string]bool            // of structures; a side without one has ""
}

// reduced returns both contracts with only some of their parts and with what documents of one of
// these parts need for the places. Nothing is sensitive in them, so that findings show values:
// synthesized documents need no protection.
func reduced(old, new *schema.Contract, of []schema.Part, part schema.Part, pointers []string) (a, b *schema.Contract) {
	r := &reducer{sides: [2]*schema.Contract{old, new}, pairs: map[[2]string]bool{}}
	r.keep = [2]map[string]map[string]bool{{}, {}}
	for _, p := range of {
		var ways [][]string
		if p == part {
			for _, pointer := range pointers {
				ways = append(ways, jsontree.Tokens(pointer))
			}
		}
		if p == schema.OutputPart && len(of) > 1 {
			for _, side := range r.sides {
				for _, e := range side.Echoes {
					ways = append(ways, jsontree.Tokens(e.Output))
				}
			}
		}
		var roots [2]*schema.Ref
		for i, side := range r.sides {
			if root, ok := side.Root(p); ok && root.Name != "" {
				roots[i] = &root
			}
		}
		r.visit(roots, ways)
	}
	for r.alike() {
	}
	return r.contract(0, of), r.contract(1, of)
}

// visit keeps what is needed at a pair of shapes, for ways on from there. A way that ends at a
// structure needs all of its members.
func (r *reducer) visit(refs [2]*schema.Ref, ways [][]string) {
	var shapes [2]*schema.Shape
	names, structure, union := [2]string{}, false, false
	for i, ref := range refs {
		if ref == nil {
			continue
		}
		shapes[i] = r.sides[i].Resolve(*ref)
		if shapes[i].Type == schema.Structure {
			names[i], structure, union = ref.Name, true, union || shapes[i].Union.Or(false)
		}
	}
	if !structure {
		for _, token := range []string{"*key", "*"} {
			var below [2]*schema.Ref
			for i, s := range shapes {
				switch {
				case s == nil:
				case token == "*key":
					below[i] = s.Key
				case s.Type == schema.List:
					below[i] = s.Element
				default:
					below[i] = s.Value
				}
			}
			if below[0] != nil || below[1] != nil {
				r.visit(below, onward(ways, token))
			}
		}
		return
	}
	if r.pairs[names] && len(ways) == 0 {
		return
	}
	r.pairs[names] = true
	all := union && len(ways) == 0 || slices.ContainsFunc(ways, func(way []string) bool { return len(way) == 0 })
	for i, s := range shapes {
		if s == nil {
			continue
		}
		for j := range s.Members {
			m := &s.Members[j]
			on := onward(ways, m.Name)
			if !all && !m.Required.Or(false) && len(on) == 0 {
				continue
			}
			r.take(refs, shapes, m.Name, on, i)
		}
	}
}

// take keeps a member on both sides.
func (r *reducer) take(refs [2]*schema.Ref, shapes [2]*schema.Shape, name string, ways [][]string, from int) {
	var below [2]*schema.Ref
	for i, s := range shapes {
		if s == nil {
			continue
		}
		if m, ok := s.Member(name); ok {
			if i < from && r.keep[i][refs[i].Name][name] {
				return // the other side had it first
			}
			below[i] = &m.Shape
			if r.keep[i][refs[i].Name] == nil {
				r.keep[i][refs[i].Name] = map[string]bool{}
			}
			r.keep[i][refs[i].Name][name] = true
		}
	}
	r.visit(below, ways)
}

// onward returns what is left of the ways that begin with a token.
func onward(ways [][]string, token string) (on [][]string) {
	for _, way := range ways {
		if len(way) > 0 && way[0] == token {
			on = append(on, way[1:])
		}
	}
	return on
}

// alike keeps a member on both sides of a pair if one side keeps it for another pair, and reports
// whether there was one.
func (r *reducer) alike() bool {
	more := false
	for names := range r.pairs {
		var shapes [2]*schema.Shape
		var refs [2]*schema.Ref
		for i, name := range names {
			if name != "" {
				ref := schema.Named(name)
				refs[i], shapes[i] = &ref, r.sides[i].Resolve(ref)
			}
		}
		if shapes[0] == nil || shapes[1] == nil {
			continue
		}
		for i := range 2 {
			for name := range r.keep[i][names[i]] {
				if _, ok := shapes[1-i].Member(name); ok && !r.keep[1-i][names[1-i]][name] {
					more = true
					r.take(refs, shapes, name, nil, 0)
				}
			}
		}
	}
	return more
}

func (r *reducer) contract(side int, of []schema.Part) *schema.Contract {
	from := r.sides[side]
	c := *from
	c.Provenance, c.Errors, c.Shapes = nil, nil, map[string]*schema.Shape{}
	if !slices.Contains(of, schema.OutputPart) {
		c.Output = ""
	}
	if !slices.Contains(of, schema.InputPart) {
		c.Input = ""
	}
	for _, e := range from.Errors {
		if slices.Contains(of, schema.ErrorPart(e.Name)) {
			c.Errors = append(c.Errors, e)
		}
	}
	if len(of) == 1 {
		c.Echoes = nil
	}
	for names := range r.pairs {
		if names[side] != "" {
			c.Shapes[names[side]] = r.shape(side, names[side])
		}
	}
	return &c
}

func (r *reducer) shape(side int, name string) *schema.Shape {
	s := *r.sides[side].Shapes[name]
	s.Sensitive = schema.Is(false)
	all := s.Members
	s.Members = nil
	for _, m := range all {
		if r.keep[side][name][m.Name] {
			m.Shape = open(m.Shape)
			s.Members = append(s.Members, m)
		}
	}
	return &s
}

// open returns a reference without anything sensitive.
func open(r schema.Ref) schema.Ref {
	if r.Inline == nil {
		return r
	}
	s := *r.Inline
	s.Sensitive = schema.Is(false)
	for _, child := range []**schema.Ref{&s.Element, &s.Key, &s.Value} {
		if *child != nil {
			below := open(**child)
			*child = &below
		}
	}
	return schema.Ref{Inline: &s}
}

// reduce returns both contracts of a pair for a part, for documents that show these changes.
func (p *pair) reduce(part schema.Part, changes []*Change) (old, new *schema.Contract) {
	return reduced(p.old, p.new, []schema.Part{part}, part, pointersOf(changes))
}

// reduceWhole is the same for whole messages, which need a request and a response.
func (p *pair) reduceWhole(part schema.Part, changes []*Change) (old, new *schema.Contract) {
	of := []schema.Part{schema.InputPart, schema.OutputPart}
	if !slices.Contains(of, part) {
		of = append(of, part)
	}
	return reduced(p.old, p.new, of, part, pointersOf(changes))
}

func pointersOf(changes []*Change) (all []string) {
	for _, c := range changes {
		all = append(all, c.Pointer)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
