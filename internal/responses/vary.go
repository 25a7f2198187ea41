package responses

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// unknownMember is a member that no contract has.
const unknownMember = "crcheckUnknownMember"

// place is a place of the output in the body, or a member of the output in a header.
type place struct {
	pointer string // in the contract
	name    string // in IDs
	shape   *schema.Shape
	member  *schema.Member // nil at the root and in lists and maps
	above   *schema.Shape  // around the member
	header  bool
	body    bool // the member is the body
}

// optional reports whether the place may be absent.
func (p *place) optional() bool {
	return p.member != nil && !p.above.Union.Or(false) && !p.member.Required.Or(false) && !p.body
}

// placesOf returns the places of the output, each structure entered once.
func (l *List) placesOf() []place {
	c := l.contract
	var all []place
	outside := map[string]bool{} // members of the output that are not in the body
	c.Only(schema.OutputPart).Walk(func(at schema.Place, shape *schema.Shape, member *schema.Member) {
		parent := at.Parent()
		first, _, _ := strings.Cut(strings.TrimPrefix(at.Pointer, "/"), "/")
		switch {
		case at.Part != schema.OutputPart || strings.HasSuffix(at.Pointer, "/*key"):
			return
		case member != nil && parent.Pointer == "" && !c.Location(member).InBody():
			outside[first] = true
			if !c.Location(member).InHeaders() {
				return
			}
		case outside[first]:
			return
		}
		above, _, _ := c.At(parent)
		all = append(all, place{at.Pointer, l.name(at.Pointer), shape, member, above, outside[first], member != nil && parent.Pointer == "" && (c.Location(member) == schema.LocationPayload || shape.EventStream.Or(false))})
	})
	return all
}

// vary adds a response for each variation of each place.
func (l *List) vary() {
	for i := range l.places {
		p := &l.places[i]
		if p.header {
			l.varyHeader(p)
			continue
		}
		l.varyValue(p)
		if p.optional() {
			l.varied(p.name+" absent", Absent, "", synth.Choice{Pointer: p.pointer, Absent: true})
			l.varied(p.name+" null", Null, "null", synth.Choice{Pointer: p.pointer, Text: "null"})
		}
	}
}

// varyHeader varies a member in a header: a time and the entries of a list or map do not vary.
func (l *List) varyHeader(p *place) {
	if p.shape.Type != schema.Timestamp && p.shape.Type != schema.List && p.shape.Type != schema.Map {
		l.varyValue(p)
	}
	if p.optional() {
		l.varied(p.name+" absent", Absent, "", synth.Choice{Pointer: p.pointer, Absent: true})
	}
}

func (l *List) varyValue(p *place) {
	shape, pointer, name := p.shape, p.pointer, p.name
	set := func(kind Kind, what, text string) {
		l.varied(name+"="+what, kind, text, synth.Choice{Pointer: pointer, Text: text})
	}
	switch shape.Type {
	case schema.String:
		values, unknown := l.synth.Enum(shape)
		for _, v := range values {
			set(Value, v, jsontree.Quote(v))
		}
		if unknown != "" {
			set(UnknownValue, "<unknown value>", jsontree.Quote(unknown))
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
			if shape.EventStream.Or(false) && !binding.EndsStream(&m) {
				continue // the full response has all other events
			}
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
		if bounds.Max != json.Number("1") && bounds.Max != json.Number("0") && !shape.Unique.Or(false) {
			l.varied(name+"=<2 entries>", Entries, "", synth.Choice{Pointer: pointer, Entries: 2})
		}
	}
}
