package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/lint"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

type lintCommand struct {
	contractFlags
	reportFlags
	hidingFlags
	Files []string `arg:"" optional:"" help:"Cassettes, or folders of them; without any, the embedded ones."`
}

// Help is the detail of --help.
func (*lintCommand) Help() string {
	return `Looks for secrets, for what breaks the contract, for cassettes that were made under another form of their contract, for interactions that stand twice, and for files that crcheck would write otherwise. In a folder, an index.yaml says which findings are expected.

  crcheck cassette lint recordings/`
}

// Run looks through cassettes.
func (v *lintCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	inForce.announce(t)
	run := &validation{command: &validateCommand{contractFlags: v.contractFlags, reportFlags: v.reportFlags, Encoding: "http"}, named: map[string]*validate.Auto{}}
	if run.chosen, err = compileAuto(inForce.catalog, "http", validate.Options{Profile: v.Profile}); err != nil {
		return err
	}
	inputs := gather(t, v.Files)
	if run.collector.Accept, err = v.acceptance(ctx, inputs.expected); err != nil {
		return err
	}
	run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP, finding.LayerRecord, finding.LayerCassette)
	for _, f := range v.Profile.Grade(inForce.findings) {
		run.collector.Add(f, nil)
	}
	for _, problem := range inputs.problems {
		run.problem(t, problem)
	}
	options := lint.Options{Profile: v.Profile, Classify: bycontract.New(inForce.catalog), Contract: func(name string) *schema.Contract { return named(inForce.catalog, name) },
		Check: func(x *traffic.Interaction) (validate.Outcome, error) {
			against, err := run.contracts(x)
			if err != nil {
				return validate.Outcome{NotChecked: "its contract is not known here"}, nil
			}
			var source validate.Source
			source.See(x)
			outcome, err := against.Check(x, validate.Bare{}, &source)
			return outcome.Outcome, err
		}}
	for _, in := range inputs.files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		options.Found = !in.named
		text, err := in.read(ctx)
		if err == nil {
			err = lint.File(in.name, text, options, run.linted)
		}
		var unknown *traffic.UnknownKindError
		switch {
		case errors.As(err, &unknown) && !in.named:
			run.collector.Skipped(unknown.Format)
		case err != nil:
			run.problem(t, err)
		default:
			run.collector.File()
		}
	}
	r := run.collector.Report(run.collector.Accept.Ledger.Settle(&run.scope, v.FailOnStale), v.FailOn)
	if r.Verdict == report.NotChecked && r.Checks.Files > 0 {
		r.Verdict = report.Passed // it needs no contract to look for secrets
	}
	return v.write(t, r)
}

// linted takes what is wrong with an interaction or, where there is none, a file.
func (run *validation) linted(x *traffic.Interaction, outcome validate.Outcome, findings finding.Set) {
	switch {
	case outcome.Contract != nil:
		run.collector.Checked(outcome.Contract.String())
		run.patterns(outcome.Contract)
		outcome.Note(&run.scope, x, validate.Bare{})
	case x != nil:
		run.collector.NotChecked(outcome.NotChecked)
	}
	secret := slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Rule == finding.SecretFound })
	for _, f := range findings {
		var line []byte
		if outcome.Contract != nil && !secret { // an excerpt shows neighbours, too
			line = run.secrets.line(outcome.Contract, x, f.Line)
		}
		run.collector.Add(f, line)
	}
}

// named returns the contract of a name and version: one in force, or a built-in one.
func named(catalog *schema.Catalog, name string) *schema.Contract {
	operation, _, _ := strings.Cut(name, "@")
	loaded := catalog.Named(operation)
	if i := slices.IndexFunc(loaded, func(c *schema.Contract) bool { return c.String() == name }); i >= 0 {
		return loaded[i]
	}
	c, err := contracts.Load(name)
	if err != nil {
		return nil
	}
	return c
}

// read reads an input whole.
func (in input) read(ctx context.Context) ([]byte, error) {
	r, err := in.open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}
