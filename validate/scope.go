package validate

import (
	"iter"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Note adds what was validated of an interaction to the scope of a run, so that an ignore row is
// stale only if the run could have matched it.
func (o Outcome) Note(scope *finding.Scope, x *traffic.Interaction, bare Bare) {
	c := o.Contract
	if c == nil {
		return
	}
	scope.Source(sourceName(x))
	note := func(part schema.Part) {
		scope.Part(c.Name(), partText(part), func() []string { return structures(c, part) })
	}
	status := x.Response.Status
	if x.Request == nil {
		status = bare.Status
	} else if status < 400 || status > 499 {
		note(schema.InputPart)
	}
	switch {
	case x.Request == nil && bare.Part != "":
		note(bare.Part)
	case status < 300:
		note(schema.OutputPart)
	default:
		// Findings about an error as a whole, such as its status, are about the output.
		scope.Part(c.Name(), "", func() []string { return nil })
		if e, ok := c.Error(ErrorName(x.Response.Header, x.Response.Body.Bytes)); ok {
			note(schema.ErrorPart(e.Name))
		}
	}
}

// structures returns the names of the structures that a part leads to, sorted.
func structures(c *schema.Contract, part schema.Part) []string {
	root, ok := c.Root(part)
	if !ok {
		return nil
	}
	var names []string
	for name, shape := range reached(c, root) {
		if shape.Type == schema.Structure && name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// reached yields every shape that a reference leads to, with its name. Unnamed shapes are repeated.
func reached(c *schema.Contract, root schema.Ref) iter.Seq2[string, *schema.Shape] {
	return func(yield func(string, *schema.Shape) bool) {
		seen := map[string]bool{}
		for refs := []schema.Ref{root}; len(refs) > 0; {
			ref := refs[0]
			refs = refs[1:]
			if ref.Name != "" && seen[ref.Name] {
				continue
			}
			seen[ref.Name] = true
			shape := c.Resolve(ref)
			if !yield(ref.Name, shape) {
				return
			}
			for i := range shape.Members {
				refs = append(refs, shape.Members[i].Shape)
			}
			for _, inner := range []*schema.Ref{shape.Element, shape.Key, shape.Value} {
				if inner != nil {
					refs = append(refs, *inner)
				}
			}
		}
	}
}
