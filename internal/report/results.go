package report

import (
	"io"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/wording"
)

// Results is what a run of a command found. Every format presents it. A command sets one part, except
// check, which sets a part for each of its checks.
type Results struct {
	Command string // such as "validate"
	Version string // of crcheck; empty: unknown

	Project  *Project // of check and update: what the project pins, and the verdict on everything
	Models   *Report  // of the documents that contracts come from: derive, drift
	Traffic  *Report  // of recorded or live traffic: validate, record, live, probe
	Lint     *Report  // of cassettes as files
	Coverage *coverage.Summary
	// MinCoverage is the percentage of Coverage that the run requires.
	MinCoverage int
	Suites      []Suite // conformance, a run for each client
	Drift       *Drift
}

// Models returns the report of findings about the documents that contracts come from.
func Models(findings finding.Set, failOn Threshold) *Report {
	var c Collector
	for _, f := range findings {
		c.Add(f, nil)
	}
	r := c.Report(nil, failOn)
	if r.Verdict == NotChecked { // no traffic was checked
		r.Verdict = Passed
	}
	return r
}

// Suite is the run of a suite against a client that the project names.
type Suite struct {
	Client string // its name in the project file; empty outside of check
	*SuiteRun
}

// Format names the format of a report. Its zero value is [FormatText].
type Format int

// The formats.
const (
	FormatText Format = iota
	FormatJSON
	FormatJUnit
	FormatSARIF
	FormatGitHub
	FormatMarkdown
	FormatHTML
	FormatBadge
	FormatSDKTable
)

var formatNames = [...]string{FormatText: "text", FormatJSON: "json", FormatJUnit: "junit", FormatSARIF: "sarif", FormatGitHub: "github", FormatMarkdown: "markdown",
	FormatHTML: "html", FormatBadge: "badge", FormatSDKTable: "sdk-table"}

// Formats returns the names of all formats.
func Formats() []string { return formatNames[:] }

// sharedFormats leave the terminal: they show no more of the traffic than a cassette does.
var sharedFormats = map[Format]func(io.Writer, *Results) error{
	FormatJUnit:    writeJUnit,
	FormatSARIF:    writeSARIF,
	FormatGitHub:   writeGitHub,
	FormatMarkdown: writeMarkdown,
	FormatHTML:     writeHTML,
	FormatBadge:    writeBadge,
	FormatSDKTable: writeSDKTable,
}

func (f Format) String() string { return formatNames[f] }

// UnmarshalText reads the name of a format.
func (f *Format) UnmarshalText(name []byte) error {
	return wording.ParseName(f, formatNames[:], name, "format")
}

// Write writes the results in a format.
func Write(w io.Writer, format Format, r *Results, style Style) error {
	if format == FormatJSON {
		return writeJSON(w, r)
	}
	if write := sharedFormats[format]; write != nil {
		if !style.ShowValues {
			r = r.Withheld()
		}
		return write(w, r)
	}
	return writeText(w, r, style)
}

// Verdict returns the most severe verdict of the parts.
func (r *Results) Verdict() Verdict {
	if r.Project != nil {
		return r.Project.Verdict
	}
	found := map[Verdict]bool{}
	for _, part := range []*Report{r.Models, r.Traffic, r.Lint} {
		if part != nil {
			found[part.Verdict] = true
		}
	}
	if r.Drift != nil {
		found[r.Drift.Verdict] = true
	}
	if r.Coverage != nil {
		found[Incomplete] = found[Incomplete] || r.Coverage.Interrupted
		found[Failed] = found[Failed] || r.coverageTooLow()
	}
	for _, s := range r.Suites {
		switch {
		case s.Ended != "":
			found[Incomplete] = true
		case !s.Passes():
			found[Failed] = true
		}
	}
	for _, v := range []Verdict{Failed, Incomplete, NotChecked} {
		if found[v] {
			return v
		}
	}
	return Passed
}

// Checked reports whether the run checked something, and could read all of it. Otherwise its exit status
// says so, whatever it found.
func (r *Results) Checked() bool {
	for _, part := range []*Report{r.Traffic, r.Lint} {
		if part != nil && (len(part.Problems) > 0 || part.Verdict == NotChecked) {
			return false
		}
	}
	return (r.Drift == nil || !r.Drift.Interrupted && r.Drift.Verdict != NotChecked) &&
		(r.Coverage == nil || !r.Coverage.Interrupted && r.Coverage.Counted > 0)
}

// coverageTooLow reports whether the whole traffic covers less than the run requires.
func (r *Results) coverageTooLow() bool {
	return r.Coverage != nil && r.Coverage.Percent < r.MinCoverage && !r.Coverage.Interrupted
}

func writeText(w io.Writer, r *Results, style Style) error {
	if r.Project != nil {
		return projectText(w, r, style)
	}
	return writeParts(w, r, style)
}

// writeParts writes all parts, one after the other.
func writeParts(w io.Writer, r *Results, style Style) error {
	if r.Models != nil && (r.Drift == nil || r.Project != nil) { // drift writes them to standard error as it finds them
		if err := Groups(style)(w, r.Models); err != nil {
			return err
		}
	}
	for _, part := range []*Report{r.Traffic, r.Lint} {
		if part != nil {
			if err := Text(style)(w, part); err != nil {
				return err
			}
		}
	}
	if r.Coverage != nil {
		if err := Coverage(w, r.Coverage); err != nil {
			return err
		}
	}
	for _, s := range r.Suites {
		if err := Conformance(w, s.SuiteRun); err != nil {
			return err
		}
	}
	if r.Drift != nil {
		return DriftText(style)(w, r.Drift)
	}
	return nil
}

// writeJSON writes the only part of a command by itself, as programs know it.
func writeJSON(w io.Writer, r *Results) error {
	switch {
	case r.Project != nil:
		return projectJSON(w, r)
	case r.Traffic != nil:
		return JSON(w, r.Traffic)
	case r.Lint != nil:
		return JSON(w, r.Lint)
	case r.Coverage != nil:
		return JSON(w, r.Coverage)
	case r.Drift != nil:
		return JSON(w, r.Drift)
	case r.Models != nil:
		return JSON(w, r.Models)
	}
	for _, s := range r.Suites {
		if err := ConformanceJSON(w, s.SuiteRun); err != nil {
			return err
		}
	}
	return nil
}
