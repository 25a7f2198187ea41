package project

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/yamlfile"
	"github.com/crcheck/crcheck/schema/contracts"
)

// NoFileError reports that neither a folder nor one above it has a project file.
type NoFileError struct{ Folder string }

func (e *NoFileError) Error() string {
	return fmt.Sprintf("no %s in %s or a folder above it: run `crcheck init` to write one, or name one with --config", FileName, e.Folder)
}

// Find returns the path of the project file in a folder, or in the nearest folder above it. The error
// is a [*NoFileError].
func Find(folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for at := folder; ; at = filepath.Dir(at) {
		path := filepath.Join(at, FileName)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
		if at == filepath.Dir(at) {
			return "", &NoFileError{folder}
		}
	}
}

// Load reads a project file and the files that it extends. Paths in them become relative to the
// current folder, which must be that of the file. The error about the content of a file is a
// [*finding.RowError].
func Load(ctx context.Context, path string) (*File, error) {
	l := &loader{}
	f, err := l.load(ctx, path)
	if err != nil {
		return nil, err
	}
	return f, f.check(path)
}

// maxExtended is the maximum number of files that a project file extends, at any depth.
const maxExtended = 100

type loader struct {
	open  []string // files that are being read, by their true paths
	total int
}

func (l *loader) load(ctx context.Context, path string) (*File, error) {
	text, err := input.Document(ctx, path)
	if err != nil {
		return nil, err
	}
	f := &File{}
	if err := yamlfile.Decode(path, text, f); err != nil {
		return nil, err
	}
	rebase(reflect.ValueOf(f).Elem(), "", filepath.Dir(path))
	truly, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	if truly, err = filepath.Abs(truly); err != nil {
		return nil, err
	}
	if l.total++; l.total > maxExtended {
		return nil, &finding.RowError{Name: path, Problem: fmt.Sprintf("extends: more than %d files; extend fewer", maxExtended)}
	}
	l.open = append(l.open, truly)
	defer func() { l.open = l.open[:len(l.open)-1] }()
	base := &File{}
	for _, other := range f.Extends {
		if strings.Contains(other, "://") || strings.Contains(other, ":/") && !filepath.IsAbs(other) {
			return nil, &finding.RowError{Name: path, Problem: "extends: " + other + " is not a local file; copy it into the project"}
		}
		below, err := filepath.EvalSymlinks(other)
		if err == nil {
			below, err = filepath.Abs(below)
		}
		if err != nil {
			return nil, &finding.RowError{Name: path, Problem: fmt.Sprintf("extends: %s does not exist or cannot be read", other)}
		}
		if slices.Contains(l.open, below) {
			return nil, &finding.RowError{Name: path, Problem: "extends: " + other + " extends this file in turn; remove one of them"}
		}
		one, err := l.load(ctx, other)
		if err != nil {
			return nil, err
		}
		base = one.over(base)
	}
	return f.over(base), nil
}

// rebase makes the paths in a value relative to the current folder; they are relative to a folder.
// The words are the tag key of the field that has the value.
func rebase(v reflect.Value, words, folder string) {
	is := func(word string) bool { return slices.Contains(strings.Split(words, ","), word) }
	if folder == "." {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			rebase(v.Elem(), words, folder)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[finding.Expected]() {
			return
		}
		for i := range v.NumField() {
			rebase(v.Field(i), v.Type().Field(i).Tag.Get("key"), folder)
		}
	case reflect.Slice:
		for i := range v.Len() {
			rebase(v.Index(i), words, folder)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if is("path") {
				v.SetMapIndex(key, reflect.ValueOf(within(folder, v.MapIndex(key).String())))
			}
		}
	case reflect.String:
		switch path := v.String(); {
		case path == "" || strings.Contains(path, "://"):
		case is("path"):
			v.SetString(within(folder, path))
		case is("source"):
			// A name such as cleanrooms.GetProtectedJob is a path only if there is such a file.
			if _, err := os.Stat(within(folder, path)); err == nil {
				v.SetString(within(folder, path))
			}
		}
	}
}

func within(folder, path string) string {
	if path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// Validate refuses an unknown preset.
func (p Preset) Validate() error {
	if p == AWSDeviations || p == Requests {
		return nil
	}
	return fmt.Errorf("%q is not a preset: use %s or %s", string(p), AWSDeviations, Requests)
}

// Format is the name of a format of reports.
type Format string

// Keys has the names of the formats.
func (Format) Keys() (what string, known []string) { return "format", report.Formats() }

// check refuses what no single value shows to be wrong.
func (f *File) check(path string) error {
	of := func(format string, args ...any) error {
		return &finding.RowError{Name: path, Problem: fmt.Sprintf(format, args...)}
	}
	if min := f.Coverage.Min; min != nil && (*min < 0 || *min > 100) {
		return of("coverage: min: got %d, want a percentage from 0 to 100", *min)
	}
	for _, t := range f.Traffic {
		switch {
		case t.Status != 0 && (t.Status < 100 || t.Status > 599):
			return of("traffic: %s: status: got %d, want an HTTP status from 100 to 599", t.Path, t.Status)
		case t.Status != 0 && t.Part != "":
			return of("traffic: %s: part and status exclude each other", t.Path)
		case t.Path == "-":
			return of("traffic: - is standard input; name files or folders")
		}
	}
	for _, c := range f.Clients {
		if c.Suite != "" && len(c.Generate) > 0 {
			return of("clients: %s: suite and generate exclude each other; add a second client with the same command", c.Name)
		}
	}
	if len(f.Traffic)+len(f.Clients) == 0 {
		return of("nothing to check: name recorded traffic under traffic, or a client under clients")
	}
	return nil
}

// sources returns the sources of contracts: those of the file, or the newest built-in contract.
func (f *File) sources() []Contract {
	if len(f.Contracts) == 0 {
		return []Contract{{Source: contracts.Newest}}
	}
	return f.Contracts
}

// pins reports whether contracts are pinned; the built-in ones that are in force by default are not.
func (f *File) pins() bool { return len(f.Contracts) > 0 }
