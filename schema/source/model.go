package source

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

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

const (
	// deepestShape is how deep lists and maps may nest in each other:
	// [schema.Contract.Check] refuses more.
	deepestShape = 200
	// mostPlaces bounds the shapes of all contracts of a model, each counted
	// wherever it stands. The largest model known, of QuickSight, has 30,000. A few
	// lines of maps in maps would otherwise unfold without end.
	mostPlaces = 1_000_000
)

// ShapeCycleError is a shape that contains itself without a structure between.
// No JSON document of it ends, and no contract can write it down.
type ShapeCycleError struct{ Shape string }

func (e *ShapeCycleError) Error() string {
	return "the shape " + excerpt(e.Shape) + " contains itself through lists and maps alone. Correct the model: a recursive shape needs a structure or union in its cycle"
}

// NoShapeError is a reference to a shape that the model does not have.
type NoShapeError struct{ Name, In string }

func (e *NoShapeError) Error() string {
	return "the model has no shape " + excerpt(e.Name) + ", which " + excerpt(e.In) + " refers to. Correct the model, or get it whole"
}

// DeepShapeError is a shape whose lists and maps nest too deep.
type DeepShapeError struct{ Shape string }

func (e *DeepShapeError) Error() string {
	return fmt.Sprintf("the lists and maps of the shape %s nest more than %d deep. Correct the model: no service nests them so", excerpt(e.Shape), deepestShape)
}

// LargeModelError is a model whose contracts would be too large to work with.
type LargeModelError struct{ Operation string }

func (e *LargeModelError) Error() string {
	return fmt.Sprintf("at the operation %s the contracts of the model have more than %d places, counting each shape wherever it stands. "+
		"Correct the model: its shapes multiply as they contain each other", excerpt(e.Operation), mostPlaces)
}

// UnsoundModelError is an operation whose contract [schema.Contract.Check]
// refuses. Problem is the first of its reasons, shortened.
type UnsoundModelError struct{ Operation, Problem string }

func (e *UnsoundModelError) Error() string {
	return "the operation " + excerpt(e.Operation) + ": " + e.Problem + ". Correct the model"
}

// contracts gives each operation the structures that it reaches, sorted by the
// operations' names. Contracts share their shapes.
func (m *model) contracts() ([]*schema.Contract, error) {
	in := inliner{m: m, done: map[string]*placed{}}
	places := 0
	for _, c := range m.operations {
		c.Shapes = map[string]*schema.Shape{}
		size, err := in.collect(c)
		if err != nil {
			return nil, err
		}
		if places += size; places > mostPlaces {
			return nil, &LargeModelError{c.Operation}
		}
		if err := c.Check(); err != nil {
			problem, _, _ := strings.Cut(err.Error(), "\n")
			return nil, &UnsoundModelError{c.Operation, strings.ToValidUTF8(problem[:min(len(problem), 300)], "")}
		}
	}
	slices.SortFunc(m.operations, func(a, b *schema.Contract) int { return cmp.Compare(a.Operation, b.Operation) })
	return m.operations, nil
}

// inliner puts shapes that are no structures in the place of their names.
type inliner struct {
	m    *model
	done map[string]*placed
	open []string // lists and maps that are being put in place
}

// placed is a shape whose references name structures only.
type placed struct {
	shape   *schema.Shape
	reaches []string // the structures that it names, sorted
	depth   int      // of lists and maps in it
	size    int      // of it and what is in it, but at most a little above mostPlaces
}

// collect adds the structures that a contract reaches, and returns how many
// places they have.
func (in *inliner) collect(c *schema.Contract) (size int, err error) {
	type step struct{ name, from string }
	steps := []step{{c.Input, c.Name()}, {c.Output, c.Name()}}
	for _, e := range c.Errors {
		steps = append(steps, step{e.Shape, c.Name()})
	}
	for len(steps) > 0 {
		next := steps[len(steps)-1]
		steps = steps[:len(steps)-1]
		if next.name == "" || c.Shapes[next.name] != nil {
			continue
		}
		p, err := in.named(next.name, next.from)
		if err != nil {
			return 0, err
		}
		c.Shapes[next.name] = p.shape
		if size += p.size; size > mostPlaces {
			return size, nil
		}
		for _, below := range p.reaches {
			steps = append(steps, step{below, next.name})
		}
	}
	return size, nil
}

// named puts the shape of a name in place, once.
func (in *inliner) named(name, from string) (*placed, error) {
	if p := in.done[name]; p != nil {
		return p, nil
	}
	s := in.m.shapes[name]
	if s == nil {
		return nil, &NoShapeError{name, from}
	}
	p, err := in.place(s, name)
	if err != nil {
		return nil, err
	}
	if s.Type == schema.Structure {
		p.shape.Name = "" // it goes by its key
	} else if p.shape.Name == "" {
		p.shape.Name = name
	}
	in.done[name] = p
	return p, nil
}

// place returns a copy of a shape whose references name structures only.
func (in *inliner) place(s *schema.Shape, name string) (*placed, error) {
	if len(in.open) > deepestShape {
		return nil, &DeepShapeError{in.open[0]}
	}
	if s.Type != schema.Structure {
		if name != "" && slices.Contains(in.open, name) {
			return nil, &ShapeCycleError{name}
		}
		in.open = append(in.open, name)
		defer func() { in.open = in.open[:len(in.open)-1] }()
	}
	copied := *s
	copied.Members = slices.Clone(s.Members)
	p, reached := &placed{shape: &copied, size: 1}, map[string]bool{}
	put := func(r schema.Ref) (schema.Ref, error) {
		if target := in.m.shapes[r.Name]; r.Inline == nil && target != nil && target.Type == schema.Structure {
			reached[r.Name] = true
			return r, nil
		}
		below, err := in.below(r, name)
		if err != nil {
			return r, err
		}
		for _, structure := range below.reaches {
			reached[structure] = true
		}
		if p.depth = max(p.depth, 1+below.depth); len(in.open)+below.depth > deepestShape {
			return r, &DeepShapeError{cmp.Or(below.shape.Name, name)}
		}
		p.size = min(p.size+below.size, mostPlaces+1)
		return schema.Ref{Inline: below.shape}, nil
	}
	var err error
	for i := range copied.Members {
		if copied.Members[i].Shape, err = put(copied.Members[i].Shape); err != nil {
			return nil, err
		}
	}
	for _, child := range []**schema.Ref{&copied.Element, &copied.Key, &copied.Value} {
		if *child == nil {
			continue
		}
		r, err := put(**child)
		if err != nil {
			return nil, err
		}
		*child = &r
	}
	p.reaches = slices.Sorted(maps.Keys(reached))
	return p, nil
}

// below puts the shape of a reference in place. One that stands inline already
// may have the name of the shape that it is a variant of.
func (in *inliner) below(r schema.Ref, from string) (*placed, error) {
	if r.Inline == nil {
		return in.named(r.Name, from)
	}
	return in.place(r.Inline, r.Inline.Name)
}
