package source

import (
	"cmp"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/schema"
)

// model is what a document says of a whole service. Its shapes are of any type
// and refer to each other by name; a contract names structures only.
type model struct {
	shapes map[string]*schema.Shape
	// operations are contracts without shapes; Input, Output and the shapes of
	// errors are names of shapes.
	operations []*schema.Contract
}

// ShapeCycleError is a shape that contains itself without a structure between.
// No JSON document of it ends, and no contract can write it down.
type ShapeCycleError struct{ Shape string }

func (e *ShapeCycleError) Error() string {
	return "the shape " + e.Shape + " contains itself through lists and maps alone. Mend the model: a recursive shape needs a structure or union in its cycle"
}

// NoShapeError is a reference to a shape that the model does not have.
type NoShapeError struct{ Name, In string }

func (e *NoShapeError) Error() string {
	return "the model has no shape " + e.Name + ", which " + e.In + " refers to. Mend the model, or get it whole"
}

// contracts gives each operation the structures that it reaches, sorted by the
// operations' names. Contracts share their shapes.
func (m *model) contracts() ([]*schema.Contract, error) {
	in := inliner{m: m, done: map[string]*schema.Shape{}, reaches: map[string][]string{}}
	for _, c := range m.operations {
		c.Shapes = map[string]*schema.Shape{}
		roots := []string{c.Input, c.Output}
		for _, e := range c.Errors {
			roots = append(roots, e.Shape)
		}
		for _, root := range roots {
			if root == "" {
				continue
			}
			if err := in.collect(root, c.Name(), c.Shapes); err != nil {
				return nil, err
			}
		}
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(m.operations, func(a, b *schema.Contract) int { return cmp.Compare(a.Operation, b.Operation) })
	return m.operations, nil
}

// inliner puts shapes that are no structures in the place of their names.
type inliner struct {
	m       *model
	done    map[string]*schema.Shape // structures
	reaches map[string][]string      // structures that stand in a structure
	open    []string                 // shapes that are being put in place
}

// collect adds a structure and those that it reaches.
func (in *inliner) collect(name, from string, into map[string]*schema.Shape) error {
	if into[name] != nil {
		return nil
	}
	if in.done[name] == nil {
		s := in.m.shapes[name]
		if s == nil {
			return &NoShapeError{name, from}
		}
		placed, found, err := in.place(s, name)
		if err != nil {
			return err
		}
		placed.Name = "" // it goes by its key
		in.done[name], in.reaches[name] = placed, slices.Sorted(maps.Keys(found))
	}
	into[name] = in.done[name]
	for _, below := range in.reaches[name] {
		if err := in.collect(below, name, into); err != nil {
			return err
		}
	}
	return nil
}

// place returns a copy of a shape whose references name structures only, and
// the structures that they name.
func (in *inliner) place(s *schema.Shape, name string) (*schema.Shape, map[string]bool, error) {
	placed, found := *s, map[string]bool{}
	ref := func(r schema.Ref) (schema.Ref, error) {
		target, below := r.Inline, r.Name
		if target == nil {
			if target = in.m.shapes[r.Name]; target == nil {
				return r, &NoShapeError{r.Name, name}
			}
			if target.Type == schema.Structure {
				found[r.Name] = true
				return r, nil
			}
			if slices.Contains(in.open, r.Name) {
				return r, &ShapeCycleError{r.Name}
			}
			in.open = append(in.open, r.Name)
			defer func() { in.open = in.open[:len(in.open)-1] }()
		} else {
			below = target.Name
		}
		inlined, reached, err := in.place(target, below)
		if err != nil {
			return r, err
		}
		maps.Copy(found, reached)
		if inlined.Name == "" {
			inlined.Name = r.Name
		}
		return schema.Ref{Inline: inlined}, nil
	}
	placed.Members = slices.Clone(s.Members)
	for i := range placed.Members {
		r, err := ref(placed.Members[i].Shape)
		if err != nil {
			return nil, nil, err
		}
		placed.Members[i].Shape = r
	}
	for _, child := range []**schema.Ref{&placed.Element, &placed.Key, &placed.Value} {
		if *child == nil {
			continue
		}
		r, err := ref(**child)
		if err != nil {
			return nil, nil, err
		}
		*child = &r
	}
	return &placed, found, nil
}
