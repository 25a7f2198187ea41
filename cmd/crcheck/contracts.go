package main

import (
	"context"
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
	Contract []string `sep:"none" placeholder:"NAME|PATH" help:"A built-in contract, a contract file, or a document to derive one from; without it the newest built-in one. Repeats."`
	Overlay  []string `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contracts. Repeats."`
}

// load returns the chosen contracts, or the newest built-in one, with what the
// documents and overlays have to say of themselves.
func (f *contractFlags) load(ctx context.Context) ([]*schema.Contract, finding.Set, error) {
	names := f.Contract
	if len(names) == 0 {
		names = []string{contracts.Newest}
	}
	var loaded []*schema.Contract
	var findings finding.Set
	for _, name := range names {
		result, err := loadContract(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		loaded = append(loaded, result.Contracts...)
		findings = finding.Union(findings, result.Findings)
	}
	for _, path := range f.Overlay {
		stale, err := applyOverlay(ctx, path, loaded)
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

// loadContract returns a built-in contract, else what a file of that name describes.
func loadContract(ctx context.Context, name string) (source.Result, error) {
	c, err := contracts.Load(name)
	if err == nil {
		return source.Result{Contracts: []*schema.Contract{c}}, nil
	}
	var unknown *contracts.UnknownError
	if _, statErr := os.Stat(name); errors.As(err, &unknown) && errors.Is(statErr, fs.ErrNotExist) {
		return source.Result{}, fmt.Errorf("%s is neither a file nor a built-in contract; those are %s", name, strings.Join(unknown.Known, " and "))
	}
	return readSource(ctx, name, "")
}

// readSource reads a document and derives its contracts.
func readSource(ctx context.Context, path, version string) (source.Result, error) {
	text, err := readDocument(ctx, path)
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
func applyOverlay(ctx context.Context, path string, loaded []*schema.Contract) (finding.Set, error) {
	text, err := readDocument(ctx, path)
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
		return nil, fmt.Errorf("%s: the overlay is for %s, of which there is no contract here; choose one with --contract", path, overlay.Operation)
	}
	return findings, nil
}
