// Package model is the shared part of the readers of models. It converts a [Model], whose shapes
// refer to each other by name, into a contract for each operation.
package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/place"
)

// Model is a whole service. Shapes of all types have names and refer to each other by them. In a
// contract, only structures have names.
type Model struct {
	Shapes map[string]*schema.Shape
	// Operations are contracts without shapes. Input, Output and the shapes of errors are names in
	// Shapes.
	Operations []*schema.Contract
}

const (
	// maxDepth limits how deep lists and maps nest. [schema.Contract.Check] refuses more.
	maxDepth = 200
	// maxPlaces limits the number of shapes in all contracts of a model, counting each use. The
	// largest known model, QuickSight, has 30,000. Without a limit, a few lines of maps in maps
	// would expand exponentially.
	maxPlaces = 1_000_000
)

// Remedies for problems of a model.
const (
	remedy      = "Correct the model"
	remedyCycle = "Correct the model: a recursive shape needs a structure or union in its cycle"
	remedyDeep  = "Correct the model: no service nests them so deep"
	remedyLarge = "Correct the model: nested references make its shapes multiply"
	remedyWhole = "Correct the model, or use a complete copy"
)

// NoShape returns the error for a reference to a shape that the model does not have.
func NoShape(name, in string) error {
	return &schema.DocumentError{Place: in, Problem: "the model has no shape " + place.Excerpt(name), Remedy: remedyWhole}
}

func cycle(shape string) error {
	return &schema.DocumentError{Place: shape, Problem: "the shape contains itself through lists and maps alone", Remedy: remedyCycle}
}

func deep(shape string) error {
	problem := fmt.Sprintf("the shape's lists and maps nest more than %d deep", maxDepth)
	return &schema.DocumentError{Place: shape, Problem: problem, Remedy: remedyDeep}
}

func large(operation string) error {
	problem := fmt.Sprintf("the contracts of the model have more than %d shapes up to here, counting each use", maxPlaces)
	return &schema.DocumentError{Place: "operation " + operation, Problem: problem, Remedy: remedyLarge}
}

// invalid returns the error for an operation whose contract [schema.Contract.Check] refuses, with
// the first of its problems.
func invalid(operation string, err error) error {
	problem, _, _ := strings.Cut(err.Error(), "\n")
	problem = strings.ToValidUTF8(problem[:min(len(problem), 300)], "")
	return &schema.DocumentError{Place: "operation " + operation, Problem: problem, Remedy: remedy}
}

// Stated returns a facet with the text as its value, or an unspecified facet if the text is empty.
func Stated(word string) schema.Known[string] {
	if word == "" {
		return schema.Known[string]{}
	}
	return schema.Is(word)
}

// Contracts adds to each operation the structures that it reaches, and sorts operations by name.
// The contracts share their shapes. It may be called once.
func (m *Model) Contracts() ([]*schema.Contract, error) {
	in := inliner{m: m, done: map[string]*placed{}}
	places := 0
	for _, c := range m.Operations {
		c.Shapes = map[string]*schema.Shape{}
		size, err := in.collect(c)
		if err != nil {
			return nil, err
		}
		if places += size; places > maxPlaces {
			return nil, large(c.Operation)
		}
		if err := c.Check(); err != nil {
			return nil, invalid(c.Operation, err)
		}
	}
	slices.SortFunc(m.Operations, func(a, b *schema.Contract) int { return cmp.Compare(a.Operation, b.Operation) })
	return m.Operations, nil
}

// inliner replaces the names of shapes that are not structures by the shapes.
type inliner struct {
	m    *Model
	done map[string]*placed
	open []string // lists and maps that are being inlined
}

// placed is a shape whose named references are all to structures.
type placed struct {
	shape   *schema.Shape
	reaches []string // the structures that it names, sorted
	depth   int      // of lists and maps in it
	size    int      // the number of shapes in it and itself, at most maxPlaces+1
}

// collect adds the structures that a contract reaches, and returns the number of shapes in them.
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
		if size += p.size; size > maxPlaces {
			return size, nil
		}
		for _, below := range p.reaches {
			steps = append(steps, step{below, next.name})
		}
	}
	return size, nil
}

// named returns the inlined shape of a name, which it computes once.
func (in *inliner) named(name, from string) (*placed, error) {
	if p := in.done[name]; p != nil {
		return p, nil
	}
	s := in.m.Shapes[name]
	if s == nil {
		return nil, NoShape(name, from)
	}
	p, err := in.place(s, name)
	if err != nil {
		return nil, err
	}
	if s.Type == schema.Structure {
		p.shape.Name = "" // its name is its key
	} else if p.shape.Name == "" {
		p.shape.Name = name
	}
	in.done[name] = p
	return p, nil
}

// place returns a copy of a shape whose named references are all to structures.
func (in *inliner) place(s *schema.Shape, name string) (*placed, error) {
	if len(in.open) > maxDepth {
		return nil, deep(in.open[0])
	}
	if s.Type != schema.Structure {
		if name != "" && slices.Contains(in.open, name) {
			return nil, cycle(name)
		}
		in.open = append(in.open, name)
		defer func() { in.open = in.open[:len(in.open)-1] }()
	}
	copied := *s
	copied.Members = slices.Clone(s.Members)
	p, reached := &placed{shape: &copied, size: 1}, map[string]bool{}
	put := func(r schema.Ref) (schema.Ref, error) {
		if target := in.m.Shapes[r.Name]; r.Inline == nil && target != nil && target.Type == schema.Structure {
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
		if p.depth = max(p.depth, 1+below.depth); len(in.open)+below.depth > maxDepth {
			return r, deep(cmp.Or(below.shape.Name, name))
		}
		p.size = min(p.size+below.size, maxPlaces+1)
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

// below inlines the shape of a reference. A shape that is already inline may have the name of the
// shape that it is a variant of.
func (in *inliner) below(r schema.Ref, from string) (*placed, error) {
	if r.Inline == nil {
		return in.named(r.Name, from)
	}
	return in.place(r.Inline, r.Inline.Name)
}

// Names assigns unique names to shapes. The value is the last suffix that was tried.
type Names map[string]int

// Unique returns the name, with a number if it is taken.
func (n Names) Unique(name string) string {
	unique := name
	for {
		if _, taken := n[unique]; !taken {
			n[unique] = 1
			return unique
		}
		n[name]++
		unique = fmt.Sprint(name, n[name])
	}
}
