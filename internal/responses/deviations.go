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
		for i := range l.places {
			p := &l.places[i]
			id := "deviation=" + p.name
			switch {
			case d.Rule == finding.MemberUnknown:
				if p.shape.Type == schema.Structure && is(p.shape, d.Value) {
					l.varied(id+" with "+d.Value, Deviation, `"example"`, synth.Choice{Pointer: p.pointer, Extra: d.Value})
				}
			case p.member == nil || p.header || !is(p.above, p.member.Name):
			case d.Rule == finding.MemberMissing:
				l.varied(id+" absent", Deviation, "", synth.Choice{Pointer: p.pointer, Absent: true})
			default:
				text := d.Value
				if p.shape.Type == schema.String {
					text = jsontree.Quote(text)
				}
				l.varied(id+"="+d.Value, Deviation, text, synth.Choice{Pointer: p.pointer, Text: text})
			}
		}
	}
}
