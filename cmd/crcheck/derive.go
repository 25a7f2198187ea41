package main

import (
	"context"
	"errors"
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
	found, err := models.Derivable(ctx, t.Err, c.Source, c.Version)
	if err != nil {
		return err
	}
	if !c.All {
		if found, err = c.chosen(found); err != nil {
			return err
		}
	}
	said, err := models.ApplyOverlays(ctx, c.Overlay, found)
	if err != nil {
		return err
	}
	write := c.writeAll
	if !c.All {
		write = c.writeOne
	}
	unsupported, err := write(ctx, t, found)
	if err != nil {
		return err
	}
	findings := finding.Union(found.Findings, said, models.ReadPositions(c.Source).Place(unsupported, found.Contracts))
	return c.models(t, "derive", c.Profile.Grade(findings), c.FailOn)
}

// chosen returns the contract that the flags choose.
func (c *deriveCommand) chosen(found *models.Found) (*models.Found, error) {
	service, _, qualified := strings.Cut(c.Operation, ".")
	if !qualified {
		service = ""
	}
	found.Load(service)
	one, err := c.choose(found.Contracts)
	if err != nil {
		return nil, err
	}
	return &models.Found{Contracts: []*schema.Contract{one}, Findings: found.Findings}, nil
}

// writeAll writes all contracts, one service after the other, and returns their unsupported patterns.
func (c *deriveCommand) writeAll(ctx context.Context, t *terminal, found *models.Found) (finding.Set, error) {
	var unsupported []finding.Finding
	var reached models.Reached
	n := 0
	err := output.Folder(c.Output).Stream(func(add func(output.File) error) error {
		return found.Each(func(contracts []*schema.Contract) error {
			n += len(contracts)
			err := schema.EncodeAll(contracts, func(of *schema.Contract, text []byte) error {
				unsupported = append(unsupported, reached.New(of)...)
				return add(output.File{Name: of.Name() + ".json", Of: of.String(), Text: text})
			})
			return errors.Join(err, ctx.Err())
		})
	})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.notes(), "derived %s to %s\n", plural.Of(n, "contract"), c.Output)
	return finding.NewSet(unsupported...), nil
}

func (c *deriveCommand) writeOne(_ context.Context, t *terminal, found *models.Found) (finding.Set, error) {
	contract := found.Contracts[0]
	text, err := contract.Encode()
	if err != nil {
		return nil, err
	}
	if err := output.Path(c.Output).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return nil, err
	}
	fmt.Fprintf(t.notes(), "derived %s (shapes: %d, errors: %d)\n", contract, len(contract.Shapes), len(contract.Errors))
	return contract.UnsupportedPatterns(), nil
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
