package project

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/suite"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// plan returns the cases of a client. A suite whose operation is not among the contracts in force
// needs a built-in contract.
func (c *Client) plan(ctx context.Context, inForce []*schema.Contract) (*conformance.Plan, error) {
	if len(c.Generate) == 0 {
		return suite.Load(ctx, c.Suite, suite.Selection{Case: []string{c.Case}}, func(operation string) (*schema.Contract, error) { return about(operation, inForce) })
	}
	var chosen []*schema.Contract
	for _, pattern := range c.Generate {
		before := len(chosen)
		for _, contract := range inForce {
			if ok, err := path.Match(pattern, contract.Name()); err != nil {
				return nil, fmt.Errorf("generate: pattern %q: %w", pattern, err)
			} else if (ok || pattern == contract.Operation) && !slices.Contains(chosen, contract) {
				chosen = append(chosen, contract)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("generate: no contract in force matches %q; add it under contracts, with operations: all or its name", pattern)
		}
	}
	plan, err := conformance.Generate(chosen, 0)
	if err != nil {
		return nil, err
	}
	return suite.Select(plan, suite.Selection{Case: []string{c.Case}})
}

// about returns the contract of the operation that a suite tests.
func about(operation string, inForce []*schema.Contract) (*schema.Contract, error) {
	name, version, _ := strings.Cut(operation, "@")
	for _, c := range inForce {
		if c.Name() == name && (version == "" || c.Version == "" || c.Version == version) {
			return c, nil
		}
	}
	c, err := contracts.Load(operation)
	if err != nil {
		return nil, fmt.Errorf("the suite tests %s, which no contract in force describes; add one under contracts, and run `crcheck update`", operation)
	}
	return c, nil
}

// run runs the cases of a client. The error says that the run could not start.
func (c *Client) run(ctx context.Context, inForce []*schema.Contract, today time.Time) (*report.SuiteRun, error) {
	plan, err := c.plan(ctx, inForce)
	if err != nil {
		return nil, err
	}
	client, expected, err := suite.Client(ctx, c.Command, c.Suite == "" && len(c.Generate) == 0, c.ExpectedFailures)
	if err != nil {
		return nil, err
	}
	run, err := suite.Run(ctx, plan, client, conformance.Options{Seed: c.Seed, Expected: expected, Today: today})
	if err == nil {
		run.Invented = c.Suite == ""
	}
	return run, err
}
