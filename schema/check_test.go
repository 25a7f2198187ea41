package schema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/stretchr/testify/require"
)

// TestCheck: each change makes the contract unusable, and the error names the place.
func TestCheck(t *testing.T) {
	member := func(c *Contract, name string) *Member { m, _ := c.Shapes["Bed"].Member(name); return m }
	for _, v := range []struct {
		name, where string
		change      func(*Contract)
	}{
		{"format", "crcheckContract", func(c *Contract) { c.Format = 2 }},
		{"no service", "contract", func(c *Contract) { c.Service = "" }},
		{"no operation", "contract", func(c *Contract) { c.Operation = "" }},
		{"contract's facet", "contract", func(c *Contract) { c.Status = Is(20) }},
		{"no such output", "output", func(c *Contract) { c.Output = "Nothing" }},
		{"no such input", "input", func(c *Contract) { c.Input = "Nothing" }},
		{"no such error shape", "error:NotFoundException", func(c *Contract) { c.Errors[0].Shape = "Nothing" }},
		{"nameless error", "errors", func(c *Contract) { c.Errors[0].Name = "" }},
		{"error twice", "error:NotFoundException", func(c *Contract) { c.Errors = append(c.Errors, c.Errors[0]) }},
		{"error status", "error:NotFoundException", func(c *Contract) { c.Errors[0].Status = Is(1000) }},
		{"error fault", "error:NotFoundException", func(c *Contract) { c.Errors[0].Fault = Is("mine") }},
		{"nameless shape", "shapes", func(c *Contract) { c.Shapes[""] = &Shape{Type: Structure} }},
		{"null shape", "Extra", func(c *Contract) { c.Shapes["Extra"] = nil }},
		{"named string", "Extra", func(c *Contract) { c.Shapes["Extra"] = &Shape{Type: String} }},
		{"named unstated", "Extra", func(c *Contract) { c.Shapes["Extra"] = &Shape{} }},
		{"inline structure", "Bed/size", func(c *Contract) { member(c, "size").Shape = Inline(Shape{Type: Structure}) }},
		{"no such type", "Bed/size", func(c *Contract) { member(c, "size").Shape = Inline(Shape{Type: "number"}) }},
		{"no such shape", "Bed/size", func(c *Contract) { member(c, "size").Shape = Named("Nothing") }},
		{"no shape", "Bed/size", func(c *Contract) { member(c, "size").Shape = Ref{} }},
		{"nameless member", "Bed/", func(c *Contract) { member(c, "size").Name = "" }},
		{"member twice", "Bed/id", func(c *Contract) { member(c, "size").Name = "id" }},
		{"wire name twice", "Bed/size", func(c *Contract) { member(c, "size").WireName = Is("Id") }},
		{"wire name is another's name", "Bed/weight", func(c *Contract) { member(c, "weight").WireName = Is("size") }},
		{"location", "Bed/size", func(c *Contract) { member(c, "size").Location = Is(Location("uri")) }},
		{"list without element", "Bed/plants", func(c *Contract) { member(c, "plants").Shape.Inline.Element = nil }},
		{"map without key", "Bed/tags", func(c *Contract) { member(c, "tags").Shape.Inline.Key = nil }},
		{"map without value", "Bed/tags", func(c *Contract) { member(c, "tags").Shape.Inline.Value = nil }},
		{"key no string", "Bed/tags/*key", func(c *Contract) { member(c, "tags").Shape.Inline.Key.Inline.Type = Integer }},
		{"key a structure", "Bed/tags/*key", func(c *Contract) { *member(c, "tags").Shape.Inline.Key = Named("Plant") }},
		{"string with element", "Bed/id", func(c *Contract) { member(c, "id").Shape.Inline.Element = &Ref{Inline: &Shape{}} }},
		{"string with members", "Bed/id", func(c *Contract) { member(c, "id").Shape.Inline.Members = []Member{{Name: "a"}} }},
		{"list with value", "Bed/plants", func(c *Contract) { member(c, "plants").Shape.Inline.Value = &Ref{Inline: &Shape{}} }},
		{"escaped member", "Bed/a~1b~0c", func(c *Contract) { member(c, "a/b~c").Shape.Inline.Bits = Is(7) }},
		{"no such element", "Bed/tags/*/*", func(c *Contract) { member(c, "tags").Shape.Inline.Value.Inline.Element = &Ref{Name: "Nothing"} }},
		{"bits", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Bits = Is(128) }},
		{"timestamp format", "Bed/dug", func(c *Contract) { member(c, "dug").Shape.Inline.Format = Is("iso8601") }},
		{"length of half a character", "Bed/id", func(c *Contract) { member(c, "id").Shape.Inline.Length = Is(Bounds{Min: "0.5"}) }},
		{"negative length", "Bed/id", func(c *Contract) { member(c, "id").Shape.Inline.Length = Is(Bounds{Max: "-1"}) }},
		{"length with an exponent", "Bed/id", func(c *Contract) { member(c, "id").Shape.Inline.Length = Is(Bounds{Max: "1e3"}) }},
		{"range of a word", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Range = Is(Bounds{Min: "small"}) }},
		{"range of a fraction", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Range = Is(Bounds{Min: "3/4"}) }},
		{"range in hexadecimal", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Range = Is(Bounds{Min: "0x10"}) }},
		{"range with a plus", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Range = Is(Bounds{Min: "+1"}) }},
		{"range that is long to expand", "Bed/size", func(c *Contract) { member(c, "size").Shape.Inline.Range = Is(Bounds{Max: "1e999999"}) }},
		{"range that is long", "Bed/size", func(c *Contract) {
			member(c, "size").Shape.Inline.Range = Is(Bounds{Max: "1" + "00000000000000000000000000000000000000000"})
		}},
		{"echo of no place", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed/ID" }},
		{"echo of no pointer", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "bed" }},
		{"echo of the top", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "" }},
		{"echo of no member", "echo of bed", func(c *Contract) { c.Echoes[0].Input = "bed" }},
		{"echo of a structure", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed" }},
		{"echo of a list", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed/plants" }},
		{"echo below a list", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed/plants/*/seed" }},
		{"echo below a map", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed/tags/*key" }},
		{"echo of a timestamp", "echo of bedId", func(c *Contract) { c.Echoes[0].Output = "/bed/dug" }},
		{"echo in a timestamp", "echo of bedId", func(c *Contract) {
			input, _ := c.Root(InputPart)
			m, _ := c.Resolve(input).Member("bedId")
			m.Shape = Inline(Shape{Type: Timestamp})
		}},
		{"origin beyond", "provenance", func(c *Contract) { c.Provenance["contract:uri"] = 2 }},
		{"origin before", "provenance", func(c *Contract) { c.Provenance["contract:uri"] = -1 }},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := garden(t)
			v.change(c)
			err := c.Check()
			require.Error(t, err, v.name)
			require.True(t, strings.HasPrefix(err.Error(), v.where+": "), "%s: %s", v.name, err)
		})
	}
	require.NoError(t, garden(t).Check())
	require.NoError(t, small(Shape{Type: Integer, Bits: Is(0)}).Check(), "an integer of any size")
	c := garden(t)
	c.Format, c.Shapes["Bed"].Members[1].Shape = 7, Named("Nothing")
	require.Equal(t, 2, len(strings.Split(c.Check().Error(), "\n")), "every problem is reported")

	c = garden(t)
	for _, header := range []string{"id", "size"} { // before and after the other
		m, _ := c.Shapes["Bed"].Member(header)
		other, _ := c.Shapes["Bed"].Member(map[string]string{"id": "size", "size": "id"}[header])
		m.Location, m.WireName, other.Location, other.WireName = Is(LocationHeader), Is("X"), Is(LocationBody), Is("X")
		require.NoError(t, c.Check(), "a header may have the name of a member of the body")
	}
}

// nested returns so many lists in each other.
func nested(depth int) Shape {
	s := Shape{Type: String}
	for range depth {
		inner := s
		s = Shape{Type: List, Element: &Ref{Inline: &inner}}
	}
	return s
}

// TestDeepNesting: what Check lets pass is safe to walk; what is deeper is refused
// in time.
func TestDeepNesting(t *testing.T) {
	start := time.Now()
	c := small(nested(maxInlineDepth - 1))
	require.NoError(t, c.Check())
	d := c.Clone()
	require.Equal(t, c.Digest(), d.Digest())
	places := 0
	c.Walk(func(Place, *Shape, *Member) { places++ })
	require.Equal(t, maxInlineDepth+1, places)
	require.Empty(t, Diff(c, d))
	merged, conflicts := Merge(c, d)
	require.Nil(t, conflicts)
	require.Equal(t, c.Digest(), merged.Digest())
	text, err := c.Encode()
	require.NoError(t, err)
	_, err = Parse(text)
	require.NoError(t, err)

	require.Error(t, small(nested(maxInlineDepth)).Check())
	err = small(nested(100_000)).Check()
	require.Error(t, err)
	require.Less(t, len(err.Error()), 1000)
	for _, depth := range []int{3_000, 9_000, 100_000} { // encoding stops at 10,000 levels of JSON
		text := `{"crcheckContract":1,"service":"s","operation":"O","output":"Out","shapes":{"Out":{"type":"structure","members":[{"name":"m","shape":` +
			strings.Repeat(`{"type":"list","element":`, depth) + `{"type":"string"}` + strings.Repeat(`}`, depth) + `}]}}}`
		_, err := Parse([]byte(text))
		require.Error(t, err)
		require.Less(t, len(err.Error()), 1000)
	}
	require.Less(t, time.Since(start), 30*time.Second)
}

// TestLongChain: structures that lead one to the next are no nesting.
func TestLongChain(t *testing.T) {
	c := small(Shape{Type: String})
	last := c.Shapes["Out"]
	for i := range 2_000 {
		name := fmt.Sprintf("S%d", i)
		c.Shapes[name] = &Shape{Type: Structure}
		last.Members = append(last.Members, Member{Name: "n", Shape: Named(name)})
		last = c.Shapes[name]
	}
	require.NoError(t, c.Check())
	require.Empty(t, Diff(c, c.Clone()))
}

func TestUnsupportedPatterns(t *testing.T) {
	c := garden(t)
	require.Nil(t, c.UnsupportedPatterns())
	shape, _, _ := c.At(place(t, "output#/bed/tags/*/*"))
	shape.Pattern = Is(`^\p{NoSuch}+$`)
	found := c.UnsupportedPatterns()
	require.Len(t, found, 1)
	require.Equal(t, "pattern.unsupported", string(found[0].Rule))
	require.Equal(t, "/bed/tags/*/*", found[0].Pointer)
	require.Equal(t, `^\p{NoSuch}+$`, found[0].Got)
	require.Equal(t, "garden.GetBed", found[0].Operation)
}

// TestUnsupportedPatternsOnce: a pattern is reported once a contract, with its places.
func TestUnsupportedPatternsOnce(t *testing.T) {
	bad, other := Shape{Type: String, Pattern: Is(`\p{NoSuch}`)}, Shape{Type: String, Pattern: Is(`(a`)}
	c := small(Shape{Type: Map, Key: &Ref{Inline: &bad}, Value: &Ref{Inline: &bad}})
	for i := range 9 {
		c.Shapes["Out"].Members = append(c.Shapes["Out"].Members, Member{Name: fmt.Sprint("n", i), Shape: Inline(bad)})
	}
	c.Shapes["Out"].Members = append(c.Shapes["Out"].Members, Member{Name: "o", Shape: Inline(other)})
	require.NoError(t, c.Check())
	found := c.UnsupportedPatterns()
	require.Len(t, found, 2)
	byPattern := map[string]finding.Finding{}
	for _, f := range found {
		byPattern[f.Got] = f
	}
	require.Equal(t, "/m/*key", byPattern[`\p{NoSuch}`].Pointer)
	require.Contains(t, byPattern[`\p{NoSuch}`].Message, "output#/m/*key, output#/m/*, output#/n0, output#/n1, output#/n2 and 6 more places: ")
	require.Equal(t, "/o", byPattern[`(a`].Pointer)
}
