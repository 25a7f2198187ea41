package schema

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// differences are the texts of what Diff finds.
func differences(a, b *Contract) (texts []string) {
	for _, d := range Diff(a, b) {
		texts = append(texts, fmt.Sprintf("%s %s: %s, %s", d.Place, d.Facet, ValueText(d.A), ValueText(d.B)))
	}
	return texts
}

// TestDiffFacets: every facet that differs is found, once, and alone; silence on
// either side is no difference.
func TestDiffFacets(t *testing.T) {
	a := garden(t)
	n := 0
	eachFacet(a, func(at Place, name string, in func(*Contract) namedSlot) {
		one, other := a.Clone(), a.Clone()
		another(in(one))
		another(in(other))
		another(in(other))
		require.Equal(t, []Difference{{at, name, in(one).slot.stated(), in(other).slot.stated()}}, Diff(one, other))
		silence(in(one))
		require.Empty(t, Diff(one, other), "%s of %s", name, at)
		require.Empty(t, Diff(other, one), "%s of %s", name, at)
		n++
	})
	require.Greater(t, n, 300)
}

func silence(f namedSlot) {
	switch k := f.slot.(type) {
	case *Known[bool]:
		*k = Known[bool]{}
	case *Known[Location]:
		*k = Known[Location]{}
	case *Known[string]:
		*k = Known[string]{}
	case *Known[int]:
		*k = Known[int]{}
	case *Known[[]string]:
		*k = Known[[]string]{}
	case *Known[Bounds]:
		*k = Known[Bounds]{}
	}
}

func TestDiffStructure(t *testing.T) {
	bed := func(c *Contract, name string) *Member { m, _ := c.Shapes["Bed"].Member(name); return m }
	for _, v := range []struct {
		name    string
		change  func(*Contract)
		forward []string
	}{
		{"nothing", func(*Contract) {}, nil},
		{"service, version, origins", func(c *Contract) { c.Service, c.Version, c.Origins, c.Provenance = "x", "9", nil, nil }, nil},
		{"order of members", func(c *Contract) { m := c.Shapes["Bed"].Members; m[0], m[1] = m[1], m[0] }, nil},
		{"order of errors", func(c *Contract) { c.Errors[0], c.Errors[1] = c.Errors[1], c.Errors[0] }, nil},
		{"order of enum", func(c *Contract) { bed(c, "colour").Shape.Inline.Enum = Is([]string{"BLUE", "RED"}) }, nil},
		{"bound in another form", func(c *Contract) { bed(c, "size").Shape.Inline.Range = Is(Bounds{"-1.0", "1000"}) }, nil},
		{"length of at least zero", func(c *Contract) { bed(c, "id").Shape.Inline.Length = Is(Bounds{"0", "36"}) }, []string{`output#/bed/id length: {"min":36,"max":36}, {"min":0,"max":36}`}},
		{"unstated", func(c *Contract) { bed(c, "plants").Shape = Inline(Shape{}) }, nil},
		{"shape's name", func(c *Contract) { bed(c, "id").Shape.Inline.Name = "x" }, nil},
		{"type", func(c *Contract) { bed(c, "wet").Shape.Inline.Type = String }, []string{`output#/bed/wet type: "boolean", "string"`}},
		{"type of an element", func(c *Contract) { bed(c, "tags").Shape.Inline.Value.Inline.Element.Inline.Type = Integer }, []string{`output#/bed/tags/*/* type: "string", "integer"`}},
		{"type of a key", func(c *Contract) { bed(c, "tags").Shape.Inline.Key.Inline.Type = Integer }, []string{`output#/bed/tags/*key type: "string", "integer"`}},
		{"member", func(c *Contract) { bed(c, "wet").Name = "dry" }, []string{`output#/bed/wet member: "present", `, `output#/bed/dry member: , "present"`}},
		{"member far down, once", func(c *Contract) { c.Shapes["Plant"].Members[0].Name = "x" }, []string{`output#/bed/plants/*/seed member: "present", `, `output#/bed/plants/*/x member: , "present"`}},
		{"facet of an unstated shape", func(c *Contract) { bed(c, "id").Shape = Inline(Shape{Sensitive: Is(true)}) }, []string{`output#/bed/id sensitive: false, true`}},
		{"error", func(c *Contract) { c.Errors[0].Name = "GoneException" }, []string{`error:NotFoundException error: "present", `, `error:GoneException error: , "present"`}},
		{"error by the code of another", func(c *Contract) { c.Errors[0].Name = "NotFound" }, []string{`error:NotFoundException error: "present", `, `error:NotFound error: , "present"`}},
		{"error's members are unstated", func(c *Contract) { c.Errors[0].Shape = "" }, nil},
		{"no output", func(c *Contract) { c.Output = "" }, []string{`output type: "structure", `}},
		{"no input", func(c *Contract) { c.Input = "" }, []string{`input type: "structure", `}},
	} {
		t.Run(v.name, func(t *testing.T) {
			a, b := garden(t), garden(t)
			v.change(b)
			require.Equal(t, v.forward, differences(a, b), v.name)
			require.Len(t, Diff(b, a), len(v.forward), "%s, backwards", v.name)
			for _, d := range Diff(b, a) {
				require.Contains(t, v.forward, fmt.Sprintf("%s %s: %s, %s", d.Place, d.Facet, ValueText(d.B), ValueText(d.A)), "%s, backwards", v.name)
			}
		})
	}
}

// TestDiffNothingPromised: what promises nothing is as good as what is left out.
func TestDiffNothingPromised(t *testing.T) {
	with := func(minimum string) *Contract {
		c := garden(t)
		id, _ := c.Shapes["Bed"].Member("id")
		id.Shape.Inline.Length = Is(Bounds{Min: json.Number(minimum), Max: "36"})
		return c
	}
	require.Empty(t, Diff(with("0"), with("")))
	require.Empty(t, Diff(with(""), with("0")))
	require.Len(t, Diff(with("1"), with("")), 1)
	_, conflicts := Merge(with("0"), with(""))
	require.Empty(t, conflicts)

	none, empty := garden(t), garden(t)
	none.Input = ""
	empty.Shapes[empty.Input].Members = nil
	require.Empty(t, Diff(none, empty))
	require.Empty(t, Diff(empty, none))
	none.Output, empty.Shapes[empty.Output].Members = "", nil
	require.Len(t, Diff(none, empty), 1, "an answer without members is not no answer")
}

// renamed gives every shape another name.
func renamed(c *Contract) *Contract {
	d := c.Clone()
	d.Shapes = map[string]*Shape{}
	name := func(n string) string {
		if n == "" {
			return ""
		}
		return "X" + n
	}
	var refs func(s *Shape)
	refs = func(s *Shape) {
		s.children(func(_ string, r *Ref, _ *Member) {
			if r.Inline != nil {
				refs(r.Inline)
				return
			}
			r.Name = name(r.Name)
		})
	}
	for n, s := range c.Shapes {
		copied := s.clone()
		refs(copied)
		d.Shapes[name(n)] = copied
	}
	d.Input, d.Output = name(d.Input), name(d.Output)
	for i := range d.Errors {
		d.Errors[i].Shape = name(d.Errors[i].Shape)
	}
	return d
}

func TestDiffDoesNotGoByNames(t *testing.T) {
	eachRandom(t, func(t *testing.T, c *Contract) {
		require.Empty(t, Diff(c, renamed(c)))
		require.Empty(t, Diff(renamed(c), c))
	})
}

// cycle returns a contract whose output recurses with a period.
func cycle(period int, last Type) *Contract {
	c := &Contract{Format: Format, Service: "s", Operation: "O", Output: "S0", Shapes: map[string]*Shape{}}
	for i := range period {
		c.Shapes[fmt.Sprintf("S%d", i)] = &Shape{Type: Structure, Members: []Member{
			{Name: "next", Shape: Named(fmt.Sprintf("S%d", (i+1)%period))}, {Name: "leaf", Shape: Inline(Shape{Type: String})}}}
	}
	c.Shapes[fmt.Sprintf("S%d", period-1)].Members[1].Shape.Inline.Type = last
	return c
}

// TestDiffRecursion: recursion of another period is compared to the end.
func TestDiffRecursion(t *testing.T) {
	require.Empty(t, Diff(cycle(1, String), cycle(7, String)))
	require.Empty(t, Diff(cycle(30, String), cycle(49, String)))
	require.Equal(t, []string{`output#/next/next/leaf type: "string", "integer"`}, differences(cycle(1, String), cycle(3, Integer)))
	require.Len(t, Diff(cycle(2, String), cycle(3, Integer)), 2, "each of two shapes is compared with the one that differs")
	_, conflicts := Merge(cycle(30, String), cycle(49, Integer))
	require.Len(t, conflicts, 30)
}

// TestDiffPatterns: patterns differ by what they match, not by how they are
// written; between a Smithy model and botocore's, by what botocore makes of them.
func TestDiffPatterns(t *testing.T) {
	const smithy, botocore = "smithy-model", "botocore-model"
	for _, v := range []struct {
		name         string
		a, b         string
		kindA, kindB string
		differ       bool
	}{
		{"the same", `^a$`, `^a$`, botocore, botocore, false},
		{"written otherwise", `^(?:a|b)$`, `^[ab]$`, botocore, botocore, false},
		{"another", `^(?:a|b)$`, `^a$`, botocore, botocore, true},
		{"none, and one that takes all", ``, `^[\s\S]*$`, botocore, botocore, false},
		{"none, and one", ``, `^a$`, botocore, botocore, true},
		{"alternatives that lost their anchors", `^a|b$`, `^(?:a|b)$`, smithy, botocore, false},
		{"the same, the other way round", `^(?:a|b)$`, `^a|b$`, botocore, smithy, false},
		{"in two Smithy models", `^a|b$`, `^(?:a|b)$`, smithy, smithy, true},
		{"in two botocore models", `^a|b$`, `^(?:a|b)$`, botocore, botocore, true}, // in the form of the contract
		{"other alternatives", `^a|b$`, `^(?:a|c)$`, smithy, botocore, true},
		{"too hard to compare", `^(a)(?<!b)c$`, `^(a)(?<!c)c$`, botocore, botocore, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			a, b := small(Shape{Type: String, Pattern: Is(v.a)}), small(Shape{Type: String, Pattern: Is(v.b)})
			a.Origins, b.Origins = []Origin{{Kind: v.kindA}}, []Origin{{Kind: v.kindB}}
			want := 0
			if v.differ {
				want = 1
			}
			require.Len(t, Diff(a, b), want)
			merged, conflicts := Merge(a, b)
			require.Len(t, conflicts, want)
			shape, _, _ := merged.At(Place{Part: OutputPart, Pointer: "/m"})
			require.Equal(t, v.a, shape.Pattern.Or("?"), "the first stands")
		})
	}
}
