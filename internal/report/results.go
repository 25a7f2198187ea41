package report

import (
	"fmt"
	"io"

	"github.com/crcheck/crcheck/internal/coverage"
)

// Results is what a run of a command found. Every format presents it. A command sets one part, except
// check, which sets a part for each of its checks.
type Results struct {
	Command string // such as "validate"

	Traffic  *Report // of recorded or live traffic: validate, record, live, probe
	Lint     *Report // of cassettes as files
	Coverage *coverage.Summary
	Suites   []Suite // conformance, a run for each client
	Drift    *Drift
}

// Suite is the run of a suite against a client that the project names.
type Suite struct {
	Client string // its name in the project file; empty outside of check
	*SuiteRun
}

// Format names the format of a report.
type Format string

// The formats.
const (
	FormatText Format = "text"
	FormatJSON Format = "json"
)

// Write writes the results in a format.
func Write(w io.Writer, format Format, r *Results, style Style) error {
	switch format {
	case FormatText:
		return writeText(w, r, style)
	case FormatJSON:
		return writeJSON(w, r)
	}
	return fmt.Errorf("unknown format %q", format)
}

func writeText(w io.Writer, r *Results, style Style) error {
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
	case r.Traffic != nil:
		return JSON(w, r.Traffic)
	case r.Lint != nil:
		return JSON(w, r.Lint)
	case r.Coverage != nil:
		return JSON(w, r.Coverage)
	case r.Drift != nil:
		return JSON(w, r.Drift)
	}
	for _, s := range r.Suites {
		if err := ConformanceJSON(w, s.SuiteRun); err != nil {
			return err
		}
	}
	return nil
}
