package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// shown is how many samples of a group the text has.
const shown = 3

// Style says how text is written.
type Style struct{ Color bool }

// Text returns a format for people: each group with its first samples, the
// source line and a caret, and what to do about it; then what was checked.
func Text(style Style) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error {
		out := bufio.NewWriter(w)
		t := text{out, style}
		t.groups(r)
		for _, u := range r.Unmet {
			fmt.Fprintf(out, "%s\n\n", visible(u.Error()))
		}
		t.summary(r)
		return out.Flush()
	}
}

// Groups returns [Text] without what was checked, for findings that are no
// outcome of checking traffic.
func Groups(style Style) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error {
		out := bufio.NewWriter(w)
		text{out, style}.groups(r)
		return out.Flush()
	}
}

type text struct {
	*bufio.Writer
	style Style
}

var colors = map[finding.Severity]string{finding.Error: "31", finding.Warning: "33", finding.Info: "36"}

func (t text) paint(code, s string) string {
	if !t.style.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t text) bold(s string) string { return t.paint("1", s) }

func (t text) groups(r *Report) {
	several := slices.ContainsFunc(r.Groups, func(g Group) bool { return g.Operation != r.Groups[0].Operation })
	for _, g := range r.Groups {
		t.group(g, several)
	}
}

// group writes one group; of is whether to say of which operation it is.
func (t text) group(g Group, of bool) {
	more := ""
	if of && g.Operation != "" {
		more = " of " + g.Operation
	}
	if g.Count > 1 {
		more += ", " + number(g.Count, "time")
	}
	fmt.Fprintf(t, "%s %s at %s%s\n", t.paint(colors[g.Severity], g.Severity.String()), t.bold(string(g.Rule)), visible(finding.PlaceText(g.Part, g.Place)), more)
	for _, s := range g.Samples[:min(shown, len(g.Samples))] {
		t.sample(g, s)
	}
	if more := g.Count - shown; more > 0 {
		fmt.Fprintf(t, "  … and %s more\n", thousands(more))
	}
	if want := g.want(); want != "" {
		fmt.Fprintf(t, "  want: %s\n", visible(want))
	}
	fmt.Fprintf(t, "  → %s\n\n", g.Remedy)
}

// want is what the contract asks for, where the message does not say it: the
// values of an enum, the members that there are. That a missing member is
// wanted goes without saying.
func (g Group) want() string {
	if len(g.Samples) == 0 || g.Rule == finding.MemberMissing || strings.Contains(g.Samples[0].Message, g.Samples[0].Want) {
		return ""
	}
	return g.Samples[0].Want
}

func (t text) sample(g Group, s Sample) {
	place := place(s.Finding)
	if s.Pointer != g.Place {
		place += " " + s.Pointer
	}
	fmt.Fprintf(t, "  %s: %s\n", visible(place), visible(s.Message))
	if s.Excerpt == nil {
		return
	}
	number := fmt.Sprint(s.Line)
	fmt.Fprintf(t, "    %s | %s\n", number, s.Excerpt.Text)
	fmt.Fprintf(t, "    %s | %s%s\n", strings.Repeat(" ", len(number)), s.Excerpt.indent(), t.paint(colors[g.Severity], "^"))
}

// place is FILE:LINE:COLUMN, which editors and terminals make a link of. What
// stands in no input is a matter of the contract.
func place(f finding.Finding) string {
	source := f.Source
	switch source {
	case "":
		source = f.Operation
	case "-":
		source = "stdin"
	}
	if f.Line == 0 {
		return source
	}
	return fmt.Sprintf("%s:%d:%d", source, f.Line, f.Column)
}

func (t text) summary(r *Report) {
	c := r.Checks
	if c.Responses > 0 || c.Files > 0 {
		checked := thousands(c.Checked)
		if c.Checked != c.Responses {
			checked += " of " + thousands(c.Responses)
		}
		fmt.Fprintf(t, "checked %s of %s", plural(checked, c.Responses, "response"), plural(thousands(c.Files), c.Files, "file"))
		if len(c.Contracts) > 0 {
			fmt.Fprintf(t, " against %s", against(c.Contracts))
		}
		fmt.Fprintln(t)
		if len(c.NotChecked) > 0 {
			fmt.Fprintf(t, "not checked: %s\n", reasons(c.NotChecked))
		}
		if c.Skipped > 0 {
			fmt.Fprintf(t, "skipped %s (%s)\n", number(c.Skipped, "file"), formats(c.Formats))
		}
	}
	var counts [finding.Error + 1]int
	for _, g := range r.Groups {
		counts[g.Severity] += g.Count
	}
	fmt.Fprintf(t, "%s: %s, %s, %s", t.bold(string(r.Verdict)), number(counts[finding.Error], "error"),
		number(counts[finding.Warning], "warning"), number(counts[finding.Info], "info"))
	if r.Expected > 0 {
		fmt.Fprintf(t, "; %s as expected", number(r.Expected, "finding"))
	}
	if len(r.Unmet) > 0 {
		fmt.Fprintf(t, "; %s not met", number(len(r.Unmet), "expectation"))
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(t, "; %s on standard error", number(len(r.Problems), "problem"))
	}
	fmt.Fprintln(t)
}

// most is how many contracts a line names.
const most = 4

// against names the contracts, or counts them where they are many.
func against(contracts []Count) string {
	if len(contracts) > most {
		return number(len(contracts), "contract")
	}
	return list(contracts)
}

func list(counts []Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, fmt.Sprintf("%s (%s)", c.Name, thousands(c.Count)))
	}
	return strings.Join(parts, ", ")
}

// reasons has counts first, for the names may end in parentheses themselves.
func reasons(counts []Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, thousands(c.Count)+" "+c.Name)
	}
	return strings.Join(parts, ", ")
}

// formats has the most frequent first.
func formats(counts []Count) string {
	counts = slices.Clone(counts)
	slices.SortStableFunc(counts, func(a, b Count) int { return b.Count - a.Count })
	var parts []string
	for _, c := range counts {
		if countable[c.Name[strings.LastIndexByte(c.Name, ' ')+1:]] {
			parts = append(parts, number(c.Count, c.Name))
		} else {
			parts = append(parts, thousands(c.Count)+" "+c.Name)
		}
	}
	return strings.Join(parts, ", ")
}

// countable are the last words of formats that have a plural: there are two recordings, but not two TOMLs.
var countable = map[string]bool{
	"recording": true, "cassette": true, "snapshot": true, "mapping": true, "simulation": true, "collection": true, "document": true, "file": true,
	"log": true, "model": true, "script": true, "notebook": true, "session": true, "contract": true, "export": true, "capture": true, "message": true,
	"archive": true, "map": true, "template": true,
}

func number(n int, noun string) string { return plural(thousands(n), n, noun) }

// plural writes a count, which is given as text and as a number, and its noun.
func plural(count string, n int, noun string) string {
	if n == 1 {
		return count + " " + noun
	}
	return count + " " + noun + "s"
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
