package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/piece"
)

// partialFlags count traffic in pieces, in the same way for every command that counts recorded traffic.
type partialFlags struct {
	Partial output.Path `placeholder:"PATH" help:"Write a tally of the traffic to this file instead of a report, and exit with 0 whatever it finds. See docs/scale.md."`
	Range   lineRange   `placeholder:"START:END" help:"With --partial and one file: count only the lines that begin in this range of bytes of the decompressed text."`
	Source  string      `placeholder:"NAME" help:"With --partial and standard input: the name of the file that the lines are from."`
	Offset  int64       `placeholder:"BYTES" help:"With --source: where in the decompressed text of that file the lines begin."`
	Merge   bool        `xor:"partial" help:"The files are tallies, of the same options: report on them together."`
}

// lineRange is a range of lines; nil: all.
type lineRange struct{ *piece.Range }

// UnmarshalText reads START:END.
func (r *lineRange) UnmarshalText(text []byte) error {
	read, err := piece.ParseRange(string(text))
	r.Range = &read
	return err
}

// check refuses flags that do not go together. Paths are those of the traffic.
func (f *partialFlags) check(paths []string) error {
	standard := slices.Contains(paths, "-")
	switch {
	case f.Merge && f.Partial != "":
		return errors.New("--merge reads tallies and --partial writes one: use one of them")
	case f.Merge && len(paths) == 0:
		return errors.New("--merge needs the files that --partial wrote")
	case f.Partial == "" && (f.Range.Range != nil || f.Source != "" || f.Offset != 0):
		return errors.New("--range, --source and --offset need --partial")
	case f.Range.Range != nil && (len(paths) != 1 || standard):
		return errors.New("--range needs exactly one file")
	case f.Partial != "" && standard && (f.Source == "" || len(paths) != 1):
		return errors.New("a tally of standard input needs --source NAME and --offset BYTES: where the lines are from")
	case f.Source != "" && !standard:
		return errors.New("--source and --offset are for standard input: name - as the file")
	case f.Offset < 0:
		return fmt.Errorf("--offset: got %d, want at least 0", f.Offset)
	}
	return nil
}

// pieces reports whether the run is about tallies.
func (f *partialFlags) pieces() bool { return f.Partial != "" || f.Merge }

// tally merges the tallies that the files are. It is nil with --partial, after it wrote one.
func (f *partialFlags) tally(ctx context.Context, t *terminal, counter *partial.Counter, err error, in *input.Traffic) (*partial.Tally, error) {
	if f.Partial != "" {
		return nil, f.count(ctx, t, counter, err, in)
	}
	return f.merge(ctx, counter, err, in)
}

// count writes a tally of the traffic.
func (f *partialFlags) count(ctx context.Context, t *terminal, counter *partial.Counter, err error, in *input.Traffic) error {
	if err = withFlag(err); err != nil {
		return err
	}
	if err := errors.Join(in.Problems...); err != nil {
		return err
	}
	if f.Range.Range != nil && (len(in.Files) != 1 || !in.Files[0].Named) {
		return errors.New("--range needs exactly one file, not a folder")
	}
	sum := counter.New()
	for _, file := range in.Files {
		var one *partial.Tally
		switch {
		case f.Source != "":
			file.Name = f.Source
			one, err = counter.Stream(ctx, file, f.Offset)
		case f.Range.Range != nil:
			one, err = counter.File(ctx, file, *f.Range.Range)
		default:
			one, err = counter.File(ctx, file, piece.All)
		}
		if err == nil {
			err = sum.Merge(one)
		}
		if err != nil {
			return err
		}
	}
	text, err := sum.MarshalJSON()
	if err != nil {
		return err
	}
	return f.Partial.Write(t.Out, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
}

// withFlag says which flag an error of a counter is about.
func withFlag(err error) error {
	if errors.Is(err, partial.ErrAuto) {
		return fmt.Errorf("%w with --encoding", err)
	}
	return err
}

// merge reads tallies, each in a line. In folders, it reads every file.
func (f *partialFlags) merge(ctx context.Context, counter *partial.Counter, err error, in *input.Traffic) (*partial.Tally, error) {
	if err = withFlag(err); err != nil {
		return nil, err
	}
	if err := errors.Join(in.Problems...); err != nil {
		return nil, err
	}
	if len(in.Files) == 0 {
		return nil, errors.New("found no tallies: name the files that --partial wrote, or folders of them")
	}
	sum := counter.New()
	for _, file := range in.Files {
		if err := mergeFile(ctx, counter, file, sum); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	return sum, nil
}

func mergeFile(ctx context.Context, counter *partial.Counter, file input.File, sum *partial.Tally) error {
	r, err := file.Open(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, partial.MaxSize)
	none := true
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		none = false
		one, err := counter.Decode(lines.Bytes())
		if err == nil {
			err = sum.Merge(one)
		}
		if err != nil {
			return err
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return partial.ErrTooLarge
	case err != nil || !none:
		return err
	}
	return &partial.Error{Reason: partial.ErrNotTally, Detail: "it is empty"}
}

// missing says which traffic the tallies lack, and reports whether there is any.
func missing(t *terminal, tally *partial.Tally) bool {
	errs := tally.Missing()
	for _, err := range errs {
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	}
	return len(errs) > 0
}
