// Package report presents the results of a run of crcheck.
//
// The model: a [Collector] takes findings one by one and keeps a [Report] of them: one [Group] for
// each cause, with a count and a few samples, so that the memory of a run grows with the kinds of
// findings, not with their number. It counts the findings that an [Acceptance] hides. [Drift] has
// the changes between contracts, or between a contract and traffic, settled by ignore rows. Both
// are plain data with a [Verdict].
//
// [Results] has the parts of a run, and [Write] writes them in a [Format]. Each text is one function,
// made of the primitives of style.go: [Text] and [Groups] of a report, [DriftText], [Coverage], [Conformance].
// [JSON] writes any of them for programs. None depends on time or map order: the same input makes
// the same bytes.
package report

import (
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
)

// Report is the outcome of a run.
type Report struct {
	Verdict  Verdict   `json:"verdict"`
	Checks   Checks    `json:"checks"`
	Groups   []Group   `json:"groups"`             // one for each cause, highest severity first
	Services []Service `json:"services,omitempty"` // where there are several, or with operations
	Expected int       `json:"expected"`           // findings that an index expects
	Hidden   *Hidden   `json:"hidden,omitempty"`   // findings that are not in Groups
	// Deviations counts the known deviations of AWS that Groups has as info.
	Deviations int             `json:"deviations,omitempty"`
	Unmet      []finding.Unmet `json:"unmet,omitempty"`    // ignore rows that are expired, stale or over-broad
	Problems   []string        `json:"problems,omitempty"` // what kept the run from checking everything

	failOn Threshold
}

// Verdict is the outcome of a run: the first of these that applies.
type Verdict string

const (
	Failed     Verdict = "failed"      // a finding at or above the threshold, or an ignore row that was not met
	Incomplete Verdict = "incomplete"  // problems kept the run from checking everything
	NotChecked Verdict = "not checked" // there was nothing to check
	Passed     Verdict = "passed"
)

// Checks says what was checked.
type Checks struct {
	Responses  int     `json:"responses"` // checked or not
	Checked    int     `json:"checked"`
	Files      int     `json:"files"`
	Contracts  []Count `json:"contracts,omitempty"`  // checked, by contract
	NotChecked []Count `json:"notChecked,omitempty"` // not checked, by reason
	NotRead    []Count `json:"notRead,omitempty"`    // responses whose bodies no rule read, by kind
	Skipped    int     `json:"skipped,omitempty"`    // files of a folder that were not read
	// SkippedKinds are the files that were not read, by kind.
	SkippedKinds []Count `json:"skippedKinds,omitempty"`
	// Unrecognised counts documents of which no contract knows a member.
	Unrecognised *Unrecognised `json:"unrecognised,omitempty"`
}

// Unrecognised counts documents of which no contract knows a member.
type Unrecognised struct {
	Count int      `json:"count"`
	Names []string `json:"names,omitempty"` // some of the members' names, sorted
}

// Count is a number with the name of what it counts.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Collector makes a report of findings as they come. Its zero value is ready.
// It is not safe for concurrent use.
type Collector struct {
	// Accept says which findings are hidden. Set it before the first finding.
	Accept Acceptance
	// Origin is who sent the responses of the next findings.
	Origin finding.Origin
	// Redacted says that the traffic of the next findings is marked redacted, so that every report
	// may show what is in it.
	Redacted bool
	// At is where the next findings and problems are.
	At piece.At
	// Pieces says what was read, if not all of it, or not in its order.
	Pieces *piece.Set
	// ByOperation adds the counts of each operation to those of the services.
	ByOperation bool

	kinds    firsts[kindKey, *kind]
	hidden   firsts[hiddenKey, *HiddenGroup]
	maxKinds int // 0: [MaxKinds]
	// What is beyond.
	kindsElsewhere  map[kindKey]*kind
	hiddenElsewhere map[hiddenKey]*HiddenGroup

	contracts  map[string]int
	notChecked map[string]int
	notRead    map[string]int
	skipped    map[string]int
	problems   []problem
	shared     map[string]piece.At // the first place of each shared problem
	report     Report
}

// Checked counts a response that was checked against a contract.
func (c *Collector) Checked(contract string) { c.CheckedMany(contract, 1) }

// CheckedMany counts responses that were checked against the same contract.
func (c *Collector) CheckedMany(contract string, n int) {
	c.report.Checks.Responses += n
	c.report.Checks.Checked += n
	countMany(&c.contracts, contract, n)
}

// NotChecked counts a response that was not checked.
func (c *Collector) NotChecked(why string) {
	c.report.Checks.Responses++
	count(&c.notChecked, why)
}

func count(counts *map[string]int, name string) { countMany(counts, name, 1) }

func countMany(counts *map[string]int, name string, n int) {
	if *counts == nil {
		*counts = map[string]int{}
	}
	(*counts)[name] += n
}

// File counts an input that was read.
func (c *Collector) File() { c.report.Checks.Files++ }

// Unchecked returns how many responses were not checked, by reason.
func (c *Collector) Unchecked() map[string]int {
	all := maps.Clone(c.notChecked)
	for kind, n := range c.notRead {
		countMany(&all, "not read: "+kind, n)
	}
	return all
}

// Files returns how many inputs were read.
func (c *Collector) Files() int { return c.report.Checks.Files }

// NotRead counts a response whose body no rule read, such as a "blob payload"; kind
// is in the singular. It is not among those that were checked.
func (c *Collector) NotRead(kind string) {
	c.report.Checks.Responses++
	count(&c.notRead, kind)
}

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
	c.report.Checks.Responses++
	u.name(names)
}

// name notes names: the first ones in their order are kept.
func (u *Unrecognised) name(names []string) {
	for _, name := range names {
		if i, known := slices.BinarySearch(u.Names, name); !known && i < MaxNames && len(name) <= MaxName {
			u.Names = slices.Insert(u.Names, i, name)
			u.Names = u.Names[:min(MaxNames, len(u.Names))]
		}
	}
}

// Expected counts a finding that an index expects.
func (c *Collector) Expected() { c.report.Expected++ }

// Problem notes why the run could not check everything.
func (c *Collector) Problem(err error) {
	c.problems = append(c.problems, problem{At: c.At, Text: err.Error()})
}

// SharedProblem notes a problem that many interactions may have. It is reported once, with the first
// source that has it. The result is false if it was noted before.
func (c *Collector) SharedProblem(source string, err error) bool {
	text := err.Error()
	first, known := c.shared[text]
	if known && first.Compare(c.At) <= 0 {
		return false
	}
	if c.shared == nil {
		c.shared = map[string]piece.At{}
	}
	c.shared[text] = c.At
	c.problems = append(c.problems, problem{c.At, source + ": " + text, text})
	return !known
}

// Report returns the report, with the ignore rows that were not met.
func (c *Collector) Report(unmet []finding.Unmet, failOn Threshold) *Report {
	r := c.report
	r.Unmet, r.failOn = unmet, failOn
	r.Problems = c.problemTexts()
	if c.Pieces != nil {
		r.Checks.Files = c.Pieces.Sources()
	}
	r.Checks.Contracts = sorted(c.contracts)
	r.Checks.NotChecked = sorted(c.notChecked)
	r.Checks.NotRead = sorted(c.notRead)
	r.Checks.SkippedKinds = sorted(c.skipped)
	if u := r.Checks.Unrecognised; u != nil {
		r.Checks.Unrecognised = &Unrecognised{u.Count, slices.Clone(u.Names)}
	}
	r.Groups = c.causes()
	r.Services = c.services()
	r.Hidden = c.hiddenGroups()
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

// JSON writes a result as one indented JSON object: of a run, of drift or of coverage.
func JSON[T any](w io.Writer, r *T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
