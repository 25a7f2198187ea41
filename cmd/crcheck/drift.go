package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

type driftCommand struct {
	reportFlags
	ignoreFlags
	originFlags
	Overlay        []string       `sep:"none" placeholder:"PATH" help:"A YAML file with facets to state over every source that has its operation. Repeats."`
	Payloads       string         `placeholder:"FOLDER" help:"Of OLD NEW: write the breaking payloads to a folder, as cassettes."`
	Hidden         bool           `help:"List what the baseline and ignore rows accept, and why."`
	Baseline       string         `placeholder:"PATH" help:"A YAML file with the changes that are known and accepted, each with a reason. Entries that no longer match anything fail the run."`
	BaselineUpdate bool           `help:"Rewrite the baseline to accept all current findings."`
	Encoding       check.Encoding `default:"auto" placeholder:"NAME" help:"Of traffic: how bare bodies are written down: http, sdk or auto (the default)."`
	Operation      string         `placeholder:"NAME" help:"Of sources: compare this operation alone. Of traffic: the operation that bare bodies are of, where there are several contracts."`
	Propose        output.Path    `placeholder:"PATH" help:"Of traffic: write an overlay that makes it valid. Where that takes several operations, one each, with the operation's name in the file's."`
	Shard          tallies.Shard  `placeholder:"I/N" help:"Of traffic: look only at every Nth interaction, from the Ith on. Write the result with --format json."`
	Merge          bool           `help:"Instead of traffic, take the results of all shards."`
	Sources        []string       `arg:"" help:"OLD NEW, two sources or more; or CONTRACT TRAFFIC…"`
}

// Help is the detail of --help.
func (*driftCommand) Help() string {
	return `A source is a built-in contract, a contract file, a botocore or Smithy model, a boto3 documentation page, the source folder of a client of the AWS SDK for Go, or a folder of these. Two sources are compared, old with new, and breaking payloads prove the changes and decide their severity; more sources are compared side by side. Anything else is traffic, as validate reads it, and the first argument is its contract. The second argument decides which it is, and all later ones must be of the same kind.

  crcheck drift cleanrooms.GetProtectedJob@1.42.90 service-2.json

  crcheck drift old.json new.json --payloads payloads/ --baseline accepted.yaml

  crcheck drift page.rst service-2.json model.json cleanrooms@v1.45.2/

  crcheck drift cleanrooms.GetProtectedJob recordings/ --propose overlay.yaml

  crcheck drift contract.json big.ndjson --shard 1/2 --format json -o 1.json

  crcheck drift --merge contract.json 1.json 2.json`
}

// Validate refuses flags that do not go together.
func (v *driftCommand) Validate() error {
	switch {
	case len(v.Sources) < 2:
		return errors.New("drift takes two sources, OLD NEW, or CONTRACT TRAFFIC…")
	case v.BaselineUpdate && v.Baseline == "":
		return errors.New("--baseline-update: name the file with --baseline")
	case v.Shard.Of > 0 && (v.Baseline != "" || len(v.Ignore) > 0 || v.Propose != "" || v.Merge):
		return errors.New("--shard: a part of the traffic is neither compared with a baseline nor makes an overlay: give those flags with --merge, once all shards are there")
	}
	return nil
}

// Run compares sources, or a source with traffic.
func (v *driftCommand) Run(ctx context.Context, t *terminal) error {
	first, err := models.IsSource(v.Sources[0])
	switch {
	case err != nil:
		return err
	case !first:
		return fmt.Errorf("%s is not a source of contracts: the first argument is the old source, or the contract that traffic is validated against", v.Sources[0])
	case v.Merge:
		return v.traffic(ctx, t)
	}
	second, err := models.IsSource(v.Sources[1])
	if err != nil {
		return err
	}
	for _, other := range v.Sources[2:] {
		if is, err := models.IsSource(other); err != nil {
			return err
		} else if is != second {
			return fmt.Errorf("%s and %s do not go together: one is a source of contracts, the other traffic", v.Sources[1], other)
		}
	}
	if !second {
		return v.traffic(ctx, t)
	}
	if v.From != finding.OriginUnknown {
		return fmt.Errorf("--from is for traffic: %s is a source of contracts", v.Sources[1])
	}
	if v.Shard.Of > 0 || v.Propose != "" {
		return fmt.Errorf("--shard and --propose are for traffic: %s is a source of contracts", v.Sources[1])
	}
	return v.sources(ctx, t)
}

// traffic validates traffic against a contract.
func (v *driftCommand) traffic(ctx context.Context, t *terminal) error {
	if v.Payloads != "" {
		return errors.New("--payloads is for two sources: traffic shows for itself what breaks")
	}
	loaded, err := v.load(ctx, t, v.Sources[0])
	if err != nil {
		return err
	}
	result := &report.Drift{From: v.From}
	if v.Merge {
		result.Traffic, err = check.Shards(ctx, loaded, v.Sources[1:])
	} else {
		models.Announce(t.Err, loaded)
		result.Traffic, err = check.Tally(ctx, input.Gather(t.In, t.Err, v.Sources[1:]), loaded, v.Shard,
			check.Options{Encoding: v.Encoding, Bare: validate.Bare{Operation: v.Operation}, Profile: v.Profile, From: v.From, Stderr: t.Err})
	}
	if err != nil {
		return err
	}
	if v.Propose != "" {
		if result.Left, err = v.propose(t, result.Traffic, loaded); err != nil {
			return err
		}
	}
	return v.report(ctx, t, result)
}

// sources compares two sources, or lays several side by side.
func (v *driftCommand) sources(ctx context.Context, t *terminal) error {
	sources := make([]drift.Source, len(v.Sources))
	for i, name := range v.Sources {
		loaded, err := v.load(ctx, t, name)
		if err != nil {
			return err
		}
		sources[i] = drift.Source{Name: name, Contracts: v.choose(loaded)}
	}
	result := &report.Drift{}
	if len(sources) > 2 {
		if v.Payloads != "" || v.Baseline != "" || len(v.Ignore) > 0 || v.Hidden {
			return errors.New("--payloads, --baseline, --ignore and --hidden are for two sources, OLD NEW")
		}
		matrix, err := drift.CompareSources(sources)
		if err != nil {
			return err
		}
		result.Matrix = matrix
		return v.report(ctx, t, result)
	}
	comparison, err := drift.Compare(sources[0].Contracts, sources[1].Contracts)
	if err != nil {
		return err
	}
	if v.Payloads != "" {
		if err := v.payloads(t, comparison.Changes, sources[0].Contracts, sources[1].Contracts); err != nil {
			return err
		}
	}
	result.Old, result.New, result.Comparison = sources[0].Name, sources[1].Name, comparison
	return v.report(ctx, t, result)
}

// choose leaves the operation that was asked for.
func (v *driftCommand) choose(loaded []*schema.Contract) []*schema.Contract {
	if v.Operation == "" {
		return loaded
	}
	return schema.NewCatalog(loaded...).Named(v.Operation)
}

// load reads a source. What it contradicts itself in is said, and weighs nothing
// here: `crcheck derive` fails on it.
func (v *driftCommand) load(ctx context.Context, t *terminal, name string) ([]*schema.Contract, error) {
	result, err := models.Named(ctx, t.Err, name)
	if err != nil {
		return nil, err
	}
	result.Load("")
	said, err := models.ApplyOverlays(ctx, v.Overlay, result)
	if err != nil {
		return nil, err
	}
	if said = finding.Union(result.Findings, said); len(said) > 0 {
		var c report.Collector
		for _, f := range v.Profile.Grade(said) {
			c.Add(f, nil)
		}
		if err := report.Groups(report.Style{})(t.Err, c.Report(nil, report.FailNever)); err != nil {
			return nil, err
		}
	}
	return result.Contracts, nil
}

func (v *driftCommand) payloads(t *terminal, changes []drift.Change, old, new []*schema.Contract) error {
	cassettes, errs := drift.Cassettes(changes, old, new)
	for _, c := range cassettes {
		if err := output.Folder(v.Payloads).Write(c.Name, c.Data); err != nil {
			return err
		}
	}
	for _, err := range errs {
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	}
	fmt.Fprintf(t.Err, "wrote %s to %s\n", plural.Of(len(cassettes), "breaking payload"), v.Payloads)
	return nil
}

// report settles the result with the baseline, writes it, and returns the exit
// that it makes.
func (v *driftCommand) report(ctx context.Context, t *terminal, r *report.Drift) error {
	expected, err := v.baseline(ctx, t, r)
	if err != nil {
		return err
	}
	ledger, err := v.ledger(ctx, expected)
	if err != nil {
		return err
	}
	r.SettleBy(ledger, v.FailOn, v.FailOnStale)
	r.ListHidden = v.Hidden
	formats := map[string]func(io.Writer, *report.Drift) error{"text": report.DriftText(report.Style{Color: v.color(t.Out)}), "json": report.JSON[report.Drift]}
	if err := v.Output.Write(t.Out, func(w io.Writer) error { return formats[v.Format](w, r) }); err != nil {
		return err
	}
	switch r.Verdict {
	case report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: name traffic of the contract's operations")
		return exit(exitUsage)
	case report.Failed:
		return exit(exitFindings)
	}
	return nil
}

// baseline reads the baseline, after rewriting it if asked to.
func (v *driftCommand) baseline(ctx context.Context, t *terminal, r *report.Drift) ([]finding.Expected, error) {
	if v.Baseline == "" {
		return nil, nil
	}
	var expected []finding.Expected
	if text, err := input.Document(ctx, v.Baseline); err == nil {
		if expected, err = drift.ParseBaseline(v.Baseline, text); err != nil {
			return nil, err
		}
	} else if !v.BaselineUpdate || !isMissing(v.Baseline) {
		return nil, err
	}
	if !v.BaselineUpdate {
		return expected, nil
	}
	text, err := drift.Baseline(expected, r.Findings())
	if err != nil {
		return nil, err
	}
	if err := output.Path(v.Baseline).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return nil, err
	}
	fmt.Fprintf(t.Err, "wrote the baseline %s: give each entry that is %q a reason\n", v.Baseline, drift.Unreviewed)
	return drift.ParseBaseline(v.Baseline, text)
}

// propose writes an overlay for each operation that needs one, and returns what
// they leave.
func (v *driftCommand) propose(t *terminal, r *tallies.Traffic, loaded []*schema.Contract) ([]string, error) {
	proposals := r.Propose(loaded)
	several := 0
	for _, p := range proposals {
		if p.Overlay != nil {
			several++
		}
	}
	var left []string
	for _, p := range proposals {
		left = append(left, p.Left...)
		if p.Overlay == nil {
			continue
		}
		path := v.Propose
		if several > 1 {
			if err := output.InFolder("x." + p.Operation); err != nil {
				return nil, err
			}
			extension := filepath.Ext(string(path))
			path = output.Path(strings.TrimSuffix(string(path), extension) + "." + p.Operation + extension)
		}
		if err := path.Write(t.Out, func(w io.Writer) error { _, err := w.Write(p.Overlay); return err }); err != nil {
			return nil, err
		}
		fmt.Fprintf(t.Err, "proposed an overlay for %s in %s: look at each entry before you apply it\n", p.Operation, path)
	}
	if several == 0 {
		fmt.Fprintln(t.Err, "there is nothing to propose")
	}
	return left, nil
}
