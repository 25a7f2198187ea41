package responses

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// What a response has that its contract does not.
const (
	unknownValue  = "CRCHECK_UNKNOWN_VALUE"
	unknownMember = "crcheckUnknownMember"
)

// at is a place of the output in the body.
type at struct {
	shape  *schema.Shape
	member *schema.Member
	above  *schema.Shape // around a member
}

// places yields the places of the output that travel in the body, each structure entered once.
func (l *List) places() iter.Seq2[schema.Place, at] {
	c := l.contract
	return func(yield func(schema.Place, at) bool) {
		var outside []string
		ended := false
		c.Only(schema.OutputPart).Walk(func(place schema.Place, shape *schema.Shape, member *schema.Member) {
			parent := place.Parent()
			switch {
			case ended || place.Part != schema.OutputPart || slices.ContainsFunc(outside, func(o string) bool { return strings.HasPrefix(place.Pointer, o+"/") }):
				return
			case member != nil && parent.Pointer == "" && !c.Location(member).InBody():
				outside = append(outside, place.Pointer)
				return
			case strings.HasSuffix(place.Pointer, "/*key"):
				return
			}
			above, _, _ := c.At(parent)
			ended = !yield(place, at{shape, member, above})
		})
	}
}

// vary adds a response for each variation of each place.
func (l *List) vary() {
	for place, here := range l.places() {
		pointer, name := place.Pointer, l.name(place.Pointer)
		set := func(kind Kind, what, text string) {
			l.varied(name+"="+what, kind, text, synth.Choice{Pointer: pointer, Text: text})
		}
		l.varyValue(here.shape, pointer, name, set)
		if here.member != nil && here.above != nil && !here.above.Union.Or(false) && !here.member.Required.Or(false) {
			l.varied(name+" absent", Absent, "", synth.Choice{Pointer: pointer, Absent: true})
			l.varied(name+" null", Null, "null", synth.Choice{Pointer: pointer, Text: "null"})
		}
	}
}

func (l *List) varyValue(shape *schema.Shape, pointer, name string, set func(kind Kind, what, text string)) {
	switch shape.Type {
	case schema.String:
		values := shape.Enum.Or(nil)
		for _, v := range values {
			set(Value, v, jsontree.Quote(v))
		}
		if len(values) > 0 {
			set(UnknownValue, "<unknown value>", jsontree.Quote(unknownValue))
		}
	case schema.Integer, schema.Float, schema.Boolean, schema.Timestamp:
		for _, text := range synth.Extremes(shape) {
			set(Value, strings.Trim(text, `"`), text)
		}
	case schema.Structure:
		if !shape.Union.Or(false) {
			l.varied(name+" with unknown member", UnknownMember, `"example"`, synth.Choice{Pointer: pointer, Extra: unknownMember})
			return
		}
		for _, m := range shape.Members {
			l.varied(name+"="+m.Name, Union, "", synth.Choice{Pointer: schema.Place{Pointer: pointer}.Child(m.Name).Pointer})
		}
		set(UnknownMember, "<unknown member>", fmt.Sprintf(`{%q:{}}`, unknownMember))
	case schema.List, schema.Map:
		bounds := shape.Length.Or(schema.Bounds{})
		if bounds.Min == "" || bounds.Min == json.Number("0") {
			empty := "[]"
			if shape.Type == schema.Map {
				empty = "{}"
			}
			set(Entries, "<empty>", empty)
		}
		if bounds.Max != json.Number("1") && bounds.Max != json.Number("0") {
			l.varied(name+"=<2 entries>", Entries, "", synth.Choice{Pointer: pointer, Entries: 2})
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
