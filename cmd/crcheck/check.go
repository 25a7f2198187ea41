package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/project"
	"github.com/crcheck/crcheck/internal/report"
)

type checkCommand struct {
	projectFlags
	outputFlags
	coresFlag
	Ignore     []string              `sep:"none" placeholder:"PATH" help:"A further YAML file of ignore rows. Repeatable."`
	Deviations *report.DeviationMode `placeholder:"HOW" help:"What to do with known deviations of AWS from its models: hide, show or error."`
	Min        *int                  `placeholder:"PERCENT" help:"Fail if the traffic covers less than this percentage of the operations that it uses."`
	Hidden     bool                  `help:"List the hidden findings, each with what hides it."`
}

// Help returns the text above the flags of --help.
func (*checkCommand) Help() string {
	return `For example:

  crcheck check

Runs every check of the project file in one go: the traffic, the cassettes as files, the coverage, the clients and the drift of local documents. It checks against the contracts that crcheck update pinned, without the network. Flags take precedence over the file. docs/project-file.md describes the file.

  crcheck check --report junit=crcheck.xml --fail-on warning`
}

// Validate refuses what is not a percentage.
func (c *checkCommand) Validate() error {
	if c.Min != nil && (*c.Min < 0 || *c.Min > 100) {
		return fmt.Errorf("--min: got %d, want a percentage from 0 to 100", *c.Min)
	}
	return nil
}

// Run runs every check of the project.
func (c *checkCommand) Run(ctx context.Context, t *terminal) error {
	paths := []*output.Path{&c.Output}
	for i := range c.Report {
		paths = append(paths, &c.Report[i].Path)
	}
	for i := range c.Ignore {
		absolute, err := filepath.Abs(c.Ignore[i])
		if err != nil {
			return err
		}
		c.Ignore[i] = absolute
	}
	file, options, err := c.open(ctx, t, paths...)
	if err != nil {
		return err
	}
	if err := c.addReports(file); err != nil {
		return err
	}
	options.Min, options.Deviations, options.Ignore, options.ListHidden = c.Min, c.Deviations, c.Ignore, c.Hidden
	options.Cores = int(c.Cores)
	results, err := project.Check(ctx, file, options)
	if err != nil {
		return err
	}
	if err := c.write(t, results); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Canceled
	}
	return checked(results)
}

// addReports adds the reports of the file, and makes their folders, unless a flag names a file for the format.
func (c *checkCommand) addReports(file *project.File) error {
	var named []report.Format
	for _, target := range c.Report {
		named = append(named, target.Format)
	}
	for _, name := range slices.Sorted(maps.Keys(file.Reports)) {
		target := reportTarget{Path: output.Path(file.Reports[name])}
		if err := target.Format.UnmarshalText([]byte(name)); err != nil {
			return err
		}
		if !slices.Contains(named, target.Format) {
			if err := os.MkdirAll(filepath.Dir(string(target.Path)), 0o755); err != nil {
				return fmt.Errorf("reports: %w", err)
			}
			c.Report = append(c.Report, target)
		}
	}
	return c.Report.Validate()
}

// checked returns the [exit] that follows from the checks of a project.
func checked(r *report.Results) error {
	for _, s := range r.Suites {
		if s.Ended != "" {
			return exit(exitIncomplete)
		}
	}
	switch r.Project.Verdict {
	case report.Passed:
		return nil
	case report.Failed:
		return exit(exitFindings)
	}
	return exit(exitUsage)
}
