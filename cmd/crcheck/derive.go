package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/schema"
)

type deriveCommand struct {
	reportFiles
	Source    string           `arg:"" help:"A botocore model (service-2.json), a Smithy model (JSON AST), a boto3 documentation page, a contract, a folder of these, or botocore:SERVICE for a model of the installed botocore."`
	Operation string           `xor:"which" placeholder:"NAME" help:"The operation to derive, if the document has several."`
	All       bool             `xor:"which" help:"Derive every operation. --output names the folder to write to."`
	Version   string           `placeholder:"VERSION" help:"The version of the document. Pages and models do not state it."`
	Overlay   []string         `sep:"none" placeholder:"PATH" help:"A YAML overlay to apply to the contract. Repeatable."`
	Output    string           `short:"o" placeholder:"PATH" help:"Write the contract to this file; with --all, the contracts to this folder. Default: standard output."`
	Profile   finding.Profile  `default:"default" placeholder:"NAME" help:"How strict to be: lenient, default or strict."`
	FailOn    report.Threshold `default:"error" placeholder:"SEVERITY" help:"The lowest severity that fails the run: error (the default), warning or never."`
}

// Help returns the text above the flags of --help.
func (*deriveCommand) Help() string {
	return `For example:

  crcheck derive get_protected_job.rst --version 1.43.67 --overlay mine.yaml -o contract.json

Writes the contract to standard output. Contradictions within the document, and overlay entries that change nothing, are reported on standard error.

  crcheck derive service-2.json --operation GetProtectedJob

  crcheck derive models/ --all -o contracts/`
}

// Validate refuses an output that cannot be written, before any work is done.
func (c *deriveCommand) Validate() error {
	if c.All {
		return output.Folder(c.Output).Validate()
	}
	return output.Path(c.Output).Validate()
}

// Run derives contracts and writes them. Contradictions within the document are reported on standard
// error.
func (c *deriveCommand) Run(ctx context.Context, t *terminal) error {
	result, err := models.Derivable(ctx, t.Err, c.Source, c.Version)
	if err != nil {
		return err
	}
	if service, _, qualified := strings.Cut(c.Operation, "."); qualified {
		result.Load(service)
	} else {
		result.Load("")
	}
	derived, findings := result.Contracts, result.Findings
	if !c.All {
		one, err := c.choose(derived)
		if err != nil {
			return err
		}
		derived = []*schema.Contract{one}
	}
	chosen := &models.Found{Contracts: derived}
	said, err := models.ApplyOverlays(ctx, c.Overlay, chosen)
	if err != nil {
		return err
	}
	derived = chosen.Contracts
	findings = finding.Union(findings, said, models.ReadPositions(c.Source).Place(models.UnsupportedPatterns(derived), derived))
	if err := c.writeContracts(t, derived); err != nil {
		return err
	}
	return c.models(t, "derive", c.Profile.Grade(findings), c.FailOn)
}

func (c *deriveCommand) writeContracts(t *terminal, derived []*schema.Contract) error {
	if c.All {
		files := make([]output.File, len(derived))
		for i, contract := range derived {
			text, err := contract.Encode()
			if err != nil {
				return err
			}
			files[i] = output.File{Name: contract.Name() + ".json", Of: contract.String(), Text: text}
		}
		if err := output.Folder(c.Output).WriteAll(files); err != nil {
			return err
		}
		fmt.Fprintf(t.notes(), "derived %s to %s\n", plural.Of(len(derived), "contract"), c.Output)
		return nil
	}
	contract := derived[0]
	text, err := contract.Encode()
	if err != nil {
		return err
	}
	if err := output.Path(c.Output).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.notes(), "derived %s (shapes: %d, errors: %d)\n", contract, len(contract.Shapes), len(contract.Errors))
	return nil
}

func (c *deriveCommand) choose(contracts []*schema.Contract) (*schema.Contract, error) {
	var names, bare []string
	var chosen []*schema.Contract
	for _, contract := range contracts {
		if c.Operation == "" || c.Operation == contract.Operation || c.Operation == contract.Name() {
			chosen = append(chosen, contract)
		}
		names, bare = append(names, contract.Name()), append(bare, contract.Operation)
	}
	known := strings.Join(names, ", ")
	switch {
	case len(chosen) == 1:
		return chosen[0], nil
	case c.Operation == "":
		return nil, fmt.Errorf("%s has %d operations; choose one with --operation, or all with --all: %s", c.Source, len(contracts), known)
	case len(chosen) == 0:
		return nil, fmt.Errorf("%s has no operation %s%s", c.Source, c.Operation, spelling.Hint(c.Operation, append(bare, names...), "choose one of its operations: "+known))
	}
	qualified := map[string]bool{}
	for _, contract := range chosen {
		qualified[contract.Name()] = true
	}
	if len(qualified) == 1 {
		return nil, fmt.Errorf("%s has %d operations named %s; derive from a document that has only one of them", c.Source, len(chosen), chosen[0].Name())
	}
	return nil, fmt.Errorf("%s has %d operations named %s; choose one with --operation: %s", c.Source, len(chosen), c.Operation, strings.Join(slices.Sorted(maps.Keys(qualified)), ", "))
}
