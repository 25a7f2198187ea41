package finding

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Scope is what a run checked. A row that matched nothing is stale only if the scope covers
// everything that the row names. The zero value is ready to use; a nil scope covers everything.
type Scope struct {
	layers  map[Layer]bool
	sources map[string]bool
	parts   map[[2]string]bool // operation and part
	shapes  map[[3]string]bool // service, part, name of a structure
	all     bool               // every source, operation, part and shape
}

// Layers adds layers whose rules the run applies; by default it applies all rules.
func (s *Scope) Layers(layers ...Layer) {
	if s.layers == nil {
		s.layers = map[Layer]bool{}
	}
	for _, l := range layers {
		s.layers[l] = true
	}
}

// Source notes an input of which at least one interaction was checked.
func (s *Scope) Source(name string) {
	if s.sources == nil {
		s.sources = map[string]bool{}
	}
	s.sources[name] = true
}

// All notes that every source, operation, part and shape was checked, and returns the scope.
func (s *Scope) All() *Scope {
	s.all = true
	return s
}

// Shape notes that a value of a structure was checked.
func (s *Scope) Shape(operation, part, structure string) {
	if s.shapes == nil {
		s.shapes = map[[3]string]bool{}
	}
	s.shapes[[3]string{Service(operation), cmp.Or(part, "output"), structure}] = true
}

// Part notes that a document of an operation's part, as [Finding] names them, was checked. It calls
// structures, which returns the structures that the part leads to, the first time only.
func (s *Scope) Part(operation, part string, structures func() []string) {
	key := [2]string{operation, cmp.Or(part, "output")}
	if s.parts[key] {
		return
	}
	if s.parts == nil {
		s.parts = map[[2]string]bool{}
	}
	s.parts[key] = true
	for _, name := range structures() {
		s.Shape(operation, part, name)
	}
}

// Merge adds what another scope covers.
func (s *Scope) Merge(t *Scope) {
	for l := range t.layers {
		s.Layers(l)
	}
	for source := range t.sources {
		s.Source(source)
	}
	for part := range t.parts {
		s.Part(part[0], part[1], func() []string { return nil })
	}
	for shape := range t.shapes {
		s.Shape(shape[0], shape[1], shape[2])
	}
	s.all = s.all || t.all
}

// scopeForm is a [Scope] in JSON.
type scopeForm struct {
	Layers  []Layer     `json:"layers,omitempty"`
	Sources []string    `json:"sources,omitempty"`
	Parts   [][2]string `json:"parts,omitempty"`
	Shapes  [][3]string `json:"shapes,omitempty"`
	All     bool        `json:"all,omitempty"`
}

// MarshalJSON writes what [Scope.UnmarshalJSON] reads.
func (s *Scope) MarshalJSON() ([]byte, error) {
	return json.Marshal(scopeForm{slices.Sorted(maps.Keys(s.layers)), slices.Sorted(maps.Keys(s.sources)),
		slices.SortedFunc(maps.Keys(s.parts), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }),
		slices.SortedFunc(maps.Keys(s.shapes), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }), s.all})
}

// UnmarshalJSON reads a scope.
func (s *Scope) UnmarshalJSON(text []byte) error {
	var form scopeForm
	if err := json.Unmarshal(text, &form); err != nil {
		return err
	}
	*s = Scope{all: form.All}
	s.Layers(form.Layers...)
	for _, source := range form.Sources {
		s.Source(source)
	}
	for _, part := range form.Parts {
		s.Part(part[0], part[1], func() []string { return nil })
	}
	for _, shape := range form.Shapes {
		s.Shape(shape[0], shape[1], shape[2])
	}
	return nil
}

// Covers reports whether the run applied the rule of a row and checked its source, operation, part
// and shape. It never covers a row about cases: package conformance settles those.
func (s *Scope) Covers(e Expected) bool {
	if s == nil {
		return true
	}
	if rule, _ := e.Rule.Lookup(); s.layers != nil && !s.layers[rule.Layer] {
		return false
	}
	if e.Case != "" {
		return false
	}
	if s.all {
		return true
	}
	if e.Source != "" && !anyKey(s.sources, func(source string) bool { return globMatch(e.Source, source) }) {
		return false
	}
	if e.Shape != "" {
		structure, _, _ := strings.Cut(e.Shape, "$")
		return anyKey(s.shapes, func(k [3]string) bool {
			return (e.Part == "" || globMatch(e.Part, k[1])) && shapeMatch(structure, k[0], k[2])
		})
	}
	return anyKey(s.parts, func(k [2]string) bool {
		return (e.Operation == "" || globMatch(e.Operation, k[0])) && (e.Part == "" || globMatch(e.Part, k[1]))
	})
}

func anyKey[K comparable](set map[K]bool, holds func(K) bool) bool {
	for k := range set {
		if holds(k) {
			return true
		}
	}
	return false
}
