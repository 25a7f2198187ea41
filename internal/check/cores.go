package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/internal/cores"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// source is one file of a run.
type source struct {
	validate.Source
	file   input.File
	number int // in the order of reading
	bare   validate.Bare
	over   bool // its rest is not checked
	read   bool // an interaction was read

	once    sync.Once
	accepts func(body []byte) bool // nil: no bare body is skipped
	clean   validate.Checked       // the outcome of an accepted body
}

// part is some consecutive interactions of a source, and then what was found in them.
type part struct {
	of      *source
	read    []result   // interactions that were read to learn what the source is
	unread  input.Part // nil: there are only those
	err     error      // the file cannot be opened
	results []result
}

// at returns the place of an interaction, given its index in what was read of the source.
func (s *source) at(index int) piece.At {
	return piece.At{Source: s.file.Name, Start: s.file.Start, Index: index, Number: s.number}
}

// result is the outcome of one interaction, or an error of reading.
type result struct {
	clean   []clean // before it, in the order in which their contracts appear
	x       *traffic.Interaction
	err     error // of reading
	outcome validate.Checked
	failed  error // of validating
}

// each works on the parts of all files on several cores, and collects them in order. An interrupt ends
// the reading; work on what was read continues.
func (run *run) each(ctx context.Context, in *input.Traffic, work func(context.Context, *part) bool, collect func(*part)) {
	grace := cmp.Or(run.options.grace, cores.Grace)
	cores.InOrder(ctx, run.cores(), grace, func(yield func(*part) bool) { run.read(ctx, in, yield) }, work, collect)
}

// read yields the parts of all files, after it has read ahead in each to learn what the source is.
func (run *run) read(ctx context.Context, in *input.Traffic, yield func(*part) bool) {
	for file, parts := range in.Parts(ctx, cmp.Or(run.options.partSize, traffic.PartSize)) {
		of := &source{file: file, number: run.next(), bare: run.options.Names.Bare(file.Name, run.options.Bare)}
		of.bare.Found = !file.Named
		if !run.readFile(ctx, of, parts, yield) || ctx.Err() != nil {
			return
		}
	}
}

func (run *run) readFile(ctx context.Context, of *source, parts func(func(input.Part, error) bool), yield func(*part) bool) bool {
	var ahead []*part
	var looked []*traffic.Interaction
	decided, more := of.readHead(ctx), true
	flush := func() bool {
		run.vote(of, looked)
		looked = nil
		for _, p := range ahead {
			more = more && yield(p)
		}
		ahead = nil
		return more
	}
	for unread, err := range parts {
		if err != nil && ctx.Err() != nil {
			break // the interrupt is not a problem of the file
		}
		p := &part{of: of, unread: unread, err: err}
		ahead = append(ahead, p)
		if err == nil && !decided {
			p.unread = nil
			unread(nil)(func(x *traffic.Interaction, err error) bool {
				p.read = append(p.read, result{x: x, err: err})
				switch {
				case decided:
				case err != nil:
					decided = of.Look(nil)
				default:
					decided = of.Look(x)
					looked = append(looked, x)
				}
				return true
			})
		}
		if decided && (!flush() || ctx.Err() != nil) {
			return false
		}
	}
	return flush()
}

// readHead reads the beginning of the file that a piece is from, which says what all pieces of the source
// are. It reports whether it could.
func (s *source) readHead(ctx context.Context) bool {
	if s.file.Head == nil {
		return false
	}
	r, err := s.file.Head(ctx)
	if err != nil {
		return false // as the piece is going to be
	}
	defer r.Close()
	for x, err := range (traffic.File{Path: s.file.Name, Named: s.file.Named, Pointers: s.file.Pointers}).Read(r) {
		if err != nil {
			x = nil
		}
		if s.Look(x) {
			break
		}
	}
	return true
}

// vote counts the evidence in the first interactions of a source, on all cores.
func (run *run) vote(s *source, first []*traffic.Interaction) {
	var voting sync.WaitGroup
	share := max(len(first)/run.cores()+1, 16)
	for some := range slices.Chunk(first, share) {
		voting.Go(func() {
			for _, x := range some {
				against, _ := run.contracts(x) // the error is reported when the interaction is checked
				s.Vote(x, against, s.bare)
			}
		})
	}
	voting.Wait()
}

func (run *run) cores() int { return cores.Number(run.options.Cores) }

// validate validates the interactions of a part, and reports whether it did so before ctx ended.
func (run *run) validate(ctx context.Context, p *part) (finished bool) {
	s := p.of
	s.once.Do(func() {
		if !run.whole {
			s.accepts, s.clean = run.chosen.Accepted(s.bare, &s.Source)
		}
	})
	var before cleans
	add := func(r result) bool {
		if ctx.Err() != nil || errors.Is(r.err, context.Canceled) {
			return false
		}
		r.clean = before.take()
		if r.err == nil {
			against, err := run.contracts(r.x)
			if r.failed = err; err == nil {
				r.outcome, r.failed = against.Check(r.x, s.bare, &s.Source)
			}
		}
		p.results = append(p.results, r)
		return true
	}
	finished = !slices.ContainsFunc(p.read, func(r result) bool { return !add(r) })
	p.read = nil
	switch {
	case p.err != nil:
		finished = add(result{err: p.err})
	case p.unread != nil:
		var skip func(*traffic.Interaction) bool
		if !run.whole {
			skip = func(x *traffic.Interaction) bool { return ctx.Err() == nil && run.isClean(s, x, &before) }
		}
		p.unread(skip)(func(x *traffic.Interaction, err error) bool {
			finished = add(result{x: x, err: err})
			return finished
		})
	}
	if last := before.take(); last != nil {
		p.results = append(p.results, result{clean: last})
	}
	return finished
}

// collect adds the results of a part to the report.
func (run *run) collect(p *part) {
	for i := range p.results {
		if p.of.over {
			return
		}
		r := &p.results[i]
		for _, c := range r.clean {
			run.clean(p.of, c)
		}
		if r.x != nil || r.err != nil {
			run.result(p.of, r)
		}
	}
}
