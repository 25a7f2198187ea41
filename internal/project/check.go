package project

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

// Options are what flags say in place of the file, and where messages go.
type Options struct {
	File        string // its name, for the report
	Profile     *finding.Profile
	FailOn      *report.Threshold
	FailOnStale *bool
	Min         *int
	Deviations  *report.DeviationMode
	Ignore      []string // more files of ignore rows
	ListHidden  bool
	Cores       int // 0: all
	Today       time.Time
	Stderr      io.Writer
}

// run is one run of all checks.
type run struct {
	*File
	options  Options
	rows     []finding.Expected
	inForce  *models.InForce
	pinned   []*schema.Contract // without overlays
	results  *report.Results
	profile  finding.Profile
	failOn   report.Threshold
	stale    bool
	parts    []check.Part
	contract []*schema.Contract
}

// Check runs every check of the file against the pinned contracts. It needs no network. The error
// says that nothing can be checked; what keeps one check from running is a problem in the results.
func Check(ctx context.Context, f *File, o Options) (*report.Results, error) {
	r := &run{File: f, options: o, results: &report.Results{Command: "check", Project: &report.Project{File: o.File}}}
	r.profile = value(o.Profile, f.Profile)
	r.failOn = value(o.FailOn, f.FailOn)
	r.stale = value(o.FailOnStale, f.FailOnStale)
	if err := r.readRows(ctx); err != nil {
		return nil, err
	}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{r.traffic, r.cassettes, r.coverage, r.clients, r.drift} {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			r.problem(err)
		}
		if ctx.Err() != nil {
			r.problem(errInterrupted)
			break
		}
	}
	r.results.Project.Conclude()
	return r.results, nil
}

var errInterrupted = errors.New("interrupted; the rest was not checked")

func (r *run) problem(err error) {
	fmt.Fprintf(r.options.Stderr, "crcheck: %v\n", err)
	r.results.Project.Problems = append(r.results.Project.Problems, err.Error())
}

func (r *run) note(format string, args ...any) {
	r.results.Project.Notes = append(r.results.Project.Notes, fmt.Sprintf(format, args...))
}

func (r *run) verdict(name string, v report.Verdict, format string, args ...any) {
	r.results.Project.Checks = append(r.results.Project.Checks, report.Check{Name: name, Verdict: v, Summary: fmt.Sprintf(format, args...)})
}

// value returns the first value that is given, or the zero value.
func value[T any](given ...*T) (v T) {
	for _, p := range given {
		if p != nil {
			return *p
		}
	}
	return v
}

func (r *run) readRows(ctx context.Context) error {
	r.rows = r.Ignore.Rows
	for _, path := range slices.Concat(r.Ignore.Files, r.options.Ignore) {
		rows, err := input.Rows(ctx, path)
		if err != nil {
			return err
		}
		r.rows = append(r.rows[:len(r.rows):len(r.rows)], rows...)
	}
	_, err := finding.NewLedger(r.rows)
	return err
}

// accept returns what is hidden in a check that applies certain rules.
func (r *run) accept(expected []finding.Expected, applies func(finding.RuleID) bool) (report.Acceptance, error) {
	rows := slices.DeleteFunc(slices.Concat(expected, r.rows), func(e finding.Expected) bool { return !applies(e.Rule) })
	ledger, err := finding.NewLedger(rows)
	if err != nil {
		return report.Acceptance{}, err
	}
	ledger.Expire(r.options.Today)
	deviations := report.DeviationsError
	if r.Ignore.has(AWSDeviations) {
		deviations = report.DeviationsHide
	}
	return report.Acceptance{Ledger: ledger, Rules: r.File.Rules, Deviations: value(r.options.Deviations, &deviations), ResponsesOnly: r.Ignore.has(Requests),
		ListHidden: r.options.ListHidden}, nil
}

// open reads the pinned contracts, or the built-in ones that are in force by default.
func (r *run) open(ctx context.Context) error {
	found := &models.Found{}
	var overlays []string
	var lock *Lock
	if r.pins() {
		var err error
		if lock, err = readLock(ctx); err != nil {
			return err
		}
		if lock == nil {
			return &LockError{"the contracts of this project are not pinned: there is no " + LockName}
		}
	}
	for _, source := range r.sources() {
		overlays = append(overlays, source.Overlays...)
		one := report.Contract{Source: source.Source}
		var contracts []*schema.Contract
		if lock == nil {
			builtIn, err := models.Named(ctx, r.options.Stderr, source.Source)
			if err != nil {
				return err
			}
			contracts = builtIn.Contracts
			one.Version = contracts[0].Version
		} else {
			locked := lock.of(source.Source)
			if locked == nil {
				return &LockError{fmt.Sprintf("%s has no contracts of %s", LockName, source.Source)}
			}
			var err error
			if contracts, err = locked.contracts(ctx); err != nil {
				return err
			}
			if missing := source.Operations.missing(contracts); missing != "" {
				return &LockError{fmt.Sprintf("%s has no contract of %s of %s", LockName, missing, source.Source)}
			}
			one.Version, one.Pinned, one.Age = locked.Version, locked.Date, locked.age(r.options.Today)
			if one.Changed, err = locked.changed(ctx); err != nil {
				return err
			}
		}
		one.Operations = len(contracts)
		r.results.Project.Contracts = append(r.results.Project.Contracts, one)
		found.Contracts = append(found.Contracts, contracts...)
	}
	r.pinned = slices.Clone(found.Contracts)
	var err error
	if r.inForce, err = found.InForce(ctx, overlays); err != nil {
		return err
	}
	r.contract = r.inForce.Catalog.Contracts()
	r.parts = r.File.parts(r.options.Stderr)
	return nil
}

// missing returns the first operation of a list that no contract describes.
func (o Operations) missing(contracts []*schema.Contract) string {
	for _, name := range o.Names {
		if !slices.ContainsFunc(contracts, func(c *schema.Contract) bool { return c.Operation == name || c.Name() == name }) {
			return name
		}
	}
	return ""
}

// changed reports whether the source is a file that has changed since its contracts were pinned.
func (l *Locked) changed(ctx context.Context) (bool, error) {
	if l.Document == "" {
		return false, nil
	}
	now, err := documentDigest(ctx, l.Source)
	return now != "" && now != l.Document, err
}

func (r *run) checkOptions() check.Options {
	return check.Options{Contracts: r.inForce, Named: r.pins(), Project: true, Profile: r.profile, FailOn: r.failOn, FailOnStale: r.stale, Stderr: r.options.Stderr, Cores: r.options.Cores}
}

// traffic validates the traffic.
func (r *run) traffic(ctx context.Context) (err error) {
	if len(r.parts) == 0 {
		return nil
	}
	o := r.checkOptions()
	o.Accept, err = r.accept(all(r.parts).Expected, ofTraffic)
	if err != nil {
		return err
	}
	found, err := check.Parts(ctx, r.parts, o)
	if err != nil {
		return err
	}
	r.results.Traffic = found.Report
	c := found.Checks
	summary := fmt.Sprintf("checked %s of %s", plural.Number(c.Checked), plural.Of(c.Responses, "response"))
	if found.Nothing != "" {
		summary = "nothing was checked: " + found.Nothing
	}
	r.verdict("traffic", conclusion(found.Report), "%s; %s", summary, severities(found.Report))
	r.unpinned(found.Report)
	return nil
}

// conclusion returns the verdict on a report; problems precede findings, as in the exit status.
func conclusion(r *report.Report) report.Verdict {
	if len(r.Problems) > 0 {
		return report.Incomplete
	}
	return r.Verdict
}

// severities counts the findings of a report.
func severities(r *report.Report) string {
	var counts [finding.Error + 1]int
	for _, g := range r.Groups {
		counts[g.Severity] += g.Count
	}
	text := fmt.Sprintf("%s, %s", plural.Of(counts[finding.Error], "error"), plural.Of(counts[finding.Warning], "warning"))
	if unmet := finding.UnmetText(r.Unmet); unmet != "" {
		text += "; " + unmet
	}
	if len(r.Problems) > 0 {
		text += "; " + plural.Of(len(r.Problems), "problem") + ": " + r.Problems[0]
	}
	return text
}

// unpinned notes responses of operations that an update may pin.
func (r *run) unpinned(found *report.Report) {
	for _, n := range found.Checks.NotChecked {
		if strings.Contains(n.Name, "no such operation") && r.pins() {
			r.note("%s not checked, because the operation is not pinned; run `crcheck update`", plural.Of(n.Count, "response"))
		}
	}
}

// cassettes checks the cassettes as files.
func (r *run) cassettes(ctx context.Context) error {
	if len(r.parts) == 0 {
		return nil
	}
	whole := all(r.parts)
	whole.Problems = nil // they are those of the traffic
	o := r.checkOptions()
	o.FilesOnly = true
	var err error
	if o.Accept, err = r.accept(whole.Expected, check.OfFiles); err != nil {
		return err
	}
	found, err := check.Cassettes(ctx, whole, o)
	if err != nil {
		return err
	}
	if found.Verdict == report.NotChecked { // bare bodies have no requests to lint
		return nil
	}
	if len(found.Groups) > 0 || len(found.Unmet) > 0 || found.Hidden != nil {
		r.results.Lint = found
	}
	r.verdict("cassettes", conclusion(found), "%s; %s", plural.Of(found.Checks.Files, "file"), severities(found))
	return nil
}

// coverage measures the coverage of the operations in use, if the project demands some.
func (r *run) coverage(ctx context.Context) error {
	if min := cmp.Or(r.options.Min, r.Coverage.Min); min != nil {
		plan, err := coverage.Compile(schema.NewCatalog(r.contract...))
		if err != nil {
			return err
		}
		tally := plan.NewTally()
		for _, p := range r.parts {
			part, err := plan.Read(ctx, p.Input, input.Work{Cores: r.options.Cores})
			if err != nil {
				return err
			}
			tally.Merge(part)
		}
		s := tally.Report().OnlySeen()
		r.results.Coverage, r.results.MinCoverage = s, *min
		switch {
		case s.Counted == 0:
			r.verdict("coverage", report.NotChecked, "no response matches a contract")
		case s.Percent < *min:
			r.verdict("coverage", report.Failed, "%d%% of the operations in use, want at least %d%%", s.Percent, *min)
		default:
			r.verdict("coverage", report.Passed, "%d%% of the operations in use", s.Percent)
		}
	}
	return nil
}

// clients runs the suite against each client. A client that cannot run does not keep the others from
// running.
func (r *run) clients(ctx context.Context) error {
	for i := range r.Clients {
		c := &r.Clients[i]
		run, err := c.run(ctx, r.contract, r.options.Today)
		name := "client " + c.Name
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			fmt.Fprintf(r.options.Stderr, "crcheck: %s: %v\n", name, err)
			r.verdict(name, report.Incomplete, "%v", err)
			continue
		}
		r.results.Suites = append(r.results.Suites, report.Suite{Client: c.Name, SuiteRun: run})
		n := len(run.Outcomes)
		summary := fmt.Sprintf("%s, %d failed", plural.Of(n, "case"), run.Count(conformance.Failed))
		if len(run.Unmet) > 0 {
			summary += fmt.Sprintf(", %s that did not occur as listed", plural.Of(len(run.Unmet), "expected failure"))
		}
		switch {
		case run.Ended != "":
			r.verdict(name, report.Incomplete, "%s", run.Ended)
		case !run.Passes():
			r.verdict(name, report.Failed, "%s", summary)
		default:
			r.verdict(name, report.Passed, "%s", summary)
		}
	}
	return nil
}
