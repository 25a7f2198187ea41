// Package suite runs conformance cases against a client, for the command conform and for the clients of
// a project.
//
// The model: [Load] or [Select] makes a plan of cases, [Client] connects to the client under test, and
// [Run] plays the cases to it, counts what it was shown, and reports progress.
package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/schema"
)

// Read reads a file of cases, or a folder of such files; the built-in suite if the path is empty. It
// also returns the files that hold their cassettes: those next to the file, or below the folder.
func Read(ctx context.Context, path string) (*conformance.Suite, fs.FS, error) {
	if path == "" {
		return conformance.Builtin(), cassettes.Embedded(), nil
	}
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

// Selection chooses cases by patterns of their names.
type Selection struct {
	Case []string // the cases that are run; none: all
	Skip []string // of these, the ones that are not
}

// Load reads a suite and loads the selected cases, with the contract of the operation that the suite
// tests.
func Load(ctx context.Context, path string, selection Selection, contract func(operation string) (*schema.Contract, error)) (*conformance.Plan, error) {
	suite, files, err := Read(ctx, path)
	if err != nil {
		return nil, err
	}
	about, err := contract(suite.Operation)
	if err != nil {
		return nil, err
	}
	if err := selection.check(suite.Names()); err != nil {
		return nil, err
	}
	selected := suite.Select(selection.Case...).Without(selection.Skip...)
	if selected.Len() == 0 {
		return nil, errNothingLeft
	}
	return conformance.Load(selected, files, about)
}

// Select returns the selected cases of a plan, of which there is at least one.
func Select(plan *conformance.Plan, selection Selection) (*conformance.Plan, error) {
	if err := selection.check(plan.Names()); err != nil {
		return nil, err
	}
	selected := plan.Select(selection.Case...).Without(selection.Skip...)
	if selected.Len() == 0 {
		return nil, errNothingLeft
	}
	return selected, nil
}

var errNothingLeft = errors.New("--skip leaves no case of those that are selected; skip fewer")

// check refuses a pattern that no case matches.
func (s Selection) check(names []string) error {
	for _, pattern := range slices.Concat(s.Case, s.Skip) {
		if pattern != "" && !slices.ContainsFunc(names, func(name string) bool { return finding.MatchesCase(pattern, name) }) {
			return noCase(pattern, names)
		}
	}
	return nil
}

func noCase(pattern string, names []string) error {
	return fmt.Errorf("no case matches %q%s", pattern, spelling.Hint(pattern, names, fmt.Sprintf("a case is named like %s, and %s matches several", names[0], path.Dir(names[0])+"/*")))
}

// Client returns a client under test, and the ignore rows for its expected failures. Without a command,
// it is the built-in adapter of the AWS SDK for Go, whose rows are about the built-in suite. A file of
// rows replaces them.
func Client(ctx context.Context, command []string, builtin bool, expected string) (conformance.Client, []finding.Expected, error) {
	var client conformance.Client = sdkgo.New()
	var rows []finding.Expected
	switch {
	case len(command) > 0:
		client = &conformance.Process{Command: command}
	case builtin:
		rows = sdkgo.ExpectedFailures()
	}
	if expected == "" {
		return client, rows, nil
	}
	rows, err := input.Rows(ctx, expected)
	if err != nil {
		return nil, nil, err
	}
	_, err = finding.NewLedger(rows)
	return client, rows, err
}

// Run plays the cases to a client. It sets Played and Started of the options. The error says that the run could not begin or go on.
func Run(ctx context.Context, plan *conformance.Plan, client conformance.Client, options conformance.Options) (*report.SuiteRun, error) {
	points, err := coverage.Compile(schema.NewCatalog(plan.Contracts()...))
	if err != nil {
		return nil, err
	}
	tally := points.NewTally()
	meter := progress.Start(ctx, "running cases", int64(plan.Len()), progress.Items)
	defer meter.Done()
	options.Played, options.Started = tally.Response, func(string) { meter.Add(1) }
	results, err := plan.Run(ctx, client, options)
	if misbehaved := (*conformance.ClientError)(nil); errors.As(err, &misbehaved) && misbehaved.Kind == conformance.NotStarted {
		if process, ok := client.(*conformance.Process); ok {
			err = &serve.CommandError{Command: process.Command[0], Err: errors.New(misbehaved.Message)}
		}
	}
	if err != nil {
		return nil, err
	}
	return &report.SuiteRun{Results: results, Coverage: tally.Report()}, nil
}
