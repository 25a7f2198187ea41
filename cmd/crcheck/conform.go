package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/suite"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

type conformCommand struct {
	generatedFlags
	outputFlags
	Suite            string   `placeholder:"PATH" help:"Your own suite: a file with its cassettes next to it, or a folder of such files. Default: the built-in suite."`
	Case             []string `sep:"none" placeholder:"PATTERN" help:"Run only the cases whose names match, such as union/* or error. Repeatable."`
	Skip             []string `sep:"none" placeholder:"PATTERN" help:"Leave out the cases whose names match. Repeatable."`
	List             bool     `help:"List the cases with their levels, and run none."`
	ExpectedFailures string   `placeholder:"PATH" help:"A YAML file of ignore rows for conform.failed and conform.flaky: the failures that are expected of this client, each with a reason. An expected failure that does not occur fails the run."`
	Seed             uint64   `help:"Seed of the generated identifiers that the client sees."`
	Trace            bool     `help:"Print each message between crcheck and the client to standard error: > sent, < reported, ! misbehaved."`
	Concurrency      int      `placeholder:"N" help:"Make at most this many calls at a time. Default: as many as the client takes."`
	TimeoutScale     float64  `placeholder:"FACTOR" help:"Multiply the timeouts of all calls, for a slow machine or a debugger."`
}

// Help returns the text above the flags of --help.
func (*conformCommand) Help() string {
	return `For example:

  crcheck conform

The command after -- starts an adapter, which calls the client under test and speaks the protocol of docs/protocol.md.
Without a command, the suite tests the AWS SDK for Go.

  crcheck conform --expected-failures failures.yaml -- python adapter.py

With --contract, crcheck generates the cases from contracts of any operations instead of running the built-in suite.
See docs/cases.md.

  crcheck conform --contract cleanrooms.service-2.json -- python adapter.py

Your own suite tests one operation. Its contract is built in, or given with --contract.

  crcheck conform --suite membership.yaml --contract cleanrooms.service-2.json -- python adapter.py`
}

// Validate refuses flags that exclude each other.
func (c *conformCommand) Validate() error {
	switch {
	case c.Concurrency < 0:
		return errors.New("--concurrency: must be 1 or more")
	case c.TimeoutScale < 0 || c.TimeoutScale > 1000:
		return errors.New("--timeout-scale: must be more than 0 and at most 1000")
	}
	return c.check(c.Suite)
}

// Run runs the suite against a client.
func (c *conformCommand) Run(ctx context.Context, t *terminal, command childCommand) error {
	plan, err := c.plan(ctx, t)
	if err != nil {
		return err
	}
	if c.List {
		return c.list(t, plan)
	}
	client, expected, err := suite.Client(ctx, command, c.Suite == "" && len(c.Contract) == 0, c.ExpectedFailures)
	if err != nil {
		return err
	}
	if c.Trace {
		client = suite.Traced(client, t.Err)
	}
	run, err := suite.Run(ctx, plan, client, conformance.Options{Seed: c.Seed, Expected: expected, Today: time.Now(),
		Concurrency: c.Concurrency, TimeoutScale: c.TimeoutScale})
	if err != nil {
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
		return exit(exitIncomplete)
	}
	run.Invented = c.Suite == ""
	if err := c.write(t, &report.Results{Command: "conform", Suites: []report.Suite{{SuiteRun: run}}}); err != nil {
		return err
	}
	switch {
	case run.Ended != "":
		return exit(exitIncomplete)
	case !run.Passes():
		return exit(exitFindings)
	}
	return nil
}

// list writes the cases of a plan.
func (c *conformCommand) list(t *terminal, plan *conformance.Plan) error {
	return c.Output.Write(t.Out, func(w io.Writer) error {
		cases := plan.Cases()
		if c.Format == report.FormatJSON {
			return report.JSON(w, &cases)
		}
		out := bufio.NewWriter(w)
		for _, listed := range cases {
			fmt.Fprintf(out, "%s (%s): %s\n", listed.Case, listed.Level, listed.About)
		}
		return out.Flush()
	})
}

func (c *conformCommand) plan(ctx context.Context, t *terminal) (plan *conformance.Plan, err error) {
	if len(c.Contract) == 0 || c.Suite != "" {
		return suite.Load(ctx, c.Suite, suite.Selection{Case: c.Case, Skip: c.Skip}, func(operation string) (*schema.Contract, error) { return c.about(ctx, t, operation) })
	}
	if plan, err = c.generatedFlags.plan(ctx, t); err != nil {
		return nil, err
	}
	return suite.Select(plan, suite.Selection{Case: c.Case, Skip: c.Skip})
}

// generatedFlags choose the contracts that cases are generated from, or that include the contract of
// a suite.
type generatedFlags struct {
	contractFlags
	Operation string `placeholder:"NAME" help:"Use only this operation of the contracts."`
}

// check refuses flags that exclude each other.
func (f *generatedFlags) check(suite string) error {
	switch {
	case suite != "" && f.Operation != "":
		return errors.New("--operation and --suite exclude each other: --operation chooses what to generate cases from, and a suite has its own operation")
	case suite == "" && len(f.Contract) == 0 && (f.Operation != "" || len(f.Overlay) > 0):
		return errors.New("--operation and --overlay need --contract")
	}
	return nil
}

// about returns the contract of the operation that a suite tests. It is one of the chosen contracts
// or, if none is chosen, of the built-in ones. A contract without a version matches any version.
func (f *generatedFlags) about(ctx context.Context, t *terminal, operation string) (*schema.Contract, error) {
	chosen := *f
	if len(f.Contract) == 0 {
		if _, err := contracts.Load(operation); err != nil {
			return nil, fmt.Errorf("--suite: %w; choose a contract with --contract", err)
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
		return nil, fmt.Errorf("--contract: no contract of %s, which the suite tests; add one with --contract", operation)
	case 1:
		return loaded[0], nil
	}
	return nil, fmt.Errorf("--contract: got %d contracts of %s, which the suite tests; choose one", len(loaded), operation)
}

// plan generates the cases of the chosen contracts.
func (f *generatedFlags) plan(ctx context.Context, t *terminal) (*conformance.Plan, error) {
	loaded, err := f.loadAndTell(ctx, t)
	if err != nil {
		return nil, err
	}
	if f.Operation != "" {
		catalog := schema.NewCatalog(loaded...)
		if loaded = catalog.Named(f.Operation); len(loaded) == 0 {
			return nil, fmt.Errorf("--operation: %w", catalog.UnknownOperation(f.Operation))
		}
	}
	models.Announce(t.notes(), loaded)
	return conformance.Generate(loaded, 0)
}

// loadAndTell returns the chosen contracts and prints the findings about them to standard error.
func (f *generatedFlags) loadAndTell(ctx context.Context, t *terminal) ([]*schema.Contract, error) {
	loaded, findings, err := f.load(ctx, t)
	for _, f := range finding.Union(findings, models.UnsupportedPatterns(loaded)) {
		fmt.Fprintf(t.notes(), "crcheck: %s\n", f)
	}
	return loaded, err
}
