// Package check validates the traffic of many files in one run, and makes a report of it.
//
// The model: [Options] say against which contracts, in which encoding and how strictly. [Traffic]
// validates every interaction, and [Cassettes] looks after cassettes as files, too; both go on after
// what they cannot read. [Tally] adds up, of a contract and traffic, what the contract does not
// explain.
package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Options say how to check.
type Options struct {
	Contracts *models.InForce
	// Named says that the user chose the contracts; otherwise a cassette that names a built-in
	// contract is validated against that one.
	Named    bool
	Encoding Encoding
	Bare     validate.Bare // what bare bodies are
	Profile  finding.Profile
	From     finding.Origin // who sent the responses; unknown: what each recording says
	Accept   report.Acceptance
	FailOn   report.Threshold
	// FailOnStale fails on ignore rows that no longer match anything, required or not.
	FailOnStale bool
	Stderr      io.Writer // what is said of the run while it goes on
}

func (o *Options) compile() validate.Options {
	return validate.Options{Profile: o.Profile, From: o.From}
}

// origin is who responded: what the options say, else what the recording does.
func (o *Options) origin(x *traffic.Interaction) finding.Origin {
	from := o.From
	if from == finding.OriginUnknown && x != nil {
		_ = from.UnmarshalText([]byte(x.Meta.From)) // text that is not an origin leaves it unknown
	}
	return from
}

// ErrInterrupted says that a run did not come to its end.
var ErrInterrupted = errors.New("interrupted: what follows was not checked")

// run is one run over many files.
type run struct {
	options   *Options
	chosen    *validate.Auto
	named     map[string]*validate.Auto // by the contract that a cassette names
	taken     taken
	leftOut   map[validate.LeftOut]int
	scope     finding.Scope
	said      map[string]bool // problems that many interactions share
	requests  bool            // an interaction has one
	collector report.Collector
	excerpts  bycontract.Excerpts
	reached   models.Reached
	unrouted  models.Unrouted
	undecided *validate.BareError // the first of bodies that were found in folders
}

// start begins a run with what contracts and inputs have to say of themselves.
func start(in *input.Traffic, o *Options) (*run, error) {
	chosen, err := Compile(o.Contracts.Catalog, o.Encoding, o.compile())
	if err != nil {
		return nil, err
	}
	run := &run{options: o, chosen: chosen, named: map[string]*validate.Auto{}, leftOut: map[validate.LeftOut]int{}, said: map[string]bool{}}
	run.collector.Accept = o.Accept
	run.collector.Origin = o.From
	for _, f := range o.Profile.Grade(o.Contracts.Findings) {
		run.collector.Add(f, nil)
	}
	for _, problem := range in.Problems {
		run.problem(problem)
	}
	return run, nil
}

// Traffic validates every interaction. A run that is interrupted has a report of what was checked
// before.
func Traffic(ctx context.Context, in *input.Traffic, o Options) (*Result, error) {
	run, err := start(in, &o)
	if err != nil {
		return nil, err
	}
	run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	interrupted := false
	for file, interactions := range in.Read(ctx) {
		run.file(ctx, file, interactions)
		if interrupted = ctx.Err() != nil; interrupted {
			break
		}
	}
	run.taken.announce(o.Stderr)
	for _, f := range o.Profile.Grade(validate.Note(run.leftOut)) {
		run.collector.Add(f, nil)
	}
	unmet := o.Accept.Settle(&run.scope, o.FailOnStale)
	if interrupted {
		run.collector.Problem(ErrInterrupted)
		// What was not read cannot have met its expectations.
		unmet = slices.DeleteFunc(unmet, finding.Unmet.Stale)
	}
	r := &Result{Report: run.collector.Report(unmet, o.FailOn), Interrupted: interrupted}
	if r.Report.Verdict == report.NotChecked {
		r.Nothing = run.nothing(&r.Report.Checks)
	}
	return r, nil
}

// Result is what a run came to.
type Result struct {
	*report.Report
	Interrupted bool
	Nothing     string // why nothing was checked, if nothing was
}

func (run *run) nothing(c *report.Checks) string {
	switch {
	case run.unrouted.Total > 0:
		return run.unrouted.String()
	case c.Unrecognised != nil:
		return "no contract knows a member of the documents; say which operation they are of with --contract and --operation"
	case run.undecided != nil:
		return run.undecided.Error()
	}
	return c.WhyNothing()
}

// problem notes what keeps the run from checking everything.
func (run *run) problem(err error) {
	run.collector.Problem(err)
	fmt.Fprintf(run.options.Stderr, "crcheck: %v\n", err)
}

// file checks every interaction of an input. What cannot be read is a problem, after which the next
// input is checked all the same.
func (run *run) file(ctx context.Context, in input.File, interactions iter.Seq2[*traffic.Interaction, error]) {
	var source validate.Source
	bare := run.options.Bare
	bare.Found = !in.Named
	by := func(x *traffic.Interaction) *validate.Auto {
		a, _ := run.contracts(x) // the error is told when the interaction is checked
		return a
	}
	for x, err := range source.Ahead(interactions, by, bare) {
		if ctx.Err() != nil {
			return
		}
		var failed *traffic.Error
		switch {
		case errors.As(err, &failed) && failed.Is(traffic.ErrOddEntry):
			run.odd(failed)
			continue
		case errors.As(err, &failed) && failed.Reason == traffic.ErrUnknownFormat && !in.Named:
			run.collector.Skipped(failed.Format)
			return
		case err != nil:
			run.problem(err)
			return
		}
		if x.Index == 0 {
			run.collector.File()
		}
		if err := run.check(x, bare, &source); err != nil {
			run.unchecked(x, err, bare.Found)
		}
	}
}

// odd takes an entry of a recording that is not as its format says.
func (run *run) odd(e *traffic.Error) {
	for _, f := range run.options.Profile.Grade(validate.Odd(e)) {
		run.collector.Add(f, nil)
	}
	if e.Reason == traffic.ErrUnreadEntry {
		run.collector.NotChecked("not as its format says")
	}
}

// unchecked counts an interaction that does not say what to check it against.
// Many have the same reason: it is said of the first. A body that was found in a folder
// need not be of the contracts, and does not fail the run.
func (run *run) unchecked(x *traffic.Interaction, err error, found bool) {
	var bare *validate.BareError
	if found && errors.As(err, &bare) && bare.Undecided {
		run.collector.NotChecked("body of no operation that --operation names")
		run.undecided = cmp.Or(run.undecided, bare)
		return
	}
	run.collector.NotChecked("no contract to check it against")
	if !run.said[err.Error()] {
		run.said[err.Error()] = true
		run.problem(fmt.Errorf("%s: %w", x.Source, err))
	}
}

func (run *run) check(x *traffic.Interaction, bare validate.Bare, source *validate.Source) error {
	against, err := run.contracts(x)
	if err != nil {
		return err
	}
	outcome, err := against.Check(x, bare, source)
	if err != nil {
		return err
	}
	run.taken.count(run.options.Encoding, x, &outcome)
	run.leftOut[outcome.LeftOut]++
	run.collector.Origin = run.options.origin(x)
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
			run.unrouted.Count(outcome.Unrouted)
		}
	}
	if outcome.Contract == nil {
		return nil
	}
	run.patterns(outcome.Contract)
	outcome.Note(&run.scope, x, bare)
	for _, f := range outcome.Findings {
		run.collector.Add(f, run.excerpts.Line(outcome.Contract, x, f.Line))
	}
	return nil
}

// patterns says of a contract that traffic reached which patterns are not checked.
func (run *run) patterns(c *schema.Contract) {
	for _, f := range run.options.Profile.Grade(run.reached.By(c)) {
		run.collector.Add(f, nil)
	}
}

// contracts are the chosen ones or, where none was asked for and the cassette
// names a built-in contract, that contract.
func (run *run) contracts(x *traffic.Interaction) (*validate.Auto, error) {
	name := x.Meta.Contract
	if run.options.Named || name == "" {
		return run.chosen, nil
	}
	if known, ok := run.named[name]; ok {
		return known, nil
	}
	c, err := contracts.Load(name)
	if err != nil {
		return nil, fmt.Errorf("it was recorded under %s, which is not built in: choose a contract with --contract", name)
	}
	known, err := Compile(schema.NewCatalog(c), run.options.Encoding, run.options.compile())
	if err != nil {
		return nil, err
	}
	run.named[name] = known
	return known, nil
}
