package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// generatedFlags choose the contracts that cases are made of, or that the one of a
// suite is among.
type generatedFlags struct {
	contractFlags
	Operation string `placeholder:"NAME" help:"Of the contracts, only this operation."`
}

// check refuses flags that do not go together.
func (f *generatedFlags) check(suite string) error {
	switch {
	case suite != "" && f.Operation != "":
		return errors.New("--operation chooses what cases are made of, and --suite has cases of one operation: give one of the two")
	case suite == "" && len(f.Contract) == 0 && (f.Operation != "" || len(f.Overlay) > 0):
		return errors.New("--operation and --overlay are about contracts: give --contract, too")
	}
	return nil
}

// about returns the contract of the operation that a suite is about: of the chosen
// contracts, or, where none is chosen, of the built-in ones. One that states no
// version may be of any.
func (f *generatedFlags) about(ctx context.Context, t *terminal, operation string) (*schema.Contract, error) {
	chosen := *f
	if len(f.Contract) == 0 {
		if _, err := contracts.Load(operation); err != nil {
			return nil, fmt.Errorf("the suite: %w; choose another one with --contract", err)
		}
		chosen.Contract = []string{operation}
	}
	loaded, err := chosen.loadAndTell(ctx, t)
	if err != nil {
		return nil, err
	}
	name, version, _ := strings.Cut(operation, "@")
	loaded = slices.DeleteFunc(loaded, func(c *schema.Contract) bool {
		return c.Name() != name || version != "" && c.Version != "" && c.Version != version
	})
	switch len(loaded) {
	case 0:
		return nil, fmt.Errorf("--contract: the contracts have no %s, which the suite is about", operation)
	case 1:
		return loaded[0], nil
	}
	return nil, fmt.Errorf("--contract: there are %d contracts of %s, which the suite is about: choose one", len(loaded), operation)
}

// plan makes the cases of the chosen contracts.
func (f *generatedFlags) plan(ctx context.Context, t *terminal) (*conformance.Plan, error) {
	loaded, err := f.loadAndTell(ctx, t)
	if err != nil {
		return nil, err
	}
	if f.Operation != "" {
		if loaded = schema.NewCatalog(loaded...).Named(f.Operation); len(loaded) == 0 {
			return nil, fmt.Errorf("--operation: the contracts have no %s", f.Operation)
		}
	}
	models.Announce(t.Err, loaded)
	return conformance.Generate(loaded, conformance.GenerateOptions{})
}

// loadAndTell returns the chosen contracts, and says on standard error what there
// is to say of them.
func (f *generatedFlags) loadAndTell(ctx context.Context, t *terminal) ([]*schema.Contract, error) {
	loaded, findings, err := f.load(ctx, t)
	for _, f := range finding.Union(findings, models.UnsupportedPatterns(loaded)) {
		fmt.Fprintf(t.Err, "crcheck: %s\n", f)
	}
	return loaded, err
}
