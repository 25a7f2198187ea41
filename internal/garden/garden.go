// Package garden has small contracts for the tests of other packages: one to change by hand, and
// random ones.
package garden

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/crcheck/crcheck/schema"
)

// gardener makes random contracts, in which every facet is known.
type gardener struct {
	*rand.Rand
	c      *schema.Contract
	shapes int
}

// Random makes a contract of a restJson1 operation from a seed.
func Random(seed uint64) *schema.Contract {
	g := &gardener{Rand: rand.New(rand.NewPCG(seed, 7))}
	g.c = &schema.Contract{
		Format: schema.Format, Service: "garden", Operation: "GetBed", Version: "1",
		API: schema.Is("garden-2020-01-01"), Protocol: schema.Is("restJson1"), Signing: schema.Is("garden"),
		Method: schema.Is("POST"), URI: schema.Is("/beds/{label}"), Status: schema.Is(200), Readonly: schema.Is(true),
		Input: "Input", Output: "Output", Shapes: map[string]*schema.Shape{},
	}
	g.structure("Input", 0, false)
	g.structure("Output", 0, false)
	input := g.c.Shapes["Input"]
	bound := func(name string, location schema.Location, required bool) schema.Member {
		return schema.Member{Name: name, Shape: g.text(), Required: schema.Is(required), Location: schema.Is(location), WireName: schema.Is(name), Token: schema.Is(false)}
	}
	input.Members = append(input.Members, bound("label", "label", true), bound("query", "query", false))
	for i, name := range []string{"FrostException", "DroughtException"} {
		g.structure(name, 2, false)
		g.c.Errors = append(g.c.Errors, schema.Error{Name: name, Shape: name, Status: schema.Is(400 + i), Fault: schema.Is("client"), Code: schema.Is(name)})
	}
	return g.c
}

func (g *gardener) sensitive() schema.Known[bool] { return schema.Is(g.chance(8)) }

func (g *gardener) chance(percent int) bool { return g.IntN(100) < percent }

// structure makes a named structure or union, and everything below it.
func (g *gardener) structure(name string, depth int, union bool) schema.Ref {
	s := &schema.Shape{Type: schema.Structure, Union: schema.Is(union), EventStream: schema.Is(false), Sensitive: g.sensitive()}
	g.c.Shapes[name] = s
	for i := range 2 + g.IntN(3) {
		m := schema.Member{Name: fmt.Sprintf("m%d", i), Shape: g.ref(depth + 1), Required: schema.Is(!union && g.chance(40)), Token: schema.Is(false)}
		m.WireName = schema.Is(m.Name)
		if depth == 0 {
			m.Location = schema.Is(schema.LocationBody)
		}
		s.Members = append(s.Members, m)
	}
	return schema.Named(name)
}

func (g *gardener) ref(depth int) schema.Ref {
	if g.shapes > 0 && g.chance(8) { // shared or recursive
		if name := fmt.Sprintf("S%d", 1+g.IntN(g.shapes)); g.c.Shapes[name] != nil {
			return schema.Named(name)
		}
	}
	if depth < 3 {
		switch g.IntN(8) {
		case 0, 1:
			g.shapes++
			return g.structure(fmt.Sprintf("S%d", g.shapes), depth, false)
		case 2:
			g.shapes++
			return g.structure(fmt.Sprintf("U%d", g.shapes), depth, true)
		case 3:
			element := g.ref(depth + 1)
			return schema.Inline(schema.Shape{Type: schema.List, Element: &element, Sparse: schema.Is(false), Length: g.length(0, 1, 2, 9), Sensitive: g.sensitive()})
		case 4:
			key, value := g.text(), g.ref(depth+1)
			return schema.Inline(schema.Shape{Type: schema.Map, Key: &key, Value: &value, Sparse: schema.Is(false), Length: g.length(0, 1, 2, 9), Sensitive: g.sensitive()})
		}
	}
	switch g.IntN(9) {
	case 0:
		return schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32), Range: g.bounds(), Sensitive: g.sensitive()})
	case 1:
		return schema.Inline(schema.Shape{Type: schema.Float, Bits: schema.Is(64), Range: g.bounds(), Sensitive: g.sensitive()})
	case 2:
		return schema.Inline(schema.Shape{Type: schema.Boolean, Sensitive: g.sensitive()})
	case 3:
		return schema.Inline(schema.Shape{Type: schema.Timestamp, Format: schema.Is("epoch-seconds"), Sensitive: g.sensitive()})
	case 4:
		return schema.Inline(schema.Shape{Type: schema.Blob, Streaming: schema.Is(false), Length: g.length(0, 4, 8, 30), Sensitive: g.sensitive()})
	}
	return g.text()
}

// text makes a string with an enum, a length, a pattern, or none of these.
func (g *gardener) text() schema.Ref {
	s := schema.Shape{Type: schema.String, Enum: schema.Is([]string{}), Length: schema.Is(schema.Bounds{}), Pattern: schema.Is(""), Sensitive: g.sensitive()}
	switch g.IntN(4) {
	case 0:
		s.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
	case 1:
		s.Length = g.length(1, 4, 6, 20)
	case 2:
		s.Pattern = schema.Is("^[a-z]+-[0-9]{2,}$")
	}
	return schema.Inline(s)
}

func (g *gardener) length(leastMin, maxMin, leastMax, maxMax int) schema.Known[schema.Bounds] {
	return schema.Is(schema.Bounds{Min: count(leastMin + g.IntN(maxMin-leastMin+1)), Max: count(leastMax + g.IntN(maxMax-leastMax+1))})
}

func (g *gardener) bounds() schema.Known[schema.Bounds] {
	if g.chance(30) {
		return schema.Is(schema.Bounds{})
	}
	return schema.Is(schema.Bounds{Min: count(g.IntN(20)), Max: count(30 + g.IntN(1000))})
}

func count(n int) json.Number { return json.Number(fmt.Sprint(n)) }

// Bed is a small contract to change by hand.
func Bed() *schema.Contract {
	text := func() schema.Ref {
		return schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{}), Length: schema.Is(schema.Bounds{}), Pattern: schema.Is("")})
	}
	label := schema.Member{Name: "bedId", Shape: text(), Required: schema.Is(true), Location: schema.Is(schema.LocationLabel), WireName: schema.Is("bedId")}
	wish := schema.Member{Name: "wish", Shape: schema.Named("Plant"), Required: schema.Is(false), Location: schema.Is(schema.LocationBody), WireName: schema.Is("wish")}
	label.Shape.Inline.Length = schema.Is(schema.Bounds{Min: "2", Max: "8"})
	page := schema.Member{Name: "pages", Shape: schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32), Range: schema.Is(schema.Bounds{Min: "1", Max: "10"})}),
		Required: schema.Is(false), Location: schema.Is(schema.LocationQuery), WireName: schema.Is("pages")}
	colour := schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"RED", "GREEN"})})
	rows := text()
	return &schema.Contract{
		Format: schema.Format, Service: "garden", Operation: "GetBed", Version: "1", Protocol: schema.Is("restJson1"), Signing: schema.Is("garden"),
		Method: schema.Is("GET"), URI: schema.Is("/beds/{bedId}"), Status: schema.Is(200), Input: "GetBedInput", Output: "GetBedOutput",
		Errors: []schema.Error{{Name: "FrostException", Status: schema.Is(409), Fault: schema.Is("client"), Shape: "FrostException"}},
		Shapes: map[string]*schema.Shape{
			"GetBedInput":  {Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{label, page, wish}},
			"GetBedOutput": {Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{{Name: "bed", Shape: schema.Named("Bed"), Required: schema.Is(true), Location: schema.Is(schema.LocationBody)}}},
			"Bed": {Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{
				{Name: "colour", Shape: colour, Required: schema.Is(true)},
				{Name: "names", Shape: schema.Inline(schema.Shape{Type: schema.Map, Key: &rows, Value: &rows, Length: schema.Is(schema.Bounds{}), Sparse: schema.Is(false)}), Required: schema.Is(false)},
				{Name: "inner", Shape: schema.Named("Bed"), Required: schema.Is(false)},
				{Name: "plant", Shape: schema.Named("Plant"), Required: schema.Is(false)},
			}},
			"Plant":          {Type: schema.Structure, Union: schema.Is(true), Members: []schema.Member{{Name: "herb", Shape: text()}, {Name: "tree", Shape: text()}}},
			"FrostException": {Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{{Name: "degrees", Shape: schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32)}), Required: schema.Is(false)}}},
		},
	}
}

// Changed returns a changed copy of a contract.
func Changed(c *schema.Contract, change func(*schema.Contract)) *schema.Contract {
	d := c.Clone()
	change(d)
	return d
}

// Member returns a member of a named structure.
func Member(c *schema.Contract, shape, name string) *schema.Member {
	m, _ := c.Shapes[shape].Member(name)
	return m
}
