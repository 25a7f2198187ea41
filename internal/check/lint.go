package check

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/cores"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/lint"
	"github.com/crcheck/crcheck/internal/piece"
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
	sum, err := CountCassettes(ctx, in, o)
	if err != nil {
		return nil, err
	}
	return sum.CassettesResult(o, nil, ctx.Err() != nil), nil
}

// CountCassettes is [Cassettes] before the result. If ctx is cancelled, it returns what was counted before.
func CountCassettes(ctx context.Context, in *input.Traffic, o Options) (*Sum, error) {
	o.Encoding = Encoding(schema.HTTP.String())
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
	cores.InOrder(ctx, run.cores(), cmp.Or(o.grace, cores.Grace), func(yield func(*lintPart) bool) { run.lintParts(ctx, in, options, yield) },
		func(ctx context.Context, p *lintPart) bool { return p.work(ctx) }, run.lintCollect)
	return run.Sum, nil
}

// cassette is one file of a run.
type cassette struct {
	*lint.File
	file input.File
	text *lint.Text
	over bool // its rest is not checked

	number int // in the order of reading
}

// at returns the place of an interaction.
func (c *cassette) at(index int) piece.At {
	return piece.At{Source: c.file.Name, Index: index, Number: c.number}
}

// lintPart is some consecutive interactions of a file, or its end, and then what was found in them.
type lintPart struct {
	of      *cassette
	read    []lintResult // interactions that were read to learn the format
	unread  input.Part   // nil: there are only those
	end     bool
	differs int // the line of the file that crcheck would write differently
	results []lintResult
}

type lintResult struct {
	x       *traffic.Interaction
	err     error
	checked lint.Checked
}

// lintParts yields the parts of all files. It keeps the text of those that are cassettes.
func (run *run) lintParts(ctx context.Context, in *input.Traffic, options lint.Options, yield func(*lintPart) bool) {
	text := &lint.Text{} // of the file that is being read
	kept := *in
	kept.Files = slices.Clone(in.Files)
	for i, file := range in.Files {
		kept.Files[i].Open = func(ctx context.Context) (io.ReadCloser, error) {
			r, err := file.Open(ctx)
			if err != nil {
				return nil, err
			}
			return struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r, text), r}, nil
		}
	}
	late := 0 // parts after the interrupt: what a blocked reader had read is a first line and its rest
	for file, parts := range kept.Parts(ctx, cmp.Or(run.options.partSize, traffic.PartSize)) {
		text = &lint.Text{}
		of := &cassette{File: lint.New(file.Name, options), file: file, text: text, number: run.next()}
		known := false // what the format is
		for unread, err := range parts {
			p := &lintPart{of: of, unread: unread}
			if ctx.Err() != nil {
				late++
			}
			switch {
			case err != nil && late > 0 || late > 2:
				return // the interrupt is not a problem of the file
			case err != nil:
				p.read = []lintResult{{err: err}}
			case !known:
				p.unread = nil
				for x, err := range unread(nil) {
					p.read = append(p.read, lintResult{x: x, err: err})
					if known = known || err == nil; err == nil && x.Kind != traffic.Cassette {
						text.Drop()
					}
				}
			}
			if !yield(p) {
				return
			}
		}
		if ctx.Err() != nil || !yield(&lintPart{of: of, end: true}) {
			return
		}
	}
}

// work checks the interactions of a part, and reports whether it did so before ctx ended.
func (p *lintPart) work(ctx context.Context) (finished bool) {
	add := func(r lintResult) bool {
		if ctx.Err() != nil || errors.Is(r.err, context.Canceled) {
			return false
		}
		if r.err == nil {
			r.checked, r.err = p.of.Check(r.x)
		}
		p.results = append(p.results, r)
		return true
	}
	if p.end {
		p.differs = p.of.text.Differs(p.of.file.Name)
		return true
	}
	finished = !slices.ContainsFunc(p.read, func(r lintResult) bool { return !add(r) })
	if p.read = nil; p.unread != nil {
		p.unread(nil)(func(x *traffic.Interaction, err error) bool {
			finished = add(lintResult{x: x, err: err})
			return finished
		})
	}
	return finished
}

// lintCollect adds what was found in a part to the report.
func (run *run) lintCollect(p *lintPart) {
	for _, r := range p.results {
		if p.of.over {
			return
		}
		var failed *traffic.Error
		switch {
		case errors.As(r.err, &failed) && failed.Is(traffic.ErrOddEntry):
			run.options.unread(failed)
			run.collector.At = p.of.at(failed.Index)
			run.linted(nil, validate.Outcome{}, run.options.Profile.Grade(validate.Odd(failed)))
		case errors.As(r.err, &failed) && failed.Reason == traffic.ErrUnknownFormat && !p.of.file.Named:
			run.collector.Skipped(failed.Format)
			p.of.over = true
		case r.err != nil:
			run.problem(p.of.at(0), r.err)
			p.of.over = true
		default:
			run.collector.At = p.of.at(r.x.Index)
			run.linted(r.x, r.checked.Outcome, p.of.Add(r.x, r.checked))
		}
	}
	if p.end && !p.of.over {
		run.collector.At = p.of.at(math.MaxInt)
		run.linted(nil, validate.Outcome{}, p.of.Whole(p.differs))
		run.collector.File()
	}
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
		run.reach(outcome.Contract)
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
