package input

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
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/traffic"
)

// File is one file of traffic, or standard input.
type File struct {
	Name  string
	Named bool // the user named it, rather than its folder
	Open  func(context.Context) (io.ReadCloser, error)
	// Head opens the whole file, if Open opens a piece of it; nil: that is not possible.
	Head func(context.Context) (io.ReadCloser, error)
	// Start is where the piece of the file that Open returns begins, in bytes of the decompressed text.
	Start     int64
	Continued bool              // see [traffic.File]
	Pointers  map[string]string // see [traffic.File]
}

// Traffic is the traffic that a command reads.
type Traffic struct {
	Files    []File
	Expected []finding.Expected // the findings that the indexes of folders expect
	Problems []error            // files that are missing or cannot be opened
	Unread   func(error)        // gets each entry that [Each] cannot read; nil: none

	size    int64     // bytes
	endless bool      // a pipe or a device is among the files, so size is not the total
	stderr  io.Writer // for problems of single interactions
}

// Gather expands files and folders. Without any, it returns the embedded cassettes. In a folder, an
// index of cassettes lists the findings to expect.
func Gather(stdin io.Reader, stderr io.Writer, paths []string) *Traffic {
	in := &Traffic{stderr: stderr}
	if len(paths) == 0 {
		in.embedded()
		return in
	}
	for _, p := range paths {
		if p == "-" {
			in.endless = true
			in.Files = append(in.Files, File{Name: "-", Named: true, Open: func(ctx context.Context) (io.ReadCloser, error) {
				return io.NopCloser(Interruptible(ctx, stdin)), nil
			}})
			continue
		}
		for file, err := range traffic.Files(p) {
			switch {
			case err != nil:
				in.Problems = append(in.Problems, err)
			case !file.Named && filepath.Base(file.Path) == cassettes.IndexName:
				in.index(file.Path)
			default:
				in.file(file)
			}
		}
	}
	return in
}

// Of returns the traffic of one file. Its size is not known.
func Of(file File, stderr io.Writer) *Traffic {
	return &Traffic{Files: []File{file}, endless: true, stderr: stderr}
}

func (in *Traffic) file(file traffic.File) {
	if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() {
		in.size += info.Size()
	} else {
		in.endless = true
	}
	in.Files = append(in.Files, File{Name: file.Path, Named: file.Named, Open: func(ctx context.Context) (io.ReadCloser, error) { return Open(ctx, file.Path) }})
}

// index reads the expected findings of a folder's index. A file of that name that is not an index
// is treated as any other file.
func (in *Traffic) index(path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		in.Problems = append(in.Problems, err)
		return
	}
	if !bytes.Contains(text, []byte("crcheckIndex")) {
		in.file(traffic.File{Path: path})
		return
	}
	index, err := cassettes.ParseIndex(path, text)
	if err != nil {
		in.Problems = append(in.Problems, err)
		return
	}
	folder := filepath.Dir(path)
	for _, entry := range index.Entries {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(entry.File))); err != nil {
			in.Problems = append(in.Problems, fmt.Errorf("%s: lists %s, which does not exist; restore the file or remove the entry", path, entry.File))
		}
	}
	in.Expected = append(in.Expected, index.Expectations(folder)...)
}

// embedded adds the embedded cassettes, under the name of their folder.
func (in *Traffic) embedded() {
	const folder = "cassettes"
	embedded, index := cassettes.Embedded(), cassettes.EmbeddedIndex()
	in.Expected = index.Expectations(folder)
	for _, entry := range index.Entries {
		in.Files = append(in.Files, File{Name: path.Join(folder, entry.File), Named: true, Open: func(context.Context) (io.ReadCloser, error) {
			return embedded.Open(entry.File)
		}})
		if info, err := fs.Stat(embedded, entry.File); err == nil {
			in.size += info.Size()
		}
	}
}

// Read yields all files with their interactions, and every error of package traffic and of
// [File.Open].
func (in *Traffic) Read(ctx context.Context) iter.Seq2[File, iter.Seq2[*traffic.Interaction, error]] {
	return func(yield func(File, iter.Seq2[*traffic.Interaction, error]) bool) {
		in.open(ctx, func(file File, open func() (io.ReadCloser, error)) bool {
			return yield(file, func(yield func(*traffic.Interaction, error) bool) {
				r, err := open()
				if err != nil {
					yield(nil, err)
					return
				}
				defer r.Close()
				file.traffic().Read(r)(yield)
			})
		})
	}
}

func (f File) traffic() traffic.File {
	return traffic.File{Path: f.Name, Named: f.Named, Pointers: f.Pointers, Continued: f.Continued}
}

// Part is some consecutive interactions of a file; see [traffic.File.Parts].
type Part = func(skip func(*traffic.Interaction) bool) iter.Seq2[*traffic.Interaction, error]

// Parts yields all files with their interactions in parts of about size bytes, which goroutines may
// read concurrently, and the error of [File.Open].
func (in *Traffic) Parts(ctx context.Context, size int) iter.Seq2[File, iter.Seq2[Part, error]] {
	return func(yield func(File, iter.Seq2[Part, error]) bool) {
		in.open(ctx, func(file File, open func() (io.ReadCloser, error)) bool {
			return yield(file, func(yield func(Part, error) bool) {
				r, err := open()
				if err != nil {
					yield(nil, err)
					return
				}
				defer r.Close()
				for part := range file.traffic().Parts(r, size) {
					if !yield(part, nil) {
						return
					}
				}
			})
		})
	}
}

// open calls each with every file and a function that opens it and counts what is read.
func (in *Traffic) open(ctx context.Context, each func(File, func() (io.ReadCloser, error)) bool) {
	size := in.size
	if in.endless {
		size = 0
	}
	meter := progress.Start(ctx, "reading traffic", size, progress.Bytes)
	defer meter.Done()
	for _, file := range in.Files {
		open := func() (io.ReadCloser, error) {
			r, err := file.Open(ctx)
			if err != nil {
				return nil, err
			}
			return struct {
				io.Reader
				io.Closer
			}{meter.Reader(r), r}, nil
		}
		if !each(file, open) {
			return
		}
	}
}

// Sources is [Traffic.Read] for commands that do not report findings. It skips files of a folder
// that are not traffic, and prints problems of single interactions to standard error. After any
// other error it yields nothing more.
func (in *Traffic) Sources(ctx context.Context) iter.Seq2[File, iter.Seq2[*traffic.Interaction, error]] {
	return func(yield func(File, iter.Seq2[*traffic.Interaction, error]) bool) {
		for file, all := range in.Read(ctx) {
			interactions := func(yield func(*traffic.Interaction, error) bool) { in.readable(ctx, file, all, yield) }
			if !yield(file, interactions) {
				return
			}
		}
	}
}

func (in *Traffic) readable(ctx context.Context, file File, all iter.Seq2[*traffic.Interaction, error], yield func(*traffic.Interaction, error) bool) {
	for x, err := range all {
		switch {
		case errors.Is(err, traffic.ErrOddEntry):
			fmt.Fprintf(in.stderr, "crcheck: %v\n", err)
			continue
		case ctx.Err() != nil:
			err = ctx.Err()
		case errors.Is(err, traffic.ErrUnknownFormat) && !file.Named:
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		if !yield(x, nil) {
			return
		}
	}
}

// Interactions yields the interactions of all files, like [Traffic.Sources], and counts them.
func (in *Traffic) Interactions(ctx context.Context, count *int) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, interactions := range in.Sources(ctx) {
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
