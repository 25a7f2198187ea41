package tallies

import (
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// members notes the members that a structure or union is to gain.
func (p *proposer) members(j *joint) {
	for _, d := range j.Details {
		known := slices.DeleteFunc(slices.Clone(d.Types), func(t string) bool { return t == string(finding.KindNameAlone) })
		if len(known) < len(d.Types) {
			p.leaveAll(j, fmt.Sprintf("boto3 has left out the value of %q", d.Text))
		}
		if len(known) > 0 {
			p.add(j, Detail{Text: d.Text, Partial: d.Partial, Types: known, Count: d.Count, First: d.First})
		}
	}
	p.leaveMore(j)
}

// open settles what follows for a union that is to be a structure: members that it
// does not know are then unknown, required ones required.
func (p *proposer) open(j *joint) {
	for _, m := range j.shape.Members {
		if m.Required.Or(false) {
			p.state(p.place(j.shape, j.at).Child(m.Name), j.Count, j.First, "required", false)
		}
	}
	if j.Rule == finding.UnionNoMember {
		return
	}
	p.opened[j.shape] = true
	for _, d := range j.Details {
		if d.Partial {
			p.leaveAll(j, "an overlay cannot name each of them")
		}
		for _, name := range d.Names {
			if !slices.ContainsFunc(j.shape.Members, func(m schema.Member) bool { return m.Name == name || m.Wire() == name }) {
				p.add(j, Detail{Text: name, Types: []string{unknownType}, Count: d.Count, First: d.First})
			}
		}
	}
	p.leaveMore(j)
}

func (p *proposer) leaveMore(j *joint) {
	if j.More > 0 {
		p.leaveAll(j, "there are more of them than are kept")
	}
}

// add notes a member that a structure is to gain, or leaves it.
func (p *proposer) add(j *joint, d Detail) {
	switch {
	case d.Text == "" || d.Partial:
		p.leaveAll(j, "an overlay cannot name each of them")
		return
	case slices.ContainsFunc(j.shape.Members, func(m schema.Member) bool { return m.Name == d.Text || m.Wire() == d.Text }):
		p.leaveAll(j, fmt.Sprintf("another member is called %q", d.Text))
		return
	}
	p.place(j.shape, j.at)
	if p.added[j.shape] == nil {
		p.added[j.shape] = map[string]*Detail{}
	}
	known := p.added[j.shape][d.Text]
	if known == nil {
		p.added[j.shape][d.Text] = &d
		return
	}
	known.Count += d.Count
	known.Types = slices.Concat(known.Types, d.Types)
	if d.First.before(known.First) {
		known.First = d.First
	}
}

// addMembers states the members that were noted. In an opened union they had
// values that nothing was validated against.
func (p *proposer) addMembers() {
	for shape, members := range p.added {
		for name, d := range members {
			t := typeFor(d.Types)
			if p.opened[shape] {
				t = schema.Document
			}
			p.state(p.places[shape].Child(name), d.Count, d.First, "type", string(t))
		}
	}
}

// unknownType is the kind of a value that the finding does not tell.
const unknownType = "unknown type"

// typeFor is the type of a member that had values of JSON types. Of objects and
// arrays nothing more is known than that they are JSON.
func typeFor(types []string) schema.Type {
	types = slices.DeleteFunc(slices.Clone(types), func(t string) bool { return t == string(finding.KindNull) })
	all := func(of ...finding.Kind) bool {
		return len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(of, finding.Kind(t)) })
	}
	switch {
	case all(finding.KindString, finding.KindDateTime, finding.KindHTTPDate):
		return schema.String
	case all(finding.KindBoolean):
		return schema.Boolean
	case all(finding.KindInteger):
		return schema.Integer
	case all(finding.KindInteger, finding.KindNumber, finding.KindBigInteger):
		return schema.Float
	}
	return schema.Document
}
