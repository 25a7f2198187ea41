// Package tally counts recorded traffic piece by piece, for archives that one machine does not hold: each
// worker counts some files, or ranges of their lines, and the tallies merge into one report.
//
// # Model
//
//	Options ── New ──▶ Counter ── File, Text, Add ──▶ Tally ── Merge ──▶ Tally ── Report ──▶ a report
//	                              worker 1 … n          │  ▲
//	                                                Marshal, Unmarshal
//
// A [Counter] is compiled once for each process. [Tally.Merge] is associative and commutative, and a tally
// of nothing is its identity: any split of the traffic, in any order and any tree of merges, has the
// same report as one run of the command over all files in the order of their paths, byte for byte.
//
// Offsets count bytes of the decompressed text. A [Range] has the lines that begin in it, so that ranges
// need not end at line ends. A tally knows what was read: bytes that were read twice are an error of
// Merge, and bytes that were not read are a problem of the report.
//
// A tally grows with the contracts, with the kinds of findings (each keeps at most 100 samples), and with the
// number of files and ranges, not with the traffic. [Tally.Marshal] writes JSON with a version;
// tallies of another version or with other options are refused.
package tally

import (
	"context"
	"encoding/json"
	"io"
	"runtime/debug"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Kind is what a tally counts: the command that makes the same report.
type Kind string

const (
	Validation Kind = "validate"      // findings
	Drift      Kind = "drift"         // deviations of traffic from contracts, by place
	Coverage   Kind = "coverage"      // what responses show of the contracts
	Lint       Kind = "cassette lint" // findings about cassettes as files
)

// Options say what to count. All tallies of a report need equal options, but for Cores and Log. The zero
// value of each field but Contracts is the default of the commands.
type Options struct {
	Kind      Kind // empty: Validation
	Contracts []*schema.Contract
	Findings  finding.Set     // about the contracts, as package schema/source returns them; the report has them
	Documents []string        // the files that the contracts are from; the report has lines of them
	Encoding  schema.Encoding // of bare bodies; it is not detected, because pieces of one file may look different
	Bare      validate.Bare   // what bare bodies are
	Profile   finding.Profile
	From      finding.Origin // who sent the responses
	Ignore    []finding.Expected
	Today     time.Time // ignore rows that expired before it accept nothing; zero: none expires
	Cores     int       // for one file; 0: all
	Log       io.Writer // gets messages about single files; nil: none
}

// Counter counts with the same options. Goroutines may share it.
type Counter struct{ of *partial.Counter }

// New compiles the contracts. The error is about a contract or an ignore row.
func New(o Options) (*Counter, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	catalog := schema.NewCatalog(o.Contracts...)
	ledger, err := finding.NewLedger(o.Ignore)
	if err != nil {
		return nil, err
	}
	if !o.Today.IsZero() {
		ledger.Expire(o.Today)
	}
	options := check.Options{Contracts: models.Loaded(catalog, o.Findings, o.Documents...), Named: true, Encoding: check.Encoding(o.Encoding.String()), Bare: o.Bare,
		Profile: o.Profile, From: o.From, Cores: o.Cores, Stderr: o.Log, Accept: report.Acceptance{Ledger: ledger, Deviations: report.DeviationsHide}}
	var counter *partial.Counter
	switch o.Kind {
	case Drift:
		counter, err = partial.NewDriftCounter(o.Contracts, options)
	case Coverage:
		var plan *coverage.Plan
		if plan, err = coverage.Compile(catalog); err == nil {
			counter, err = partial.NewCoverageCounter(plan, options)
		}
	case Lint:
		counter, err = partial.NewCounter(partial.Lint, options)
	default:
		counter, err = partial.NewCounter(partial.Validation, options)
	}
	if err != nil {
		return nil, err
	}
	return &Counter{counter}, nil
}

// Range is the lines that begin at an offset from Start on and before End, in bytes. An End of 0 is the
// end of the input.
type Range struct{ Start, End int64 }

func (r Range) piece() piece.Range {
	if r.End == 0 {
		r.End = piece.All.End
	}
	return piece.Range(r)
}

// Reporting returns a counter with the same options that calls unread with each file and each entry that it
// cannot read, but those whose error it returns. Most are a [*traffic.Error], whose Line and Index count from
// the beginning of the range, see [Tally.Before].
func (c *Counter) Reporting(unread func(error)) *Counter { return &Counter{c.of.Reporting(unread)} }

// Empty returns a tally of nothing.
func (c *Counter) Empty() *Tally { return &Tally{c.of.New()} }

// File counts a range of a file of any format of package traffic. Only NDJSON is cut, except for Lint: the range of any other
// file that begins at 0 has all of it. What cannot be read is a problem of the report. The error is that of
// ctx; of Drift and Coverage, it is also any error of reading.
func (c *Counter) File(ctx context.Context, path string, r Range) (*Tally, error) {
	return c.Read(ctx, path, func(ctx context.Context) (io.ReadCloser, error) { return input.Open(ctx, path) }, r)
}

// Read is [Counter.File] for a file that open opens, more than once if the range is not the whole file.
// What an [io.Seeker] opens is read from the range on.
func (c *Counter) Read(ctx context.Context, source string, open func(context.Context) (io.ReadCloser, error), r Range) (*Tally, error) {
	return tallied(c.of.File(ctx, input.File{Name: source, Named: true, Open: open}, r.piece()))
}

// Input counts a whole input of any format of package traffic, which may be compressed. Errors are those of
// [Counter.File].
func (c *Counter) Input(ctx context.Context, source string, r io.Reader) (*Tally, error) {
	return c.Read(ctx, source, func(context.Context) (io.ReadCloser, error) { return io.NopCloser(r), nil }, Range{})
}

// Text counts a range of an input that [IsNDJSON] is true for. The text is decompressed, and begins with the
// byte before the range, or with the range if that begins at 0; it is read no further than the range
// needs. Whether the recorder kept headers and bodies is decided by the first interactions of the range, not of the
// source. Errors are those of [Counter.File].
func (c *Counter) Text(ctx context.Context, source string, text io.Reader, r Range) (*Tally, error) {
	return tallied(c.of.Text(ctx, source, text, r.piece()))
}

// IsNDJSON reports whether an input can be cut into ranges: whether it is NDJSON of several lines. It reads
// the head of the input, up to its second line.
func IsNDJSON(source string, r io.Reader) bool { return partial.IsNDJSON(source, r) }

// Unmarshal reads what [Tally.Marshal] wrote. The error says why it is not a tally with the options of the
// counter.
func (c *Counter) Unmarshal(text []byte) (*Tally, error) { return tallied(c.of.Decode(text)) }

func tallied(t *partial.Tally, err error) (*Tally, error) {
	if err != nil {
		return nil, err
	}
	return &Tally{t}, nil
}

// Tally is what was counted. It is not safe for concurrent use.
type Tally struct{ of *partial.Tally }

// Add counts one interaction, whose Source and Index say where it is. No other tally may count the same
// interaction, nor a range of its source. It costs more than a range of lines. The error is that no
// contract can be chosen for a bare body of Drift, or that the kind is Lint, which checks files.
func (t *Tally) Add(x *traffic.Interaction) error { return t.of.Add(x) }

// Merge adds what another tally of the same counter counted. If both read the same bytes, or their options
// differ, it returns an error and changes nothing.
func (t *Tally) Merge(u *Tally) error { return t.of.Merge(u.of) }

// Unread notes that a file was not read, so that the report is incomplete. It is for errors of
// [Counter.File]; the error is that something of the file was counted.
func (t *Tally) Unread(source string) error { return t.of.Unread(source) }

// Before returns how many lines and interactions of a source were counted before a range that begins at an offset.
func (t *Tally) Before(source string, offset int64) (lines, interactions int) {
	before := t.of.Before(source, offset)
	return before.Lines, before.Interactions
}

// NotChecked returns how many responses Validation and Drift did not check, by reason.
func (t *Tally) NotChecked() map[string]int { return t.of.NotChecked() }

// Marshal returns the tally as JSON. Equal tallies have equal bytes.
func (t *Tally) Marshal() ([]byte, error) { return json.Marshal(t.of) }

// ReportOptions say what to write.
type ReportOptions struct {
	Format      string // of the commands' --format; empty: text
	FailOn      string // error, warning or never; empty: error
	FailOnStale bool   // fail on ignore rows that match nothing although their place was checked
	MinCoverage int    // the percentage below which Coverage fails
	ShowValues  bool   // show values of the traffic also in formats that leave the terminal
}

// Verdict is the outcome: "passed", "failed", "incomplete" or "not checked", as in the JSON report.
type Verdict string

// Report writes the report of the command that the kind names. The error is that of w, or about an option.
func (t *Tally) Report(w io.Writer, o ReportOptions) (Verdict, error) {
	verdict, _, err := t.report(w, o)
	return verdict, err
}

// Problems returns why not everything was checked, in the order of the traffic.
func (t *Tally) Problems() []string { return t.of.Problems() }

// ExitStatus writes the report, and returns the exit status of the command: 0 if it passed, 1 if it
// failed, and 2 if nothing was checked, or not everything could be read. The error is that of [Tally.Report].
func (t *Tally) ExitStatus(w io.Writer, o ReportOptions) (int, error) {
	verdict, checked, err := t.report(w, o)
	switch {
	case err != nil || !checked:
		return 2, err
	case verdict == Verdict(report.Failed):
		return 1, nil
	}
	return 0, nil
}

func (t *Tally) report(w io.Writer, o ReportOptions) (verdict Verdict, checked bool, err error) {
	var format report.Format
	var failOn report.Threshold
	for _, option := range []struct {
		text string
		into interface{ UnmarshalText([]byte) error }
	}{{o.Format, &format}, {o.FailOn, &failOn}} {
		if option.text != "" {
			if err := option.into.UnmarshalText([]byte(option.text)); err != nil {
				return "", false, err
			}
		}
	}
	results := &report.Results{Version: version(), MinCoverage: o.MinCoverage}
	t.of.Fill(results, failOn, o.FailOnStale)
	err = report.Write(w, format, results, report.Style{ShowValues: o.ShowValues})
	return Verdict(results.Verdict()), results.Checked(), err
}

// version returns the version of this module in the program; empty: unknown.
func version() string {
	const module = "github.com/crcheck/crcheck"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		switch {
		case m.Path != module:
		case m.Replace != nil: // by a folder, whose version is not known
			return "(devel)"
		case m.Version != "(devel)":
			return m.Version
		}
	}
	return ""
}
