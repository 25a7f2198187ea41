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
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// contractFlags choose contracts, alike on every command that takes them.
type contractFlags struct {
	Contract []string `sep:"none" placeholder:"NAME|PATH" help:"A built-in contract, a contract file, a document to derive contracts from, a folder of them, or botocore:SERVICE for the models of the installed botocore; without it the newest built-in one. Repeats."`
	Overlay  []string `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contracts. Repeats."`
}

// inForce is the chosen contracts.
type inForce struct {
	catalog  *schema.Catalog
	findings finding.Set // what the documents and overlays have to say of themselves
	source   string      // where services come from that are loaded on demand
}

// open returns the chosen contracts, or the newest built-in one. Services of a
// folder of models are loaded when traffic reaches them.
func (f *contractFlags) open(ctx context.Context, t *terminal) (*inForce, error) {
	names := f.Contract
	if len(names) == 0 {
		names = []string{contracts.Newest}
	}
	var all models.Found
	var sources []string
	for _, name := range names {
		found, err := loadContract(ctx, t, name)
		if err != nil {
			return nil, err
		}
		all.Contracts = append(all.Contracts, found.Contracts...)
		all.Services = append(all.Services, found.Services...)
		all.Findings = finding.Union(all.Findings, found.Findings)
		if len(found.Services) > 0 && found.Botocore != "" {
			name = "botocore " + found.Botocore
		}
		if len(found.Services) > 0 {
			sources = append(sources, name)
		}
	}
	said, err := applyOverlays(ctx, f.Overlay, &all)
	if err != nil {
		return nil, err
	}
	return &inForce{schema.NewServiceCatalog(all.Services, all.Contracts...), finding.Union(all.Findings, said), strings.Join(sources, " and ")}, nil
}

// load is open for what needs all contracts.
func (f *contractFlags) load(ctx context.Context, t *terminal) ([]*schema.Contract, finding.Set, error) {
	chosen, err := f.open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	return chosen.catalog.Contracts(), chosen.findings, nil
}

// announce says which contracts are in force.
func (c *inForce) announce(t *terminal) {
	n := c.catalog.Services()
	if n == 0 {
		announce(t, c.catalog.Given())
		return
	}
	more := ""
	if given := len(c.catalog.Given()); given > 0 {
		more = fmt.Sprintf(", %d contracts beside them", given)
	}
	fmt.Fprintf(t.Err, "contracts: %d services of %s (loaded on demand)%s\n", n, c.source, more)
}

// announce says which contracts are in force.
func announce(t *terminal, loaded []*schema.Contract) {
	const many = 20
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
	if len(operations) > many {
		fmt.Fprintf(t.Err, "contracts: %d, of %d services\n", len(loaded), len(operations))
		return
	}
	var services []string
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		services = append(services, fmt.Sprintf("%s (%d)", name, operations[name]))
	}
	fmt.Fprintf(t.Err, "contracts: %d, of %s\n", len(loaded), strings.Join(services, ", "))
}

// reached says once what patterns of contracts that traffic reached cannot be
// compiled, however many of these share one.
type reached struct {
	contracts map[*schema.Contract]bool
	patterns  map[string]bool
}

func (r *reached) by(c *schema.Contract) finding.Set {
	if r.contracts[c] {
		return nil
	}
	if r.contracts == nil {
		r.contracts, r.patterns = map[*schema.Contract]bool{}, map[string]bool{}
	}
	r.contracts[c] = true
	return slices.DeleteFunc(c.UnsupportedPatterns(), func(f finding.Finding) bool {
		said := r.patterns[f.Got]
		r.patterns[f.Got] = true
		return said
	})
}

func unsupportedPatterns(contracts []*schema.Contract) finding.Set {
	var all []finding.Finding
	var r reached
	for _, c := range contracts {
		all = append(all, r.by(c)...)
	}
	return finding.NewSet(all...)
}

// loadContract returns a built-in contract, else what the installed botocore or a
// file or folder of that name describes.
func loadContract(ctx context.Context, t *terminal, name string) (*models.Found, error) {
	c, err := contracts.Load(name)
	if err == nil {
		return &models.Found{Contracts: []*schema.Contract{c}}, nil
	}
	unknown, ok := errors.AsType[*contracts.UnknownError](err)
	if _, err := os.Stat(name); ok && errors.Is(err, fs.ErrNotExist) && !isInstalled(name) {
		return nil, fmt.Errorf("%s is neither a file, a folder nor a built-in contract; those are %s; botocore:SERVICE is the models of a service in the installed botocore", name, strings.Join(unknown.Known, " and "))
	}
	return derivable(ctx, t, name, "")
}

// applyOverlays replaces the contracts by those with the facets of overlays, one
// after the other, and returns what these have to say of them and of each other.
// It loads the services that overlays are for.
func applyOverlays(ctx context.Context, paths []string, all *models.Found) (finding.Set, error) {
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
		service, _, _ := strings.Cut(overlay.Operation, ".")
		all.Load(service)
		applied := false
		for i, c := range all.Contracts {
			if c.Name() != overlay.Operation {
				continue
			}
			applied = true
			var said finding.Set
			all.Contracts[i], said = overlay.Apply(c, before...)
			findings = finding.Union(findings, said)
		}
		if !applied {
			return nil, fmt.Errorf("%s: the overlay is for %s, of which there is no contract here; choose one with --contract", path, overlay.Operation)
		}
		before = append(before, overlay)
	}
	return findings, nil
}
