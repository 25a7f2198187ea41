package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/textio"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/crcheck/crcheck/tally"
	"github.com/crcheck/crcheck/traffic"
)

func init() {
	register.DoFn3x1[context.Context, []byte, func(string), error](&listFn{})
	register.DoFn3x1[context.Context, string, func(Range), error](&planFn{})
	register.DoFn4x1[context.Context, Range, func(Sum), func(Problem), error](&countFn{})
	register.DoFn3x1[Problem, Sum, func(string), error](&placeFn{})
	register.DoFn2x1[context.Context, Sum, error](&storeFn{})
	register.Combiner1[Sum](&mergeFn{})
	register.Emitter1[string]()
	register.Emitter1[Range]()
	register.Emitter1[Sum]()
	register.Emitter1[Problem]()
	beam.RegisterCoder(reflect.TypeFor[Sum](), encodeSum, decodeSum)
}

// Range is lines of a file; see [tally.Range].
type Range struct {
	Path       string
	Start, End int64
}

// build adds the steps. They write the merged tally to a file, and problems to another if it has a path.
//
// A range is an element, rather than a splittable DoFn with a restriction: ranges are known before
// anything is read, every runner spreads elements, and Prism splits no more than a runner must.
// Cutting costs one look at the head of each file.
func build(s beam.Scope, o spec, globs []string, rangeSize int64, merged, problems string) {
	if o.Kind == string(tally.Lint) {
		rangeSize = math.MaxInt64 // duplicates are found in whole files
	}
	paths := beam.Reshuffle(s, beam.ParDo(s, &listFn{Globs: globs}, beam.Impulse(s)))
	ranges := beam.Reshuffle(s, beam.ParDo(s, &planFn{Size: rangeSize}, paths))
	sums, unread := beam.ParDo2(s, &countFn{Spec: o}, ranges)
	sum := beam.Combine(s, &mergeFn{Spec: o}, sums)
	beam.ParDo0(s, &storeFn{Path: merged}, sum)
	if problems != "" {
		textio.Write(s, problems, beam.ParDo(s, &placeFn{Spec: o}, unread, beam.SideInput{Input: sum}))
	}
}

// listFn lists the files of all globs, each once. A glob without a file is listed itself, so that counting
// says that there is none.
type listFn struct{ Globs []string }

func (fn *listFn) ProcessElement(ctx context.Context, _ []byte, emit func(string)) error {
	var files files
	defer files.close()
	var all []string
	for _, glob := range fn.Globs {
		system, err := files.system(ctx, glob)
		if err != nil {
			return err
		}
		paths, err := system.List(ctx, glob)
		if err != nil {
			return fmt.Errorf("%s: %w", glob, err)
		}
		if len(paths) == 0 {
			paths = []string{glob}
		}
		all = append(all, paths...)
	}
	slices.Sort(all)
	for _, path := range slices.Compact(all) {
		emit(path)
	}
	return nil
}

// planFn cuts files that can be cut: NDJSON that is not compressed, of a file system that can read from the
// middle. What cannot be read is one range, so that counting says why.
type planFn struct {
	Size int64

	files files
}

func (fn *planFn) Setup() { fn.files = files{} }

func (fn *planFn) Teardown() error { return fn.files.close() }

func (fn *planFn) ProcessElement(ctx context.Context, path string, emit func(Range)) error {
	length := fn.cuttable(ctx, path)
	for start := int64(0); start == 0 || start < length; start += fn.Size {
		r := Range{Path: path, Start: start}
		if start+fn.Size < length {
			r.End = start + fn.Size // the last has no end
		}
		emit(r)
	}
	return ctx.Err()
}

// cuttable returns the length of a file that can be cut; else 0.
func (fn *planFn) cuttable(ctx context.Context, path string) int64 {
	file, err := fn.files.open(ctx, path)
	if err != nil {
		return 0
	}
	defer file.Close()
	seeker, ok := file.(io.Seeker)
	if !ok {
		return 0
	}
	length, err := seeker.Seek(0, io.SeekEnd)
	if err != nil || length <= fn.Size {
		return 0
	}
	if _, err := seeker.Seek(0, io.SeekStart); err != nil {
		return 0
	}
	if text, compressed := traffic.Decompress(path, file); compressed || !tally.IsNDJSON(path, text) {
		return 0
	}
	return length
}

// countFn counts the ranges of a bundle in one tally.
type countFn struct {
	Spec spec

	counter *tally.Counter
	files   files
	sum     *tally.Tally
}

// namespace is that of the counters of what was not checked.
const namespace = "crcheck"

var (
	filesUnread   = beam.NewCounter(namespace, "files that could not be read")
	entriesUnread = beam.NewCounter(namespace, "entries that could not be read")
)

func (fn *countFn) Setup() (err error) {
	fn.counter, err = fn.Spec.counter()
	return err
}

func (fn *countFn) Teardown() error { return fn.files.close() }

func (fn *countFn) StartBundle(_ context.Context, _ func(Sum), _ func(Problem)) {
	fn.sum = fn.counter.Empty()
}

func (fn *countFn) ProcessElement(ctx context.Context, r Range, _ func(Sum), emit func(Problem)) error {
	unread := func(err error) {
		if errors.Is(err, traffic.ErrOddEntry) {
			entriesUnread.Inc(ctx, 1)
		} else {
			filesUnread.Inc(ctx, 1)
		}
		emit(problemOf(r, err))
	}
	open := func(ctx context.Context) (io.ReadCloser, error) { return fn.files.open(ctx, r.Path) }
	one, err := fn.counter.Reporting(unread).Read(ctx, r.Path, open, tally.Range{Start: r.Start, End: r.End})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		unread(err)
		return fn.sum.Unread(r.Path)
	}
	for reason, n := range one.NotChecked() {
		beam.NewCounter(namespace, "not checked: "+reason).Inc(ctx, int64(n))
	}
	return fn.sum.Merge(one)
}

func (fn *countFn) FinishBundle(_ context.Context, emit func(Sum), _ func(Problem)) {
	emit(Sum{tally: fn.sum})
}

// Problem is why a file, or an entry of it, was not counted.
type Problem struct {
	Source      string `json:"source"`
	Line        int    `json:"line,omitempty"` // of the source, once placed
	Column      int    `json:"column,omitempty"`
	Interaction int    `json:"interaction,omitempty"` // from 1
	Message     string `json:"message"`
	Start       int64  `json:"-"` // of the range
}

// problemOf returns an error of reading, with its place in the range.
func problemOf(r Range, err error) Problem {
	p := Problem{Source: r.Path, Start: r.Start, Message: err.Error()}
	var known *traffic.Error
	if !errors.As(err, &known) {
		return p
	}
	bare := *known
	bare.Source, bare.Line = "", 0 // they are fields
	p.Line, p.Column, p.Message = known.Line, known.Column, bare.Error()
	if known.Is(traffic.ErrOddEntry) {
		p.Interaction = known.Index + 1
	}
	return p
}

// placeFn writes problems as JSON, with lines and interactions counted from the beginning of the file:
// only the merged tally knows how many there are before a range.
type placeFn struct {
	Spec spec

	sum *tally.Tally
}

func (fn *placeFn) ProcessElement(p Problem, merged Sum, emit func(string)) error {
	if fn.sum == nil {
		var err error
		if fn.sum, err = merged.of(&fn.Spec); err != nil {
			return err
		}
	}
	lines, interactions := fn.sum.Before(p.Source, p.Start)
	if p.Line > 0 {
		p.Line += lines
	}
	if p.Interaction > 0 {
		p.Interaction += interactions
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	emit(string(text))
	return nil
}

// storeFn writes the merged tally to a file.
type storeFn struct{ Path string }

func (fn *storeFn) ProcessElement(ctx context.Context, sum Sum) error {
	text, err := encodeSum(sum)
	if err != nil {
		return err
	}
	return write(ctx, fn.Path, text)
}
