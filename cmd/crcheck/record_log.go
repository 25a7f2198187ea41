package main

import (
	"errors"
	"fmt"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/proxy"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/recorder"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// recordLog says what is found while it is recorded, and what came of it at the end.
type recordLog struct {
	terminal *terminal
	failOn   finding.Threshold
	output   string
	checks   *validate.Catalog

	mu        sync.Mutex
	collector report.Collector
	said      map[string]int // lines by kind
	refusals  map[proxy.Code]int
}

func newRecordLog(t *terminal, v *recordVerb, catalog *schema.Catalog) (*recordLog, error) {
	checks, err := validate.CompileCatalog(catalog, validate.Options{Profile: v.Profile})
	return &recordLog{terminal: t, failOn: v.FailOn, output: v.Output, checks: checks, said: map[string]int{}, refusals: map[proxy.Code]int{}}, err
}

// mostLines bounds the lines of one kind: a client that polls has the same to say for hours.
const mostLines = 10

// say writes a line of a kind. The caller holds l.mu.
func (l *recordLog) say(kind, line string) {
	switch l.said[kind]++; {
	case l.said[kind] <= mostLines:
		fmt.Fprintln(l.terminal.Err, line)
	case l.said[kind] == mostLines+1:
		fmt.Fprintln(l.terminal.Err, "… and more of this kind, which are counted")
	}
}

// check holds an interaction against its contract.
func (l *recordLog) check(x *traffic.Interaction) finding.Set {
	outcome, err := l.checks.Check(x, validate.Bare{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || outcome.Contract == nil {
		l.collector.NotChecked(outcome.NotChecked)
		return nil
	}
	l.collector.Checked(outcome.Contract.String())
	return outcome.Findings
}

// found takes graded findings.
func (l *recordLog) found(findings finding.Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range findings {
		f.Source, f.Line, f.Column = "", 0, 0 // the body's lines are not those of the cassette
		l.collector.Add(f, nil)
		line := f.String()
		if f.Interaction > 0 {
			line = fmt.Sprintf("interaction %d: %s", f.Interaction, line)
		}
		l.say(f.Fingerprint(), line)
	}
}

func (l *recordLog) refused(r *proxy.Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusals[r.Code]++
	word := "failed"
	if r.Code == proxy.Refused {
		word = "refused"
	}
	l.say(string(r.Code), word+": "+r.Error())
}

// end sums up. The errors are those of writing the cassette, and of serving.
func (l *recordLog) end(record *recorder.Recorder, closed error, status int, ran error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.terminal.Err
	stats := record.Stats()
	if stats.Interactions > 0 {
		l.collector.File()
	}
	r := l.collector.Report(nil, l.failOn)
	if e := report.Text(report.Style{Color: isTerminal(err)})(err, r); e != nil {
		return e
	}
	l.counts(stats)
	var command *serve.CommandError
	switch {
	case errors.As(ran, &command):
		return ran
	case ran != nil || closed != nil:
		fmt.Fprintf(err, "crcheck: %v\n", errors.Join(ran, closed))
		return exit(exitIncomplete)
	case status != 0:
		return exit(status)
	case l.refusals[proxy.NotRecorded] > 0, stats.Interactions == 0 && stats.Failed > 0:
		return exit(exitIncomplete)
	case stats.Interactions == 0:
		fmt.Fprintln(err, "crcheck: nothing was recorded: the client has asked for nothing here; does it read AWS_ENDPOINT_URL, or with --forward HTTPS_PROXY?")
		return exit(exitUsage)
	case r.Verdict == report.NotChecked:
		fmt.Fprintln(err, "crcheck: nothing was checked: choose the contracts of these operations with --contract")
		return exit(exitUsage)
	case r.Verdict == report.Failed || stats.Secrets > 0:
		return exit(exitFindings)
	}
	return nil
}

// counts says what became of the requests.
func (l *recordLog) counts(stats recorder.Stats) {
	err := l.terminal.Err
	switch stats.Interactions {
	case 0:
	case 1:
		fmt.Fprintf(err, "recorded 1 interaction into %s\n", l.output)
	default:
		fmt.Fprintf(err, "recorded %d interactions into %s\n", stats.Interactions, l.output)
	}
	for _, c := range []struct {
		n    int
		what string
	}{
		{stats.Unrecorded, "passed without being recorded"},
		{stats.Failed, "got no whole answer"},
		{l.refusals[proxy.Refused], "refused"},
		{stats.Secrets, "secrets were masked: look at the cassette before you share it, and at why the service sends them"},
	} {
		if c.n > 0 {
			fmt.Fprintf(err, "%d %s\n", c.n, c.what)
		}
	}
}
