package check

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/progress"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Sum is what a run counted, before its [Result]. Sums of runs with equal options can be merged.
type Sum struct {
	collector    report.Collector
	leftOut      map[validate.LeftOut]int
	placeholders int // values of LocalStack snapshots
	scope        finding.Scope
	unrouted     models.Unrouted
	reached      map[string]*schema.Contract // that traffic reached, by name and version
	undecided    *undecided                  // the first of bodies that were found in folders
	requests     bool                        // an interaction has one
}

// undecided is a body whose contract is not known.
type undecided struct {
	At  piece.At `json:"at"`
	Why string   `json:"why"`
}

// NewSum returns the sum of no traffic.
func NewSum(o Options) *Sum {
	o.Accept.Ledger = o.Accept.Ledger.Fresh()
	return &Sum{collector: report.Collector{Accept: o.Accept}, leftOut: map[validate.LeftOut]int{}, reached: map[string]*schema.Contract{}}
}

// Add counts one interaction of a source, which others may count too. The options must be prepared.
func (s *Sum) Add(x *traffic.Interaction, o Options) {
	run := &run{Sum: s, options: &o, chosen: o.prepared, named: map[string]*validate.Auto{}, whole: true}
	run.scope.Layers(finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP)
	p := &part{of: &source{file: input.File{Name: x.Source, Named: true}, bare: o.Bare, read: true}, read: []result{{x: x}}}
	run.validate(context.Background(), p)
	run.collect(p)
}

// Copy returns an equal sum.
func (s *Sum) Copy(o Options) *Sum {
	c := NewSum(o)
	c.Merge(s)
	return c
}

// Files returns how many sources the traffic has.
func (s *Sum) Files() int { return s.collector.Files() }

// NotChecked returns how many responses were not checked, by reason.
func (s *Sum) NotChecked() map[string]int { return s.collector.Unchecked() }

// reach notes that traffic reached a contract.
func (s *Sum) reach(c *schema.Contract) { s.reached[c.String()] = c }

func (s *Sum) undecide(at piece.At, why error) {
	if s.undecided == nil || at.Compare(s.undecided.At) < 0 {
		s.undecided = &undecided{at, why.Error()}
	}
}

// Merge adds what another sum counted, as if this one had counted it too. Merging is associative and
// commutative, and the sum of no traffic is its identity.
func (s *Sum) Merge(t *Sum) {
	s.collector.Merge(&t.collector)
	s.collector.Accept.Ledger.AddMatched(t.collector.Accept.Ledger.Matched())
	for l, n := range t.leftOut {
		s.leftOut[l] += n
	}
	s.placeholders += t.placeholders
	s.scope.Merge(&t.scope)
	s.unrouted.Merge(&t.unrouted)
	maps.Copy(s.reached, t.reached)
	if u := t.undecided; u != nil {
		s.undecide(u.At, errors.New(u.Why))
	}
	s.requests = s.requests || t.requests
}

// sumForm is a [Sum] in JSON.
type sumForm struct {
	Collector    *report.Collector `json:"collector"`
	Matched      []int             `json:"matched,omitempty"` // by ignore row
	LeftOut      []leftOutForm     `json:"leftOut,omitempty"`
	Placeholders int               `json:"placeholders,omitempty"`
	Scope        *finding.Scope    `json:"scope"`
	Unrouted     *models.Unrouted  `json:"unrouted"`
	Reached      map[string]string `json:"reached"` // digests
	Undecided    *undecided        `json:"undecided,omitempty"`
	Requests     bool              `json:"requests,omitempty"`
}

type leftOutForm struct {
	ResponseHeaders bool `json:"responseHeaders,omitempty"`
	RequestBody     bool `json:"requestBody,omitempty"`
	Count           int  `json:"count"`
}

// MarshalJSON writes the sum without the options.
func (s *Sum) MarshalJSON() ([]byte, error) {
	form := sumForm{&s.collector, s.collector.Accept.Ledger.Matched(), nil, s.placeholders, &s.scope, &s.unrouted, map[string]string{}, s.undecided, s.requests}
	for l, n := range s.leftOut {
		form.LeftOut = append(form.LeftOut, leftOutForm{l.ResponseHeaders, l.RequestBody, n})
	}
	slices.SortFunc(form.LeftOut, func(a, b leftOutForm) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	for name, c := range s.reached {
		form.Reached[name] = c.Digest()
	}
	return json.Marshal(form)
}

// ErrOtherRows says that counts were made with other ignore rows.
var ErrOtherRows = errors.New("made with other ignore rows")

// DecodeSum reads the counts of a run with the same options.
func DecodeSum(text []byte, o Options) (*Sum, error) {
	s := NewSum(o)
	form := sumForm{Collector: &s.collector, Scope: &s.scope, Unrouted: &s.unrouted}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, err
	}
	if form.Collector == nil || form.Scope == nil || form.Unrouted == nil {
		return nil, errors.New("counts are missing")
	}
	if !s.collector.Accept.Ledger.AddMatched(form.Matched) {
		return nil, ErrOtherRows
	}
	for _, l := range form.LeftOut {
		s.leftOut[validate.LeftOut{ResponseHeaders: l.ResponseHeaders, RequestBody: l.RequestBody}] += l.Count
	}
	s.placeholders, s.undecided, s.requests = form.Placeholders, form.Undecided, form.Requests
	for name, digest := range form.Reached {
		c := named(o.Contracts.Catalog, name)
		if c == nil || c.Digest() != digest {
			return nil, fmt.Errorf("%s: %w", name, piece.ErrOtherContract)
		}
		s.reached[name] = c
	}
	return s, nil
}

// Result is the outcome of a run.
type Result struct {
	*report.Report
	Interrupted bool
	Nothing     string // why nothing was checked, if nothing was
}

// Result returns the result of validating traffic. The pieces say what was read, if the sum was merged.
func (s *Sum) Result(o Options, pieces *piece.Set, interrupted bool) *Result {
	if s.placeholders > 0 {
		fmt.Fprintf(progress.Notes(o.Stderr), "LocalStack snapshots: %s, such as <resource:1>, would not conform and may be any value\n", plural.Of(s.placeholders, "placeholder"))
	}
	services := map[string]bool{}
	for _, c := range s.reached {
		services[c.Service] = true
	}
	if taken := o.Contracts.Taken(services, &s.unrouted); taken != "" {
		fmt.Fprintln(progress.Notes(o.Stderr), taken)
	}
	for _, f := range o.Profile.Grade(validate.Note(s.leftOut)) {
		s.collector.Add(f, nil)
	}
	r := &Result{Report: s.report(o, o.Contracts.Findings, pieces, interrupted), Interrupted: interrupted}
	if r.Report.Verdict == report.NotChecked {
		r.Nothing = s.nothing(&o, &r.Report.Checks)
	}
	return r
}

// CassettesResult returns the result of checking cassettes.
func (s *Sum) CassettesResult(o Options, pieces *piece.Set, interrupted bool) *report.Report {
	about := o.Contracts.Findings
	if o.FilesOnly {
		about = nil
	}
	r := s.report(o, about, pieces, interrupted)
	if r.Verdict == report.NotChecked && s.requests {
		r.Verdict = report.Passed
	}
	return r
}

// report completes the findings with those about the contracts, and settles the ignore rows.
func (s *Sum) report(o Options, about finding.Set, pieces *piece.Set, interrupted bool) *report.Report {
	c := &s.collector
	c.Origin, c.Redacted, c.At, c.Pieces = o.From, false, piece.At{}, pieces
	for _, f := range o.Profile.Grade(about) {
		c.Add(f, nil)
	}
	var reached models.Reached
	for _, name := range slices.Sorted(maps.Keys(s.reached)) {
		for _, f := range o.Profile.Grade(o.Contracts.Place(reached.By(s.reached[name]), s.reached[name])) {
			c.Add(f, nil)
		}
	}
	unmet := c.Accept.Settle(&s.scope, o.FailOnStale)
	if interrupted {
		c.Problem(ErrInterrupted)
		// A row is not stale because traffic was not read.
		unmet = slices.DeleteFunc(unmet, finding.Unmet.Stale)
	}
	return c.Report(unmet, o.FailOn)
}

func (s *Sum) nothing(o *Options, c *report.Checks) string {
	switch {
	case s.unrouted.Total > 0:
		return s.unrouted.String() + "; " + o.choose(s.unrouted.Add())
	case c.Unrecognised != nil:
		return "no loaded contract knows any member of the documents; " + o.choose("name their operation with --contract and --operation")
	case s.undecided != nil:
		return s.undecided.Why
	}
	return c.WhyNothing()
}
