package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/report"
	"github.com/crcheck/crcheck/schema"
)

type deriveVerb struct {
	Source    string            `arg:"" help:"The document: a boto3 documentation page, or a contract."`
	Operation string            `placeholder:"NAME" help:"The operation, where the document has several."`
	Version   string            `placeholder:"VERSION" help:"The version of the document, which a page does not say."`
	Overlay   []string          `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contract. Repeats."`
	Output    outputPath        `short:"o" placeholder:"PATH" help:"Write the contract to a file."`
	Profile   finding.Profile   `default:"default" placeholder:"NAME" help:"How much is held against the document: lenient, default or strict."`
	FailOn    finding.Threshold `default:"error" placeholder:"SEVERITY" help:"Fail from which severity on: error (the default), warning or never."`
}

// Help is the detail of --help.
func (*deriveVerb) Help() string {
	return `The contract goes to standard output. What the document contradicts itself in, and overlay entries that say nothing new, go to standard error.

  crcheck derive get_protected_job.rst --version 1.43.67 --overlay mine.yaml -o contract.json`
}

// Run derives a contract. The contract is the data; what the document
// contradicts itself in is reported on standard error.
func (v *deriveVerb) Run(ctx context.Context, t *terminal) error {
	result, err := readSource(ctx, v.Source, v.Version)
	if err != nil {
		return err
	}
	contract, err := v.choose(result.Contracts)
	if err != nil {
		return err
	}
	loaded := []*schema.Contract{contract}
	findings := result.Findings
	for _, path := range v.Overlay {
		stale, err := applyOverlay(ctx, path, loaded)
		if err != nil {
			return err
		}
		findings = finding.Union(findings, stale)
	}
	findings = finding.Union(findings, loaded[0].UnsupportedPatterns())
	text, err := loaded[0].Encode()
	if err != nil {
		return err
	}
	if err := v.Output.write(t, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "derived %s (shapes: %d, errors: %d)\n", loaded[0], len(loaded[0].Shapes), len(loaded[0].Errors))
	return reportFindings(t, v.Profile.Grade(findings), v.FailOn)
}

func (v *deriveVerb) choose(contracts []*schema.Contract) (*schema.Contract, error) {
	var names []string
	for _, c := range contracts {
		if v.Operation == "" && len(contracts) == 1 || v.Operation == c.Operation || v.Operation == c.Name() {
			return c, nil
		}
		names = append(names, c.Name())
	}
	known := strings.Join(names, ", ")
	if v.Operation == "" {
		return nil, fmt.Errorf("%s has %d operations: name one with --operation; it has %s", v.Source, len(contracts), known)
	}
	return nil, fmt.Errorf("%s has no operation %s; it has %s", v.Source, v.Operation, known)
}

// reportFindings reports on standard error what a document has to say of itself.
func reportFindings(t *terminal, findings finding.Set, failOn finding.Threshold) error {
	if len(findings) == 0 {
		return nil
	}
	var c report.Collector
	for _, f := range findings {
		c.Add(f, nil)
	}
	r := c.Report(nil, failOn)
	if err := report.Groups(report.Style{})(t.Err, r); err != nil {
		return err
	}
	if r.Verdict == report.Failed {
		return exit(exitFindings)
	}
	return nil
}
