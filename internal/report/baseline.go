package report

import (
	"github.com/crcheck/crcheck/finding"
)

// Unreviewed is the reason of a row that [Report.Baseline] adds.
const Unreviewed = "not yet reviewed"

// Baseline returns the text of a file of ignore rows with rows added for each group that fails the
// run: one for a shape, or one for each place, so that the same fault in another place still fails. The
// rows name no values: an emulator makes other ones in each run.
func (r *Report) Baseline(name string, text []byte, failOn Threshold) ([]byte, int, error) {
	var rows []finding.Expected
	for i := range r.Groups {
		if g := &r.Groups[i]; failOn.Fails(g.Severity) {
			rows = append(rows, g.baseline()...)
		}
	}
	for i := range rows {
		rows[i].Value, rows[i].Reason = "", Unreviewed
	}
	text, err := finding.AppendRows(name, text, rows...)
	return text, len(rows), err
}

func (g *Group) baseline() []finding.Expected {
	if g.Shape != "" || len(g.Occurrences) == 0 {
		return []finding.Expected{g.row()}
	}
	var rows []finding.Expected
	for _, o := range g.Occurrences {
		one := *g
		one.Operation, one.Part, one.Place, one.Occurrences = o.Operation, o.Part, o.Place, nil
		rows = append(rows, one.row())
	}
	return rows
}
