package schema

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/wording"
)

// maxInlineDepth limits how deep lists and maps nest, because functions that walk shapes are
// recursive.
const maxInlineDepth = 200

// Check reports what makes a contract unusable: names that are undefined or duplicate, shapes
// without the parts that their type needs, and facets with invalid values. Readers return only
// contracts that pass. A contract file edited by hand may not.
func (c *Contract) Check() error {
	k := checker{c: c}
	k.contract()
	for i := range c.Errors {
		k.declared(&c.Errors[i], c.Errors[:i])
	}
	for _, part := range c.Parts() {
		root, _ := c.Root(part)
		if root.Name == "" {
			continue
		}
		if _, ok := c.Shapes[root.Name]; !ok {
			k.report(string(part), "no shape %q", root.Name)
		}
	}
	for _, name := range c.ShapeNames() {
		switch s := c.Shapes[name]; {
		case name == "":
			k.report("shapes", "a shape without a name")
		case s == nil:
			k.report(name, "the shape is null")
		case s.Type != Structure:
			k.report(name, "the shape is of type %q: only structures are named, all other shapes are inline", s.Type)
		default:
			k.shape(name, s, 0)
		}
	}
	k.echoes()
	for _, fact := range slices.Sorted(maps.Keys(c.Provenance)) {
		if i := c.Provenance[fact]; i < 0 || i >= len(c.Origins) {
			k.report("provenance", "%s has origin %d, but there are %d origins", fact, i, len(c.Origins))
		}
	}
	return errors.Join(k.problems...)
}

// checker collects problems in the order of the contract's JSON form.
type checker struct {
	c        *Contract
	problems []error
}

func (k *checker) report(where, format string, args ...any) {
	k.problems = append(k.problems, errors.New(wording.Clip(where, maxPointer)+": "+fmt.Sprintf(format, args...)))
}

// maxPointer is the maximum length of a pointer in an error, in bytes.
const maxPointer = 200

func (k *checker) facets(where string, facets []namedSlot) {
	for _, f := range facets {
		if problem := facetProblem(f); problem != "" {
			k.report(where, "%s", problem)
		}
	}
}

func (k *checker) contract() {
	if k.c.Format != Format {
		k.report("crcheckContract", "unsupported format %d: this version reads format %d", k.c.Format, Format)
	}
	if k.c.Service == "" || k.c.Operation == "" {
		k.report("contract", "it does not name its service and operation")
	}
	if k.c.InputUnstated && k.c.Input != "" {
		k.report("contract", "the input is unstated, but also %s", k.c.Input)
	}
	k.facets("contract", k.c.facets())
}

func (k *checker) declared(e *Error, before []Error) {
	where := "error:" + e.Name
	if e.Name == "" {
		k.report("errors", "an error without a name")
	}
	if slices.ContainsFunc(before, func(f Error) bool { return f.Name == e.Name }) {
		k.report(where, "duplicate error")
	}
	k.facets(where, e.facets())
}

func (k *checker) shape(where string, s *Shape, depth int) {
	if s.Type != Unstated && !slices.Contains(types, s.Type) {
		k.report(where, "unknown type %q", s.Type)
	}
	for _, part := range []struct {
		name string
		has  bool
		of   Type
	}{{"element", s.Element != nil, List}, {"key", s.Key != nil, Map}, {"value", s.Value != nil, Map}, {"members", s.Members != nil, Structure}} {
		switch {
		case part.has && s.Type != part.of:
			k.report(where, "%s in a shape of type %q: only a %s has that", part.name, s.Type, part.of)
		case !part.has && s.Type == part.of && part.of != Structure:
			k.report(where, "a %s without %s", s.Type, part.name)
		}
	}
	k.facets(where, s.facets())
	names, wire := map[string]bool{}, map[string]bool{}
	s.children(func(token string, ref *Ref, m *Member) {
		below := where + "/" + jsontree.Escape(token)
		if m != nil {
			k.member(below, m, names, wire)
		}
		k.ref(below, ref, depth)
		if token == "*key" && m == nil {
			if t := k.c.Resolve(*ref).Type; t != String && t != Unstated {
				k.report(below, "got key of type %q, want string", t)
			}
		}
	})
}

func (k *checker) member(where string, m *Member, names, wire map[string]bool) {
	if m.Name == "" {
		k.report(where, "a member without a name")
	}
	if names[m.Name] {
		k.report(where, "duplicate member")
	} else if m.InBody() && wire[m.Wire()] {
		k.report(where, "another member has the name %q in the body", m.Wire())
	}
	names[m.Name] = true
	wire[m.Wire()] = wire[m.Wire()] || m.InBody()
	k.facets(where, m.facets())
}

func (k *checker) ref(where string, ref *Ref, depth int) {
	switch {
	case ref.Inline == nil:
		if _, ok := k.c.Shapes[ref.Name]; !ok {
			k.report(where, "no shape %q", ref.Name)
		}
	case ref.Inline.Type == Structure:
		k.report(where, "inline structure: give it a name in shapes")
	case depth == maxInlineDepth:
		k.report(where, "lists and maps nest more than %d deep", maxInlineDepth)
	default:
		k.shape(where, ref.Inline, depth+1)
	}
}

func (k *checker) echoes() {
	for _, e := range k.c.Echoes {
		if problem := k.c.echoProblem(e); problem != "" {
			k.report("echo of "+e.Input, "%s", problem)
		}
	}
}

// echoProblem returns what is wrong with an echo: it names something that does not exist or cannot
// be compared. It returns "" for a valid echo.
func (c *Contract) echoProblem(e Echo) string {
	place, err := ParsePlace(string(OutputPart) + "#" + e.Output)
	if err != nil || e.Output == "" {
		return fmt.Sprintf("%q is not a JSON Pointer into the output", e.Output)
	}
	output, _, ok := c.At(place)
	if !ok {
		return place.String() + " does not exist"
	}
	for ; place.Pointer != ""; place = place.Parent() {
		if _, m, _ := c.At(place); m == nil {
			return fmt.Sprintf("%s can have several values: the path of an echo consists of members only", place)
		}
	}
	root, _ := c.Root(InputPart)
	m, ok := c.Resolve(root).Member(e.Input)
	if !ok {
		return fmt.Sprintf("the input has no member %q", e.Input)
	}
	for _, t := range []Type{output.Type, c.Resolve(m.Shape).Type} {
		if !slices.Contains([]Type{Unstated, String, Integer, Float, Boolean}, t) {
			return fmt.Sprintf("values of type %q are not compared: use a string, number or boolean", t)
		}
	}
	return ""
}

// facetProblem returns why the value of a facet is invalid, or "".
func facetProblem(f namedSlot) string {
	if f.slot.Silent() {
		return ""
	}
	switch f.name {
	case "timestampFormat":
		return oneOf(f, "epoch-seconds", "date-time", "http-date")
	case "location":
		return oneOf(f, locations...)
	case "fault":
		return oneOf(f, "client", "server")
	case "bits":
		if n, _ := f.slot.(*Known[int]).Get(); !slices.Contains([]int{0, 8, 16, 32, 64}, n) {
			return fmt.Sprintf("bits is %d: use 8, 16, 32 or 64, or 0 for numbers of any size", n)
		}
	case "status":
		if n, _ := f.slot.(*Known[int]).Get(); n < 100 || n > 599 {
			return fmt.Sprintf("%d is not an HTTP status", n)
		}
	case "length", "range":
		sound, what := decimal.Bound, "a number"
		if f.name == "length" {
			sound, what = isCount, "a non-negative integer"
		}
		b, _ := f.slot.(*Known[Bounds]).Get()
		for _, end := range []string{string(b.Min), string(b.Max)} {
			if end != "" && !sound(end) {
				return fmt.Sprintf("invalid bound %[2]q of %[1]s: use %[3]s", f.name, end, what)
			}
		}
	}
	return ""
}

// oneOf returns a problem if the value of a facet is not one of the known ones.
func oneOf[T ~string](f namedSlot, known ...T) string {
	got, _ := f.slot.(*Known[T]).Get()
	if slices.Contains(known, got) {
		return ""
	}
	names := make([]string, len(known))
	for i, name := range known {
		names[i] = string(name)
	}
	return fmt.Sprintf("%s is %q: use one of %s", f.name, got, strings.Join(names, ", "))
}

// maxPlaces is the maximum number of places that a finding names.
const maxPlaces = 5

// UnsupportedPatterns reports the patterns that cannot be compiled, each once, at the first of its
// places. Strings are not validated against them.
func (c *Contract) UnsupportedPatterns() finding.Set {
	places := map[string][]Place{} // of each pattern
	var sources []string
	c.Walk(func(place Place, s *Shape, _ *Member) {
		source := s.Pattern.Or("")
		if source == "" {
			return
		}
		if places[source] == nil {
			sources = append(sources, source)
		}
		places[source] = append(places[source], place)
	})
	var found []finding.Finding
	for _, source := range sources {
		err := pattern.Check(source)
		if err == nil {
			continue
		}
		at := places[source]
		var named []string
		for _, place := range at[:min(len(at), maxPlaces)] {
			named = append(named, place.String())
		}
		part := string(at[0].Part)
		if at[0].Part == OutputPart {
			part = ""
		}
		found = append(found, finding.Finding{Rule: finding.PatternUnsupported, Operation: c.Name(), Part: part, Pointer: at[0].Pointer,
			Wanted: finding.Want{Pattern: source}, Names: named, Found: finding.Value{Length: len(at)}, Cause: err.Error()})
	}
	return finding.NewSet(found...)
}
