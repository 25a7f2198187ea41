package model

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
)

// modelOf is a model of one operation whose input is the shape named S.
func modelOf(shapes map[string]*schema.Shape) *Model {
	return &Model{shapes, []*schema.Contract{{Format: schema.Format, Service: "s", Operation: "O", Input: "S"}}}
}

func member(name string, r schema.Ref) schema.Member { return schema.Member{Name: name, Shape: r} }

func structureOf(members ...schema.Member) *schema.Shape {
	return &schema.Shape{Type: schema.Structure, Members: members}
}

func listOf(element schema.Ref) *schema.Shape {
	return &schema.Shape{Type: schema.List, Element: &element}
}

func mapOf(key, value schema.Ref) *schema.Shape {
	return &schema.Shape{Type: schema.Map, Key: &key, Value: &value}
}

// laughs is a chain of shapes of which each has the next twice.
func laughs(length int, twice func(next schema.Ref) *schema.Shape) map[string]*schema.Shape {
	shapes := map[string]*schema.Shape{"S": structureOf(member("m", schema.Named("L0")))}
	for i := range length {
		shapes[fmt.Sprint("L", i)] = twice(schema.Named(fmt.Sprint("L", i+1)))
	}
	shapes[fmt.Sprint("L", length)] = &schema.Shape{Type: schema.String}
	return shapes
}

func TestModelErrors(t *testing.T) {
	nested := schema.Inline(schema.Shape{Type: schema.String})
	for range 300 {
		nested = schema.Inline(*listOf(nested))
	}
	twice := func(next schema.Ref) *schema.Shape { return mapOf(next, next) }
	once := func(next schema.Ref) *schema.Shape { return listOf(next) }
	for _, v := range []struct {
		name   string
		shapes map[string]*schema.Shape
		want   error
	}{
		{"no input", map[string]*schema.Shape{}, NoShape("S", "s.O")},
		{"no member", map[string]*schema.Shape{"S": structureOf(member("m", schema.Named("X")))}, NoShape("X", "S")},
		{"no element", map[string]*schema.Shape{"S": structureOf(member("m", schema.Named("L"))), "L": listOf(schema.Named("X"))}, NoShape("X", "L")},
		{"list of itself", map[string]*schema.Shape{"S": structureOf(member("m", schema.Named("L"))), "L": listOf(schema.Named("L"))}, cycle("L")},
		{"cycle through a key", map[string]*schema.Shape{"S": structureOf(member("m", schema.Named("L"))),
			"L": listOf(schema.Named("M")), "M": mapOf(schema.Named("L"), schema.Inline(schema.Shape{Type: schema.String}))}, cycle("L")},
		{"maps of maps", laughs(150, twice), large("O")},
		{"too deep", laughs(201, once), deep("L0")},
		{"too deep inline", map[string]*schema.Shape{"S": structureOf(member("m", nested))}, deep("")},
		{"invalid", map[string]*schema.Shape{"S": {Type: schema.Structure, Members: []schema.Member{member("", schema.Named("S"))}}},
			invalid("O", errors.New("S/: a member without a name"))},
	} {
		t.Run(v.name, func(t *testing.T) {
			contracts, err := modelOf(v.shapes).Contracts()
			require.Nil(t, contracts)
			require.Equal(t, v.want, err)
		})
	}
}

// TestModelDeepInPieces: a shape that is put in place already counts with its depth.
func TestModelDeepInPieces(t *testing.T) {
	shapes := laughs(150, func(next schema.Ref) *schema.Shape { return listOf(next) })
	upper := schema.Named("L0")
	for i := range 60 {
		name := fmt.Sprint("U", i)
		shapes[name] = listOf(upper)
		upper = schema.Named(name)
	}
	shapes["S"].Members = append(shapes["S"].Members, member("upper", upper))
	_, err := modelOf(shapes).Contracts()
	require.Equal(t, remedyDeep, err.(*schema.DocumentError).Remedy)
}

// TestModelRecursion: structures may contain themselves, and a name stands for
// one shape wherever it is.
func TestModelRecursion(t *testing.T) {
	contracts, err := modelOf(map[string]*schema.Shape{
		"S": structureOf(member("list", schema.Named("L")), member("map", schema.Named("M")), member("self", schema.Named("S"))),
		"L": listOf(schema.Named("S")),
		"M": mapOf(schema.Named("K"), schema.Named("L")),
		"K": {Type: schema.String},
		"X": structureOf(),
	}).Contracts()
	require.NoError(t, err)
	c := contracts[0]
	require.NoError(t, c.Check())
	require.Equal(t, []string{"S"}, c.ShapeNames())
	list, _ := c.Shapes["S"].Member("list")
	require.Equal(t, "L", list.Shape.Inline.Name)
	require.Equal(t, schema.Named("S"), *list.Shape.Inline.Element)
	mapping, _ := c.Shapes["S"].Member("map")
	require.Equal(t, list.Shape.Inline, mapping.Shape.Inline.Value.Inline)
}
