package main

import (
	"bytes"
	"io"
	"os"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/report"
)

// reportFlags say how a verb reports, alike on every verb that does.
type reportFlags struct {
	Profile finding.Profile   `default:"default" placeholder:"NAME" help:"How much is held against a document: lenient, default or strict."`
	FailOn  finding.Threshold `default:"error" placeholder:"SEVERITY" help:"Fail from which severity on: error, warning or never."`
	Format  string            `default:"text" enum:"text,json" help:"text or json."`
	Output  string            `short:"o" placeholder:"PATH" help:"Write the report to a file."`
	Color   string            `default:"auto" enum:"auto,always,never" help:"auto, always or never."`
}

// write writes the report and returns the exit that it makes.
func (f *reportFlags) write(t *terminal, r *report.Report) error {
	formats := map[string]func(io.Writer, *report.Report) error{
		"text": report.Text(report.Style{Color: f.color(t.Out)}),
		"json": report.JSON,
	}
	if err := writeOutput(t, f.Output, func(w io.Writer) error { return formats[f.Format](w, r) }); err != nil {
		return err
	}
	switch {
	case len(r.Problems) > 0:
		return exit(exitUsage)
	case r.Verdict == "failed":
		return exit(exitFindings)
	case r.Verdict == "not checked":
		return exit(exitUsage)
	}
	return nil
}

func (f *reportFlags) color(out io.Writer) bool {
	if f.Color == "auto" {
		return f.Output == "" && isTerminal(out) && os.Getenv("NO_COLOR") == ""
	}
	return f.Color == "always"
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// writeOutput writes data to a file, whole or not at all, or to standard output.
func writeOutput(t *terminal, path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(t.Out)
	}
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	return os.WriteFile(path, data.Bytes(), 0o644)
}
