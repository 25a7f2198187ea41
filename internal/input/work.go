package input

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/crcheck/crcheck/internal/cores"
	"github.com/crcheck/crcheck/traffic"
)

// Work is how a command reads traffic on several cores.
type Work struct {
	Cores    int // 0: all
	PartSize int // bytes; 0: the usual size
}

// share is some consecutive interactions of a file, and then what was made of them.
type share[T any] struct {
	file   File
	part   Part
	err    error // that ends the run
	odd    []error
	made   T
	worked bool
}

// Each works on the interactions of all files, some consecutive ones at a time, on several cores, and
// collects what work makes of them in their order. It is for commands that do not report findings: it
// skips files of a folder that are not traffic, prints problems of single interactions to standard
// error, and ends at any other error. If ctx is cancelled, it works on what was read and returns the
// error of ctx.
func Each[T any](ctx context.Context, in *Traffic, how Work, work func(iter.Seq[*traffic.Interaction]) T, collect func(T) error) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	cores.InOrder(reading, cores.Number(how.Cores), cores.Grace, func(yield func(*share[T]) bool) {
		late := 0 // parts after the interrupt: what a blocked reader had read is a first line and its rest
		for file, parts := range in.Parts(reading, cmp.Or(how.PartSize, traffic.PartSize)) {
			for part, err := range parts {
				if reading.Err() != nil {
					late++
				}
				if err != nil && late > 0 || late > 2 || !yield(&share[T]{file: file, part: part, err: err}) {
					return
				}
			}
		}
	}, func(ctx context.Context, s *share[T]) (finished bool) {
		finished = true
		if s.err == nil {
			s.worked = true
			s.made = work(func(yield func(*traffic.Interaction) bool) { finished = s.each(ctx, yield) })
		}
		return finished
	}, func(s *share[T]) {
		if failed != nil {
			return
		}
		for _, err := range s.odd {
			if in.Unread != nil {
				in.Unread(err)
			}
			fmt.Fprintf(in.stderr, "crcheck: %v\n", err)
		}
		if s.worked {
			failed = collect(s.made)
		}
		if failed = cmp.Or(failed, s.err); failed != nil {
			stop()
		}
	})
	return cmp.Or(failed, ctx.Err())
}

// each yields the interactions, and reports whether it did so before ctx ended.
func (s *share[T]) each(ctx context.Context, yield func(*traffic.Interaction) bool) (finished bool) {
	for x, err := range s.part(nil) {
		switch {
		case ctx.Err() != nil || errors.Is(err, context.Canceled):
			return false
		case errors.Is(err, traffic.ErrOddEntry):
			s.odd = append(s.odd, err)
		case errors.Is(err, traffic.ErrUnknownFormat) && !s.file.Named:
			return true // it is the only entry
		case err != nil:
			s.err = err
			return true
		case !yield(x):
			return true
		}
	}
	return true
}
