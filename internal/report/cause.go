package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/tallies"
)

// Section is the part of the results that a cause belongs to.
type Section string

const (
	InModels   Section = "models"
	InTraffic  Section = "traffic"
	InCassette Section = "cassettes"
	InClients  Section = "clients"
	InDrift    Section = "drift"
	InCoverage Section = "coverage"
)

// Rules of causes that are not findings.
const (
	unmetRow   finding.RuleID = "ignore.unmet"
	incomplete finding.RuleID = "run.incomplete"
	tooLow     finding.RuleID = "coverage.minimum"
)

// Cause is one line of any format: the findings of one cause, a change, a failed case, an ignore row
// that was not met, or what kept the run from checking everything.
type Cause struct {
	Section     Section
	Fingerprint string // empty if the cause is not a finding
	Rule        finding.RuleID
	Severity    finding.Severity
	Fails       bool // the run, at its threshold
	Side        Side
	Operation   string
	Where       string // for people, such as "/id of garden.GetBed, 3 times"
	Message     string // of the first finding
	Want        string // what the message does not say
	Remedy      string
	Notes       []string // what else a reader should know
	Count       int
	Client      string // of a case
	Seen        []Seen // the first findings; empty if they are not about a file
	HiddenBy    HiddenBy
	Reason      string // of what hides it
}

// Seen is one finding of a cause.
type Seen struct {
	File         string
	Line, Column int // 0: unknown
	Message      string
	Excerpt      *Excerpt
}

// id is what text reports show in brackets.
func (c *Cause) id() string {
	if len(c.Fingerprint) < IDLength {
		return ""
	}
	return c.Fingerprint[:IDLength]
}

// title is the cause in a few words.
func (c *Cause) title() string {
	title := string(c.Rule)
	if c.Side != "" {
		title += " in " + string(c.Side)
	}
	if c.Where != "" {
		title += " at " + c.Where
	}
	if id := c.id(); id != "" {
		title += " [" + id + "]"
	}
	return visible(title)
}

// first returns the place of the first finding; its file is empty if there is none.
func (c *Cause) first() Seen {
	if len(c.Seen) == 0 {
		return Seen{Message: c.Message}
	}
	return c.Seen[0]
}

// Causes returns the results as one list: what to fix first, then what is hidden.
func (r *Results) Causes() []Cause {
	var causes []Cause
	for _, part := range []struct {
		section Section
		report  *Report
	}{{InModels, r.Models}, {InTraffic, r.Traffic}, {InCassette, r.Lint}} {
		if part.report != nil {
			causes = append(causes, part.report.causes(part.section)...)
		}
	}
	for _, s := range r.Suites {
		causes = append(causes, s.causes()...)
	}
	if r.Drift != nil {
		causes = append(causes, r.Drift.causes()...)
	}
	if r.coverageTooLow() {
		causes = append(causes, Cause{Section: InCoverage, Rule: tooLow, Severity: finding.Error, Fails: true, Count: 1,
			Message: fmt.Sprintf("coverage is %d%%, want at least %d%%", r.Coverage.Percent, r.MinCoverage), Remedy: "Record what crcheck coverage lists under record next."})
	}
	return causes
}

func (r *Report) causes(section Section) []Cause {
	var causes []Cause
	for i := range r.Groups {
		g := &r.Groups[i]
		c := Cause{Section: section, Fingerprint: g.Fingerprint, Rule: g.Rule, Severity: g.Severity, Fails: r.failOn.Fails(g.Severity), Side: g.Side, Operation: g.Operation,
			Where: strings.TrimPrefix(g.where(true), " at "), Want: g.want(), Remedy: g.Remedy, Count: g.Count}
		c.Where = strings.TrimPrefix(c.Where, ", ")
		if g.Deviation != "" {
			c.Notes = append(c.Notes, g.Deviation)
		}
		if len(g.Occurrences) > 0 {
			c.Notes = append(c.Notes, "in "+g.occurrences())
		}
		for _, s := range g.Samples {
			c.Message = cmp.Or(c.Message, s.Message)
			if s.Source != "" {
				c.Seen = append(c.Seen, Seen{s.Source, s.Line, s.Column, s.Message, s.Excerpt})
			}
		}
		causes = append(causes, c)
	}
	causes = append(causes, unmet(section, r.Unmet)...)
	for _, problem := range r.Problems {
		causes = append(causes, Cause{Section: section, Rule: incomplete, Severity: finding.Error, Fails: true, Message: problem, Count: 1,
			Remedy: "Fix the cause, then run the command again: a part of the input was not checked."})
	}
	if r.Hidden == nil {
		return causes
	}
	for _, g := range r.Hidden.Groups {
		where := finding.PlaceText(g.Part, g.Place)
		if g.Operation != "" {
			where += " of " + g.Operation
		}
		c := Cause{Section: section, Fingerprint: g.Fingerprint, Rule: g.Rule, Severity: g.Severity, Side: g.Side, Operation: g.Operation, Where: where,
			Message: g.First.Message, Count: g.Count, HiddenBy: g.By, Reason: g.Reason}
		if g.First.Source != "" {
			c.Seen = []Seen{{File: g.First.Source, Line: g.First.Line, Column: g.First.Column, Message: g.First.Message}}
		}
		causes = append(causes, c)
	}
	return causes
}

func unmet(section Section, rows []finding.Unmet) []Cause {
	var causes []Cause
	for _, row := range rows {
		c := Cause{Section: section, Rule: unmetRow, Severity: finding.Error, Fails: !row.Warning, Operation: row.Operation, Message: row.Error(), Count: 1,
			Remedy: "Remove the row, or correct it."}
		if row.Warning {
			c.Severity = finding.Warning
		}
		causes = append(causes, c)
	}
	return causes
}

func (r *Drift) causes() []Cause {
	var causes []Cause
	if r.Comparison != nil {
		for i := range r.Comparison.Changes {
			causes = append(causes, r.change(&r.Comparison.Changes[i]))
		}
	}
	if r.Traffic != nil {
		for i := range r.Traffic.Observations {
			causes = append(causes, r.observation(&r.Traffic.Observations[i]))
		}
	}
	causes = append(causes, unmet(InDrift, r.Unmet)...)
	for _, h := range r.Hidden {
		causes = append(causes, Cause{Section: InDrift, Fingerprint: h.Fingerprint(), Rule: h.Rule, Severity: h.Severity, Operation: h.Operation,
			Where: finding.PlaceText(h.Part, h.Pointer) + " of " + h.Operation, Message: cmp.Or(h.Message, h.Got), Count: 1, HiddenBy: h.By, Reason: h.Reason})
	}
	return causes
}

func (r *Drift) change(change *drift.Change) Cause {
	c := Cause{Section: InDrift, Fingerprint: change.Finding().Fingerprint(), Rule: change.Rule, Severity: change.Severity, Fails: r.failOn.Fails(change.Severity), Operation: change.Operation,
		Where: change.Where(), Message: change.Message, Remedy: change.Remedy(), Count: 1}
	if r.Located != nil {
		if at := r.Located(change); at.File != "" {
			at.Message = change.Message
			c.Seen = []Seen{at}
		}
	}
	if w := change.Witness; w != nil {
		c.Notes = append(c.Notes, fmt.Sprintf("breaking payload, which the %s contract allows: %s", w.Allowed, clip(strings.Join(strings.Fields(w.Request+" "+w.Response+" "+string(w.Document)), " "))))
	}
	if change.Contested != "" {
		c.Notes = append(c.Notes, "not proven: "+change.Contested)
	}
	if change.Untried != "" {
		c.Notes = append(c.Notes, "not tried: "+change.Untried)
	}
	return c
}

func (r *Drift) observation(o *tallies.Observation) Cause {
	part := tallies.PartText(o.Part)
	rule, _ := o.Rule.Lookup()
	purpose, _, _ := strings.Cut(rule.Purpose, ". ")
	f := finding.Finding{Rule: o.Rule, Operation: o.Operation, Part: part, Pointer: o.Place}
	c := Cause{Section: InDrift, Fingerprint: f.Fingerprint(), Rule: o.Rule, Severity: o.Severity, Fails: r.failOn.Fails(o.Severity), Operation: o.Operation,
		Where: finding.PlaceText(part, o.Place) + " of " + o.Operation + ", " + plural.Of(o.Count, "time"), Message: purpose, Count: o.Count, Remedy: rule.RemedyFor(r.From)}
	if part == "input" {
		c.Side, c.Remedy = Request, rule.RemedyFor(finding.OriginFixtures)
	}
	for i, d := range o.Details {
		if i == maxAddresses {
			c.Notes = append(c.Notes, fmt.Sprintf("… and %d more values", len(o.Details)-maxAddresses))
			break
		}
		c.Notes = append(c.Notes, fmt.Sprintf("%q, %s", d.Text, plural.Of(d.Count, "time")))
	}
	if o.Least != "" {
		c.Notes = append(c.Notes, fmt.Sprintf("from %s to %s", o.Least, o.Greatest))
	}
	if o.First.Source != "" {
		c.Seen = []Seen{{File: o.First.Source, Message: purpose}}
	}
	return c
}

// causes returns the cases that count against a client.
func (s *Suite) causes() []Cause {
	var causes []Cause
	client := cmp.Or(s.Client, s.SuiteRun.Results.Client.Name)
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		c := Cause{Section: InClients, Rule: finding.ConformFailed, Severity: finding.Error, Fails: true, Operation: s.Operation, Client: client, Where: o.Case, Message: o.About, Count: 1}
		c.Fingerprint = finding.Finding{Rule: c.Rule, Operation: client, Pointer: o.Case}.Fingerprint()
		rule, _ := c.Rule.Lookup()
		c.Remedy = rule.Remedy
		switch o.Verdict {
		case conformance.Failed:
			c.Notes = o.Problems
		case conformance.NotRun:
			c.Message = "not run: the session ended early"
		case conformance.ExpectedFailure, conformance.Flaky:
			c.HiddenBy, c.Reason, c.Fails = ByIgnoreRow, o.Reason, false
		default:
			continue
		}
		causes = append(causes, c)
	}
	for _, problem := range s.Unmet {
		causes = append(causes, Cause{Section: InClients, Rule: unmetRow, Severity: finding.Error, Fails: true, Client: client, Message: problem, Count: 1, Remedy: "Remove the row, or correct it."})
	}
	if s.Ended != "" {
		causes = append(causes, Cause{Section: InClients, Rule: incomplete, Severity: finding.Error, Fails: true, Client: client, Message: "the session ended early: " + finding.Unquoted(s.Ended), Count: 1,
			Remedy: "Fix the adapter, then run the suite again."})
	}
	return causes
}
