package partial

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/traffic"
)

// version is that of the encoding of a tally.
const version = 1

// MaxSize bounds the size of an encoded tally, in bytes.
const MaxSize = 256 << 20

// Error says why a tally cannot be used.
type Error struct {
	Reason error  // ErrNotTally, ErrVersion, ErrKind or ErrOptions
	Detail string // what it is instead
}

// The reasons of an [Error].
var (
	ErrNotTally = errors.New("not a tally of crcheck; make one with --partial")
	ErrVersion  = errors.New("made by another version of crcheck; use one version for all tallies")
	ErrKind     = errors.New("made by another command")
	ErrOptions  = errors.New("made with other options; use the same contracts, encoding, profile and ignore files for all tallies")
)

// ErrTooLarge says that a text has more than [MaxSize] bytes.
var ErrTooLarge = &Error{ErrNotTally, fmt.Sprintf("a line is larger than %d MiB", MaxSize>>20)}

func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Reason.Error()
	}
	return fmt.Sprintf("%v (%s)", e.Reason, e.Detail)
}

func (e *Error) Unwrap() error { return e.Reason }

// form is a tally in JSON.
type form struct {
	Version  int             `json:"crcheckTally"`
	Kind     Kind            `json:"kind"`
	Settings string          `json:"settings"`
	Pieces   *piece.Set      `json:"pieces"`
	Counts   json.RawMessage `json:"counts"`
}

// MarshalJSON writes the tally. The same counts make the same bytes.
func (t *Tally) MarshalJSON() ([]byte, error) {
	var counts any = t.sum
	switch t.of.kind {
	case Drift:
		counts = t.deviation
	case Coverage:
		counts = t.coverage
	}
	text, err := json.Marshal(counts)
	if err != nil {
		return nil, err
	}
	return json.Marshal(form{version, t.of.kind, t.of.settings, &t.pieces, text})
}

// Decode reads a tally that was counted with the same options. The error is an [*Error], or about a
// contract.
func (c *Counter) Decode(text []byte) (*Tally, error) {
	var f form
	if len(text) > MaxSize {
		return nil, ErrTooLarge
	}
	switch err := json.Unmarshal(text, &f); {
	case err != nil:
		return nil, &Error{ErrNotTally, err.Error()}
	case f.Version == 0:
		return nil, &Error{Reason: ErrNotTally}
	case f.Version != version:
		return nil, &Error{ErrVersion, fmt.Sprintf("encoding %d, want %d", f.Version, version)}
	case f.Kind != c.kind:
		return nil, &Error{ErrKind, string(f.Kind)}
	case f.Settings != c.settings:
		return nil, &Error{Reason: ErrOptions}
	case f.Pieces == nil || len(f.Counts) == 0 || f.Counts[0] != '{':
		return nil, &Error{ErrNotTally, "it has no pieces, or no counts"}
	}
	t := &Tally{of: c, pieces: *f.Pieces}
	var err error
	switch c.kind {
	case Drift:
		t.deviation, err = tallies.Decode(f.Counts, c.contracts)
	case Coverage:
		t.coverage, err = c.plan.Decode(f.Counts)
	default:
		t.sum, err = check.DecodeSum(f.Counts, c.options)
	}
	switch {
	case errors.Is(err, piece.ErrOtherContract):
		return nil, err
	case err != nil:
		return nil, &Error{ErrNotTally, err.Error()}
	}
	return t, nil
}

// ErrFiles says that interactions cannot be counted one by one.
var ErrFiles = errors.New("cassettes are checked as files: count files")

// Add counts one interaction, whose index is that in its source. No other tally may count it.
func (t *Tally) Add(x *traffic.Interaction) error {
	switch t.of.kind {
	case Lint:
		return ErrFiles
	case Drift:
		if err := check.AddDeviations(t.deviation, x, t.of.options); err != nil {
			return err
		}
	case Coverage:
		t.coverage.Take(x)
	default:
		t.sum.Add(x, t.of.options)
	}
	return t.pieces.Add(x.Source, piece.Added)
}

// Merge adds what another tally of the same counter counted. Merging is associative and commutative, and
// a tally of nothing is its identity. The error is a [*piece.Error] if both read the same bytes; the
// tally is unchanged then.
func (t *Tally) Merge(u *Tally) error {
	if t.of.settings != u.of.settings {
		return &Error{Reason: ErrOptions}
	}
	if err := t.pieces.Merge(&u.pieces); err != nil {
		return err
	}
	switch t.of.kind {
	case Drift:
		t.deviation.Merge(u.deviation)
	case Coverage:
		t.coverage.Merge(u.coverage)
	default:
		t.sum.Merge(u.sum)
	}
	return nil
}

// Unread notes that a source was not read, so that the result is incomplete. The error is that of
// [piece.Set.Add].
func (t *Tally) Unread(source string) error { return t.pieces.Add(source, piece.Unread) }

// Before returns how many lines and interactions a source has before an offset where a piece begins.
func (t *Tally) Before(source string, offset int64) piece.Size {
	return t.pieces.Before(source, offset)
}

// NotChecked returns how many responses were not checked, by reason.
func (t *Tally) NotChecked() map[string]int {
	switch {
	case t.sum != nil:
		return t.sum.NotChecked()
	case t.deviation != nil:
		return t.deviation.NotChecked()
	}
	return nil
}

// Missing returns an error for each source that was not read completely.
func (t *Tally) Missing() (errs []error) {
	for gap := range t.pieces.Missing() {
		errs = append(errs, gap)
	}
	return errs
}

// Problems returns why not everything was checked, in the order of the traffic.
func (t *Tally) Problems() (texts []string) {
	switch t.of.kind {
	case Validation:
		return t.Validation(0, false).Problems
	case Lint:
		return t.Lint(0, false).Problems
	}
	for _, err := range t.Missing() {
		texts = append(texts, err.Error())
	}
	return texts
}

// Fill sets the part of the results that the kind names, and the command. Sources that were not read
// completely are problems; results that have no problems are incomplete.
func (t *Tally) Fill(r *report.Results, failOn report.Threshold, failOnStale bool) {
	r.Command = string(t.of.kind)
	switch t.of.kind {
	case Drift:
		d := &report.Drift{From: t.of.options.From, Traffic: t.Drift(), Interrupted: len(t.Missing()) > 0}
		d.SettleBy(t.of.options.Accept.Ledger.Fresh(), failOn, failOnStale)
		r.Drift = d
	case Coverage:
		r.Coverage = t.Coverage()
		r.Coverage.Interrupted = len(t.Missing()) > 0
	case Lint:
		r.Lint = t.Lint(failOn, failOnStale)
	default:
		r.Traffic = t.Validation(failOn, failOnStale).Report
	}
}

// Validation returns the result of a tally of [Validation].
func (t *Tally) Validation(failOn report.Threshold, failOnStale bool) *check.Result {
	o := t.of.options
	o.FailOn, o.FailOnStale = failOn, failOnStale
	return t.sum.Copy(o).Result(o, &t.pieces, false)
}

// Lint returns the result of a tally of [Lint].
func (t *Tally) Lint(failOn report.Threshold, failOnStale bool) *report.Report {
	o := t.of.options
	o.FailOn, o.FailOnStale = failOn, failOnStale
	return t.sum.Copy(o).CassettesResult(o, &t.pieces, false)
}

// Drift returns the result of a tally of [Drift].
func (t *Tally) Drift() *tallies.Traffic { return t.deviation.Traffic(t.of.options.Profile, &t.pieces) }

// Coverage returns the result of a tally of [Coverage].
func (t *Tally) Coverage() *coverage.Summary { return t.coverage.Report() }
