package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/probe"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/report"
)

type probeCommand struct {
	contractFlags
	reportFlags
	ignoreFlags
	mapFlag
	Baseline       string         `placeholder:"PATH" help:"A file of ignore rows with the accepted findings of an emulator, so that only new ones fail."`
	BaselineUpdate bool           `help:"Add all current findings to the baseline, which is created if missing."`
	ResponsesOnly  bool           `help:"Count findings about requests without reporting them."`
	Hidden         bool           `help:"List the hidden findings, each with what hides it."`
	From           finding.Origin `default:"emulator" placeholder:"WHO" help:"Who responds: emulator (the default) or fixtures. It decides the advice."`
	Endpoint       string         `required:"" placeholder:"URL" help:"The URL of the emulator, such as http://127.0.0.1:4566. AWS endpoints are refused."`
	Negative       bool           `help:"Afterwards, send inputs that violate the contract; the emulator must reject them."`
	CompareValues  []string       `sep:"none" placeholder:"POINTER" help:"A value that must equal the recorded one, with all values below it, such as /Table/TableStatus, with * for any element of a list. Repeatable."`
	Header         []string       `sep:"none" placeholder:"NAME:VALUE" help:"A header to send with every request. Repeatable."`
	Region         string         `default:"us-east-1" placeholder:"NAME" help:"The region to sign for. Default: us-east-1."`
	Timeout        time.Duration  `default:"30s" placeholder:"DURATION" help:"How long to wait for each response. Default: 30s."`
	Files          []string       `arg:"" name:"cassette" help:"Files of recorded traffic, or folders of them; - is standard input."`
}

// Help returns the text above the flags of --help.
func (*probeCommand) Help() string {
	return `For example:

  crcheck probe --endpoint http://127.0.0.1:4566 session.yaml --negative --baseline known.yaml

Sends recorded requests to an emulator, in order, and replaces recorded identifiers with those that the emulator generated. Validates each response against the contract, and compares its status, error, members and union members with the recording. See docs/probe.md.`
}

// Validate refuses malformed headers, timeouts and origins.
func (c *probeCommand) Validate() error {
	if c.Timeout <= 0 {
		return errors.New("--timeout: want a positive duration such as 30s")
	}
	if c.From == finding.OriginAWS {
		return errors.New("--from: probe never calls AWS: want emulator or fixtures")
	}
	if c.BaselineUpdate && c.Baseline == "" {
		return errors.New("--baseline-update needs --baseline")
	}
	for _, pointer := range c.CompareValues {
		if !strings.HasPrefix(pointer, "/") {
			return fmt.Errorf("--compare-values: got %q, want a JSON pointer that begins with /, such as /Table/TableStatus", pointer)
		}
	}
	_, err := c.headers()
	return err
}

func (c *probeCommand) headers() (http.Header, error) {
	h := http.Header{}
	for _, text := range c.Header {
		name, value, ok := strings.Cut(text, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) || strings.ContainsAny(name, " \"(),/;<=>?@[]{}"):
			return nil, errors.New("--header: want NAME:VALUE") // the value may be a secret
		case strings.EqualFold(name, "Host"):
			return nil, errors.New("--header: the Host header comes from --endpoint")
		}
		h.Add(name, value)
	}
	return h, nil
}

// Run probes an emulator.
func (c *probeCommand) Run(ctx context.Context, t *terminal) error {
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	headers, err := c.headers()
	if err != nil {
		return err
	}
	p, err := probe.New(c.Endpoint, inForce.Catalog, probe.Options{Profile: c.Profile, From: c.From, Region: c.Region, Header: headers, Timeout: c.Timeout, CompareValues: c.CompareValues})
	if err != nil {
		return err
	}
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
	inForce.Announce(t.notes())
	run := &probing{probe: p}
	if c.Baseline != "" && !(c.BaselineUpdate && isMissing(c.Baseline)) {
		c.Ignore = append(c.Ignore, c.Baseline)
	}
	ledger, err := c.ledger(ctx, nil)
	if err != nil {
		return err
	}
	// Known deviations of AWS do not excuse an emulator.
	run.collector.Accept = report.Acceptance{Ledger: ledger, ResponsesOnly: c.ResponsesOnly, ListHidden: c.Hidden}
	run.collector.Origin, run.collector.ByOperation = c.From, true
	for _, f := range c.Profile.Grade(inForce.Findings) {
		run.collector.Add(f, nil)
	}
	broken := run.all(ctx, t, inputs, c.Negative)
	r := run.collector.Report(ledger.Settle(&run.scope, c.FailOnStale), c.FailOn)
	if err := c.write(t, &report.Results{Command: "probe", Traffic: r}); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return context.Canceled
	case c.BaselineUpdate && !broken && r.Verdict == report.Failed:
		return c.update(ctx, t, r)
	case broken:
		return exit(exitIncomplete)
	case r.Verdict == report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was probed: no recording matches a loaded contract; name recordings of its operations, or choose other contracts with --contract")
	case r.Verdict == report.Passed && len(p.NotCompared()) > 0:
		fmt.Fprintf(t.Err, "crcheck: --compare-values %s: no response has a value there; write * for the index of a list or the key of a map\n", strings.Join(p.NotCompared(), ", "))
		return exit(exitUsage)
	}
	return verdict(r)
}

// update adds the findings that fail the run to the baseline.
func (c *probeCommand) update(ctx context.Context, t *terminal, r *report.Report) error {
	var text []byte
	if !isMissing(c.Baseline) {
		var err error
		if text, err = input.Document(ctx, c.Baseline); err != nil {
			return err
		}
	}
	text, added, err := r.Baseline(c.Baseline, text, c.FailOn)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Baseline, err)
	}
	if err := output.Path(c.Baseline).Write(t.Out, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	fmt.Fprintf(t.notes(), "added %s to the baseline %s: replace each reason %q with your own\n", plural.Of(added, "row"), c.Baseline, report.Unreviewed)
	return nil
}

// probing is the state of one run over many recordings.
type probing struct {
	probe     *probe.Probe
	collector report.Collector
	scope     finding.Scope
}

// all probes with every recording, then with invalid inputs. It reports whether the emulator stopped
// responding.
func (run *probing) all(ctx context.Context, t *terminal, inputs *input.Traffic, negative bool) (broken bool) {
	for _, err := range inputs.Problems {
		run.problem(t, err)
	}
	read, last := 0, ""
	for x, err := range inputs.Interactions(ctx, &read) {
		if err != nil {
			run.problem(t, err)
			return false
		}
		if x.Source != last {
			last = x.Source
			run.collector.File()
		}
		outcome, err := run.probe.Replay(ctx, x)
		if !run.take(t, outcome, err) {
			return true
		}
	}
	if !negative {
		return false
	}
	meter := progress.Start(ctx, "sending invalid inputs", 0, progress.Items)
	defer meter.Done()
	for outcome, err := range run.probe.Negative(ctx) {
		meter.Add(1)
		if !run.take(t, outcome, err) {
			return true
		}
	}
	return false
}

func (run *probing) problem(t *terminal, err error) {
	run.collector.Problem(err)
	fmt.Fprintf(t.Err, "crcheck: %v\n", err)
}

// take collects an outcome and reports whether to go on.
func (run *probing) take(t *terminal, outcome probe.Outcome, err error) bool {
	switch {
	case err != nil:
		run.problem(t, err)
		return false
	case outcome.Contract == nil:
		run.collector.NotChecked(outcome.NotProbed)
		return true
	}
	run.collector.Checked(outcome.Contract.String())
	run.scope.Part(outcome.Contract.Name(), "", func() []string { return nil })
	for _, f := range outcome.Findings {
		run.collector.Add(f, nil)
	}
	return true
}
