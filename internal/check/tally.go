package check

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Tally counts the deviations from the contracts in all traffic. It returns the first error of an
// input. If ctx is cancelled, it also returns what was counted before.
func Tally(ctx context.Context, in *input.Traffic, contracts []*schema.Contract, o Options) (*tallies.Traffic, error) {
	sum, err := CountDeviations(ctx, in, contracts, o)
	if sum == nil {
		return nil, err
	}
	return sum.Traffic(o.Profile, nil), err
}

// CountDeviations is [Tally] before the result.
func CountDeviations(ctx context.Context, in *input.Traffic, contracts []*schema.Contract, o Options) (*tallies.Tally, error) {
	chosen := o.prepared
	if chosen == nil {
		var err error
		if chosen, err = Compile(schema.NewCatalog(contracts...), o.Encoding, o.compile()); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(in.Problems...); err != nil {
		return nil, err
	}
	o.Named = true
	run := start(&o)
	run.chosen, run.whole = chosen, true
	idle := make(chan *tallies.Tally, run.cores())
	for range cap(idle) {
		idle <- tallies.New(contracts)
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	run.each(reading, in, func(ctx context.Context, p *part) bool {
		tally := <-idle
		defer func() { idle <- tally }()
		finished := run.validate(ctx, p)
		for i := range p.results {
			if r := &p.results[i]; r.err == nil && r.failed == nil {
				tally.Add(p.of.at(r.x.Index), r.x, r.outcome.Outcome)
			}
		}
		return finished
	}, func(p *part) {
		for i := 0; i < len(p.results) && failed == nil; i++ {
			if failed = run.tallied(p.of, &p.results[i]); failed != nil {
				stop()
			}
		}
	})
	if failed != nil {
		return nil, failed
	}
	run.taken.announce(progress.Notes(o.Stderr))
	sum := tallies.New(contracts)
	for range cap(idle) {
		sum.Merge(<-idle)
	}
	return sum, ctx.Err()
}

// AddDeviations counts one interaction. The options must be prepared.
func AddDeviations(tally *tallies.Tally, x *traffic.Interaction, o Options) error {
	var source validate.Source
	source.See(x)
	outcome, err := o.prepared.Check(x, o.Bare, &source)
	if err != nil {
		return fmt.Errorf("%s: %w", x.Source, err)
	}
	tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome.Outcome)
	return nil
}

// tallied returns the error of a result, unless it concerns only one interaction or a file that is not
// traffic.
func (run *run) tallied(s *source, r *result) error {
	switch {
	case errors.Is(r.err, traffic.ErrOddEntry):
		run.options.unread(r.err)
		fmt.Fprintf(run.options.Stderr, "crcheck: %v\n", r.err)
		return nil
	case errors.Is(r.err, traffic.ErrUnknownFormat) && !s.file.Named:
		return nil
	case r.err != nil:
		return r.err
	case r.failed != nil:
		return fmt.Errorf("%s: %w", r.x.Source, r.failed)
	}
	run.taken.count(run.options.Encoding, r.x, &r.outcome)
	return nil
}
