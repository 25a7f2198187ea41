package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/conformance"
)

// errNoClient says that a page of clients was asked for where none was tested.
var errNoClient = errors.New("the format sdk-table is a page about clients under test: use it with `crcheck conform`, or with `crcheck check` in a project with clients")

// writeSDKTable writes how clients conform, as docs/sdks.md does for the AWS SDKs: a table for each
// group of cases with a column for each client, and the reasons of the expected failures below. It
// shows no value.
func writeSDKTable(w io.Writer, r *Results) error {
	if len(r.Suites) == 0 {
		return errNoClient
	}
	page := sdkTable{out: bufio.NewWriter(w)}
	for i := range r.Suites {
		page.add(&r.Suites[i])
	}
	page.write()
	return page.out.Flush()
}

// sdkTable is the page of [writeSDKTable].
type sdkTable struct {
	out     *bufio.Writer
	clients []string
	cases   []conformance.Outcome // of all clients, each once
	cells   []map[string]string   // by client and case
	reasons []string
}

func (p *sdkTable) add(s *Suite) {
	name := s.Client
	if name == "" {
		name = s.SuiteRun.Client.Name
	}
	name += " " + s.SuiteRun.Client.Version
	cells := map[string]string{}
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		if !slices.ContainsFunc(p.cases, func(c conformance.Outcome) bool { return c.Case == o.Case }) {
			p.cases = append(p.cases, *o)
		}
		cells[o.Case] = p.cell(name, o)
	}
	p.clients, p.cells = append(p.clients, name), append(p.cells, cells)
}

// cell says of a case what the client does.
func (p *sdkTable) cell(client string, o *conformance.Outcome) string {
	switch {
	case o.Verdict == conformance.Flaky:
		return "**flaky**" + p.reason(client, o)
	case o.Verdict == conformance.Failed, o.Verdict == conformance.ExpectedFailure:
		return "**fails**" + p.reason(client, o)
	case o.Verdict == conformance.Skipped, o.Verdict == conformance.NotRun:
		return strings.ReplaceAll(string(o.Verdict), "-", " ")
	case o.Level == "observe":
		return "open"
	}
	return "pass"
}

func (p *sdkTable) reason(client string, o *conformance.Outcome) string {
	if o.Reason == "" {
		return ""
	}
	text := client + ": " + o.Reason
	i := slices.Index(p.reasons, text)
	if i < 0 {
		i = len(p.reasons)
		p.reasons = append(p.reasons, text)
	}
	return fmt.Sprintf(" [%d](#reasons)", i+1)
}

func (p *sdkTable) write() {
	head, rule := "", ""
	for _, name := range p.clients {
		head += " " + markdownCell(name) + " |"
		rule += "---|"
	}
	fmt.Fprintf(p.out, "# How %s conform%s\n\n%d cases. open: the specification leaves the outcome open.\n", strings.Join(p.clients, ", "),
		map[bool]string{true: "s"}[len(p.clients) == 1], len(p.cases))
	var groups []string
	for i := range p.cases {
		if name, _, _ := strings.Cut(p.cases[i].Case, "/"); !slices.Contains(groups, name) {
			groups = append(groups, name)
		}
	}
	fmt.Fprintf(p.out, "\n| group |%s\n|---|%s\n", head, rule)
	for _, name := range groups {
		fmt.Fprintf(p.out, "| [%s](#%s) |", name, strings.ToLower(name))
		for _, cells := range p.cells {
			passed, held := 0, 0
			for i := range p.cases {
				if cell := cells[p.cases[i].Case]; strings.HasPrefix(p.cases[i].Case, name+"/") && cell != "open" {
					held++
					if cell == "pass" {
						passed++
					}
				}
			}
			fmt.Fprintf(p.out, " %d of %d |", passed, held)
		}
		fmt.Fprintln(p.out)
	}
	for _, name := range groups {
		fmt.Fprintf(p.out, "\n## %s\n\n| case | about |%s\n|---|---|%s\n", name, head, rule)
		for i := range p.cases {
			rest, ok := strings.CutPrefix(p.cases[i].Case, name+"/")
			if !ok {
				continue
			}
			fmt.Fprintf(p.out, "| %s | %s |", rest, markdownCell(p.cases[i].About))
			for _, cells := range p.cells {
				fmt.Fprintf(p.out, " %s |", cells[p.cases[i].Case])
			}
			fmt.Fprintln(p.out)
		}
	}
	if len(p.reasons) > 0 {
		fmt.Fprint(p.out, "\n## Reasons\n\n")
		for i, reason := range p.reasons {
			fmt.Fprintf(p.out, "%d. %s\n", i+1, reason)
		}
	}
}

func markdownCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
