package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// input is one file of traffic, or standard input.
type input struct {
	name  string
	named bool // by the user, rather than found in a folder
	open  func(context.Context) (io.ReadCloser, error)
}

// traffic reads its interactions from r.
func (in input) traffic(r io.Reader) iter.Seq2[*traffic.Interaction, error] {
	return traffic.File{Path: in.name, Named: in.named}.Read(r)
}

// inputs is what a command reads.
type inputs struct {
	files    []input
	size     int64 // bytes
	endless  bool  // a pipe or a device is among them: size is not all
	expected []finding.Expected
	problems []error
}

// gather expands files and folders; none stands for the embedded cassettes. In
// a folder, an index of cassettes says which findings are expected.
func gather(t *terminal, paths []string) *inputs {
	in := &inputs{}
	if len(paths) == 0 {
		in.embedded()
		return in
	}
	for _, p := range paths {
		if p == "-" {
			in.endless = true
			in.files = append(in.files, input{"-", true, func(ctx context.Context) (io.ReadCloser, error) {
				return io.NopCloser(&interruptible{ctx: ctx, r: t.In}), nil
			}})
			continue
		}
		for file, err := range traffic.Files(p) {
			switch {
			case err != nil:
				in.problems = append(in.problems, err)
			case !file.Named && filepath.Base(file.Path) == cassettes.IndexName:
				in.index(file.Path)
			default:
				in.file(file)
			}
		}
	}
	return in
}

func (in *inputs) file(file traffic.File) {
	if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() {
		in.size += info.Size()
	} else {
		in.endless = true
	}
	in.files = append(in.files, input{file.Path, file.Named, func(ctx context.Context) (io.ReadCloser, error) { return open(ctx, file.Path) }})
}

// index takes the expectations of a folder's index. A file of that name may be
// something else: then it is traffic, or skipped.
func (in *inputs) index(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		in.problems = append(in.problems, err)
		return
	}
	if !bytes.Contains(text, []byte("crcheckIndex")) {
		in.file(traffic.File{Path: path})
		return
	}
	index, err := cassettes.ParseIndex(path, text)
	if err != nil {
		in.problems = append(in.problems, err)
		return
	}
	folder := filepath.Dir(path)
	for _, entry := range index.Entries {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(entry.File))); err != nil {
			in.problems = append(in.problems, fmt.Errorf("%s: lists %s, which is not there; restore it, or remove the entry", path, entry.File))
		}
	}
	in.expected = append(in.expected, index.Expectations(folder)...)
}

// embedded takes the cassettes that are built in, under the name of their folder.
func (in *inputs) embedded() {
	const folder = "cassettes"
	embedded, index := cassettes.Embedded(), cassettes.EmbeddedIndex()
	in.expected = index.Expectations(folder)
	for _, entry := range index.Entries {
		in.files = append(in.files, input{path.Join(folder, entry.File), true, func(context.Context) (io.ReadCloser, error) {
			return embedded.Open(entry.File)
		}})
		if info, err := fs.Stat(embedded, entry.File); err == nil {
			in.size += info.Size()
		}
	}
}

// sources yields all inputs with their interactions. Files of a folder that are not
// traffic are passed over; what is odd about one interaction is said and passed over;
// of what cannot be read the error is yielded, and nothing after it.
func (in *inputs) sources(ctx context.Context, t *terminal) iter.Seq2[input, iter.Seq2[*traffic.Interaction, error]] {
	return func(yield func(input, iter.Seq2[*traffic.Interaction, error]) bool) {
		size := in.size
		if in.endless {
			size = -1
		}
		progress := newProgress(t.Err, size)
		defer progress.close()
		for _, file := range in.files {
			if !yield(file, func(yield func(*traffic.Interaction, error) bool) { file.interactions(ctx, t, progress, yield) }) {
				return
			}
		}
	}
}

// interactions reads all inputs, as [inputs.sources] says, and counts what it yields.
func (in *inputs) interactions(ctx context.Context, t *terminal, count *int) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, interactions := range in.sources(ctx, t) {
			for x, err := range interactions {
				if err == nil {
					*count++
				}
				if !yield(x, err) || err != nil {
					return
				}
			}
		}
	}
}

// interactions reports whether to go on.
func (in input) interactions(ctx context.Context, t *terminal, progress *progress, yield func(*traffic.Interaction, error) bool) bool {
	r, err := in.open(ctx)
	if err != nil {
		return yield(nil, err) && false
	}
	defer r.Close()
	for x, err := range in.traffic(progress.reader(r)) {
		var unknown *traffic.UnknownKindError
		var odd *traffic.EntryError
		switch {
		case errors.As(err, &odd):
			fmt.Fprintf(t.Err, "crcheck: %v\n", err)
			continue
		case ctx.Err() != nil:
			return yield(nil, ctx.Err()) && false
		case errors.As(err, &unknown) && !in.named:
			return true
		case err != nil:
			return yield(nil, err) && false
		}
		if !yield(x, nil) {
			return false
		}
	}
	return true
}
