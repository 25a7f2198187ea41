package report

import (
	"github.com/crcheck/crcheck/finding"
)

// Unreviewed is the reason of a row that [Report.Baseline] adds.
const Unreviewed = "not yet reviewed"

// Baseline returns the text of a file of ignore rows with a row added for each group that fails the
// run. The rows name no values: an emulator makes other ones in each run.
func (r *Report) Baseline(name string, text []byte, failOn Threshold) ([]byte, int, error) {
	added := 0
	for i := range r.Groups {
		g := &r.Groups[i]
		if !failOn.Fails(g.Severity) {
			continue
		}
		row := g.row()
		row.Value, row.Reason = "", Unreviewed
		more, err := finding.AppendRow(name, text, row)
		if err != nil {
			return nil, 0, err
		}
		text = more
		added++
	}
	return text, added, nil
}
