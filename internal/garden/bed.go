// Package garden has small contracts for the tests of other packages: one to change by hand, and
// others made at random.
package garden

import "github.com/crcheck/crcheck/schema"

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

// Changed returns a copy of a contract, changed.
func Changed(c *schema.Contract, change func(*schema.Contract)) *schema.Contract {
	d := c.Clone()
	change(d)
	return d
}

// Member is a member of a structure that a contract names.
func Member(c *schema.Contract, shape, name string) *schema.Member {
	m, _ := c.Shapes[shape].Member(name)
	return m
}
