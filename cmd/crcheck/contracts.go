package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/source"
)

// contractFlags choose contracts, alike on every verb that takes them.
type contractFlags struct {
	Contract []string `sep:"none" placeholder:"NAME|PATH" help:"A built-in contract, a contract file, a document to derive contracts from, or a folder of them; without it the newest built-in one. Repeats."`
	Overlay  []string `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contracts. Repeats."`
}

// load returns the chosen contracts, or the newest built-in one, with what the
// documents and overlays have to say of themselves.
func (f *contractFlags) load(ctx context.Context, t *terminal) ([]*schema.Contract, finding.Set, error) {
	names := f.Contract
	if len(names) == 0 {
		names = []string{contracts.Newest}
	}
	var loaded []*schema.Contract
	var findings finding.Set
	for _, name := range names {
		result, err := loadContract(ctx, t, name)
		if err != nil {
			return nil, nil, err
		}
		loaded = append(loaded, result.Contracts...)
		findings = finding.Union(findings, result.Findings)
	}
	said, err := applyOverlays(ctx, f.Overlay, loaded)
	if err != nil {
		return nil, nil, err
	}
	return loaded, finding.Union(findings, said, unsupportedPatterns(loaded)), nil
}

func unsupportedPatterns(contracts []*schema.Contract) finding.Set {
	var all []finding.Finding
	for _, c := range contracts {
		all = append(all, c.UnsupportedPatterns()...)
	}
	return finding.NewSet(all...)
}

// announce says which contracts are in force.
func announce(t *terminal, loaded []*schema.Contract) {
	if len(loaded) <= 3 {
		for _, c := range loaded {
			fmt.Fprintf(t.Err, "contract: %s\n", c)
		}
		return
	}
	operations := map[string]int{}
	for _, c := range loaded {
		operations[c.Service]++
	}
	var services []string
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		services = append(services, fmt.Sprintf("%s (%d)", name, operations[name]))
	}
	fmt.Fprintf(t.Err, "contracts: %d, of %s\n", len(loaded), strings.Join(services, ", "))
}

// loadContract returns a built-in contract, else what a file or folder of that
// name describes.
func loadContract(ctx context.Context, t *terminal, name string) (source.Result, error) {
	c, err := contracts.Load(name)
	if err == nil {
		return source.Result{Contracts: []*schema.Contract{c}}, nil
	}
	var unknown *contracts.UnknownError
	if _, statErr := os.Stat(name); errors.As(err, &unknown) && errors.Is(statErr, fs.ErrNotExist) {
		return source.Result{}, fmt.Errorf("%s is neither a file, a folder nor a built-in contract; those are %s", name, strings.Join(unknown.Known, " and "))
	}
	return readSources(ctx, t, name, "")
}

// applyOverlays replaces the contracts by those with the facets of overlays, one
// after the other, and returns what these have to say of them and of each other.
func applyOverlays(ctx context.Context, paths []string, loaded []*schema.Contract) (finding.Set, error) {
	var findings finding.Set
	var before []*schema.Overlay
	for _, path := range paths {
		text, err := readDocument(ctx, path)
		if err != nil {
			return nil, err
		}
		overlay, err := schema.ParseOverlay(path, text)
		if err != nil {
			return nil, err
		}
		applied := false
		for i, c := range loaded {
			if c.Name() != overlay.Operation {
				continue
			}
			applied = true
			var said finding.Set
			loaded[i], said = overlay.Apply(c, before...)
			findings = finding.Union(findings, said)
		}
		if !applied {
			return nil, fmt.Errorf("%s: the overlay is for %s, of which there is no contract here; choose one with --contract", path, overlay.Operation)
		}
		before = append(before, overlay)
	}
	return findings, nil
}
