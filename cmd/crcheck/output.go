package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/links"
	"github.com/crcheck/crcheck/internal/report"
)

// reportFlags say how a command reports, alike on every command that does.
type reportFlags struct {
	Profile finding.Profile   `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn  finding.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
	Format  string            `default:"text" enum:"text,json" help:"text or json."`
	Output  outputPath        `short:"o" placeholder:"PATH" help:"Write the report to a file."`
	Color   string            `default:"auto" enum:"auto,always,never" help:"auto, always or never."`
}

// write writes the report and returns the exit that it makes.
func (f *reportFlags) write(t *terminal, r *report.Report) error {
	formats := map[string]func(io.Writer, *report.Report) error{
		"text": report.Text(report.Style{Color: f.color(t.Out)}),
		"json": report.JSON,
	}
	if err := f.Output.write(t, func(w io.Writer) error { return formats[f.Format](w, r) }); err != nil {
		return err
	}
	switch {
	case len(r.Problems) > 0 || r.Verdict == report.NotChecked:
		return exit(exitUsage)
	case r.Verdict == report.Failed:
		return exit(exitFindings)
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

// outputPath is where a command writes its data; empty or - is standard output.
type outputPath string

func (p outputPath) isStandard() bool { return p == "" || p == "-" || p == "/dev/stdout" }

// Validate refuses, before any work is done, what cannot be written to.
func (p outputPath) Validate() error {
	if p.isStandard() {
		return nil
	}
	if info, err := os.Stat(string(p)); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it", p)
	}
	folder := filepath.Dir(string(p))
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s cannot be written: there is no folder %s, make it first", p, folder)
	}
	return nil
}

// write writes data, to a file whole or not at all.
func (p outputPath) write(t *terminal, write func(io.Writer) error) error {
	if p.isStandard() {
		return write(t.Out)
	}
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	// /dev/stderr may lead to a regular file, which others have open.
	info, err := os.Stat(string(p))
	if strings.HasPrefix(string(p), "/dev/") || err == nil && !info.Mode().IsRegular() {
		return p.explain(appendTo(string(p), data.Bytes()))
	}
	return p.explain(maybe.WriteFile(links.Follow(string(p)), data.Bytes(), 0o644))
}

// stream writes data that may be large, to a file whole or not at all.
func (p outputPath) stream(t *terminal, write func(io.Writer) error) error {
	if p.isStandard() || strings.HasPrefix(string(p), "/dev/") {
		return p.write(t, write)
	}
	path := links.Follow(string(p))
	pending, err := os.OpenFile(fmt.Sprintf("%s.%d.part", path, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return p.explain(err)
	}
	defer os.Remove(pending.Name()) //nolint:errcheck // it is gone where all went well
	if err := write(pending); err != nil {
		return errors.Join(p.explainWrite(err), pending.Close())
	}
	if err := errors.Join(pending.Sync(), pending.Close()); err != nil {
		return p.explain(err)
	}
	return p.explain(os.Rename(pending.Name(), path))
}

// explainWrite explains what comes from the file rather than from what is written to it.
func (p outputPath) explainWrite(err error) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) && cause.Op == "write" {
		return p.explain(err)
	}
	return err
}

// appendTo writes to what cannot be replaced: a device or a pipe.
func appendTo(path string, data []byte) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// explain names the file that the user named, rather than a temporary one.
func (p outputPath) explain(err error) error {
	if err == nil {
		return nil
	}
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("%s cannot be written: %w; nothing was changed, name another file with --output", p, err)
}
