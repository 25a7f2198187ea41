package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/plural"
)

// Project is what a run of all checks of a project found as a whole: the contracts in force, and the
// verdict on each check and on all of them.
type Project struct {
	File      string     `json:"file"`
	Verdict   Verdict    `json:"verdict"`
	Contracts []Contract `json:"contracts"` // by source
	Checks    []Check    `json:"checks"`
	// Problems kept the run from checking everything.
	Problems []string `json:"problems,omitempty"`
	// Notes are about the run as a whole.
	Notes []string `json:"notes,omitempty"`
}

// Contract is a source of contracts in force.
type Contract struct {
	Source     string `json:"source"`
	Version    string `json:"version,omitempty"`
	Operations int    `json:"operations"`
	Pinned     string `json:"pinned,omitempty"` // the date, as YYYY-MM-DD; empty: not pinned
	Age        int    `json:"age"`              // days since that date
	Changed    bool   `json:"changed,omitempty"`
}

// Check is the verdict on one check of a project.
type Check struct {
	Name    string  `json:"name"` // such as "traffic", or "client" with the client's name
	Verdict Verdict `json:"verdict"`
	Summary string  `json:"summary"`
}

// worst lists verdicts, the one that decides first.
var worst = []Verdict{Incomplete, NotChecked, Failed}

// Conclude sets the verdict on the project from those on its checks: the first of incomplete, not
// checked and failed that occurs.
func (p *Project) Conclude() {
	p.Verdict = Passed
	if len(p.Problems) > 0 {
		p.Verdict = Incomplete
		return
	}
	for _, v := range worst {
		for _, c := range p.Checks {
			if c.Verdict == v {
				p.Verdict = v
				return
			}
		}
	}
}

func (c Contract) text() string {
	text := c.Source
	if c.Version != "" {
		text += " " + c.Version
	}
	text += ", " + plural.Of(c.Operations, "operation")
	switch {
	case c.Pinned == "":
		text += ", built in"
	case c.Age == 0:
		text += ", pinned today"
	default:
		text += fmt.Sprintf(", pinned %s ago (%s)", plural.Of(c.Age, "day"), c.Pinned)
	}
	if c.Changed {
		text += "; the document has changed since"
	}
	return text
}

// projectText writes the contracts, then each part, then the verdicts.
func projectText(w io.Writer, r *Results, style Style) error {
	out := bufio.NewWriter(w)
	t := text{out, style}
	p := r.Project
	for i, c := range p.Contracts {
		label := "contracts:"
		if i > 0 {
			label = "          "
		}
		fmt.Fprintf(t, "%s %s\n", label, visible(c.text()))
	}
	rest := *r
	rest.Project = nil
	for _, part := range rest.parts() {
		if p.quiet(part) {
			continue
		}
		fmt.Fprintf(t, "\n%s\n\n", t.bold("── "+part.name+" ──"))
		if part.Lint != nil { // the rest is that of the traffic
			t.groups(part.Lint)
			continue
		}
		if err := writeParts(t, part.Results, style); err != nil {
			return err
		}
	}
	fmt.Fprintf(t, "\n%s\n\n", t.bold("── verdict ──"))
	width := 0
	for _, c := range p.Checks {
		width = max(width, len(c.Name))
	}
	for _, c := range p.Checks {
		fmt.Fprintf(t, "  %-*s  %s: %s\n", width, visible(c.Name), c.Verdict, visible(c.Summary))
	}
	for _, problem := range p.Problems {
		fmt.Fprintf(t, "  problem: %s\n", visible(problem))
	}
	for _, note := range p.Notes {
		fmt.Fprintf(t, "  note: %s\n", visible(note))
	}
	fmt.Fprintf(t, "%s: %s\n", t.bold(string(p.Verdict)), visible(p.File))
	return out.Flush()
}

// quiet reports whether a check that passed needs no more than its line.
func (p *Project) quiet(of part) bool {
	return (of.Coverage != nil || len(of.Suites) > 0 || of.Lint != nil && len(of.Lint.Groups) == 0) && slices.ContainsFunc(p.Checks, func(c Check) bool { return c.Name == of.name && c.Verdict == Passed })
}

// withheld returns the project without the texts of errors, which may quote what they are about.
func (p *Project) withheld() *Project {
	if p == nil {
		return nil
	}
	shown := *p
	shown.Problems, shown.Notes = withheldLines(p.Problems), withheldLines(p.Notes)
	shown.Checks = slices.Clone(p.Checks)
	for i := range shown.Checks {
		shown.Checks[i].Summary = finding.Unquoted(shown.Checks[i].Summary)
	}
	return &shown
}

type part struct {
	name string
	*Results
}

// parts splits results that have several parts.
func (r *Results) parts() (all []part) {
	add := func(name string, is bool, one Results) {
		if one.Command = r.Command; is {
			all = append(all, part{name, &one})
		}
	}
	add("contracts", r.Models != nil, Results{Models: r.Models})
	add("traffic", r.Traffic != nil, Results{Traffic: r.Traffic})
	add("cassettes", r.Lint != nil, Results{Lint: r.Lint})
	add("coverage", r.Coverage != nil, Results{Coverage: r.Coverage})
	for _, s := range r.Suites {
		add("client "+s.Client, true, Results{Suites: []Suite{s}})
	}
	add("drift", r.Drift != nil, Results{Drift: r.Drift})
	return all
}

// suiteJSON is the run of a suite for programs.
type suiteJSON struct {
	Client  string `json:"name"`
	Verdict string `json:"verdict"`
	*SuiteRun
}

// projectJSON writes all parts as one JSON object.
func projectJSON(w io.Writer, r *Results) error {
	all := struct {
		Verdict  Verdict           `json:"verdict"`
		Project  *Project          `json:"project"`
		Models   *Report           `json:"models,omitempty"`
		Traffic  *Report           `json:"traffic,omitempty"`
		Lint     *Report           `json:"lint,omitempty"`
		Coverage *coverage.Summary `json:"coverage,omitempty"`
		Suites   []suiteJSON       `json:"suites,omitempty"`
		Drift    *Drift            `json:"drift,omitempty"`
	}{r.Project.Verdict, r.Project, r.Models, r.Traffic, r.Lint, r.Coverage, nil, r.Drift}
	for _, s := range r.Suites {
		all.Suites = append(all.Suites, suiteJSON{s.Client, suiteVerdict(s.Results), s.SuiteRun})
	}
	return JSON(w, &all)
}

// Parse returns the report of traffic in the JSON of a report: that of a command, or that of
// check.
func Parse(text []byte) (*Report, bool) {
	var all struct {
		Report
		Project *Project `json:"project"`
		Traffic *Report  `json:"traffic"`
		Lint    *Report  `json:"lint"`
	}
	if err := json.Unmarshal(text, &all); err != nil || all.Verdict == "" {
		return nil, false
	}
	if all.Project == nil {
		return &all.Report, true
	}
	var r Report
	for _, part := range []*Report{all.Traffic, all.Lint} {
		if part != nil {
			r.Groups = append(r.Groups, part.Groups...)
		}
	}
	return &r, true
}
