package drift

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// JSON writes a report as one indented JSON object.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Text returns a format for people, in colours or not.
func Text(color bool) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error {
		t := text{bufio.NewWriter(w), color}
		var counts [finding.Error + 1]int
		if r.Comparison != nil {
			t.comparison(r.Comparison, &counts)
		}
		if r.Matrix != nil {
			t.matrix(r.Matrix)
		}
		if r.Traffic != nil {
			t.traffic(r.Traffic, &counts)
		}
		if r.ListHidden {
			t.hidden(r.Hidden)
		}
		for _, u := range r.Unmet {
			fmt.Fprintf(t, "%s\n\n", visible(u.Error()))
		}
		for _, line := range r.Left {
			fmt.Fprintf(t, "not in the proposed overlay: %s\n", visible(line))
		}
		t.summary(r, counts)
		return t.Flush()
	}
}

type text struct {
	*bufio.Writer
	color bool
}

var colors = map[finding.Severity]string{finding.Error: "31", finding.Warning: "33", finding.Info: "36"}

func (t text) paint(code, s string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// visible writes what a terminal would act on in escapes.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// clip shortens a document to a line that can be read.
func clip(s string) string {
	const most = 400
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

func (t text) comparison(c *Comparison, counts *[finding.Error + 1]int) {
	for i := range c.Changes {
		change := &c.Changes[i]
		counts[change.Severity]++
		place := change.Place().String()
		fmt.Fprintf(t, "%s %s at %s of %s\n", t.paint(colors[change.Severity], change.Severity.String()), t.paint("1", string(change.Rule)), visible(place), change.Operation)
		fmt.Fprintf(t, "  %s\n", visible(clip(change.Message)))
		t.witness(change.Witness)
		if change.Contested != "" {
			fmt.Fprintf(t, "  not proven: %s; please report it\n", visible(change.Contested))
		}
		if change.Untried != "" {
			fmt.Fprintf(t, "  not tried: %s\n", visible(change.Untried))
		}
		fmt.Fprintf(t, "  → %s\n\n", change.remedy())
	}
}

// remedy is what to do about a change: of one that documents could prove, were
// tried, and none does, nothing.
func (c *Change) remedy() string {
	if c.Witness == nil && c.Untried == "" && c.Contested == "" && proofs[c.Rule] != nil {
		return "No action needed: no payload was found that breaks either version."
	}
	rule, _ := c.Rule.Lookup()
	return rule.Remedy
}

func (t text) witness(w *Witness) {
	switch {
	case w == nil:
		return
	case w.Rule == "":
		fmt.Fprintf(t, "  witness, which the %s contract allows: %s\n    %s\n", w.Allowed, visible(w.Finding), visible(clip(w.Request)))
		return
	}
	form := ""
	if w.Form != schema.Wire.String() {
		form = ", in the " + w.Form + " encoding"
	}
	fmt.Fprintf(t, "  witness%s, which the %s contract allows; the %s one says %s at %s: %s\n", form, w.Allowed, w.Refused, w.Rule, visible(finding.PointerText(w.Pointer)), visible(w.Finding))
	for _, line := range []string{w.Request, w.Response, string(w.Document)} {
		if line != "" {
			fmt.Fprintf(t, "    %s\n", visible(clip(line)))
		}
	}
}

func (t text) matrix(m *Matrix) {
	for i, s := range m.Sources {
		fmt.Fprintf(t, "%s  %s\n", t.paint("1", letter(i)), visible(strings.TrimSpace(s.Kind+" "+s.Version)+", "+s.Name))
	}
	operation := ""
	for _, r := range m.Rows {
		if r.Operation != operation {
			operation = r.Operation
			fmt.Fprintf(t, "\n%s\n", t.paint("1", operation))
		}
		place := string(r.Part)
		if r.Pointer != "" {
			place += "#" + r.Pointer
		}
		var classes []string
		for _, c := range r.Classes {
			classes = append(classes, string(c))
		}
		fmt.Fprintf(t, "  %s of %s: %s\n", r.Facet, visible(place), t.paint("33", strings.Join(classes, ", ")))
		var order []string
		columns := map[string]string{}
		for i, v := range r.Values {
			if v == "" {
				continue
			}
			if columns[v] == "" {
				order = append(order, v)
			}
			columns[v] += letter(i)
		}
		for _, v := range order {
			fmt.Fprintf(t, "    %-*s  %s\n", len(r.Values), columns[v], visible(v))
		}
	}
	if len(m.Rows) > 0 {
		fmt.Fprintln(t)
	}
}

func (t text) traffic(r *Traffic, counts *[finding.Error + 1]int) {
	several := len(r.Contracts) > 1
	for _, o := range r.Observations {
		counts[o.Severity]++
		of := ""
		if several {
			of = " of " + o.Operation
		}
		fmt.Fprintf(t, "%s %s at %s%s, %s\n", t.paint(colors[o.Severity], o.Severity.String()), t.paint("1", string(o.Rule)),
			visible(finding.PlaceText(partText(o.Part), o.Place)), of, times(o.Count))
		fmt.Fprintf(t, "  first in %s\n", seen(o.First))
		for _, d := range o.Details {
			kind := ""
			if len(d.Types) > 0 {
				kind = ", " + strings.Join(d.Types, " or ")
			}
			fmt.Fprintf(t, "    %s%s, %s, first in %s\n", visible(strconv.Quote(d.Text)), kind, times(d.Count), seen(d.First))
		}
		if o.More > 0 {
			fmt.Fprintf(t, "    … and others, %s\n", times(o.More))
		}
		if o.Least != "" {
			fmt.Fprintf(t, "    from %s to %s\n", o.Least, o.Greatest)
		}
		rule, _ := o.Rule.Lookup()
		remedy := rule.Remedy
		if o.Part == schema.InputPart { // who responded makes no difference
			remedy = rule.RemedyFor(finding.OriginFixtures)
		}
		fmt.Fprintf(t, "  → %s\n\n", remedy)
	}
	for _, n := range r.NotChecked {
		fmt.Fprintf(t, "not checked: %d %s\n", n.Count, visible(n.Name))
	}
}

func seen(s Seen) string {
	source := s.Source
	if source == "-" {
		source = "stdin"
	}
	return fmt.Sprintf("%s, interaction %d", visible(source), s.Interaction)
}

func times(n int) string { return plural(n, "time") }

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (t text) summary(r *Report, counts [finding.Error + 1]int) {
	switch {
	case r.Comparison != nil:
		for _, a := range r.Comparison.Alone {
			fmt.Fprintf(t, "not compared: %s of %s, which only the %s side describes\n", plural(a.Operations, "operation"), visible(a.Service), a.Side)
		}
		fmt.Fprintf(t, "compared %s: %s with %s\n", plural(r.Comparison.Compared, "operation"), visible(r.Old), visible(r.New))
	case r.Matrix != nil:
		fmt.Fprintf(t, "compared %s of %s\n", plural(r.Matrix.Compared, "operation"), plural(len(r.Matrix.Sources), "source"))
		fmt.Fprintf(t, "%s: %s\n", t.paint("1", string(r.Verdict)), plural(len(r.Matrix.Rows), "disagreement"))
		return
	case r.Traffic != nil:
		shard := ""
		if r.Traffic.Shard != "" {
			shard = " of shard " + r.Traffic.Shard
		}
		fmt.Fprintf(t, "checked %d of %s%s\n", r.Traffic.Checked, plural(r.Traffic.Interactions, "interaction"), shard)
	}
	fmt.Fprintf(t, "%s: %s, %s, %s", t.paint("1", string(r.Verdict)), plural(counts[finding.Error], "error"), plural(counts[finding.Warning], "warning"), plural(counts[finding.Info], "info"))
	if r.Expected > 0 {
		fmt.Fprintf(t, "; %d as expected", r.Expected)
	}
	if r.Ignored > 0 {
		fmt.Fprintf(t, "; hidden: %d by ignore rows", r.Ignored)
		if !r.ListHidden {
			fmt.Fprint(t, " (--hidden lists them)")
		}
	}
	if text := finding.UnmetText(r.Unmet); text != "" {
		fmt.Fprintf(t, "; %s", text)
	}
	fmt.Fprintln(t)
}
