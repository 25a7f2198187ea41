package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
)

// contractFlags choose contracts, alike on every verb that takes them.
type contractFlags struct {
	Contract []string `placeholder:"NAME|PATH" help:"A built-in contract, a contract file, or a document to derive one from. Repeats."`
	Overlay  []string `placeholder:"PATH" help:"Facets to state over the contracts. Repeats."`
}

// load returns the chosen contracts, or the newest built-in one, with what the
// documents and overlays have to say of themselves.
func (f *contractFlags) load() ([]*schema.Contract, finding.Set, error) {
	names := f.Contract
	if len(names) == 0 {
		names = []string{contracts.Newest}
	}
	var loaded []*schema.Contract
	var findings finding.Set
	for _, name := range names {
		result, err := loadContract(name)
		if err != nil {
			return nil, nil, err
		}
		loaded = append(loaded, result.Contracts...)
		findings = finding.Union(findings, result.Findings)
	}
	for _, path := range f.Overlay {
		stale, err := applyOverlay(path, loaded)
		if err != nil {
			return nil, nil, err
		}
		findings = finding.Union(findings, stale)
	}
	for _, c := range loaded {
		findings = finding.Union(findings, c.UnsupportedPatterns())
	}
	return loaded, findings, nil
}

// loadContract reads a file if there is one of that name, else a built-in contract.
func loadContract(name string) (source.Result, error) {
	if c, err := contracts.Load(name); err == nil {
		return source.Result{Contracts: []*schema.Contract{c}}, nil
	} else if _, statErr := os.Stat(name); errors.Is(statErr, fs.ErrNotExist) && !strings.ContainsAny(name, `/\`) {
		return source.Result{}, fmt.Errorf("%w, nor is there a file of that name", err)
	}
	return readSource(name, "")
}

// mostSource bounds a source document, in bytes.
const mostSource = 64 << 20

// readSource reads a document and derives its contracts.
func readSource(path, version string) (source.Result, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return source.Result{}, err
	case info.IsDir():
		return source.Result{}, fmt.Errorf("%s is a folder: name a document in it", path)
	case info.Size() > mostSource:
		return source.Result{}, fmt.Errorf("%s has %d bytes: a document may have %d", path, info.Size(), mostSource)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return source.Result{}, err
	}
	result, err := source.Read(text, version)
	if err != nil {
		return source.Result{}, fmt.Errorf("%s: %w", path, err)
	}
	for i := range result.Findings {
		result.Findings[i].Source = path
	}
	return result, nil
}

// applyOverlay replaces the contracts by those with the overlay's facets.
func applyOverlay(path string, loaded []*schema.Contract) (finding.Set, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	overlay, err := schema.ParseOverlay(path, text)
	if err != nil {
		return nil, err
	}
	applied := false
	var findings finding.Set
	for i, c := range loaded {
		if c.Name() != overlay.Operation {
			continue
		}
		applied = true
		var stale finding.Set
		loaded[i], stale = overlay.Apply(c)
		findings = finding.Union(findings, stale)
	}
	if !applied {
		return nil, fmt.Errorf("overlay %s is for %s, of which there is no contract here", path, overlay.Operation)
	}
	return findings, nil
}
