package responses

import (
	"path"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// deviations adds what AWS is known to send although its model forbids it.
func (l *List) deviations() {
	names := map[*schema.Shape]string{}
	for name, shape := range l.contract.Shapes {
		names[shape] = name
	}
	for _, d := range finding.Deviations() {
		is := func(shape *schema.Shape, member string) bool {
			ok, _ := path.Match(d.Shape, l.contract.Service+":"+names[shape]+"$"+member)
			return ok && names[shape] != ""
		}
		for place, here := range l.places() {
			id := "deviation=" + l.name(place.Pointer)
			switch {
			case d.Rule == finding.MemberUnknown:
				if here.shape.Type == schema.Structure && is(here.shape, d.Value) {
					l.varied(id+" with "+d.Value, Deviation, `"example"`, synth.Choice{Pointer: place.Pointer, Extra: d.Value})
				}
			case here.member == nil || !is(here.above, here.member.Name):
			case d.Rule == finding.MemberMissing:
				l.varied(id+" absent", Deviation, "", synth.Choice{Pointer: place.Pointer, Absent: true})
			default:
				text := d.Value
				if here.shape.Type == schema.String {
					text = jsontree.Quote(text)
				}
				l.varied(id+"="+d.Value, Deviation, text, synth.Choice{Pointer: place.Pointer, Text: text})
			}
		}
	}
}
