package project

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

// ReadSuite reads a file of cases, or a folder of such files. It also returns the files that hold
// their cassettes: those next to the file, or below the folder.
func ReadSuite(ctx context.Context, path string) (*conformance.Suite, fs.FS, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files := os.DirFS(path)
		suite, err := conformance.ReadSuite(files, ".")
		if bad := (*finding.RowError)(nil); errors.As(err, &bad) {
			bad.Name = filepath.Join(path, bad.Name) // relative to the folder
		}
		return suite, files, err
	}
	text, err := input.Document(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	suite, err := conformance.ParseSuite(path, text)
	return suite, os.DirFS(filepath.Dir(path)), err
}

// suite returns the suite of a client that does not generate its cases.
func (c *Client) suite(ctx context.Context) (*conformance.Suite, fs.FS, error) {
	if c.Suite == "" {
		return conformance.Builtin(), cassettes.Embedded(), nil
	}
	return ReadSuite(ctx, c.Suite)
}

// plan returns the cases of a client. A suite whose operation is not among the contracts in force
// needs a built-in contract.
func (c *Client) plan(ctx context.Context, inForce []*schema.Contract) (*conformance.Plan, error) {
	plan, err := c.wholePlan(ctx, inForce)
	if err != nil {
		return nil, err
	}
	if plan = plan.Select(c.Case); plan.Len() == 0 {
		return nil, fmt.Errorf("no case matches %q", c.Case)
	}
	return plan, nil
}

func (c *Client) wholePlan(ctx context.Context, inForce []*schema.Contract) (*conformance.Plan, error) {
	if len(c.Generate) > 0 {
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
		return conformance.Generate(chosen, 0)
	}
	suite, files, err := c.suite(ctx)
	if err != nil {
		return nil, err
	}
	contract, err := about(suite.Operation, inForce)
	if err != nil {
		return nil, err
	}
	return conformance.Load(suite, files, contract)
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
	var client conformance.Client = sdkgo.New()
	var expected []finding.Expected
	switch {
	case len(c.Command) > 0:
		client = &conformance.Process{Command: c.Command}
	case c.Suite == "" && len(c.Generate) == 0:
		expected = sdkgo.ExpectedFailures() // they are about the cases of the built-in suite
	}
	if c.ExpectedFailures != "" {
		if expected, err = readRows(ctx, c.ExpectedFailures); err != nil {
			return nil, err
		}
	}
	points, err := coverage.Compile(schema.NewCatalog(plan.Contracts()...))
	if err != nil {
		return nil, err
	}
	tally := points.NewTally()
	results, err := plan.Run(ctx, client, conformance.Options{Seed: c.Seed, Expected: expected, Today: today, Played: tally.Response})
	if err != nil {
		return nil, err
	}
	return &report.SuiteRun{Results: results, Coverage: tally.Report(), Invented: c.Suite == ""}, nil
}

func readRows(ctx context.Context, path string) ([]finding.Expected, error) {
	text, err := input.Document(ctx, path)
	if err != nil {
		return nil, err
	}
	return finding.ReadRows(path, text)
}
