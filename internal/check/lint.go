package check

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/lint"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Cassettes looks for secrets, stale contracts, duplicates and contract violations. The search for
// secrets needs no contract: a run that found recorded requests and checked nothing else passes.
func Cassettes(ctx context.Context, in *input.Traffic, o Options) (*report.Report, error) {
	o.Encoding = Encoding(schema.HTTP.String())
	if o.FilesOnly {
		contracts := *o.Contracts
		contracts.Findings = nil
		o.Contracts = &contracts
	}
	run := start(&o)
	if err := run.turnTo(Part{in, o.Encoding, o.Bare, o.From}); err != nil {
		return nil, err
	}
	run.scope.Layers(finding.LayerRecord, finding.LayerCassette)
	if !o.FilesOnly {
		run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	}
	catalog := o.Contracts.Catalog
	options := lint.Options{Profile: o.Profile, Classify: bycontract.New(catalog), Check: run.lint,
		Contract: func(name string) *schema.Contract { return named(catalog, name) }}
	for _, file := range in.Files {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		options.Found = !file.Named
		err := run.lintFile(ctx, file, options)
		var unknown *traffic.Error
		switch {
		case errors.As(err, &unknown) && unknown.Reason == traffic.ErrUnknownFormat && !file.Named:
			run.collector.Skipped(unknown.Format)
		case err != nil:
			run.problem(err)
		default:
			run.collector.File()
		}
	}
	r := run.collector.Report(o.Accept.Settle(&run.scope, o.FailOnStale), o.FailOn)
	if r.Verdict == report.NotChecked && run.requests {
		r.Verdict = report.Passed
	}
	return r, nil
}

func (run *run) lintFile(ctx context.Context, file input.File, options lint.Options) error {
	r, err := file.Open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	return lint.File(file.Name, r, options, run.linted)
}

// lint validates an interaction without the others of its source.
func (run *run) lint(x *traffic.Interaction) (validate.Outcome, error) {
	against, err := run.contracts(x)
	if err != nil {
		return validate.Outcome{NotChecked: "with an unknown contract"}, nil
	}
	var source validate.Source
	source.See(x)
	checked, err := against.Check(x, validate.Bare{}, &source)
	return checked.Outcome, err
}

// linted collects the findings about an interaction or, if there is none, about a file.
func (run *run) linted(x *traffic.Interaction, outcome validate.Outcome, findings finding.Set) {
	run.collector.Origin, run.collector.Redacted = run.options.origin(x), redacted(x)
	run.requests = run.requests || x != nil && x.Request != nil
	switch {
	case outcome.Contract != nil:
		run.collector.Checked(outcome.Contract.String())
		run.patterns(outcome.Contract)
		outcome.Note(&run.scope, x, validate.Bare{})
	case x != nil:
		run.collector.NotChecked(outcome.NotChecked)
	}
	if run.options.FilesOnly {
		findings = slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool { return !OfFiles(f.Rule) })
	}
	secret := slices.ContainsFunc(findings, func(f finding.Finding) bool { return f.Rule == finding.SecretFound })
	for _, f := range findings {
		var line []byte
		if outcome.Contract != nil && !secret { // an excerpt also shows what surrounds the value
			line = run.excerpts.Line(outcome.Contract, x, f.Line)
		}
		run.collector.Add(f, line)
	}
}

// OfFiles reports whether a rule is about cassettes as files: only [Cassettes] applies it.
func OfFiles(id finding.RuleID) bool {
	rule, _ := id.Lookup()
	return (rule.Layer == finding.LayerRecord || rule.Layer == finding.LayerCassette) && id != finding.TrafficOddEntry
}

// named returns the contract of a name and version: a loaded one, or a built-in one.
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
