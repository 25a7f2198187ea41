package project

import (
	"context"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/report"
)

// Settings are what a project file says about findings in traffic that the file does not name, such as
// that of tests which run elsewhere: how severe they are, and which are accepted.
type Settings struct {
	Profile finding.Profile
	FailOn  report.Threshold
	// Accept accepts what the ignore rows match. The rows are not counted, and none is stale, because they
	// are also for the traffic of the project.
	Accept report.Acceptance
}

// LoadSettings reads the settings of a project file. In the options, Profile, FailOn and Deviations take
// precedence over the file. The expected rows, and those of Ignore, are added to those of the file.
func LoadSettings(ctx context.Context, path string, expected []finding.Expected, o Options) (*Settings, error) {
	f, err := (&loader{}).load(ctx, path)
	if err != nil {
		return nil, err
	}
	r := &run{File: f, options: o}
	if err := r.readRows(ctx); err != nil {
		return nil, err
	}
	for i := range r.rows {
		r.rows[i].Count, r.rows[i].Shared = 0, true
	}
	s := &Settings{Profile: value(o.Profile, f.Profile), FailOn: value(o.FailOn, f.FailOn)}
	s.Accept, err = r.accept(expected, ofTraffic)
	return s, err
}

// ofTraffic reports whether findings of a rule are about traffic.
func ofTraffic(id finding.RuleID) bool {
	rule, _ := id.Lookup()
	return !check.OfFiles(id) && rule.Layer != finding.LayerDrift && rule.Layer != finding.LayerConform
}
