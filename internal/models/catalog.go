package models

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// InForce is the chosen contracts.
type InForce struct {
	Catalog  *schema.Catalog
	Findings finding.Set // about the documents and overlays
	source   string      // where services are loaded from on demand
	names    []string    // of the chosen contracts
	folders  []string    // in which [Auto] found models
}

// Open returns the chosen contracts, or the newest built-in one. Services of a
// folder of models are loaded when traffic reaches them.
func Open(ctx context.Context, stderr io.Writer, names, overlays []string) (*InForce, error) {
	if len(names) == 0 {
		names = []string{contracts.Newest}
	}
	var all Found
	var sources []string
	for _, name := range names {
		found, err := Named(ctx, stderr, name)
		if err != nil {
			return nil, err
		}
		all.Contracts = append(all.Contracts, found.Contracts...)
		all.Services = append(all.Services, found.Services...)
		all.Findings = finding.Union(all.Findings, found.Findings)
		all.folders = append(all.folders, found.folders...)
		if len(found.Services) > 0 && found.Botocore != "" {
			name = "botocore " + found.Botocore
		}
		if len(found.Services) > 0 {
			sources = append(sources, name)
		}
	}
	chosen, err := all.inForce(ctx, overlays, strings.Join(sources, " and "))
	if err != nil {
		return nil, err
	}
	chosen.names, chosen.folders = names, all.folders
	return chosen, nil
}

// Loaded returns contracts that were loaded from the named documents or folders, with the findings about
// them.
func Loaded(catalog *schema.Catalog, about finding.Set, names ...string) *InForce {
	return &InForce{Catalog: catalog, Findings: about, names: names}
}

// Place returns findings about a contract with their positions in the document that defines it, if
// that is a file.
func (c *InForce) Place(findings finding.Set, about *schema.Contract) finding.Set {
	if len(findings) == 0 {
		return nil
	}
	for _, name := range c.names {
		findings = ReadPositions(name).Place(findings, []*schema.Contract{about})
	}
	return findings
}

// InForce returns the contracts with overlays applied.
func (f *Found) InForce(ctx context.Context, overlays []string) (*InForce, error) {
	return f.inForce(ctx, overlays, "")
}

func (f *Found) inForce(ctx context.Context, overlays []string, source string) (*InForce, error) {
	said, err := ApplyOverlays(ctx, overlays, f)
	if err != nil {
		return nil, err
	}
	return &InForce{Catalog: schema.NewServiceCatalog(f.Services, f.Contracts...), Findings: finding.Union(f.Findings, said), source: source}, nil
}

// Announce writes which contracts are in force.
func (c *InForce) Announce(stderr io.Writer) {
	n := c.Catalog.Services()
	if n == 0 {
		Announce(stderr, c.Catalog.Given())
		return
	}
	more := ""
	if given := len(c.Catalog.Given()); given > 0 {
		more = ", and " + plural.Of(given, "other contract")
	}
	fmt.Fprintf(stderr, "contracts: %s of %s (loaded on demand)%s\n", plural.Of(n, "service"), c.source, more)
}

// Announce writes which contracts are in force.
func Announce(stderr io.Writer, loaded []*schema.Contract) {
	const many = 20
	if len(loaded) <= 3 {
		for _, c := range loaded {
			fmt.Fprintf(stderr, "contract: %s\n", c)
		}
		return
	}
	operations := map[string]int{}
	for _, c := range loaded {
		operations[c.Service]++
	}
	if len(operations) > many {
		fmt.Fprintf(stderr, "contracts: %s, of %s\n", plural.Number(len(loaded)), plural.Of(len(operations), "service"))
		return
	}
	var services []string
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		services = append(services, fmt.Sprintf("%s (%d)", name, operations[name]))
	}
	fmt.Fprintf(stderr, "contracts: %d, of %s\n", len(loaded), strings.Join(services, ", "))
}

// Reached reports the unsupported patterns of contracts that traffic reached, each once, even if
// several contracts share it.
type Reached struct {
	contracts map[*schema.Contract]bool
	patterns  map[string]bool
}

// By returns the findings to report when traffic reaches a contract.
func (r *Reached) By(c *schema.Contract) finding.Set {
	if r.contracts[c] {
		return nil
	}
	if r.contracts == nil {
		r.contracts = map[*schema.Contract]bool{}
	}
	r.contracts[c] = true
	return r.New(c)
}

// New returns the findings about the patterns of a contract that it did not return before. Unlike
// [Reached.By], it does not keep the contract.
func (r *Reached) New(c *schema.Contract) finding.Set {
	if r.patterns == nil {
		r.patterns = map[string]bool{}
	}
	return slices.DeleteFunc(c.UnsupportedPatterns(), func(f finding.Finding) bool {
		said := r.patterns[f.Wanted.Pattern]
		r.patterns[f.Wanted.Pattern] = true
		return said
	})
}

// UnsupportedPatterns reports the patterns of contracts that cannot be compiled.
func UnsupportedPatterns(contracts []*schema.Contract) finding.Set {
	var all []finding.Finding
	var r Reached
	for _, c := range contracts {
		all = append(all, r.New(c)...)
	}
	return finding.NewSet(all...)
}

// Named returns the built-in contract with a name, or else the contracts of the installed botocore,
// a file or a folder with that name.
func Named(ctx context.Context, stderr io.Writer, name string) (*Found, error) {
	if isAuto(name) {
		return automatic(ctx, reading(ctx, stderr, ""))
	}
	c, err := contracts.Load(name)
	if err == nil {
		return &Found{Contracts: []*schema.Contract{c}}, nil
	}
	unknown, ok := errors.AsType[*contracts.UnknownError](err)
	if _, err := os.Stat(name); ok && errors.Is(err, fs.ErrNotExist) && !isInstalled(name) {
		return nil, unknownName(name, unknown)
	}
	return Derivable(ctx, stderr, name, "")
}

// unknownName returns the error for a name that is neither a path nor a built-in contract.
func unknownName(name string, unknown *contracts.UnknownError) error {
	var known []string
	asked, _, _ := strings.Cut(name, "@")
	for _, versioned := range unknown.Known {
		operation, _, _ := strings.Cut(versioned, "@")
		if operation == asked {
			known = nil // only the version is wrong
			break
		}
		known = append(known, operation, versioned)
	}
	return fmt.Errorf("%s is not a file, a folder or a built-in contract%s", name,
		spelling.Hint(name, known, "the built-in contracts are "+strings.Join(unknown.Known, " and ")+"; for a service of the installed botocore, use botocore:SERVICE"))
}

// ApplyOverlays applies overlays to the contracts, one after the other, and returns the findings.
// It loads the services that overlays are for.
func ApplyOverlays(ctx context.Context, paths []string, all *Found) (finding.Set, error) {
	var findings finding.Set
	var before []*schema.Overlay
	for _, path := range paths {
		text, err := input.Document(ctx, path)
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
			return nil, fmt.Errorf("%s: the overlay is for %s, but no contract of it is loaded; choose one with --contract", path, overlay.Operation)
		}
		before = append(before, overlay)
	}
	return findings, nil
}

// Meta returns the metadata of a recording. They name the contract in force if there is only one.
func Meta(loaded []*schema.Contract, from finding.Origin) traffic.Meta {
	if len(loaded) != 1 {
		return traffic.Meta{From: from.String()}
	}
	return traffic.Meta{Contract: loaded[0].String(), ContractDigest: loaded[0].Digest(), From: from.String()}
}

// Digest returns a digest of the contracts in force, which does not depend on their order.
func Digest(loaded []*schema.Contract) string {
	var digests []string
	for _, c := range loaded {
		digests = append(digests, c.Digest())
	}
	slices.Sort(digests)
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(strings.Join(slices.Compact(digests), "\n"))))
}
