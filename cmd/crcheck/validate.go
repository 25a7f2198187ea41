package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

type validateVerb struct {
	contractFlags
	reportFlags
	Projection schema.Projection `default:"wire" placeholder:"NAME" help:"How the documents are written down: wire, HTTP bodies, or sdk, what boto3 and the AWS CLI hand over."`
	Operation  string            `placeholder:"NAME" help:"The operation that bare bodies are of, where there are several contracts."`
	Part       schema.Part       `placeholder:"PART" help:"What bare bodies are: output, input or error:NAME."`
	Status     int               `placeholder:"CODE" help:"The HTTP status that bare bodies came with."`
	Files      []string          `arg:"" optional:"" help:"JSON, NDJSON and cassettes, or folders of them; - is standard input. Without any: the embedded cassettes."`
}

// Run holds recorded responses against contracts.
func (v *validateVerb) Run(ctx context.Context, t *terminal) error {
	loaded, derived, err := v.load()
	if err != nil {
		return err
	}
	options := validate.Options{Projection: v.Projection, Profile: v.Profile}
	chosen, err := validate.CompileCatalog(schema.NewCatalog(loaded...), options)
	if err != nil {
		return err
	}
	for _, c := range loaded {
		fmt.Fprintf(t.Err, "contract: %s\n", c)
	}
	inputs := gather(t, v.Files)
	ledger, err := finding.NewLedger(inputs.expected)
	if err != nil {
		return err
	}
	run := &validation{verb: v, chosen: chosen, named: map[string]*validate.Catalog{}, options: options, ledger: ledger}
	for _, f := range v.Profile.Grade(derived) {
		run.collector.Add(f, nil)
	}
	for _, problem := range inputs.problems {
		run.problem(t, problem)
	}
	progress := newProgress(t.Err, inputs.size)
	interrupted := false
	for _, in := range inputs.files {
		if err := run.file(ctx, t, in, progress); errors.Is(err, context.Canceled) {
			interrupted = true
			break
		} else if err != nil {
			return err
		}
	}
	progress.close()
	r := run.collector.Report(ledger.Unmet(), v.FailOn)
	if interrupted {
		r.Problems = append(r.Problems, "interrupted: what follows was not checked")
	}
	if err := v.write(t, r); !interrupted {
		if r.Checks.Checked == 0 && len(r.Problems) == 0 {
			fmt.Fprintln(t.Err, "crcheck: nothing was checked: name files with responses of the contract's operation")
		}
		return err
	}
	return context.Canceled
}

// validation is one run over many inputs.
type validation struct {
	verb      *validateVerb
	chosen    *validate.Catalog
	named     map[string]*validate.Catalog // by the contract that a cassette names
	options   validate.Options
	ledger    *finding.Ledger
	collector report.Collector
}

func (run *validation) problem(t *terminal, err error) {
	run.collector.Problem(err)
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
}

// file checks every interaction of an input. What cannot be read is a problem,
// after which the next input is checked all the same.
func (run *validation) file(ctx context.Context, t *terminal, in input, progress *progress) error {
	r, err := in.open(ctx)
	if err != nil {
		run.problem(t, err)
		return nil
	}
	defer r.Close()
	for x, err := range traffic.Read(in.name, progress.reader(r)) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var unknown *traffic.UnknownKindError
		if errors.As(err, &unknown) && !in.named {
			run.collector.Skipped()
			return nil
		} else if err != nil {
			run.problem(t, err)
			return nil
		}
		if x.Index == 0 {
			run.collector.File()
		}
		if err := run.check(x); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (run *validation) check(x *traffic.Interaction) error {
	catalog, err := run.catalog(x)
	if err != nil {
		return err
	}
	outcome, err := catalog.Check(x, validate.Bare{Operation: run.verb.Operation, Part: run.verb.Part, Status: run.verb.Status})
	if err != nil {
		return err
	}
	if outcome.Contract == nil {
		run.collector.NotChecked(outcome.NotChecked)
		return nil
	}
	run.collector.Checked(outcome.Contract.String())
	for _, f := range outcome.Findings {
		if run.ledger.Take(f) {
			run.collector.Expected()
			continue
		}
		line, _ := x.Response.Body.Line(f.Line)
		run.collector.Add(f, line)
	}
	return nil
}

// catalog is the chosen one or, where none was asked for and the cassette names
// a built-in contract, that contract.
func (run *validation) catalog(x *traffic.Interaction) (*validate.Catalog, error) {
	name := x.Meta.Contract
	if len(run.verb.Contract) > 0 || name == "" {
		return run.chosen, nil
	}
	if known, ok := run.named[name]; ok {
		return known, nil
	}
	c, err := contracts.Load(name)
	if err != nil {
		return nil, fmt.Errorf("%s was recorded under %s, which is not built in: choose a contract with --contract", x.Source, name)
	}
	known, err := validate.CompileCatalog(schema.NewCatalog(c), run.options)
	if err != nil {
		return nil, err
	}
	run.named[name] = known
	return known, nil
}
