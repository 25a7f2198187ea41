package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/probe"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

type probeCommand struct {
	contractFlags
	reportFlags
	ignoreFlags
	ResponsesOnly bool           `help:"Count findings about requests without reporting them."`
	Hidden        bool           `help:"List the findings that are hidden, and by what."`
	From          finding.Origin `default:"emulator" placeholder:"WHO" help:"Who responds: emulator (the default) or fixtures. Decides the advice."`
	Endpoint      string         `required:"" placeholder:"URL" help:"The emulator, such as http://127.0.0.1:4566. Endpoints of AWS are refused."`
	Negative      bool           `help:"Then send inputs that break the contract, which the emulator must refuse."`
	Header        []string       `sep:"none" placeholder:"NAME:VALUE" help:"A header to send with every request. Repeats."`
	Region        string         `default:"us-east-1" placeholder:"NAME" help:"The region in the signature, us-east-1 by default."`
	Timeout       time.Duration  `default:"30s" placeholder:"DURATION" help:"How long one response may take, 30s by default."`
	Files         []string       `arg:"" name:"cassette" help:"Recorded traffic, or folders of it; - is standard input."`
}

// Help is the detail of --help.
func (*probeCommand) Help() string {
	return `Sends recorded requests to an emulator, in order, with the identifiers that the emulator made up in place of the recorded ones. Validates each response against the contract, and compares status, error, members and union members with the recording. See docs/probe.md.

  crcheck probe --endpoint http://127.0.0.1:4566 session.yaml --negative`
}

// Validate refuses what is no header and no time.
func (v *probeCommand) Validate() error {
	if v.Timeout <= 0 {
		return errors.New("--timeout: give a time such as 30s")
	}
	if v.From == finding.OriginAWS {
		return errors.New("--from: probe calls no service of AWS: give emulator or fixtures")
	}
	_, err := v.headers()
	return err
}

func (v *probeCommand) headers() (http.Header, error) {
	h := http.Header{}
	for _, text := range v.Header {
		name, value, ok := strings.Cut(text, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || name == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) || strings.ContainsAny(name, " \"(),/;<=>?@[]{}"):
			return nil, errors.New("--header: write NAME:VALUE") // what there is may be a secret
		case strings.EqualFold(name, "Host"):
			return nil, errors.New("--header: the host is that of --endpoint")
		}
		h.Add(name, value)
	}
	return h, nil
}

// Run probes an emulator.
func (v *probeCommand) Run(ctx context.Context, t *terminal) error {
	loaded, derived, err := v.load(ctx, t)
	if err != nil {
		return err
	}
	headers, err := v.headers()
	if err != nil {
		return err
	}
	p, err := probe.New(v.Endpoint, schema.NewCatalog(loaded...), probe.Options{Profile: v.Profile, From: v.From, Region: v.Region, Header: headers, Timeout: v.Timeout})
	if err != nil {
		return err
	}
	models.Announce(t.Err, loaded)
	run := &probing{probe: p}
	ledger, err := v.ledger(ctx, nil)
	if err != nil {
		return err
	}
	// Whatever AWS does, an emulator has no excuse: known deviations do not apply.
	run.collector.Accept = report.Acceptance{Ledger: ledger, ResponsesOnly: v.ResponsesOnly, ListHidden: v.Hidden}
	run.collector.Origin = v.From
	for _, f := range v.Profile.Grade(derived) {
		run.collector.Add(f, nil)
	}
	broken := run.all(ctx, t, input.Gather(t.In, t.Err, v.Files), v.Negative)
	r := run.collector.Report(ledger.Settle(&run.scope, v.FailOnStale), v.FailOn)
	err = v.write(t, r)
	var status exit
	switch {
	case err != nil && !errors.As(err, &status):
		return err
	case ctx.Err() != nil:
		return context.Canceled
	case broken:
		return exit(exitIncomplete)
	case r.Verdict == report.NotChecked:
		fmt.Fprintln(t.Err, "crcheck: nothing was probed: name recordings of the contract's operation")
	}
	return err
}

// probing is one run over many recordings.
type probing struct {
	probe     *probe.Probe
	collector report.Collector
	scope     finding.Scope
}

// all probes with every recording, then with invalid inputs, and reports whether
// the emulator stopped responding.
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
	for outcome, err := range run.probe.Negative(ctx) {
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

// take reports whether to go on.
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
