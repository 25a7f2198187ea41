package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/schema"
)

// generatedFlags choose the contracts that cases are made of.
type generatedFlags struct {
	contractFlags
	Operation string `placeholder:"NAME" help:"Of the contracts, only this operation."`
}

// check refuses flags that do not go together.
func (f *generatedFlags) check(suite string) error {
	switch {
	case len(f.Contract) > 0 && suite != "":
		return errors.New("--contract makes cases, --suite reads them: give one of the two")
	case len(f.Contract) == 0 && (f.Operation != "" || len(f.Overlay) > 0):
		return errors.New("--operation and --overlay are about contracts: give --contract, too")
	}
	return nil
}

// plan makes the cases of the chosen contracts.
func (f *generatedFlags) plan(ctx context.Context, t *terminal) (*conformance.Plan, error) {
	loaded, findings, err := f.load(ctx, t)
	if err != nil {
		return nil, err
	}
	for _, finding := range findings {
		fmt.Fprintf(t.Err, "crcheck: %s\n", finding)
	}
	if f.Operation != "" {
		if loaded = schema.NewCatalog(loaded...).Named(f.Operation); len(loaded) == 0 {
			return nil, fmt.Errorf("--operation: the contracts have no %s", f.Operation)
		}
	}
	announce(t, loaded)
	return conformance.Generate(loaded, conformance.GenerateOptions{})
}
