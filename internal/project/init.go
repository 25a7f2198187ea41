package project

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// SchemaURL is where the JSON Schema of the project file is published.
const SchemaURL = "https://raw.githubusercontent.com/crcheck/crcheck/main/docs/crcheck.schema.json"

// IgnoreName is the file of ignore rows that [Init] writes, and that crcheck ignore adds to.
const IgnoreName = "crcheck.ignore.yaml"

// Initialised is what [Init] found and wrote.
type Initialised struct {
	Traffic  []string // paths with recorded traffic
	Sources  []string // of the contracts; empty: the built-in one is in force
	Accepted int      // groups of findings that ignore rows accept
	Missing  string   // why only the built-in contract is in force, although traffic was found
}

// Init writes a project file for what the folder contains, and pins the contracts that its traffic
// uses. With accept, it also writes ignore rows for today's errors and warnings.
func Init(ctx context.Context, o Options, accept bool) (*Initialised, error) {
	if _, err := os.Lstat(FileName); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s exists already; edit it, or remove it first", FileName)
	}
	found := &Initialised{}
	var err error
	if found.Traffic, err = recordings(ctx, o.Stderr); err != nil {
		return nil, err
	}
	if len(found.Traffic) > 0 {
		if err := found.sources(ctx, o); err != nil {
			return nil, err
		}
	}
	if accept {
		if _, err := os.Lstat(IgnoreName); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s exists already; remove it first, or run without --accept-current", IgnoreName)
		}
	}
	if err := writeText(FileName, found.text(accept)); err != nil {
		return nil, err
	}
	if len(found.Traffic) == 0 {
		return found, nil // there is nothing to check yet
	}
	f, err := Load(ctx, FileName)
	if err != nil {
		return nil, err
	}
	f.Ignore.Files = nil // the rows are written last
	if f.pins() {
		if _, err := Update(ctx, f, o); err != nil {
			return nil, err
		}
	}
	if accept {
		rows, err := current(ctx, f, o)
		if err != nil {
			return nil, err
		}
		found.Accepted = len(rows)
		text := []byte("# Findings that were known when this file was written. Remove a row once its cause is fixed.\n")
		if text, err = finding.AppendRows(IgnoreName, text, rows...); err != nil {
			return nil, err
		}
		return found, writeText(IgnoreName, string(text))
	}
	return found, nil
}

func writeText(path, text string) error {
	return output.Path(path).Write(nil, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// recordings returns the folders below this one that have recorded traffic, and the files in this one.
func recordings(ctx context.Context, stderr io.Writer) ([]string, error) {
	in := input.Gather(nil, stderr, []string{"."})
	var paths []string
	for _, file := range in.Files {
		one := *in
		one.Files, one.Problems = []input.File{file}, nil
		for _, interactions := range one.Read(ctx) {
			for x, err := range interactions {
				if err == nil && x.Request != nil {
					path := filepath.Clean(file.Name)
					if folder := filepath.Dir(path); folder != "." {
						path = folder
					}
					paths = append(paths, filepath.ToSlash(path))
				}
				break // the first entry decides
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	slices.Sort(paths)
	return outermost(slices.Compact(paths)), nil
}

// outermost drops the paths below another one.
func outermost(paths []string) (kept []string) {
	for _, p := range paths {
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.HasPrefix(p, k+"/") }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// sources names the sources of contracts that the traffic uses: models among the files of the folder,
// and for the other services those of the installed botocore.
func (found *Initialised) sources(ctx context.Context, o Options) error {
	f := &File{}
	for _, path := range found.Traffic {
		f.Traffic = append(f.Traffic, Traffic{Path: path})
	}
	local, err := localModels(ctx, o)
	if err != nil {
		return err
	}
	used, services := usage{}, map[string]bool{}
	if err := f.use(ctx, o, local, used); err != nil {
		return err
	}
	for _, s := range local {
		switch i := slices.IndexFunc(s.found.Contracts, func(c *schema.Contract) bool { return used[c.Name()] }); {
		case i < 0:
		case services[s.found.Contracts[i].Service]:
			fmt.Fprintf(o.Stderr, "crcheck: %s describes %s as well; not added to the contracts\n", s.Source, s.found.Contracts[i].Service)
		default:
			found.Sources = append(found.Sources, s.Source)
			for _, c := range s.found.Contracts {
				services[c.Service] = true
			}
		}
	}
	installed, err := models.Named(ctx, o.Stderr, models.Botocore)
	if err != nil {
		if len(found.Sources) == 0 {
			found.Missing = err.Error()
		}
		return nil
	}
	used = usage{}
	if err := f.use(ctx, o, []*source{{Contract: Contract{Source: models.Botocore}, found: installed}}, used); err != nil {
		return err
	}
	for _, operation := range used.sorted() {
		if service := finding.Service(operation); !services[service] {
			services[service] = true
			found.Sources = append(found.Sources, models.Botocore+service)
		}
	}
	if len(found.Sources) == 0 {
		found.Missing = "no model in this folder or in the installed botocore has an operation that the traffic uses"
	}
	return nil
}

// localModels reads the documents in this folder and below from which contracts can be derived. One that
// cannot be read is left out, with a message.
func localModels(ctx context.Context, o Options) (all []*source, err error) {
	for file, err := range traffic.Files(".") {
		if err != nil {
			return nil, err
		}
		path := filepath.ToSlash(filepath.Clean(file.Path))
		if is, err := models.IsSource(path); err != nil || !is {
			continue // what cannot be opened is reported with the traffic
		}
		found, err := models.Named(ctx, o.Stderr, path)
		if err != nil {
			fmt.Fprintf(o.Stderr, "crcheck: %v; not added to the contracts\n", err)
			continue
		}
		all = append(all, &source{Contract: Contract{Source: path}, found: found})
	}
	return all, ctx.Err()
}

// text returns the project file.
func (found *Initialised) text(accept bool) string {
	accept = accept && len(found.Traffic) > 0
	var b bytes.Buffer
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n# What crcheck check does. docs/project-file.md describes every key.\n\n", SchemaURL)
	list := func(key, comment string, items []string, example string) {
		if len(items) == 0 {
			fmt.Fprintf(&b, "# %s\n# %s:\n#   - %s\n\n", comment, key, example)
			return
		}
		fmt.Fprintf(&b, "# %s\n%s:\n", comment, key)
		for _, item := range items {
			fmt.Fprintf(&b, "  - %s\n", scalar(item))
		}
		b.WriteByte('\n')
	}
	list("contracts", "The contracts to check against. crcheck update pins the operations in use.", found.Sources, "botocore:dynamodb")
	list("traffic", "Recorded traffic. Add `from: emulator` to an entry if an emulator sent the responses.", found.Traffic, "tests/recordings")
	if accept {
		fmt.Fprintf(&b, "ignore:\n  files:\n    - %s\n\n", IgnoreName)
	}
	b.WriteString("# Reports for CI, beside the text on standard output.\n# reports:\n#   junit: build/crcheck.xml\n#   html: build/crcheck.html\n")
	return b.String()
}

// scalar writes text as a YAML scalar, quoted where it has to be.
func scalar(text string) string {
	b, err := yaml.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return strings.TrimSuffix(string(b), "\n")
}

// current returns rows that accept the errors and warnings of today.
func current(ctx context.Context, f *File, o Options) ([]finding.Expected, error) {
	results, err := Check(ctx, f, o)
	if err != nil {
		return nil, err
	}
	if len(results.Project.Problems) > 0 {
		return nil, errors.New("the findings of today are not complete: correct what is reported above, then run again")
	}
	var rows []finding.Expected
	for _, r := range []*report.Report{results.Traffic, results.Lint} {
		if r == nil {
			continue
		}
		for i := range r.Groups {
			if r.Groups[i].Severity < finding.Warning {
				continue
			}
			row, err := r.Row(r.Groups[i].ID())
			if err != nil {
				return nil, err
			}
			row.Reason = "known when crcheck init ran, on " + o.Today.Format("2006-01-02")
			rows = append(rows, row)
		}
	}
	return rows, nil
}
