package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

type deriveCommand struct {
	Source    string           `arg:"" help:"The document: a botocore model (service-2.json), a Smithy model (JSON AST), a boto3 documentation page, a contract, a folder of them, or botocore:SERVICE for the installed botocore."`
	Operation string           `xor:"which" placeholder:"NAME" help:"The operation, where the document has several."`
	All       bool             `xor:"which" help:"Derive every operation, to a folder that --output names."`
	Version   string           `placeholder:"VERSION" help:"The version of the document, which pages and models do not say."`
	Overlay   []string         `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over the contract. Repeats."`
	Output    string           `short:"o" placeholder:"PATH" help:"Write the contract to a file; with --all, the contracts to a folder."`
	Profile   finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn    report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
}

// Help is the detail of --help.
func (*deriveCommand) Help() string {
	return `The contract goes to standard output. What the document contradicts itself in, and overlay entries that say nothing new, go to standard error.

  crcheck derive get_protected_job.rst --version 1.43.67 --overlay mine.yaml -o contract.json

  crcheck derive service-2.json --operation GetProtectedJob

  crcheck derive models/ --all -o contracts/`
}

// Validate refuses, before any work is done, what cannot be written to.
func (v *deriveCommand) Validate() error {
	if v.All {
		return output.Folder(v.Output).Validate()
	}
	return output.Path(v.Output).Validate()
}

// Run derives contracts. They are the data; what the document contradicts
// itself in is reported on standard error.
func (v *deriveCommand) Run(ctx context.Context, t *terminal) error {
	result, err := models.Derivable(ctx, t.Err, v.Source, v.Version)
	if err != nil {
		return err
	}
	if service, _, qualified := strings.Cut(v.Operation, "."); qualified {
		result.Load(service)
	} else {
		result.Load("")
	}
	derived, findings := result.Contracts, result.Findings
	if !v.All {
		one, err := v.choose(derived)
		if err != nil {
			return err
		}
		derived = []*schema.Contract{one}
	}
	chosen := &models.Found{Contracts: derived}
	said, err := models.ApplyOverlays(ctx, v.Overlay, chosen)
	if err != nil {
		return err
	}
	derived = chosen.Contracts
	findings = finding.Union(findings, said, models.UnsupportedPatterns(derived))
	if err := v.write(t, derived); err != nil {
		return err
	}
	return reportFindings(t, v.Profile.Grade(findings), v.FailOn)
}

func (v *deriveCommand) write(t *terminal, derived []*schema.Contract) error {
	if v.All {
		files := make([]output.File, len(derived))
		for i, c := range derived {
			text, err := c.Encode()
			if err != nil {
				return err
			}
			files[i] = output.File{Name: c.Name() + ".json", Of: c.String(), Text: text}
		}
		if err := output.Folder(v.Output).WriteAll(files); err != nil {
			return err
		}
		fmt.Fprintf(t.Err, "derived %s to %s\n", plural.Of(len(derived), "contract"), v.Output)
		return nil
	}
	c := derived[0]
	text, err := c.Encode()
	if err != nil {
		return err
	}
	if err := output.Path(v.Output).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "derived %s (shapes: %d, errors: %d)\n", c, len(c.Shapes), len(c.Errors))
	return nil
}

func (v *deriveCommand) choose(contracts []*schema.Contract) (*schema.Contract, error) {
	var names []string
	var chosen []*schema.Contract
	for _, c := range contracts {
		if v.Operation == "" || v.Operation == c.Operation || v.Operation == c.Name() {
			chosen = append(chosen, c)
		}
		names = append(names, c.Name())
	}
	known := strings.Join(names, ", ")
	switch {
	case len(chosen) == 1:
		return chosen[0], nil
	case v.Operation == "":
		return nil, fmt.Errorf("%s has %d operations: name one with --operation, or take --all of them; it has %s", v.Source, len(contracts), known)
	case len(chosen) == 0:
		return nil, fmt.Errorf("%s has no operation %s; it has %s", v.Source, v.Operation, known)
	}
	return nil, fmt.Errorf("%s has %d operations %s: name one with its service, or a document that has only one; it has %s", v.Source, len(chosen), v.Operation, known)
}

// reportFindings reports on standard error what a document has to say of itself.
func reportFindings(t *terminal, findings finding.Set, failOn report.Threshold) error {
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
