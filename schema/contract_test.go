package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// memory returns the addresses of all that a value refers to.
func memory(v reflect.Value, at string, found map[uintptr]string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			found[v.Pointer()] = at
			memory(v.Elem(), at, found)
		}
	case reflect.Slice:
		if v.Cap() > 0 {
			found[v.Pointer()] = at
		}
		for i := range v.Len() {
			memory(v.Index(i), fmt.Sprintf("%s[%d]", at, i), found)
		}
	case reflect.Map:
		if !v.IsNil() {
			found[v.Pointer()] = at
		}
		for _, key := range v.MapKeys() {
			memory(v.MapIndex(key), fmt.Sprintf("%s[%v]", at, key), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			memory(v.Field(i), at+"."+v.Type().Field(i).Name, found)
		}
	}
}

// TestClone: a clone is equal and shares no memory that can be written to.
func TestClone(t *testing.T) {
	clone := func(t *testing.T, c *Contract) {
		before, err := c.Encode()
		require.NoError(t, err)
		d := c.Clone()
		after, err := d.Encode()
		require.NoError(t, err)
		require.Equal(t, string(before), string(after))
		mine, others := map[uintptr]string{}, map[uintptr]string{}
		memory(reflect.ValueOf(c), "c", mine)
		memory(reflect.ValueOf(d), "c", others)
		for address, at := range others {
			require.Empty(t, mine[address], "%s is shared", at)
		}
	}
	clone(t, garden(t))
	eachRandom(t, clone)
}

// TestFacetLists: the lists of facets have every facet, under its JSON name.
func TestFacetLists(t *testing.T) {
	for _, v := range []struct {
		of     any
		facets []namedSlot
	}{
		{Shape{}, (&Shape{}).facets()}, {Member{}, (&Member{}).facets()},
		{Error{}, (&Error{}).facets()}, {Contract{}, (&Contract{}).facets()},
	} {
		t.Run(reflect.TypeOf(v.of).Name(), func(t *testing.T) {
			var want, got []string
			for _, field := range reflect.VisibleFields(reflect.TypeOf(v.of)) {
				if strings.HasPrefix(field.Type.Name(), "Known[") {
					name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
					require.Equal(t, "omitzero", option)
					want = append(want, name)
				}
			}
			for _, f := range v.facets {
				got = append(got, f.name)
			}
			require.ElementsMatch(t, want, got)
		})
	}
}

// another gives a facet a value that it has not.
func another(f namedSlot) {
	switch k := f.slot.(type) {
	case *Known[bool]:
		*k = Is(!k.Or(false))
	case *Known[string]:
		if f.name == "pattern" { // patterns are compared by what they match: x, then xx
			*k = Is("x" + strings.Repeat("x", strings.Count(k.Or(""), "x")))
			return
		}
		*k = Is(k.Or("") + "x")
	case *Known[Location]:
		*k = Is(k.Or("") + "x")
	case *Known[int]:
		*k = Is(k.Or(1) + 1)
	case *Known[[]string]:
		*k = Is(append(slices.Clone(k.Or(nil)), "x"))
	case *Known[Bounds]:
		*k = Is(Bounds{Max: "7" + k.Or(Bounds{}).Max})
	default:
		panic(fmt.Sprintf("no other value for %T", k))
	}
}

// eachFacet calls visit for each facet of a contract's places, with a function
// that finds it in a clone.
func eachFacet(c *Contract, visit func(at Place, name string, in func(*Contract) namedSlot)) {
	for i, f := range c.facets() {
		visit(ContractPlace, f.name, func(d *Contract) namedSlot { return d.facets()[i] })
	}
	for e := range c.Errors {
		for i, f := range c.Errors[e].facets() {
			visit(Place{Part: ErrorPart(c.Errors[e].Name)}, f.name, func(d *Contract) namedSlot { return d.Errors[e].facets()[i] })
		}
	}
	seen := map[*Shape]bool{}
	c.Walk(func(at Place, s *Shape, m *Member) {
		if !seen[s] {
			for i, f := range s.facets() {
				visit(at, f.name, func(d *Contract) namedSlot { shape, _, _ := d.At(at); return shape.facets()[i] })
			}
		}
		seen[s] = true
		if m != nil {
			for i, f := range m.facets() {
				visit(at, f.name, func(d *Contract) namedSlot { _, member, _ := d.At(at); return member.facets()[i] })
			}
		}
	})
}

// TestDigest: it stands for every facet, and for all else but where the facts
// came from.
func TestDigest(t *testing.T) {
	c := garden(t)
	digest := c.Digest()
	require.Regexp(t, `^sha256:[0-9a-f]{64}$`, digest)
	n := 0
	eachFacet(c, func(at Place, name string, in func(*Contract) namedSlot) {
		d := c.Clone()
		another(in(d))
		require.NotEqual(t, digest, d.Digest(), "%s of %s", name, at)
		n++
	})
	require.Greater(t, n, 300)
	require.Equal(t, digest, c.Digest())

	for name, change := range map[string]func(*Contract){
		"format":    func(c *Contract) { c.Format++ },
		"service":   func(c *Contract) { c.Service = "x" },
		"operation": func(c *Contract) { c.Operation = "x" },
		"input":     func(c *Contract) { c.Input = "" },
		"output":    func(c *Contract) { c.Output = "" },
		"errors":    func(c *Contract) { c.Errors = c.Errors[1:] },
		"error":     func(c *Contract) { c.Errors[1].Name = "x" },
		"body":      func(c *Contract) { c.Errors[1].Shape = "NotFoundException" },
		"echoes":    func(c *Contract) { c.Echoes = nil },
		"shapes":    func(c *Contract) { delete(c.Shapes, "Plant") },
		"members":   func(c *Contract) { c.Shapes["Bed"].Members = c.Shapes["Bed"].Members[1:] },
		"member":    func(c *Contract) { c.Shapes["Bed"].Members[0].Name = "x" },
		"type":      func(c *Contract) { c.Shapes["Bed"].Members[1].Shape.Inline.Type = Float },
		"ref":       func(c *Contract) { c.Shapes["Plant"].Members[1].Shape = Named("Bed") },
	} {
		t.Run(name, func(t *testing.T) {
			d := c.Clone()
			change(d)
			require.NotEqual(t, digest, d.Digest(), name)
		})
	}
	d := c.Clone()
	d.Version, d.Origins, d.Provenance = "9", nil, map[string]int{}
	require.Equal(t, digest, d.Digest())

	eachRandom(t, func(t *testing.T, c *Contract) { require.Equal(t, c.Digest(), c.Clone().Digest()) })
	require.Panics(t, func() { small(Shape{Range: Is(Bounds{Min: "x"})}).Digest() })
}

func TestNames(t *testing.T) {
	c := Contract{Service: "s", Operation: "O"}
	require.Equal(t, "s.O", c.Name())
	require.Equal(t, "s.O", c.String())
	c.Version = "1"
	require.Equal(t, "s.O@1", c.String())
	require.Equal(t, []string{"Bed", "Events", "GetBedInput", "GetBedOutput", "NotFoundException", "Plant"}, garden(t).ShapeNames())
	require.Equal(t, Origin{"k", "1", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0}, NewOrigin("k", "1", nil))
}

func TestErrorByNameAndCode(t *testing.T) {
	c := Contract{Errors: []Error{{Name: "A", Code: Is("B")}, {Name: "B"}, {Name: "C", Code: Is("D")}}}
	for name, want := range map[string]string{"A": "A", "B": "B", "C": "C", "D": "C", "E": "", "": ""} {
		t.Run(name, func(t *testing.T) {
			e, ok := c.Error(name)
			require.Equal(t, want != "", ok, name)
			if ok {
				require.Equal(t, want, e.Name, name)
			}
		})
	}
}

func TestParts(t *testing.T) {
	c := garden(t)
	require.Equal(t, []Part{"output", "input", "error:NotFoundException", "error:FrostException"}, c.Parts())
	for part, want := range map[Part]Ref{
		"output": Named("GetBedOutput"), "input": Named("GetBedInput"), "error:NotFoundException": Named("NotFoundException"),
		"error:NotFound": Named("NotFoundException"), "error:FrostException": {},
	} {
		t.Run(string(part), func(t *testing.T) {
			root, ok := c.Root(part)
			require.True(t, ok, part)
			require.Equal(t, want, root, part)
		})
	}
	for _, part := range []Part{"", "outputs", "error", "error:", "error:X", "contract"} {
		t.Run(string(part), func(t *testing.T) {
			_, ok := c.Root(part)
			require.False(t, ok, part)
		})
	}
	require.Equal(t, &Shape{}, c.Resolve(Named("Nothing")))
	require.Equal(t, &Shape{}, (&Contract{Shapes: map[string]*Shape{"Null": nil}}).Resolve(Named("Null")))
}
