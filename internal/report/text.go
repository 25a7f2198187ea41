package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
)

// maxShown is how many samples of a group the text has.
const maxShown = 3

// Text returns a format for people: each group with its first samples, the source line and a caret,
// and what to do about it; then a summary of what was checked.
func Text(style Style) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error {
		out := bufio.NewWriter(w)
		t := text{out, style}
		t.groups(r)
		t.hidden(r.Hidden)
		for _, u := range r.Unmet {
			fmt.Fprintf(out, "%s\n\n", visible(u.Error()))
		}
		t.summary(r)
		return out.Flush()
	}
}

// Groups returns [Text] without the summary, for findings that are not about traffic.
func Groups(style Style) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error {
		out := bufio.NewWriter(w)
		text{out, style}.groups(r)
		return out.Flush()
	}
}

func (t text) groups(r *Report) {
	operation := ""
	several := slices.ContainsFunc(r.Groups, func(g Group) bool {
		if g.Operation == "" {
			return false // the group is about the run
		}
		operation = cmp.Or(operation, g.Operation)
		return g.Operation != operation || g.Operations > 0
	})
	for _, g := range r.Groups {
		t.group(g, several || g.Tests != nil)
	}
}

// group writes one group; of says whether to name its operation.
func (t text) group(g Group, of bool) {
	fmt.Fprintf(t, "%s %s", t.severity(g.Severity), t.bold(string(g.Rule)))
	if g.Side != "" {
		fmt.Fprintf(t, " in %s", g.Side)
	}
	fmt.Fprintf(t, "%s [%s]\n", visible(g.where(of)), g.ID())
	if len(g.Occurrences) > 0 {
		fmt.Fprintf(t, "  in %s\n", visible(g.occurrences()))
	}
	for _, s := range g.Samples[:min(maxShown, len(g.Samples))] {
		t.sample(g, s)
	}
	if more := g.Count - maxShown; more > 0 {
		fmt.Fprintf(t, "  … and %s more\n", plural.Number(more))
	}
	if g.Tests != nil {
		fmt.Fprintf(t, "  tests: %s\n", visible(g.Tests.String()))
	}
	if want := g.want(); want != "" {
		fmt.Fprintf(t, "  want: %s\n", visible(want))
	}
	if g.Deviation != "" {
		fmt.Fprintf(t, "  %s\n", visible(g.Deviation))
	}
	fmt.Fprintf(t, "  → %s\n\n", g.Remedy)
}

// where returns the place of a group, and its count: " at /id of
// garden.GetBed, 3 times", or of a cause in several operations " at garden:Bed$id, in 20
// operations, 812 times".
func (g Group) where(of bool) string {
	where := " at " + finding.PlaceText(g.Part, g.Place)
	if len(g.Occurrences) > 0 {
		where = ""
		if rule, _ := g.Rule.Lookup(); g.Shape != "" && rule.Layer != finding.LayerHTTP {
			where = " at " + finding.Service(g.Operation) + ":" + g.Shape
		}
	}
	switch {
	case g.Operations > 0:
		where += ", in " + plural.Of(g.Operations, "operation")
	case of && g.Operation != "":
		where += " of " + g.Operation
	}
	if g.Count > 1 {
		where += ", " + plural.Of(g.Count, "time")
	}
	return where
}

// occurrences names the first operations, or the first places of the only one.
func (g Group) occurrences() string {
	var names []Count
	for _, o := range g.Occurrences {
		name := o.Operation
		if g.Operations == 0 {
			name = finding.PlaceText(o.Part, o.Place)
		}
		if last := len(names) - 1; last >= 0 && names[last].Name == name {
			names[last].Count += o.Count
			continue
		}
		names = append(names, Count{name, o.Count})
	}
	text := list(names[:min(maxNamed, len(names))])
	if more := len(names) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %s more", plural.Number(more))
	}
	return text
}

// want returns what the contract requires if the message does not say it: the values of an enum,
// the known members. It says nothing for a missing member.
func (g Group) want() string {
	if len(g.Samples) == 0 || g.Rule == finding.MemberMissing {
		return ""
	}
	want := g.Samples[0].ShortWant()
	if strings.Contains(g.Samples[0].Message, want) {
		return ""
	}
	return want
}

func (t text) sample(g Group, s Sample) {
	place := place(s.Finding)
	if g.Operations > 0 && s.Source != "" {
		place += " " + s.Operation
	}
	if s.Pointer != g.Place {
		place += " " + s.Pointer
	}
	if event := s.EventText(); event != "" {
		place += " " + event
	}
	if place != "" {
		place += ": "
	}
	fmt.Fprintf(t, "  %s%s\n", visible(place), visible(s.Message))
	if s.Excerpt == nil {
		return
	}
	number := fmt.Sprint(s.Line)
	fmt.Fprintf(t, "    %s | %s\n", number, s.Excerpt.Text)
	fmt.Fprintf(t, "    %s | %s%s\n", strings.Repeat(" ", len(number)), s.Excerpt.indent(), t.paint(colors[g.Severity], "^"))
}

// place returns FILE:LINE:COLUMN, which editors and terminals turn into a link. A finding without a
// source is about the contract of its operation.
func place(f finding.Finding) string {
	source := f.Source
	switch source {
	case "":
		source = f.Operation
	case "-":
		source = "stdin"
	}
	switch {
	case f.Line == 0:
		return source
	case f.Column == 0:
		return fmt.Sprintf("%s:%d", source, f.Line)
	}
	return fmt.Sprintf("%s:%d:%d", source, f.Line, f.Column)
}

func (t text) summary(r *Report) {
	c := r.Checks
	if c.Responses > 0 || c.Files > 0 {
		checked := plural.Number(c.Checked)
		if c.Checked != c.Responses {
			checked += " of " + plural.Number(c.Responses)
		}
		fmt.Fprintf(t, "checked %s of %s", checked+" "+plural.Noun(c.Responses, "response"), plural.Of(c.Files, "file"))
		if len(c.Contracts) > 0 {
			fmt.Fprintf(t, " against %s", against(c.Contracts))
		}
		fmt.Fprintln(t)
		if len(c.NotChecked) > 0 {
			fmt.Fprintf(t, "not checked: %s\n", reasons(c.NotChecked))
		}
	}
	if len(c.NotRead) > 0 {
		fmt.Fprintf(t, "not read: %s\n", visible(numbers(c.NotRead)))
	}
	if u := c.Unrecognised; u != nil {
		fmt.Fprintf(t, "unrecognised: %s with members that no contract knows", plural.Of(u.Count, "document"))
		if len(u.Names) > 0 {
			fmt.Fprintf(t, ", such as %s", visible(strings.Join(u.Names, ", ")))
		}
		fmt.Fprintln(t)
	}
	if c.Skipped > 0 {
		fmt.Fprintf(t, "skipped %s (%s)\n", plural.Of(c.Skipped, "file"), visible(skipped(c)))
	}
	t.services(r.Services)
	var counts, requests [finding.Error + 1]int
	for _, g := range r.Groups {
		counts[g.Severity] += g.Count
		if g.Side == Request {
			requests[g.Severity] += g.Count
		}
	}
	var parts []string
	for severity := finding.Error; severity >= finding.Info; severity-- {
		part := plural.Of(counts[severity], severity.String())
		if n := requests[severity]; n > 0 {
			part += fmt.Sprintf(" (%s in responses, %s in requests)", plural.Number(counts[severity]-n), plural.Number(n))
		}
		parts = append(parts, part)
	}
	fmt.Fprintf(t, "%s: %s", t.bold(string(r.Verdict)), strings.Join(parts, ", "))
	if r.Deviations > 0 {
		fmt.Fprintf(t, "; %s of AWS shown as info", plural.Of(r.Deviations, "known deviation"))
	}
	if r.Expected > 0 {
		fmt.Fprintf(t, "; %s as expected", plural.Of(r.Expected, "finding"))
	}
	if text := r.Hidden.text(); text != "" {
		fmt.Fprintf(t, "; hidden: %s", text)
		if !r.Hidden.list {
			fmt.Fprint(t, " (--hidden lists them)")
		}
	}
	if text := finding.UnmetText(r.Unmet); text != "" {
		fmt.Fprintf(t, "; %s", text)
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(t, "; %s on standard error", plural.Of(len(r.Problems), "problem"))
	}
	fmt.Fprintln(t)
}

// maxNamed is how many contracts or occurrences a line names.
const maxNamed = 4

// against names the contracts, or counts them if there are many.
func against(contracts []Count) string {
	if len(contracts) > maxNamed {
		return plural.Of(len(contracts), "contract")
	}
	return list(contracts)
}

func list(counts []Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, fmt.Sprintf("%s (%s)", c.Name, plural.Number(c.Count)))
	}
	return strings.Join(parts, ", ")
}

// WhyNothing says why a run checked nothing although the contracts have the routes.
func (c *Checks) WhyNothing() string {
	var reasons []string
	for _, n := range c.NotRead {
		reasons = append(reasons, fmt.Sprintf("%d %s, which crcheck does not read", n.Count, n.Name))
	}
	for _, n := range c.NotChecked {
		reasons = append(reasons, fmt.Sprintf("%d %s", n.Count, n.Name))
	}
	if reasons == nil {
		return "the input has no responses; name files with responses of the contract's operation"
	}
	return strings.Join(reasons, "; ")
}

// reasons puts counts first, because the names may end in parentheses.
func reasons(counts []Count) string {
	var parts []string
	for _, c := range counts {
		parts = append(parts, plural.Number(c.Count)+" "+c.Name)
	}
	return strings.Join(parts, ", ")
}

// skipped names the kinds of files, with counts if there are several.
func skipped(c Checks) string {
	if len(c.SkippedKinds) == 1 {
		return c.SkippedKinds[0].Name
	}
	return reasons(c.SkippedKinds)
}

// numbers lists counts of nouns. Names of encodings, such as cbor, have no plural.
func numbers(counts []Count) string {
	var parts []string
	for _, c := range counts {
		noun := c.Name
		if c.Count != 1 && strings.Contains(noun, " ") {
			noun += "s"
		}
		parts = append(parts, plural.Number(c.Count)+" "+noun)
	}
	return strings.Join(parts, ", ")
}

// text returns the counts of hidden findings; it is empty if there are none.
func (h *Hidden) text() string {
	if h == nil {
		return ""
	}
	var parts []string
	if h.Deviations > 0 {
		parts = append(parts, plural.Of(h.Deviations, "known deviation")+" of AWS")
	}
	if h.Ignored > 0 {
		parts = append(parts, plural.Number(h.Ignored)+" by ignore rows")
	}
	if h.Requests > 0 {
		parts = append(parts, plural.Number(h.Requests)+" about requests")
	}
	if h.Off > 0 {
		parts = append(parts, plural.Number(h.Off)+" of rules that are off")
	}
	return strings.Join(parts, ", ")
}

// hidden lists the hidden findings on request.
func (t text) hidden(h *Hidden) {
	if h == nil || !h.list {
		return
	}
	for _, g := range h.Groups {
		of := ""
		if g.Operation != "" {
			of = " of " + g.Operation
		}
		if g.Count > 1 {
			of += ", " + plural.Of(g.Count, "time")
		}
		fmt.Fprintf(t, "hidden (%s): %s %s at %s [%s]\n", g.By, g.Severity, g.Rule, visible(finding.PlaceText(g.Part, g.Place)+of), g.Fingerprint[:IDLength])
		fmt.Fprintf(t, "  %s: %s\n", visible(place(g.First)), visible(g.First.Message))
		if g.Reason != "" {
			fmt.Fprintf(t, "  reason: %s\n", visible(g.Reason))
		}
	}
	fmt.Fprintln(t)
}

// services writes a table with the counts of each service.
func (t text) services(services []Service) {
	if len(services) == 0 {
		return
	}
	rows := [][]string{serviceHeader}
	for _, row := range serviceRows(services, "  ") {
		row[0] = visible(row[0])
		rows = append(rows, row)
	}
	t.table(rows)
}
