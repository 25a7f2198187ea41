package recording

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
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

// log prints findings during the recording, and collects them for the result.
type log struct {
	stderr io.Writer
	failOn report.Threshold
	// redacted is [recorder.Recorder.Redacted].
	redacted func(r *http.Request, text string) (url, redacted string)
	checks   *validate.Catalog

	mu        sync.Mutex
	collector report.Collector
	said      map[string]int // number of lines of each kind
	refusals  map[proxy.Code]int
	elsewhere elsewhere
	learn     func(body []byte) // see [proxy.Emulator.Learn]; may be nil
	leftOut   []string          // why interactions were left out, each reason once
}

func newLog(o *Options, catalog *schema.Catalog) (*log, error) {
	checks, err := validate.CompileCatalog(catalog, validate.Options{Profile: o.Profile, From: o.From})
	l := &log{stderr: o.Stderr, failOn: o.FailOn, checks: checks, said: map[string]int{}, refusals: map[proxy.Code]int{}, elsewhere: newElsewhere()}
	l.collector.Origin = o.From
	return l, err
}

// maxLines is the maximum number of lines of one kind. A client that polls may cause the same line
// for hours.
const maxLines = 10

// say writes a line of a kind. The caller holds l.mu.
func (l *log) say(kind, line string) {
	switch l.said[kind]++; {
	case l.said[kind] <= maxLines:
		fmt.Fprintln(l.stderr, line)
	case l.said[kind] == maxLines+1:
		fmt.Fprintln(l.stderr, "… further lines of this kind are only counted")
	}
}

// check validates an interaction against its contract.
func (l *log) check(x *traffic.Interaction) finding.Set {
	if l.learn != nil {
		l.learn(x.Response.Body.Bytes)
	}
	outcome, err := l.checks.Check(x, validate.Bare{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.elsewhere.see(x)
	if err != nil || outcome.Contract == nil {
		l.collector.NotChecked(outcome.NotChecked)
		return nil
	}
	l.collector.Checked(outcome.Contract.String())
	return outcome.Findings
}

// found collects graded findings, and prints the first of each cause.
func (l *log) found(findings finding.Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range findings {
		f.Source, f.Line, f.Column = "", 0, 0 // lines of the body are not lines of the cassette
		l.collector.Add(f, nil)
		if (f.Rule == finding.RecordTooLarge || f.Rule == finding.RecordNotRedacted) && !slices.Contains(l.leftOut, f.Message) && len(l.leftOut) < maxLines {
			l.leftOut = append(l.leftOut, f.Message)
		}
		cause := report.CauseOf(f)
		if l.said[cause]++; l.said[cause] > 1 {
			continue // the report at the end has the count
		}
		line := f.String()
		switch {
		case f.Interaction > 0 && f.Operation != "":
			line = fmt.Sprintf("interaction %d (%s): %s", f.Interaction, f.Operation, line)
		case f.Interaction > 0:
			line = fmt.Sprintf("interaction %d: %s", f.Interaction, line)
		}
		fmt.Fprintln(l.stderr, line)
	}
}

// left reports how the client may have left the proxy.
func (l *log) left(profile finding.Profile) {
	l.mu.Lock()
	found := l.elsewhere.findings()
	l.mu.Unlock()
	l.found(profile.Grade(found))
}

func (l *log) refused(r *proxy.Refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusals[r.Code]++
	line := "failed"
	if r.Code == proxy.Refused {
		line = "refused"
	}
	var cause string
	if r.Cause != nil {
		cause = r.Cause.Error()
	}
	if r.Request != nil {
		var url string
		url, cause = l.redacted(r.Request, cause)
		line += ": " + method(r.Request.Method) + " " + url
	} else {
		cause = ""
	}
	line += ": " + r.Message
	if cause != "" {
		line += ": " + cause
	}
	l.say(string(r.Code), line)
}

// method returns a method of HTTP. Any other is a text of the client.
func method(name string) string {
	switch name {
	case "", http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return cmp.Or(name, http.MethodGet)
	}
	return "another method"
}

// end returns the result. It carries the errors of writing the cassette (closed) and of serving (ran).
// If the command could not be started, end returns that error instead.
func (l *log) end(record *recorder.Recorder, closed error, status int, ran error) (*Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if command := (*serve.CommandError)(nil); errors.As(ran, &command) {
		return nil, ran
	}
	stats := record.Stats()
	if stats.Interactions > 0 {
		l.collector.File()
	}
	return &Result{Report: l.collector.Report(nil, l.failOn), Stats: stats, Refused: l.refusals, LeftOut: l.leftOut, Status: status, Err: errors.Join(ran, closed)}, nil
}
