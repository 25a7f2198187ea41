package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

type validateCommand struct {
	contractFlags
	reportFlags
	hidingFlags
	originFlags
	Encoding  encodingFlag `default:"auto" placeholder:"NAME" help:"How the documents are written down: http, HTTP bodies, sdk, what boto3 and the AWS CLI hand over, or auto (the default), chosen for each bare body."`
	Operation string       `placeholder:"NAME" help:"The operation that bare bodies are of, where there are several contracts."`
	Part      schema.Part  `xor:"bare" placeholder:"PART" help:"What bare bodies are: output, input or error:NAME."`
	Status    int          `xor:"bare" placeholder:"CODE" help:"The HTTP status that bare bodies came with; from 300 on they are errors."`
	Files     []string     `arg:"" optional:"" help:"JSON, NDJSON and cassettes, or folders of them; - is standard input. Without any: the embedded cassettes."`
}

// Help is the detail of --help.
func (*validateCommand) Help() string {
	return `Interactions of a cassette find their contract by their request; a document without a request is a bare body, a success of the only contract unless flags say otherwise. In a folder, an index.yaml says which findings are expected.

  crcheck validate cassettes/

  aws cleanrooms get-protected-job ... | crcheck validate --encoding sdk -

  crcheck validate error.json --status 404 --format json -o report.json`
}

// Validate refuses a status that HTTP does not have.
func (v *validateCommand) Validate() error {
	if v.Status != 0 && (v.Status < 100 || v.Status > 599) {
		return fmt.Errorf("--status: %d is not an HTTP status: give one from 100 to 599", v.Status)
	}
	return nil
}

// Run validates recorded responses against contracts.
func (v *validateCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := v.open(ctx, t)
	if err != nil {
		return err
	}
	chosen, err := compileAuto(inForce.catalog, v.Encoding, v.options())
	if err != nil {
		return err
	}
	inForce.announce(t)
	if len(v.Files) == 0 {
		fmt.Fprintln(t.Err, "no files named: checking the embedded cassettes")
	}
	inputs := gather(t, v.Files)
	run := &validation{command: v, chosen: chosen, named: map[string]*validate.Auto{}, leftOut: map[validate.LeftOut]int{}, said: map[string]bool{}}
	if run.collector.Accept, err = v.acceptance(ctx, inputs.expected); err != nil {
		return err
	}
	run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	for _, f := range v.Profile.Grade(inForce.findings) {
		run.collector.Add(f, nil)
	}
	for _, problem := range inputs.problems {
		run.problem(t, problem)
	}
	interrupted := run.files(ctx, t, inputs)
	run.taken.announce(t)
	for _, f := range v.Profile.Grade(validate.Note(run.leftOut)) {
		run.collector.Add(f, nil)
	}
	unmet := run.collector.Accept.Ledger.Settle(&run.scope, v.FailOnStale)
	if interrupted {
		run.collector.Problem(errors.New("interrupted: what follows was not checked"))
		// What was not read cannot have met its expectations.
		unmet = slices.DeleteFunc(unmet, finding.Unmet.Stale)
	}
	r := run.collector.Report(unmet, v.FailOn)
	err = v.write(t, r)
	var status exit
	switch {
	case interrupted && (err == nil || errors.As(err, &status)):
		return context.Canceled
	case r.Verdict == report.NotChecked && run.unrouted.total > 0:
		fmt.Fprintf(t.Err, "crcheck: nothing was checked: %v\n", &run.unrouted)
	case r.Verdict == report.NotChecked && r.Checks.Unrecognised != nil:
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: no contract knows a member of the documents; say which operation they are of with --contract and --operation")
	case r.Verdict == report.NotChecked && run.undecided != nil:
		fmt.Fprintf(t.Err, "crcheck: nothing was checked: %v\n", run.undecided)
	case r.Verdict == report.NotChecked:
		fmt.Fprintf(t.Err, "crcheck: nothing was checked: %s\n", whyNothing(&r.Checks))
	}
	return err
}

// validation is one run over many inputs.
type validation struct {
	command   *validateCommand
	chosen    *validate.Auto
	named     map[string]*validate.Auto // by the contract that a cassette names
	taken     taken
	leftOut   map[validate.LeftOut]int
	scope     finding.Scope
	said      map[string]bool // problems that many interactions share
	collector report.Collector
	secrets   secrets
	reached   reached
	unrouted  unrouted
	undecided *validate.BareError // the first of bodies that were found in folders
}

// files checks all inputs, and reports whether it was interrupted.
func (run *validation) files(ctx context.Context, t *terminal, inputs *inputs) bool {
	size := inputs.size
	if inputs.endless {
		size = -1
	}
	progress := newProgress(t.Err, size)
	defer progress.close()
	for _, in := range inputs.files {
		run.file(ctx, t, in, progress)
		if ctx.Err() != nil {
			return true
		}
	}
	return false
}

func (run *validation) problem(t *terminal, err error) {
	run.collector.Problem(err)
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
}

// file checks every interaction of an input. What cannot be read is a problem,
// after which the next input is checked all the same.
func (run *validation) file(ctx context.Context, t *terminal, in input, progress *progress) {
	r, err := in.open(ctx)
	if err != nil {
		if ctx.Err() == nil {
			run.problem(t, err)
		}
		return
	}
	defer r.Close()
	var source validate.Source
	bare := run.command.bare()
	bare.Found = !in.named
	by := func(x *traffic.Interaction) *validate.Auto {
		a, _ := run.contracts(x) // the error is told when the interaction is checked
		return a
	}
	for x, err := range source.Ahead(in.traffic(progress.reader(r)), by, bare) {
		if ctx.Err() != nil {
			return
		}
		var unknown *traffic.UnknownKindError
		var odd *traffic.EntryError
		switch {
		case errors.As(err, &odd):
			run.odd(odd)
			continue
		case errors.As(err, &unknown) && !in.named:
			run.collector.Skipped(unknown.Format)
			return
		case err != nil:
			run.problem(t, err)
			return
		}
		if x.Index == 0 {
			run.collector.File()
		}
		if err := run.check(x, bare, &source); err != nil {
			run.unchecked(t, x, err, bare.Found)
		}
	}
}

// odd takes an entry of a recording that is not as its format says.
func (run *validation) odd(e *traffic.EntryError) {
	for _, f := range run.command.Profile.Grade(validate.Odd(e)) {
		run.collector.Add(f, nil)
	}
	if e.Unread {
		run.collector.NotChecked("not as its format says")
	}
}

// unchecked counts an interaction that does not say what to check it against.
// Many have the same reason: it is said of the first. A body that was found in a folder
// need not be of the contracts, and does not fail the run.
func (run *validation) unchecked(t *terminal, x *traffic.Interaction, err error, found bool) {
	var bare *validate.BareError
	if found && errors.As(err, &bare) && bare.Undecided {
		run.collector.NotChecked("body of no operation that --operation names")
		run.undecided = cmp.Or(run.undecided, bare)
		return
	}
	run.collector.NotChecked("no contract to check it against")
	if !run.said[err.Error()] {
		run.said[err.Error()] = true
		run.problem(t, fmt.Errorf("%s: %w", x.Source, err))
	}
}

func (run *validation) check(x *traffic.Interaction, bare validate.Bare, source *validate.Source) error {
	against, err := run.contracts(x)
	if err != nil {
		return err
	}
	outcome, err := against.Check(x, bare, source)
	if err != nil {
		return err
	}
	run.taken.count(run.command.Encoding, x, &outcome)
	run.leftOut[outcome.LeftOut]++
	run.collector.Origin = run.command.origin(x)
	switch {
	case outcome.Unrecognised != nil:
		run.collector.Unrecognised(outcome.Unrecognised)
		return nil
	case outcome.NotRead != "":
		run.collector.NotRead(outcome.NotRead)
	case outcome.Contract != nil:
		run.collector.Checked(outcome.Contract.String())
	default:
		run.collector.NotChecked(outcome.NotChecked)
		if outcome.Unrouted != nil {
			run.unrouted.count(outcome.Unrouted)
		}
	}
	if outcome.Contract == nil {
		return nil
	}
	run.patterns(outcome.Contract)
	outcome.Note(&run.scope, x, bare)
	for _, f := range outcome.Findings {
		run.collector.Add(f, run.secrets.line(outcome.Contract, x, f.Line))
	}
	return nil
}

// options say how strict to be, and of whom.
func (v *validateCommand) options() validate.Options {
	return validate.Options{Profile: v.Profile, From: v.From}
}

// bare says what bare bodies are.
func (v *validateCommand) bare() validate.Bare {
	return validate.Bare{Operation: v.Operation, Part: v.Part, Status: v.Status}
}

// patterns says of a contract that traffic reached which patterns are not checked.
func (run *validation) patterns(c *schema.Contract) {
	for _, f := range run.command.Profile.Grade(run.reached.by(c)) {
		run.collector.Add(f, nil)
	}
}

// contracts are the chosen ones or, where none was asked for and the cassette
// names a built-in contract, that contract.
func (run *validation) contracts(x *traffic.Interaction) (*validate.Auto, error) {
	name := x.Meta.Contract
	if len(run.command.Contract) > 0 || name == "" {
		return run.chosen, nil
	}
	if known, ok := run.named[name]; ok {
		return known, nil
	}
	c, err := contracts.Load(name)
	if err != nil {
		return nil, fmt.Errorf("it was recorded under %s, which is not built in: choose a contract with --contract", name)
	}
	known, err := compileAuto(schema.NewCatalog(c), run.command.Encoding, run.command.options())
	if err != nil {
		return nil, err
	}
	run.named[name] = known
	return known, nil
}
