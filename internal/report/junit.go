package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// The elements of a JUnit report, as Jenkins, GitLab and Maven's surefire read them.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Skipped *junitProblem `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a test suite for each part of the results, with a test case for each cause and
// for each contract or case that passed.
func writeJUnit(w io.Writer, r *Results) error {
	all := junitSuites{Name: strings.TrimSpace("crcheck " + r.Command)}
	suites := map[string]*junitSuite{}
	var order []string
	add := func(suite string, c junitCase) {
		if suites[suite] == nil {
			suites[suite] = &junitSuite{Name: suite}
			order = append(order, suite)
		}
		suites[suite].Cases = append(suites[suite].Cases, c)
	}
	for _, c := range r.Causes() {
		add(c.suite(), c.junit())
	}
	for _, c := range r.passed() {
		add(c.suite, c.junitCase)
	}
	for _, name := range order {
		s := suites[name]
		for _, c := range s.Cases {
			s.Tests++
			switch {
			case c.Failure != nil:
				s.Failures++
			case c.Error != nil:
				s.Errors++
			case c.Skipped != nil:
				s.Skipped++
			}
		}
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, *s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (c *Cause) suite() string {
	if c.Client != "" {
		return visible(string(c.Section) + ": " + c.Client)
	}
	return string(c.Section)
}

func (c *Cause) junit() junitCase {
	t := junitCase{Class: visible(cmp.Or(c.Operation, "crcheck")), Name: c.title()}
	if at := c.first(); at.File != "" && at.File != "-" {
		t.File, t.Line = relative(at.File), at.Line
	}
	message := visible(clip(c.Message))
	text := strings.Join(c.lines(), "\n")
	for i, s := range c.Seen {
		if i == maxShown {
			break
		}
		text += "\n" + visible(fmt.Sprintf("%s: %s", s.place(), s.Message))
	}
	switch {
	case c.HiddenBy != "":
		t.Skipped = &junitProblem{Message: visible(strings.TrimSuffix(string(c.HiddenBy)+": "+c.Reason, ": "))}
	case c.Rule == incomplete:
		t.Error = &junitProblem{Message: message, Type: string(c.Rule), Text: text}
	case c.Fails:
		t.Failure = &junitProblem{Message: message, Type: string(c.Rule), Text: text}
	default:
		t.Out = c.Severity.String() + ": " + text
	}
	return t
}

// place returns FILE:LINE:COLUMN.
func (s Seen) place() string {
	file := s.File
	if file == "-" {
		file = "stdin"
	}
	if s.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, s.Line, s.Column)
}

type passedCase struct {
	suite string
	junitCase
}

// passed returns what was checked, so that a run without findings has test cases.
func (r *Results) passed() []passedCase {
	var all []passedCase
	add := func(suite, class, name, out string) {
		all = append(all, passedCase{suite, junitCase{Class: visible(class), Name: visible(name), Out: visible(out)}})
	}
	for _, part := range []struct {
		section Section
		report  *Report
	}{{InTraffic, r.Traffic}, {InCassette, r.Lint}} {
		if part.report == nil {
			continue
		}
		for _, c := range part.report.Checks.Contracts {
			operation, _, _ := strings.Cut(c.Name, "@")
			add(string(part.section), operation, "checked "+plural.Of(c.Count, "response")+" against "+c.Name, "")
		}
	}
	for i := range r.Suites {
		s := &r.Suites[i]
		for _, o := range s.Outcomes {
			suite := (&Cause{Section: InClients, Client: cmp.Or(s.Client, s.SuiteRun.Results.Client.Name)}).suite()
			switch o.Verdict {
			case conformance.Passed, conformance.Observed:
				add(suite, s.Operation, o.Case, "")
			case conformance.Skipped:
				all = append(all, passedCase{suite, junitCase{Class: visible(s.Operation), Name: visible(o.Case), Skipped: &junitProblem{Message: visible(finding.Unquoted(o.Reason))}}})
			}
		}
	}
	if r.Coverage != nil {
		for _, c := range r.Coverage.Contracts {
			add("coverage", c.Name, fmt.Sprintf("coverage is %d%%", c.Percent), "")
		}
	}
	if r.Drift != nil && r.Drift.Comparison != nil {
		add(string(InDrift), "crcheck", "compared "+plural.Of(r.Drift.Comparison.Compared, "operation"), "")
	}
	return all
}
