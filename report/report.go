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
	Unmet    []finding.Unmet `json:"unmet,omitempty"`    // ignore rows that are expired, stale or over-broad
	Problems []string        `json:"problems,omitempty"` // what kept the run from checking everything
}

// Verdict is what a run comes to: the first of these that holds.
type Verdict string

const (
	Failed     Verdict = "failed"      // a finding at or above the threshold, or an ignore row that was not met
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
	NotRead    []Count `json:"notRead,omitempty"`    // parts of what was checked that no rule read, by kind
	Skipped    int     `json:"skipped,omitempty"`    // files of a folder that were not read
	// SkippedKinds are the files that were not read, by kind.
	SkippedKinds []Count `json:"skippedKinds,omitempty"`
	// Unrecognised are documents of which no contract knows a member.
	Unrecognised *Unrecognised `json:"unrecognised,omitempty"`
	// Notes are lines about the run as a whole, each once, in the order in which they came.
	Notes []string `json:"notes,omitempty"`
}

// Unrecognised counts documents of which no contract knows a member.
type Unrecognised struct {
	Count int      `json:"count"`
	Names []string `json:"names,omitempty"` // some of the members' names, sorted
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
	notRead    map[string]int
	skipped    map[string]int
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

// NotRead counts a part of something checked that no rule read, such as a "blob
// payload"; kind is in the singular.
func (c *Collector) NotRead(kind string) { count(&c.notRead, kind) }

// NotTraffic is the kind of a file that is not recorded traffic.
const NotTraffic = "not recorded traffic"

// Skipped counts a file of a folder that was not read, by its kind, such as
// [NotTraffic].
func (c *Collector) Skipped(kind string) {
	c.report.Checks.Skipped++
	count(&c.skipped, kind)
}

// MaxNames bounds the sample of names of unrecognised documents, and MaxName the
// length of each in bytes; longer ones are left out.
const (
	MaxNames = 10
	MaxName  = 80
)

// Unrecognised counts a document of which no contract knows a member, with the
// names of some of its members.
func (c *Collector) Unrecognised(names []string) {
	u := c.report.Checks.Unrecognised
	if u == nil {
		u = &Unrecognised{}
		c.report.Checks.Unrecognised = u
	}
	u.Count++
	for _, name := range names {
		if i, known := slices.BinarySearch(u.Names, name); !known && len(u.Names) < MaxNames && len(name) <= MaxName {
			u.Names = slices.Insert(u.Names, i, name)
		}
	}
}

// Note keeps a line about the run as a whole. One that was kept already is not repeated.
func (c *Collector) Note(line string) {
	if !slices.Contains(c.report.Checks.Notes, line) {
		c.report.Checks.Notes = append(c.report.Checks.Notes, line)
	}
}

// Expected counts a finding that was expected.
func (c *Collector) Expected() { c.report.Expected++ }

// Problem notes what kept the run from checking everything.
func (c *Collector) Problem(err error) { c.report.Problems = append(c.report.Problems, err.Error()) }

// Report returns the report, with the ignore rows that were not met.
func (c *Collector) Report(unmet []finding.Unmet, failOn finding.Threshold) *Report {
	r := c.report
	r.Unmet = unmet
	r.Checks.Contracts = sorted(c.contracts)
	r.Checks.NotChecked = sorted(c.notChecked)
	r.Checks.NotRead = sorted(c.notRead)
	r.Checks.SkippedKinds = sorted(c.skipped)
	if u := r.Checks.Unrecognised; u != nil {
		r.Checks.Unrecognised = &Unrecognised{u.Count, slices.Clone(u.Names)}
	}
	r.Checks.Notes = slices.Clone(r.Checks.Notes)
	r.Groups = []Group{}
	for _, fingerprint := range slices.Sorted(maps.Keys(c.groups)) {
		r.Groups = append(r.Groups, *c.groups[fingerprint])
	}
	slices.SortStableFunc(r.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Place, b.Place))
	})
	switch {
	case slices.ContainsFunc(unmet, func(u finding.Unmet) bool { return !u.Warning }) || slices.ContainsFunc(r.Groups, func(g Group) bool { return failOn.Fails(g.Severity) }):
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
