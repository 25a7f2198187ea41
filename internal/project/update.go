package project

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/suite"
	"github.com/crcheck/crcheck/schema"
)

// Updated is what an update changed.
type Updated struct {
	Results  *report.Results // the changes of contracts that were pinned before
	Changed  bool            // the lock or a pinned contract changed
	Breaking bool            // a change is an error that no row accepts
	Sources  []SourceChange
}

// SourceChange is what an update changed about a source.
type SourceChange struct {
	Source   string
	Old, New string   // versions; Old is empty if the source was not pinned
	Added    []string // operations that are pinned now
	Removed  []string // operations that were unpinned, because nothing uses them
}

// source is a source that is being read for an update.
type source struct {
	Contract
	found  *models.Found
	old    *Locked
	before []*schema.Contract
	chosen []*schema.Contract
}

// Update reads the newest documents of the contracts, and pins the contracts of the operations in
// use. An error changes nothing, unless it is about writing.
func Update(ctx context.Context, f *File, o Options) (*Updated, error) {
	if !f.pins() {
		return nil, errors.New("the project names no contracts: only the built-in ones are in force, which need no update; name others under contracts")
	}
	lock, err := readLock(ctx)
	if err != nil {
		return nil, err
	}
	sources, err := f.read(ctx, o, lock)
	if err != nil {
		return nil, err
	}
	if err := f.choose(ctx, o, sources); err != nil {
		return nil, err
	}
	u := &Updated{Results: &report.Results{Command: "update", Project: &report.Project{File: o.File, Verdict: report.Passed}}}
	if err := u.compare(ctx, f, o, sources); err != nil {
		return nil, err
	}
	return u, u.write(ctx, o, lock, sources)
}

// read reads the documents of all sources, and the contracts that were pinned before.
func (f *File) read(ctx context.Context, o Options, lock *Lock) ([]*source, error) {
	var all []*source
	for _, c := range f.Contracts {
		s := &source{Contract: c, old: lock.of(c.Source)}
		var err error
		if s.found, err = models.Named(ctx, o.Stderr, c.Source); err != nil {
			return nil, err
		}
		if s.old != nil {
			if s.before, err = s.old.contracts(ctx); err != nil {
				fmt.Fprintf(o.Stderr, "crcheck: %v; pinning %s again without comparing\n", err, c.Source)
				s.old, s.before = nil, nil
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// choose chooses the operations to pin of each source.
func (f *File) choose(ctx context.Context, o Options, sources []*source) error {
	used := usage{}
	if slices.ContainsFunc(sources, func(s *source) bool { return !s.Operations.All && len(s.Operations.Names) == 0 }) {
		if err := f.use(ctx, o, sources, used); err != nil {
			return err
		}
	}
	for _, s := range sources {
		overlaid := usage{}
		for _, path := range s.Overlays {
			text, err := input.Document(ctx, path)
			if err != nil {
				return err
			}
			overlay, err := schema.ParseOverlay(path, text)
			if err != nil {
				return err
			}
			overlaid[overlay.Operation] = true
		}
		catalog := schema.NewServiceCatalog(s.found.Services, s.found.Contracts...)
		switch {
		case s.Operations.All:
			s.chosen = catalog.Contracts()
		case len(s.Operations.Names) > 0:
			for _, name := range s.Operations.Names {
				found := catalog.Named(name)
				if len(found) == 0 {
					return fmt.Errorf("%s has no operation %s, which %s lists; correct its name", s.Source, name, o.File)
				}
				overlaid[found[0].Name()] = true
			}
			s.chosen = catalogued(catalog, overlaid)
		default:
			for name := range used {
				overlaid[name] = true
			}
			s.chosen = catalogued(catalog, overlaid)
			if len(s.chosen) == 0 {
				fmt.Fprintf(o.Stderr, "crcheck: nothing uses an operation of %s, so none is pinned; record traffic of it, or name its operations under operations\n", s.Source)
			}
		}
	}
	return nil
}

// catalogued returns the contracts of the named operations, in the order of their names.
func catalogued(catalog *schema.Catalog, used usage) (all []*schema.Contract) {
	for _, name := range used.sorted() {
		all = append(all, catalog.Named(name)...)
	}
	return all
}

// use notes the operations that the traffic and the clients use.
func (f *File) use(ctx context.Context, o Options, sources []*source, used usage) error {
	var found models.Found
	for _, s := range sources {
		found.Services = append(found.Services, s.found.Services...)
		found.Contracts = append(found.Contracts, s.found.Contracts...)
	}
	catalog := schema.NewServiceCatalog(found.Services, found.Contracts...)
	if err := used.traffic(ctx, f.parts(o.Stderr), catalog); err != nil {
		return err
	}
	for i := range f.Clients {
		c := &f.Clients[i]
		for _, pattern := range c.Generate {
			used.named(catalog, pattern)
		}
		if len(c.Generate) > 0 {
			continue
		}
		cases, _, err := suite.Read(ctx, c.Suite)
		if err != nil {
			return err
		}
		used.named(catalog, cases.Operation)
	}
	return nil
}

// compare finds what changed in the contracts that were pinned before and still are.
func (u *Updated) compare(ctx context.Context, f *File, o Options, sources []*source) error {
	r := &run{File: f, options: o, results: u.Results, profile: value(o.Profile, f.Profile), failOn: value(o.FailOn, f.FailOn),
		parts: f.parts(io.Discard)}
	if err := r.readRows(ctx); err != nil {
		return err
	}
	var old, newest []*schema.Contract
	for _, s := range sources {
		old = append(old, s.before...)
		// Operations that nothing uses any longer are compared too: they were not removed.
		newest = append(newest, catalogued(schema.NewServiceCatalog(s.found.Services, s.found.Contracts...), usage(names(s.before)))...)
	}
	if len(old) == 0 {
		return nil
	}
	d, err := r.compare(ctx, old, newest, false)
	if err != nil {
		return err
	}
	d.Old, d.New = "the pinned contracts", "the newest ones"
	u.Results.Drift, u.Breaking = d, d.Verdict == report.Failed
	return nil
}

// write pins the chosen contracts. Where no contract of any source changed, nothing is written: a
// version that describes the same is not news.
func (u *Updated) write(ctx context.Context, o Options, old *Lock, sources []*source) error {
	lock := &Lock{Format: lockFormat}
	files, err := pinnedFiles(sources)
	if err != nil {
		return err
	}
	today := o.Today.Format(time.DateOnly)
	var pinned []output.File
	for i, s := range sources {
		l := Locked{Source: s.Source, Date: today, Version: s.version()}
		if l.Document, err = documentDigest(ctx, s.Source); err != nil {
			return err
		}
		for k, c := range s.chosen {
			file := files[i][k]
			if !slices.ContainsFunc(pinned, func(f output.File) bool { return f.Name == file.Name }) { // two sources may agree
				pinned = append(pinned, file)
			}
			l.Operations = append(l.Operations, Pinned{c.Name(), file.Name, digest(file.Text)})
		}
		lock.Contracts = append(lock.Contracts, l)
		u.describe(s, l)
	}
	u.Changed = u.Changed || old == nil || len(old.Contracts) != len(lock.Contracts)
	if !u.Changed {
		u.project(o, old)
		return nil
	}
	u.project(o, lock)
	return u.replace(old, lock, pinned)
}

// describe notes what changed about a source.
func (u *Updated) describe(s *source, now Locked) {
	change := SourceChange{Source: s.Source, New: now.Version}
	before, after := names(s.before), names(s.chosen)
	for _, name := range usage(after).sorted() {
		if !before[name] {
			change.Added = append(change.Added, name)
		}
	}
	for _, name := range usage(before).sorted() {
		if !after[name] {
			change.Removed = append(change.Removed, name)
		}
	}
	same := s.old != nil && s.old.Document == now.Document && models.Digest(s.before) == models.Digest(s.chosen)
	if s.old != nil {
		change.Old = s.old.Version
	}
	if same && len(change.Added)+len(change.Removed) == 0 {
		return
	}
	u.Changed = true
	u.Sources = append(u.Sources, change)
}

// version returns the version of a source; it is empty if its contracts do not agree on one.
func (s *source) version() string {
	version := ""
	for i, c := range s.chosen {
		if i > 0 && c.Version != version {
			return ""
		}
		version = c.Version
	}
	return version
}

// project sets the contracts that the results name.
func (u *Updated) project(o Options, lock *Lock) {
	for i := range lock.Contracts {
		l := &lock.Contracts[i]
		u.Results.Project.Contracts = append(u.Results.Project.Contracts, report.Contract{Source: l.Source, Version: l.Version, Operations: len(l.Operations),
			Pinned: l.Date, Age: l.age(o.Today)})
	}
}

// pinnedFiles returns the files of the chosen contracts, by source. Their names have the beginning of
// the digest, so that a new version of a contract does not overwrite the one that the lock names.
func pinnedFiles(sources []*source) ([][]output.File, error) {
	all := make([][]output.File, len(sources))
	for i, s := range sources {
		for _, c := range s.chosen {
			text, err := c.Encode()
			if err != nil {
				return nil, err
			}
			name := fmt.Sprintf("%s.%.8s.json", c.Name(), strings.TrimPrefix(digest(text), "sha256:"))
			all[i] = append(all[i], output.File{Name: name, Of: c.String(), Text: text})
		}
	}
	return all, nil
}

// replace writes the pinned contracts, then the lock, and then deletes the files that only the old lock
// names. A run that is interrupted leaves the old state or the new one.
func (u *Updated) replace(old, lock *Lock, files []output.File) error {
	if len(files) > 0 {
		if err := output.Folder(PinnedFolder).WriteAll(files); err != nil {
			return err
		}
	}
	text, err := lock.encode()
	if err != nil {
		return err
	}
	if err := output.Path(LockName).Write(nil, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, file := range files {
		kept[file.Name] = true
	}
	if old == nil {
		return nil
	}
	for _, l := range old.Contracts {
		for _, p := range l.Operations {
			if kept[p.File] {
				continue
			}
			if err := os.Remove(filepath.Join(PinnedFolder, p.File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
