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
	"github.com/crcheck/crcheck/internal/partial"
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
	mapFlag
	coresFlag
	partialFlags
	Overlay        []string         `sep:"none" placeholder:"PATH" help:"A YAML overlay to apply to every source that has its operation. Repeatable."`
	Payloads       string           `placeholder:"FOLDER" help:"With OLD NEW: write the breaking payloads to this folder, as cassettes."`
	Hidden         bool             `help:"List the findings that the baseline and ignore rows accept, each with its reason."`
	Baseline       string           `placeholder:"PATH" help:"A YAML file of known changes to accept, each with a reason. Entries that no longer match anything fail the run."`
	BaselineUpdate bool             `help:"Rewrite the baseline to accept all current findings."`
	Encoding       check.Encoding   `default:"auto" placeholder:"NAME" help:"With traffic: the encoding of bare bodies: http, sdk or auto (the default)."`
	Operation      []string         `sep:"none" placeholder:"NAME" help:"With sources: compare only this operation. Repeatable. With traffic: the operation that bare bodies belong to, if there are several contracts."`
	MinSeverity    finding.Severity `default:"info" placeholder:"SEVERITY" help:"With OLD NEW: the lowest severity of changes to report: info (the default), warning or error."`
	UsedBy         []string         `sep:"none" placeholder:"TRAFFIC" help:"With OLD NEW: compare only the operations that this traffic calls; a narrower bound that refuses one of its requests is an error. Repeatable."`
	namesFlag
	Propose output.Path `placeholder:"PATH" help:"With traffic: write an overlay that makes the traffic valid. If several operations need one, each gets a file with its name inserted before the extension."`
	Said    finding.Set `kong:"-"` // about the sources
	Sources []string    `arg:"" help:"OLD NEW, or more than two sources; or CONTRACT TRAFFIC…"`
}

// Help returns the text above the flags of --help.
func (*driftCommand) Help() string {
	return `For example:

  crcheck drift cleanrooms.GetProtectedJob@1.42.90 service-2.json

A source is a built-in contract, a contract file, a botocore or Smithy model, a boto3 documentation page, the source folder of a client of the AWS SDK for Go, or a folder of these. Two sources are compared, old with new, and breaking payloads prove the changes and decide their severity; more sources are compared side by side. Anything else is traffic, as validate reads it, and the first argument is its contract. The second argument decides which it is, and all later ones must be of the same kind.

  crcheck drift old.json new.json --payloads payloads/ --baseline accepted.yaml

  crcheck drift page.rst service-2.json model.json cleanrooms@v1.45.2/

  crcheck drift cleanrooms.GetProtectedJob recordings/ --propose overlay.yaml`
}

// Validate refuses flags that exclude each other.
func (c *driftCommand) Validate() error {
	switch {
	case len(c.Sources) < 2:
		return errors.New("got one argument, want two sources, OLD NEW, or CONTRACT TRAFFIC…")
	case c.BaselineUpdate && c.Baseline == "":
		return errors.New("--baseline-update needs --baseline")
	}
	return nil
}

// Run compares sources, or a source with traffic.
func (c *driftCommand) Run(ctx context.Context, t *terminal) error {
	first, err := models.IsSource(c.Sources[0])
	switch {
	case err != nil:
		return err
	case !first:
		return fmt.Errorf("%s is not a source of contracts: the first argument must be the old source, or the contract to validate traffic against", c.Sources[0])
	}
	second, err := models.IsSource(c.Sources[1])
	if err != nil {
		return err
	}
	for _, other := range c.Sources[2:] {
		if is, err := models.IsSource(other); err != nil {
			return err
		} else if is != second {
			return fmt.Errorf("%s and %s cannot be compared: one is a source of contracts, the other is traffic", c.Sources[1], other)
		}
	}
	if !second {
		return c.traffic(ctx, t)
	}
	if c.From != finding.OriginUnknown {
		return fmt.Errorf("--from needs traffic: %s is a source of contracts", c.Sources[1])
	}
	if c.Propose != "" {
		return fmt.Errorf("--propose needs traffic: %s is a source of contracts", c.Sources[1])
	}
	if c.Names != "" {
		return fmt.Errorf("--operation-names needs traffic: %s is a source of contracts", c.Sources[1])
	}
	if c.pieces() || c.Range.Range != nil || c.Source != "" {
		return fmt.Errorf("--partial, --range, --source and --merge need traffic: %s is a source of contracts", c.Sources[1])
	}
	if len(c.Map) > 0 {
		return fmt.Errorf("--map needs traffic: %s is a source of contracts", c.Sources[1])
	}
	return c.sources(ctx, t)
}

// traffic validates traffic against a contract.
func (c *driftCommand) traffic(ctx context.Context, t *terminal) error {
	if c.Payloads != "" {
		return errors.New("--payloads needs two sources, OLD NEW: traffic already is the payload")
	}
	if err := c.check(c.Sources[1:]); err != nil {
		return err
	}
	inputs, err := c.gather(t, c.Sources[1:])
	if err != nil {
		return err
	}
	names, err := check.ReadNames(ctx, c.Names, inputs, t.notes())
	if err != nil {
		return err
	}
	found, err := c.load(ctx, t, c.Sources[0])
	if err != nil {
		return err
	}
	if len(c.UsedBy) > 0 || c.MinSeverity > finding.Info {
		return errors.New("--used-by and --min-severity need two sources, OLD NEW")
	}
	if len(c.Operation) > 1 {
		return errors.New("with traffic, name one --operation: the one that bare bodies belong to")
	}
	found.Load("")
	loaded := found.Contracts
	models.Announce(t.notes(), loaded)
	result, incomplete, err := c.deviations(ctx, t, inputs, loaded,
		check.Options{Encoding: c.Encoding, Bare: validate.Bare{Operation: strings.Join(c.Operation, "")}, Names: names, Profile: c.Profile, From: c.From, Map: c.Map, Stderr: t.Err, Cores: int(c.Cores)})
	if err != nil || result == nil {
		return err
	}
	if result.Interrupted && (c.Propose != "" || c.BaselineUpdate) {
		fmt.Fprintln(t.Err, "crcheck: wrote no overlay and no baseline: they need the whole traffic")
		c.Propose, c.BaselineUpdate = "", false
	}
	if c.Propose != "" {
		if result.Left, err = c.propose(t, result.Traffic, loaded); err != nil {
			return err
		}
	}
	if err := c.report(ctx, t, result); err != nil || !result.Interrupted {
		return err
	}
	return incomplete
}

// deviations counts the deviations of the traffic or merges tallies; the result is nil after a tally was
// written. If it is incomplete, the first error is the one to end with.
func (c *driftCommand) deviations(ctx context.Context, t *terminal, inputs *input.Traffic, loaded []*schema.Contract, o check.Options) (r *report.Drift, incomplete, err error) {
	r = &report.Drift{From: c.From}
	if !c.pieces() {
		r.Traffic, err = check.Tally(ctx, inputs, loaded, o)
		if r.Interrupted = errors.Is(err, context.Canceled); err != nil && !r.Interrupted {
			return nil, nil, err
		}
		return r, context.Canceled, nil
	}
	counter, err := partial.NewDriftCounter(loaded, o)
	tally, err := c.tally(ctx, t, counter, err, inputs)
	if err != nil || tally == nil {
		return nil, nil, err
	}
	r.Traffic, r.Interrupted = tally.Drift(), missing(t, tally)
	return r, exit(exitUsage), nil
}

func (c *driftCommand) payloads(t *terminal, changes []drift.Change, old, new []*schema.Contract) error {
	cassettes, errs := drift.Cassettes(changes, old, new)
	for _, cassette := range cassettes {
		if err := output.Folder(c.Payloads).Write(cassette.Name, cassette.Data); err != nil {
			return err
		}
	}
	for _, err := range errs {
		fmt.Fprintf(t.Err, "crcheck: %v\n", err)
	}
	fmt.Fprintf(t.notes(), "wrote %s to %s\n", plural.Of(len(cassettes), "breaking payload"), c.Payloads)
	return nil
}

// report settles the result with the baseline, writes it and returns the [exit] that follows from
// it.
func (c *driftCommand) report(ctx context.Context, t *terminal, r *report.Drift) error {
	expected, err := c.baseline(ctx, t, r)
	if err != nil {
		return err
	}
	ledger, err := c.ledger(ctx, expected)
	if err != nil {
		return err
	}
	r.SettleBy(ledger, c.FailOn, c.FailOnStale)
	r.ListHidden = c.Hidden
	if err := c.write(t, &report.Results{Command: "drift", Models: report.Models(c.Said, report.FailNever), Drift: r}); err != nil {
		return err
	}
	if r.Interrupted {
		return nil // the caller says why
	}
	switch r.Verdict {
	case report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was checked: no interaction matches the contract; name traffic of its operations")
		return exit(exitUsage)
	case report.Failed:
		return exit(exitFindings)
	}
	return nil
}

// baseline reads the baseline, after rewriting it if asked to.
func (c *driftCommand) baseline(ctx context.Context, t *terminal, r *report.Drift) ([]finding.Expected, error) {
	if c.Baseline == "" {
		return nil, nil
	}
	var expected []finding.Expected
	if text, err := input.Document(ctx, c.Baseline); err == nil {
		if expected, err = drift.ParseBaseline(c.Baseline, text); err != nil {
			return nil, err
		}
	} else if !c.BaselineUpdate || !isMissing(c.Baseline) {
		return nil, err
	}
	if !c.BaselineUpdate {
		return expected, nil
	}
	text, err := drift.Baseline(expected, r.Findings())
	if err != nil {
		return nil, err
	}
	if err := output.Path(c.Baseline).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return nil, err
	}
	fmt.Fprintf(t.notes(), "wrote the baseline %s: replace each reason %q with your own\n", c.Baseline, drift.Unreviewed)
	return drift.ParseBaseline(c.Baseline, text)
}

// propose writes an overlay for each operation that needs one. It returns what the overlays cannot
// express.
func (c *driftCommand) propose(t *terminal, r *tallies.Traffic, loaded []*schema.Contract) ([]string, error) {
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
		path := c.Propose
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
		fmt.Fprintf(t.notes(), "proposed an overlay for %s in %s: review each entry before you apply it\n", p.Operation, path)
	}
	if several == 0 {
		fmt.Fprintln(t.notes(), "no overlay needed")
	}
	return left, nil
}
