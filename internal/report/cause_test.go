package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
)

// TestCauseOf checks that findings have one cause one by one if a report has them in one group.
func TestCauseOf(t *testing.T) {
	one := at(finding.TypeMismatch, finding.Error, "/id", 1, 1)
	other := one
	other.Pointer = "/name"
	all := [][]finding.Finding{everywhere("garden.GetBed"), everywhere("garden.PutBed"), everywhere("shed.GetTool"), probed(), {one, one, other}}
	for _, a := range all {
		for _, f := range a {
			for _, b := range all {
				for _, g := range b {
					var c report.Collector
					c.Add(f, nil)
					c.Add(g, nil)
					groups := len(c.Report(nil, report.FailOnError).Groups)
					if f.Fingerprint() != g.Fingerprint() || f.Got == g.Got && f.Want == g.Want {
						require.Equal(t, groups == 1, report.CauseOf(f) == report.CauseOf(g), "%v\n%v", f, g)
					}
				}
			}
		}
	}
}
