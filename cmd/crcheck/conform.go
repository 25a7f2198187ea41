package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

type conformCommand struct {
	generatedFlags
	Suite            string      `placeholder:"PATH" help:"A suite of your own, a file with its cassettes beside it, or a folder of such files. Without: the built-in one."`
	Case             string      `placeholder:"PATTERN" help:"Run only the cases whose names match, such as union/* or error."`
	ExpectedFailures string      `placeholder:"PATH" help:"A YAML file of ignore rows for conform.failed and conform.flaky: the failures that are expected of this client, each with a reason. One that does not occur fails the run."`
	Seed             uint64      `help:"Makes the identifiers that the client sees."`
	Format           string      `default:"text" enum:"text,json" help:"text or json."`
	Output           output.Path `short:"o" placeholder:"PATH" help:"Write the report to a file."`
}

// Help explains the command beyond its flags.
func (*conformCommand) Help() string {
	return `The client's command and arguments follow --; it speaks the protocol of docs/protocol.md. Without one, the suite
runs against the AWS SDK for Go.

  crcheck conform

  crcheck conform --expected-failures failures.yaml -- python adapter.py

With --contract the cases are made of contracts, of any operations, in place of the built-in suite: see docs/cases.md.

  crcheck conform --contract cleanrooms.service-2.json -- python adapter.py

A suite of your own is about one operation. Its contract is a built-in one, or that of --contract.

  crcheck conform --suite membership.yaml --contract cleanrooms.service-2.json -- python adapter.py`
}

// Validate refuses flags that do not go together.
func (v *conformCommand) Validate() error { return v.check(v.Suite) }

// Run runs the suite against a client.
func (v *conformCommand) Run(ctx context.Context, t *terminal, command childCommand) error {
	plan, err := v.plan(ctx, t)
	if err != nil {
		return err
	}
	client, expected, err := v.client(ctx, command)
	if err != nil {
		return err
	}
	results, err := plan.Run(ctx, client, conformance.Options{Seed: v.Seed, Expected: expected, Today: time.Now()})
	if err != nil {
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
		return exit(exitIncomplete)
	}
	formats := map[string]func(io.Writer, *conformance.Results) error{"text": report.Conformance, "json": report.ConformanceJSON}
	if err := v.Output.Write(t.Out, func(w io.Writer) error { return formats[v.Format](w, results) }); err != nil {
		return err
	}
	switch {
	case results.Ended != "":
		return exit(exitIncomplete)
	case !results.Passes():
		return exit(exitFindings)
	}
	return nil
}

func (v *conformCommand) plan(ctx context.Context, t *terminal) (*conformance.Plan, error) {
	if len(v.Contract) > 0 && v.Suite == "" {
		plan, err := v.generatedFlags.plan(ctx, t)
		if err != nil {
			return nil, err
		}
		if plan = plan.Select(v.Case); plan.Len() == 0 {
			return nil, fmt.Errorf("no case matches %q", v.Case)
		}
		return plan, nil
	}
	suite := conformance.Builtin()
	var files fs.FS = cassettes.Embedded()
	if v.Suite != "" {
		var err error
		if suite, files, err = readSuite(ctx, v.Suite); err != nil {
			return nil, err
		}
	}
	contract, err := v.about(ctx, t, suite.Operation)
	if err != nil {
		return nil, err
	}
	selected := suite.Select(v.Case)
	if selected.Len() == 0 {
		return nil, fmt.Errorf("no case matches %q", v.Case)
	}
	return conformance.Load(selected, files, contract)
}

// readSuite reads a file of cases, or a folder of such files, and returns where
// their cassettes are: beside the file, or below the folder.
func readSuite(ctx context.Context, path string) (*conformance.Suite, fs.FS, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files := os.DirFS(path)
		suite, err := conformance.ReadSuite(files, ".")
		if bad := (*finding.RowError)(nil); errors.As(err, &bad) {
			bad.Name = filepath.Join(path, bad.Name) // within the folder
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

// client is the client under test with its expected failures, as ignore rows.
func (v *conformCommand) client(ctx context.Context, command childCommand) (conformance.Client, []finding.Expected, error) {
	var client conformance.Client = sdkgo.New()
	expected := sdkgo.ExpectedFailures()
	if v.Suite != "" || len(v.Contract) > 0 {
		expected = nil // they are about the cases of the built-in suite
	}
	if len(command) > 0 {
		client, expected = &conformance.Process{Command: command}, nil
	}
	if v.ExpectedFailures == "" {
		return client, expected, nil
	}
	text, err := input.Document(ctx, v.ExpectedFailures)
	if err != nil {
		return nil, nil, err
	}
	if expected, err = finding.ReadRows(v.ExpectedFailures, text); err != nil {
		return nil, nil, err
	}
	_, err = finding.NewLedger(expected)
	return client, expected, err
}

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
	return conformance.Generate(loaded, 0)
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
