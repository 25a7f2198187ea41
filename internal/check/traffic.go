// Package check validates the traffic of many files in one run, and reports the result.
//
// The model: [Options] say against which contracts, in which encoding and how strictly. [Traffic]
// validates every interaction, and [Cassettes] also checks cassettes as files; both continue after
// a file that they cannot read. [Tally] counts the deviations of traffic from contracts.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/progress"
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
	Project  bool // the contracts are those of a project file
	Encoding Encoding
	Bare     validate.Bare // what bare bodies are
	Names    Names         // the operations of bare bodies, by the names of their files
	Map      []string      // how the traffic was read: the texts of its pointers, see [traffic.ParsePointers]
	Profile  finding.Profile
	From     finding.Origin // who sent the responses; unknown: each recording says it
	Accept   report.Acceptance
	FailOn   report.Threshold
	// FailOnStale fails on ignore rows that no longer match anything, required or not.
	FailOnStale bool
	// FilesOnly makes [Cassettes] leave out what [Traffic] reports about the interactions.
	FilesOnly bool
	// Pieces says that the input is pieces of what is to be checked, whose counts will be merged.
	Pieces bool
	Unread func(error) // gets each file and entry that cannot be read; nil: none
	Stderr io.Writer   // gets messages about the run
	Cores  int         // that validate; 0: all

	prepared *validate.Auto // the contracts, for any number of runs
	partSize int            // bytes; 0: the usual size
	grace    time.Duration  // after an interrupt; 0: the usual one
}

// choose says how to choose other contracts: with flags, unless a project file names them.
func (o *Options) choose(flags string) string {
	if o.Project {
		return "name their models under contracts in the project file, then run `crcheck update`"
	}
	return flags
}

func (o *Options) compile() validate.Options {
	return validate.Options{Profile: o.Profile, From: o.From}
}

// Prepare compiles the contracts for any number of runs with the same options.
func (o *Options) Prepare() (err error) {
	o.prepared, err = Compile(o.Contracts.Catalog, o.Encoding, o.compile())
	return err
}

func (o *Options) unread(err error) {
	if o.Unread != nil {
		o.Unread(err)
	}
}

// origin returns who responded, according to the options or else the recording.
func (o *Options) origin(x *traffic.Interaction) finding.Origin {
	from := o.From
	if from == finding.OriginUnknown && x != nil {
		_ = from.UnmarshalText([]byte(x.Meta.From)) // text that is not an origin leaves it unknown
	}
	return from
}

// redacted reports whether the recording says that it was redacted.
func redacted(x *traffic.Interaction) bool { return x != nil && x.Meta.RedactionKey != "" }

// ErrInterrupted says that a run was interrupted before its end.
var ErrInterrupted = errors.New("interrupted; the rest of the traffic was not checked")

// run is one run over many files.
type run struct {
	*Sum
	options *Options
	chosen  *validate.Auto
	naming  sync.Mutex
	named   map[string]*validate.Auto // by the contract that a cassette names; guarded by naming
	taken   taken
	whole   bool // accepted bodies are needed too
	number  int  // of the next source

	excerpts bycontract.Excerpts
}

func start(o *Options) *run {
	run := &run{Sum: NewSum(*o), options: o}
	run.collector.Origin = o.From
	return run
}

// next returns the number of a source that is read next. The order of pieces is that of paths.
func (run *run) next() int {
	if run.options.Pieces {
		return 0
	}
	run.number++
	return run.number
}

// Part is traffic of one origin, and what its bare bodies are.
type Part struct {
	Input    *input.Traffic
	Encoding Encoding
	Bare     validate.Bare
	From     finding.Origin
}

// Traffic validates every interaction. The report of an interrupted run covers what was checked
// before.
func Traffic(ctx context.Context, in *input.Traffic, o Options) (*Result, error) {
	return Parts(ctx, []Part{{in, o.Encoding, o.Bare, o.From}}, o)
}

// Parts is [Traffic] for traffic of several origins in one report. The parts replace the options of
// the same name.
func Parts(ctx context.Context, parts []Part, o Options) (*Result, error) {
	sum, err := Count(ctx, parts, o)
	if err != nil {
		return nil, err
	}
	return sum.Result(o, nil, ctx.Err() != nil), nil
}

// Count is [Parts] before the result. If ctx is cancelled, it returns what was counted before.
func Count(ctx context.Context, parts []Part, o Options) (*Sum, error) {
	run := start(&o)
	run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	for _, part := range parts {
		if err := run.turnTo(part); err != nil {
			return nil, err
		}
		if run.each(ctx, part.Input, run.validate, run.collect); ctx.Err() != nil {
			break
		}
	}
	run.taken.announce(progress.Notes(o.Stderr))
	return run.Sum, nil
}

// turnTo makes the options of a part those of the run.
func (run *run) turnTo(part Part) error {
	o := *run.options
	o.Encoding, o.Bare, o.From = part.Encoding, part.Bare, part.From
	chosen := o.prepared
	if chosen == nil {
		var err error
		if chosen, err = Compile(o.Contracts.Catalog, o.Encoding, o.compile()); err != nil {
			return err
		}
	}
	run.options, run.chosen, run.named = &o, chosen, map[string]*validate.Auto{}
	run.collector.Origin = o.From
	for _, problem := range part.Input.Problems {
		run.problem(piece.At{}, problem)
	}
	return nil
}

// problem notes that the run could not check everything.
func (run *run) problem(at piece.At, err error) {
	run.collector.At = at
	run.collector.Problem(err)
	run.options.unread(err)
	fmt.Fprintf(run.options.Stderr, "crcheck: %v\n", err)
}

// result adds the outcome of one interaction. An input that cannot be read is a problem, and does not
// end the run.
func (run *run) result(s *source, r *result) {
	var failed *traffic.Error
	switch {
	case errors.As(r.err, &failed) && failed.Is(traffic.ErrOddEntry):
		run.odd(s.at(failed.Index), failed)
		return
	case errors.As(r.err, &failed) && failed.Reason == traffic.ErrUnknownFormat && !s.file.Named:
		run.collector.Skipped(failed.Format)
		s.over = true
		return
	case r.err != nil:
		run.problem(s.at(0), r.err)
		s.over = true
		return
	}
	run.file(s)
	run.collector.At = s.at(r.x.Index)
	if r.failed != nil {
		run.unchecked(r.x, r.failed, s.bare.Found)
		return
	}
	run.checked(r.x, s.bare, &r.outcome)
}

// file counts the source of an interaction.
func (run *run) file(s *source) {
	if !s.read {
		s.read = true
		run.collector.File()
	}
}

// odd collects the finding about an entry that does not conform to the format of its recording.
func (run *run) odd(at piece.At, e *traffic.Error) {
	run.options.unread(e)
	run.collector.At = at
	run.collector.Redacted = false // an entry that is malformed may not be what its file says
	for _, f := range run.options.Profile.Grade(validate.Odd(e)) {
		run.collector.Add(f, nil)
	}
	if e.Reason == traffic.ErrUnreadEntry {
		run.collector.NotChecked("malformed")
	}
}

// unchecked counts an interaction without a contract. A reason that many share is reported once. A
// body that was found in a folder need not belong to the contracts, and does not fail the run.
func (run *run) unchecked(x *traffic.Interaction, err error, found bool) {
	var bare *validate.BareError
	if found && errors.As(err, &bare) && bare.Undecided {
		run.collector.NotChecked("without a request and without --operation")
		run.undecide(run.collector.At, bare)
		return
	}
	run.collector.NotChecked("without a contract")
	if run.collector.SharedProblem(x.Source, err) {
		fmt.Fprintf(run.options.Stderr, "crcheck: %s: %v\n", x.Source, err)
	}
}

func (run *run) checked(x *traffic.Interaction, bare validate.Bare, outcome *validate.Checked) {
	run.taken.count(run.options.Encoding, x, outcome)
	run.leftOut[outcome.LeftOut]++
	run.placeholders += outcome.Placeholders
	run.collector.Origin, run.collector.Redacted = run.options.origin(x), redacted(x)
	switch {
	case outcome.Unrecognised != nil:
		run.collector.Unrecognised(outcome.Unrecognised)
		return
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
		return
	}
	run.reach(outcome.Contract)
	outcome.Note(&run.scope, x, bare)
	for _, f := range outcome.Findings {
		run.collector.AddFrom(f, func() []byte { return run.excerpts.Line(outcome.Contract, x, f.Line) })
	}
}

// contracts returns the chosen contracts. If the user chose none and the cassette names a built-in
// contract, it returns that one.
func (run *run) contracts(x *traffic.Interaction) (*validate.Auto, error) {
	name := x.Meta.Contract
	if run.options.Named || name == "" {
		return run.chosen, nil
	}
	run.naming.Lock()
	defer run.naming.Unlock()
	if known, ok := run.named[name]; ok {
		return known, nil
	}
	c, err := contracts.Load(name)
	if err != nil {
		return nil, fmt.Errorf("recorded with the contract %s, which is not built in; %s", name, run.options.choose("choose a contract with --contract"))
	}
	known, err := Compile(schema.NewCatalog(c), run.options.Encoding, run.options.compile())
	if err != nil {
		return nil, err
	}
	run.named[name] = known
	return known, nil
}
