package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
)

// reportFiles are the reports that every command can write beside its main one.
type reportFiles struct {
	Report     reportTargets `sep:"none" placeholder:"FORMAT=PATH" help:"Also write the report in this format to this file: text, json, junit, sarif, github, markdown, html, badge or, for clients under test, sdk-table. Repeatable."`
	ShowValues bool          `help:"Show values of the traffic also in junit, sarif, github, markdown and html, which otherwise show them only if the traffic is marked redacted."`
}

// reportTarget is a format and where to write it.
type reportTarget struct {
	Format report.Format
	Path   output.Path
}

// UnmarshalText reads FORMAT=PATH.
func (r *reportTarget) UnmarshalText(text []byte) error {
	format, path, ok := strings.Cut(string(text), "=")
	if !ok || path == "" {
		return fmt.Errorf("got %q, want FORMAT=PATH such as json=report.json", text)
	}
	r.Path = output.Path(path)
	return r.Format.UnmarshalText([]byte(format))
}

type reportTargets []reportTarget

// Validate refuses files that cannot be written, before any work is done, and two reports in one.
func (r reportTargets) Validate() error {
	seen := map[output.Path]bool{}
	for _, target := range r {
		if err := target.Path.Validate(); err != nil {
			return err
		}
		if seen[target.Path] {
			return sameFile(target.Path)
		}
		seen[target.Path] = true
	}
	return nil
}

func sameFile(path output.Path) error {
	if path.IsStandard() {
		return errors.New("two reports go to standard output: write one of them to a file")
	}
	return fmt.Errorf("two reports go to %s: give each a file of its own", path)
}

// write writes the reports.
func (f *reportFiles) write(t *terminal, r *report.Results) error {
	for _, target := range f.Report {
		if err := f.one(t, target, r, false); err != nil {
			return err
		}
	}
	return nil
}

// one writes a report. With the format github it also adds to the summary of the step.
func (f *reportFiles) one(t *terminal, target reportTarget, r *report.Results, color bool) error {
	info, _ := debug.ReadBuildInfo()
	r.Version, _, _ = built(info)
	style := report.Style{Color: color, ShowValues: f.ShowValues}
	if err := target.Path.Write(t.Out, func(w io.Writer) error { return report.Write(w, target.Format, r, style) }); err != nil {
		return err
	}
	summary := os.Getenv("GITHUB_STEP_SUMMARY")
	if target.Format != report.FormatGitHub || summary == "" {
		return nil
	}
	file, err := os.OpenFile(summary, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY cannot be written: %w", err)
	}
	return errors.Join(report.Write(file, report.FormatMarkdown, r, style), file.Close())
}

// models reports findings about the documents that contracts come from, on standard error and in the
// files.
func (f *reportFiles) models(t *terminal, command string, findings finding.Set, failOn report.Threshold) error {
	r := report.Models(findings, failOn)
	results := &report.Results{Command: command, Models: r}
	w := t.notes()
	if r.Verdict == report.Failed {
		w = t.Err // it says why the run fails
	}
	if err := report.Write(w, report.FormatText, results, report.Style{}); err != nil {
		return err
	}
	if err := f.write(t, results); err != nil {
		return err
	}
	return verdict(r)
}

// outputFlags say where to write the reports and in which formats, in the same way for every command
// whose output is its report.
type outputFlags struct {
	reportFiles
	Format report.Format `default:"text" placeholder:"NAME" help:"Format of the report: text (the default), json, junit, sarif, github, markdown, html, badge or, for clients under test, sdk-table."`
	Output output.Path   `short:"o" placeholder:"PATH" help:"Write the report to this file. Default: standard output."`
}

// checkFiles refuses a second report in the file of the main one. Lines for GitHub may be among
// others.
func (f *outputFlags) checkFiles() error {
	for _, target := range f.Report {
		standard := target.Path.IsStandard() && f.Output.IsStandard()
		if target.Path == f.Output || standard && target.Format != report.FormatGitHub {
			return sameFile(target.Path)
		}
	}
	return nil
}

// write writes all reports.
func (f *outputFlags) write(t *terminal, r *report.Results) error {
	color := t.Color == "always" || f.Output.IsStandard() && t.colors(t.Out)
	if err := f.one(t, reportTarget{f.Format, f.Output}, r, color); err != nil {
		return err
	}
	return f.reportFiles.write(t, r)
}

// showsFiles reports whether a report shows the files of models, which takes time to find.
func (f *outputFlags) showsFiles() bool {
	return f.Format > report.FormatJSON || len(f.Report) > 0
}

// reportFlags control the report, in the same way for every command that validates.
type reportFlags struct {
	Profile finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn  report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
	outputFlags
}

// verdict returns the [exit] that follows from a report of traffic.
func verdict(r *report.Report) error {
	switch {
	case len(r.Problems) > 0 || r.Verdict == report.NotChecked:
		return exit(exitUsage)
	case r.Verdict == report.Failed:
		return exit(exitFindings)
	}
	return nil
}
