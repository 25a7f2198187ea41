// Package report presents what a run of crcheck found.
//
// The model: a [Collector] takes findings one by one and keeps a [Report] of
// them: one [Group] for each kind of finding (its fingerprint), with a count and
// a few samples, so that the memory of a run does not grow with its findings
// but with their kinds. A report is plain data; each format is one function
// that writes one: [Text] for people, [JSON] for programs. A report holds no
// time and no map order: the same input makes the same bytes.
package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
)

// Report is the outcome of a run.
type Report struct {
	Verdict  Verdict         `json:"verdict"`
	Checks   Checks          `json:"checks"`
	Groups   []Group         `json:"groups"`             // what was not expected, gravest first
	Expected int             `json:"expected"`           // findings that were expected
	Unmet    []finding.Unmet `json:"unmet,omitempty"`    // expectations that are stale or over-broad
	Problems []string        `json:"problems,omitempty"` // what kept the run from checking everything
}

// Verdict is what a run comes to: the first of these that holds.
type Verdict string

const (
	Failed     Verdict = "failed"      // a finding at or above the threshold, or an expectation that was not met
	Incomplete Verdict = "incomplete"  // problems kept the run from checking everything
	NotChecked Verdict = "not checked" // there was nothing to check
	Passed     Verdict = "passed"
)

// Checks says what was checked.
type Checks struct {
	Responses  int     `json:"responses"` // all there were
	Checked    int     `json:"checked"`
	Files      int     `json:"files"`
	Contracts  []Count `json:"contracts,omitempty"`  // checked, by contract
	NotChecked []Count `json:"notChecked,omitempty"` // not checked, by reason
	Skipped    int     `json:"skipped,omitempty"`    // files of a folder that are not recorded traffic
	Formats    []Count `json:"formats,omitempty"`    // of the skipped files
}

// Count is how often something was.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Group is the findings of one fingerprint.
type Group struct {
	Fingerprint string           `json:"fingerprint"`
	Rule        finding.RuleID   `json:"rule"`
	Severity    finding.Severity `json:"severity"`
	Operation   string           `json:"operation,omitempty"`
	Part        string           `json:"part,omitempty"`
	Place       string           `json:"place"`
	Remedy      string           `json:"remedy"`
	Count       int              `json:"count"`
	Samples     []Sample         `json:"samples"` // the first findings, in the order of the input
}

// Sample is a finding with the line that it stands in.
type Sample struct {
	finding.Finding
	Excerpt *Excerpt `json:"excerpt,omitempty"`
}

// MostSamples bounds the samples of a group; [Text] shows fewer.
const MostSamples = 100

// Collector makes a report of findings as they come. Its zero value is ready.
// It is not safe for concurrent use.
type Collector struct {
	groups     map[string]*Group
	contracts  map[string]int
	notChecked map[string]int
	formats    map[string]int
	report     Report
}

// Add takes a finding. The line is the source's text where it stands, nil
// where there is none.
func (c *Collector) Add(f finding.Finding, line []byte) {
	fingerprint := f.Fingerprint()
	g := c.groups[fingerprint]
	if g == nil {
		if c.groups == nil {
			c.groups = map[string]*Group{}
		}
		rule, _ := f.Rule.Lookup()
		g = &Group{Fingerprint: fingerprint, Rule: f.Rule, Severity: f.Severity, Operation: f.Operation, Part: f.Part, Place: f.Place(), Remedy: rule.Remedy}
		c.groups[fingerprint] = g
	}
	g.Count++
	if len(g.Samples) < MostSamples {
		g.Samples = append(g.Samples, Sample{f, excerpt(f, line)})
	}
}

// Checked counts a response that was checked against a contract.
func (c *Collector) Checked(contract string) {
	c.report.Checks.Responses++
	c.report.Checks.Checked++
	count(&c.contracts, contract)
}

// NotChecked counts a response that was not checked.
func (c *Collector) NotChecked(why string) {
	c.report.Checks.Responses++
	count(&c.notChecked, why)
}

func count(counts *map[string]int, name string) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	(*counts)[name]++
}

// File counts an input that was read.
func (c *Collector) File() { c.report.Checks.Files++ }

// Skipped counts a file of a folder that is not recorded traffic, by what it is, such as "plain text" or "placebo recording".
func (c *Collector) Skipped(format string) {
	c.report.Checks.Skipped++
	count(&c.formats, format)
}

// Expected counts a finding that was expected.
func (c *Collector) Expected() { c.report.Expected++ }

// Problem notes what kept the run from checking everything.
func (c *Collector) Problem(err error) { c.report.Problems = append(c.report.Problems, err.Error()) }

// Report returns the report, with the expectations that were not met.
func (c *Collector) Report(unmet []finding.Unmet, failOn finding.Threshold) *Report {
	r := c.report
	r.Unmet = unmet
	r.Checks.Contracts = sorted(c.contracts)
	r.Checks.NotChecked = sorted(c.notChecked)
	r.Checks.Formats = sorted(c.formats)
	r.Groups = []Group{}
	for _, fingerprint := range slices.Sorted(maps.Keys(c.groups)) {
		r.Groups = append(r.Groups, *c.groups[fingerprint])
	}
	slices.SortStableFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Place, b.Place))
	})
	switch {
	case len(unmet) > 0 || slices.ContainsFunc(r.Groups, func(g Group) bool { return failOn.Fails(g.Severity) }):
		r.Verdict = Failed
	case len(r.Problems) > 0:
		r.Verdict = Incomplete
	case r.Checks.Checked == 0:
		r.Verdict = NotChecked
	default:
		r.Verdict = Passed
	}
	return &r
}

func sorted(counts map[string]int) []Count {
	var list []Count
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, Count{name, counts[name]})
	}
	return list
}
