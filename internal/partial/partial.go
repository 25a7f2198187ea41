// Package partial counts pieces of traffic for a result that is made elsewhere.
//
// The model: a [Counter] has the options of a run, compiled once. It counts a file, or a range of its
// lines, in a [Tally]. Tallies with equal options merge, in any order, and have the result of one run over
// everything. [Tally.MarshalJSON] and [Counter.Decode] move them between processes.
//
// The order of the result is that of the paths of the sources, so that it does not depend on who
// counted what.
package partial

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Kind is what a tally counts, as the command that reports it.
type Kind string

const (
	Validation Kind = "validate"
	Drift      Kind = "drift"
	Coverage   Kind = "coverage"
	Lint       Kind = "cassette lint"
)

// Counter counts traffic with the same options. Goroutines may share it.
type Counter struct {
	kind      Kind
	options   check.Options
	contracts []*schema.Contract // of Drift
	plan      *coverage.Plan     // of Coverage
	settings  string             // a digest of the options
}

// Tally is what was counted. It is not safe for concurrent use.
type Tally struct {
	of        *Counter
	pieces    piece.Set
	sum       *check.Sum     // of Validation and Lint
	deviation *tallies.Tally // of Drift
	coverage  *coverage.Tally
}

// NewCounter returns a counter of findings, of [Validation] or [Lint].
func NewCounter(kind Kind, o check.Options) (*Counter, error) {
	if kind == Lint {
		o.Encoding = check.Encoding(schema.HTTP.String())
	}
	if err := o.Prepare(); err != nil {
		return nil, err
	}
	return newCounter(Counter{kind: kind, options: o})
}

// NewDriftCounter returns a counter of deviations from contracts.
func NewDriftCounter(contracts []*schema.Contract, o check.Options) (*Counter, error) {
	o.Named, o.Contracts = true, &models.InForce{Catalog: schema.NewCatalog(contracts...)}
	if err := o.Prepare(); err != nil {
		return nil, err
	}
	return newCounter(Counter{kind: Drift, options: o, contracts: contracts})
}

// NewCoverageCounter returns a counter of what a plan lists.
func NewCoverageCounter(plan *coverage.Plan, o check.Options) (*Counter, error) {
	return newCounter(Counter{kind: Coverage, options: o, plan: plan})
}

// ErrAuto says that the encoding must be known: pieces of an input may look different.
var ErrAuto = errors.New("the encoding of bare bodies must be known: choose http or sdk")

func newCounter(c Counter) (*Counter, error) {
	o := &c.options
	if o.Encoding == check.Auto && (c.kind == Validation || c.kind == Drift) {
		return nil, ErrAuto
	}
	if o.Pieces = true; o.Accept.Ledger == nil {
		o.Accept.Ledger = &finding.Ledger{}
	}
	rows, err := finding.EncodeRows(o.Accept.Ledger.Rows())
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal([]any{version, c.kind, o.Encoding, o.Named, o.Map, o.Names.String(), o.Profile, o.From, o.Bare, o.Accept.Deviations, o.Accept.Rules, o.Accept.ResponsesOnly, string(rows)})
	if err != nil {
		return nil, err
	}
	c.settings = fmt.Sprintf("%x", sha256.Sum256(text))
	return &c, nil
}

// Reporting returns an equal counter, which calls unread with each file and entry that it cannot read.
// Lines are counted from the beginning of the piece.
func (c *Counter) Reporting(unread func(error)) *Counter {
	r := *c
	r.options.Unread = unread
	return &r
}

// New returns a tally of nothing.
func (c *Counter) New() *Tally {
	t := &Tally{of: c}
	switch c.kind {
	case Drift:
		t.deviation = tallies.New(c.contracts)
	case Coverage:
		t.coverage = c.plan.NewTally()
	default:
		t.sum = check.NewSum(c.options)
	}
	return t
}

// File counts the lines of a range of a file. A file that is not NDJSON, and any file of [Lint], belongs
// to the range that begins at 0.
func (c *Counter) File(ctx context.Context, f input.File, rng piece.Range) (*Tally, error) {
	if rng != piece.All {
		var text io.ReadCloser
		var err error
		if c.kind != Lint { // it compares the interactions of a file
			text, err = open(ctx, f, rng.Start)
		}
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, err
		case err == nil && text != nil:
			defer text.Close()
			return c.text(ctx, f, text, rng)
		case rng.Start > 0:
			return c.New(), nil
		}
	}
	return c.count(ctx, f, func() (piece.Piece, bool) { return piece.Whole, true })
}

// Text counts the lines of a range of NDJSON. The text begins with the byte before the range, or with the
// range if that begins at 0.
func (c *Counter) Text(ctx context.Context, source string, text io.Reader, rng piece.Range) (*Tally, error) {
	return c.text(ctx, input.File{Name: source, Named: true}, text, rng)
}

func (c *Counter) text(ctx context.Context, f input.File, text io.Reader, rng piece.Range) (*Tally, error) {
	r := piece.NewReader(text, rng)
	f.Head = f.Open
	return c.count(ctx, lines(f, rng.Start, true, r), r.Piece)
}

// Stream counts all of a file, which has the text of its source from an offset on.
func (c *Counter) Stream(ctx context.Context, f input.File, offset int64) (*Tally, error) {
	file, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text := io.Reader(file)
	if offset == 0 {
		text, _ = traffic.Decompress(f.Name, file)
	}
	r := piece.NewReader(text, piece.All)
	f = lines(f, offset, offset > 0, r)
	return c.count(ctx, f, func() (piece.Piece, bool) {
		p, ok := r.Piece()
		p.Start, p.End, p.Last, p.Open = offset, offset+p.End, false, true
		return p, ok
	})
}

// lines returns a file that has a text of another.
func lines(f input.File, start int64, continued bool, text io.Reader) input.File {
	f.Start, f.Continued = start, continued
	f.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(text), nil }
	return f
}

func (c *Counter) count(ctx context.Context, f input.File, read func() (piece.Piece, bool)) (*Tally, error) {
	t := c.New()
	in := input.Of(f, c.options.Stderr)
	in.Unread = c.options.Unread
	counted := false
	var err error
	switch c.kind {
	case Drift:
		t.deviation, err = check.CountDeviations(ctx, in, c.contracts, c.options)
	case Coverage:
		t.coverage, err = c.plan.Read(ctx, in, input.Work{Cores: c.options.Cores})
	case Lint:
		t.sum, err = check.CountCassettes(ctx, in, c.options)
	default:
		t.sum, err = check.Count(ctx, []check.Part{{Input: in, Encoding: c.options.Encoding, Bare: c.options.Bare, From: c.options.From}}, c.options)
	}
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	if t.sum != nil {
		counted = t.sum.Files() > 0
	}
	if p, ok := read(); ok {
		p.Traffic = counted
		err = t.pieces.Add(f.Name, p)
	}
	return t, err
}

// IsNDJSON reports whether a text is NDJSON of several lines, by its head.
func IsNDJSON(name string, r io.Reader) bool {
	for x, err := range traffic.Read(name, r) {
		if odd, ok := errors.AsType[*traffic.Error](err); ok {
			return odd.Kind == traffic.NDJSON
		}
		return err == nil && x.Kind == traffic.NDJSON
	}
	return false
}

// open opens a file at the byte before an offset of its text; nil: it is not NDJSON.
func open(ctx context.Context, f input.File, offset int64) (io.ReadCloser, error) {
	head, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	splits := IsNDJSON(f.Name, head)
	if err := head.Close(); !splits {
		return nil, err
	}
	file, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	text, compressed := traffic.Decompress(f.Name, file)
	before := max(0, offset-1)
	if seeker, ok := file.(io.Seeker); ok && !compressed {
		_, err = seeker.Seek(before, io.SeekStart)
		text = file
	} else if _, err = io.CopyN(io.Discard, text, before); err == io.EOF || errors.Is(err, traffic.ErrMalformed) {
		err = nil // reading on says so again
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{text, file}, nil
}
