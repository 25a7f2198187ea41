// Package models finds documents that describe operations: in a file or a folder, plain or
// compressed by gzip, in the folder of models of an installed botocore, and in the folders where
// botocore looks for additional models.
//
// A folder may contain documents of any kind, which are read immediately. Two layouts are
// recognised by their names, at any depth: SERVICE/YYYY-MM-DD/service-2.json of botocore, and
// SERVICE/service/YYYY-MM-DD/NAME.json of github.com/aws/api-models-aws. In both, the newest
// version of each service wins, and other files beside the models (paginators, waiters, examples,
// endpoint rules) are skipped. In the layout of botocore, the folder names the service, as for
// boto3, and only the metadata of a model are read until a request may be for its service.
package models

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// Options are options for reading a folder.
type Options struct {
	// Version is the version of documents that do not state one. If it is empty, it is that of
	// botocore in botocore's folder.
	Version string
	// Refused is called with the error of every document that cannot be read, possibly later, when
	// a service is loaded. The document is skipped. Refused must be safe for concurrent use.
	Refused func(error)
	// Start begins a piece of work of a number of documents, and returns what counts them. Nil counts
	// nothing.
	Start func(what string, documents int) *progress.Meter
}

// Found is the content of a file or folder.
type Found struct {
	Services  []schema.Service // loaded on demand
	Contracts []*schema.Contract
	Findings  finding.Set
	Botocore  string // the version of botocore if this is its folder, else empty
	Passed    int    // the number of files that do not describe an operation

	folders []string // of [Auto]
	options Options
}

// Load loads the services with a name, or all services if the name is empty, and moves them from
// Services to Contracts.
func (f *Found) Load(name string) {
	chosen := len(f.Services)
	if name != "" {
		chosen = 1
	}
	meter := f.options.start("loading the contracts of services", chosen)
	defer meter.Done()
	f.Services = slices.DeleteFunc(f.Services, func(s schema.Service) bool {
		if name != "" && s.Name != name {
			return false
		}
		f.Contracts = append(f.Contracts, s.Load()...)
		meter.Add(1)
		return true
	})
}

// Each calls do with the contracts, and then with those of each service in turn, which it does not keep.
func (f *Found) Each(do func([]*schema.Contract) error) error {
	meter := f.options.start("loading the contracts of services", len(f.Services))
	defer meter.Done()
	if err := do(f.Contracts); err != nil {
		return err
	}
	for _, s := range f.Services {
		if err := do(s.Load()); err != nil {
			return err
		}
		meter.Add(1)
	}
	return nil
}

func (o *Options) start(what string, documents int) *progress.Meter {
	if o.Start == nil {
		return nil
	}
	return o.Start(what, documents)
}

// RefusedError reports a document that cannot be read.
type RefusedError struct {
	Path string
	Err  error
}

func (e *RefusedError) Error() string { return e.Path + ": " + e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// DuplicateError reports two documents of a folder that describe the same service or contract.
type DuplicateError struct{ First, Second, What string }

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%s and %s both describe %s: keep one of them in the folder, or name files instead", e.First, e.Second, e.What)
}

// Folder reads a folder. It fails if the folder cannot be opened or does not describe any
// operation, or with a [*DuplicateError].
func Folder(path string, options Options) (*Found, error) {
	if options.Refused == nil {
		options.Refused = func(error) {}
	}
	tree, err := walk(path, options.Refused)
	if err != nil {
		return nil, err
	}
	f := newFolder(options)
	if len(tree.botocore) > 0 {
		f.found.Botocore = botocoreVersion(path)
		if f.options.Version == "" {
			f.options.Version = f.found.Botocore
		}
	}
	meter := f.options.start("reading "+path, len(tree.botocore)+len(tree.documents))
	defer meter.Done()
	for _, m := range tree.botocore {
		meter.Add(1)
		if err := f.model(m); err != nil {
			return nil, err
		}
	}
	for _, path := range tree.documents {
		meter.Add(1)
		if err := f.document(path, false); err != nil {
			return nil, err
		}
	}
	if len(f.found.Services)+len(f.found.Contracts) == 0 && f.documents == 0 {
		return nil, &emptyError{path, f.refused}
	}
	return f.found, nil
}

// emptyError reports a folder that does not describe any operation.
type emptyError struct {
	path    string
	refused int // documents that cannot be read
}

func (e *emptyError) Error() string {
	if e.refused > 0 {
		return fmt.Sprintf("%s: none of the documents of the folder can be read", e.path)
	}
	return fmt.Sprintf("%s: no file of the folder describes an operation; name a folder of models, pages or contracts", e.path)
}

// folder is the state of reading a folder.
type folder struct {
	options   Options
	found     *Found
	from      map[string]string // by contract or service: the path of its document
	heads     heads
	documents int
	refused   int
}

func newFolder(options Options) *folder {
	return &folder{options: options, found: &Found{options: options}, from: map[string]string{}}
}

// model adds a model in the layout of botocore.
func (f *folder) model(m model) error {
	service, ok, err := f.heads.read(m.path)
	if err != nil {
		f.refuse(m.path, err)
		return nil
	}
	if !ok { // reading it whole gives the exact error
		return f.document(m.path, true)
	}
	if m.service != "" {
		service.Name = m.service
	}
	if before, twice := f.from[service.Name]; twice {
		return &DuplicateError{before, m.path, "the service " + service.Name}
	}
	f.from[service.Name] = m.path
	version, refused := f.options.Version, f.options.Refused
	service.Load = func() []*schema.Contract {
		result, err := Read(m.path, version)
		if err != nil {
			refused(err)
			return nil
		}
		for _, c := range result.Contracts {
			c.Service = service.Name
		}
		return result.Contracts
	}
	service.Routes = func() []*schema.Contract { return routes(m.path) }
	f.found.Services = append(f.found.Services, service)
	return nil
}

// document adds a document of any kind. Unless it is in the place of a model, it need not describe
// an operation.
func (f *folder) document(path string, model bool) error {
	result, err := Read(path, f.options.Version)
	if describesNothing(err) && !model {
		f.found.Passed++
		return nil
	} else if err != nil {
		f.refused++
		f.options.Refused(err)
		return nil
	}
	f.documents++
	for _, c := range result.Contracts {
		if before, twice := f.from[c.String()]; twice {
			return &DuplicateError{before, path, c.String()}
		}
		f.from[c.String()] = path
	}
	f.found.Contracts = append(f.found.Contracts, result.Contracts...)
	f.found.Findings = finding.Union(f.found.Findings, result.Findings)
	return nil
}

func (f *folder) refuse(path string, err error) {
	f.refused++
	f.options.Refused(&RefusedError{path, err})
}

// Read reads a document and derives its contracts. The error is a [*RefusedError].
func Read(path, version string) (source.Result, error) {
	text, err := readFile(path)
	if err != nil {
		return source.Result{}, &RefusedError{path, err}
	}
	return Document(path, text, version)
}

// Document derives contracts from the text of a document, which may be compressed by gzip. The path
// is for errors and findings, and for the version of botocore. The error is a [*RefusedError].
func Document(path string, text []byte, version string) (source.Result, error) {
	text, err := Decompressed(text)
	if err != nil {
		return source.Result{}, &RefusedError{path, err}
	}
	if version == "" {
		version = modelVersion(path)
	}
	result, err := source.Read(text, version)
	if err != nil {
		return source.Result{}, &RefusedError{path, err}
	}
	for i := range result.Findings {
		result.Findings[i].Source = path
	}
	return result, nil
}

// botocoreVersion returns the version of botocore if the path is its folder of models, or in it.
// The version is that in botocore's __init__.py. It returns "" for other folders.
func botocoreVersion(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for _, folder := range []string{filepath.Dir(path), path, filepath.Dir(filepath.Dir(path)), filepath.Dir(filepath.Dir(filepath.Dir(path)))} {
		if filepath.Base(folder) != "botocore" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, "__init__.py"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if version, ok := strings.CutPrefix(line, "__version__ = "); ok {
				return strings.Trim(strings.TrimSpace(version), `'"`)
			}
		}
	}
	return ""
}

// modelVersion returns the version of botocore for a model in its folder.
func modelVersion(path string) string {
	if !isModel(filepath.Base(path)) {
		return ""
	}
	return botocoreVersion(filepath.Dir(filepath.Dir(path)))
}
