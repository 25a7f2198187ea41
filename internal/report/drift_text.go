package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// DriftText returns a format for people.
func DriftText(style Style) func(io.Writer, *Drift) error {
	return func(w io.Writer, r *Drift) error {
		t := driftText{text{bufio.NewWriter(w), style}}
		var counts [finding.Error + 1]int
		if r.Comparison != nil {
			t.comparison(r.Comparison, &counts)
		}
		if r.Matrix != nil {
			t.matrix(r.Matrix)
		}
		if r.Traffic != nil {
			t.traffic(r.Traffic, r.From, &counts)
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

type driftText struct{ text }

func (t driftText) comparison(c *drift.Comparison, counts *[finding.Error + 1]int) {
	for i := 0; i < len(c.Changes); {
		change := &c.Changes[i]
		alike := c.Changes[i:]
		if n := slices.IndexFunc(alike, func(other drift.Change) bool { return !sameEnum(change, &other) }); n >= 0 {
			alike = alike[:max(n, 1)]
		}
		i += len(alike)
		counts[change.Severity] += len(alike)
		fmt.Fprintf(t, "%s %s at %s\n", t.severity(change.Severity), t.bold(string(change.Rule)), visible(change.Where()))
		message := change.Message
		if len(alike) > 1 {
			message = enumValues(alike)
		}
		fmt.Fprintf(t, "  %s\n", visible(clip(message)))
		t.witness(change.Witness)
		if change.Recorded > 0 {
			fmt.Fprintf(t, "  refused: %s\n", plural.Of(change.Recorded, "recorded request"))
		}
		if change.Contested != "" {
			fmt.Fprintf(t, "  not proven: %s; please report it\n", visible(change.Contested))
		}
		if change.Untried != "" {
			fmt.Fprintf(t, "  not tried: %s\n", visible(change.Untried))
		}
		fmt.Fprintf(t, "  → %s\n\n", change.Remedy())
	}
}

// sameEnum reports whether two changes add values to one enum, or remove them, and weigh the same.
func sameEnum(a, b *drift.Change) bool {
	return a.Facet == "enum" && (a.Rule == finding.DriftEnumValueAdded || a.Rule == finding.DriftEnumValueRemoved) && a.Rule == b.Rule && a.Severity == b.Severity &&
		a.Operation == b.Operation && a.Place() == b.Place() && a.Shape == b.Shape && a.Places == b.Places && (a.Witness == nil) == (b.Witness == nil)
}

// enumValues names the values of changes of one enum.
func enumValues(changes []drift.Change) string {
	const most = 8
	verb := "added to"
	var values []string
	for _, c := range changes {
		values = append(values, cmp.Or(c.New, c.Old))
		if c.Rule == finding.DriftEnumValueRemoved {
			verb = "removed from"
		}
	}
	if len(values) > most {
		values = append(values[:most], fmt.Sprintf("and %d more", len(values)-most))
	}
	return fmt.Sprintf("%d values were %s the enum: %s", len(changes), verb, strings.Join(values, ", "))
}

func (t driftText) witness(w *drift.Witness) {
	switch {
	case w == nil:
		return
	case w.Rule == "":
		fmt.Fprintf(t, "  breaking payload, which the %s contract allows: %s\n    %s\n", w.Allowed, visible(w.Finding), visible(clip(w.Request)))
		return
	}
	form := ""
	if w.Form != schema.HTTP.String() {
		form = ", in the " + w.Form + " encoding"
	}
	fmt.Fprintf(t, "  breaking payload%s, which the %s contract allows; the %s one reports %s at %s: %s\n", form, w.Allowed, w.Refused, w.Rule, visible(finding.PointerText(w.Pointer)), visible(w.Finding))
	for _, line := range []string{w.Request, w.Response, string(w.Document)} {
		if line != "" {
			fmt.Fprintf(t, "    %s\n", visible(clip(line)))
		}
	}
}

func (t driftText) matrix(m *drift.Matrix) {
	for i, s := range m.Sources {
		fmt.Fprintf(t, "%s  %s\n", t.bold(drift.Letter(i)), visible(strings.TrimSpace(s.Kind+" "+s.Version)+", "+s.Name))
	}
	operation := ""
	for _, r := range m.Rows {
		if r.Operation != operation {
			operation = r.Operation
			fmt.Fprintf(t, "\n%s\n", t.bold(operation))
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
			columns[v] += drift.Letter(i)
		}
		for _, v := range order {
			fmt.Fprintf(t, "    %-*s  %s\n", len(r.Values), columns[v], visible(v))
		}
	}
	if len(m.Rows) > 0 {
		fmt.Fprintln(t)
	}
}

func (t driftText) traffic(r *tallies.Traffic, from finding.Origin, counts *[finding.Error + 1]int) {
	several := len(r.Contracts) > 1
	for _, o := range r.Observations {
		counts[o.Severity]++
		of := ""
		if several {
			of = " of " + o.Operation
		}
		fmt.Fprintf(t, "%s %s at %s%s, %s\n", t.severity(o.Severity), t.bold(string(o.Rule)),
			visible(finding.PlaceText(tallies.PartText(o.Part), o.Place)), of, plural.Of(o.Count, "time"))
		fmt.Fprintf(t, "  first in %s\n", firstSeen(o.First))
		for _, d := range o.Details {
			kind := ""
			if len(d.Types) > 0 {
				kind = ", " + strings.Join(d.Types, " or ")
			}
			fmt.Fprintf(t, "    %s%s, %s, first in %s\n", visible(strconv.Quote(d.Text)), kind, plural.Of(d.Count, "time"), firstSeen(d.First))
		}
		if o.More > 0 {
			fmt.Fprintf(t, "    … and others, %s\n", plural.Of(o.More, "time"))
		}
		if o.Least != "" {
			fmt.Fprintf(t, "    from %s to %s\n", o.Least, o.Greatest)
		}
		rule, _ := o.Rule.Lookup()
		remedy := rule.RemedyFor(from)
		if o.Part == schema.InputPart { // who responded makes no difference
			remedy = rule.RemedyFor(finding.OriginFixtures)
		}
		fmt.Fprintf(t, "  → %s\n\n", remedy)
	}
	for _, n := range r.NotChecked {
		fmt.Fprintf(t, "not checked: %d %s\n", n.Count, visible(n.Name))
	}
}

func firstSeen(s tallies.Seen) string {
	source := s.Source
	if source == "-" {
		source = "stdin"
	}
	return fmt.Sprintf("%s, interaction %d", visible(source), s.Interaction)
}

func (t driftText) summary(r *Drift, counts [finding.Error + 1]int) {
	switch {
	case r.Comparison != nil:
		for _, a := range r.Comparison.Alone {
			fmt.Fprintf(t, "not compared: %s of %s, which only the %s side describes\n", plural.Of(a.Operations, "operation"), visible(a.Service), a.Side)
		}
		fmt.Fprintf(t, "compared %s: %s with %s\n", plural.Of(r.Comparison.Compared, "operation"), visible(r.Old), visible(r.New))
	case r.Matrix != nil:
		fmt.Fprintf(t, "compared %s of %s\n", plural.Of(r.Matrix.Compared, "operation"), plural.Of(len(r.Matrix.Sources), "source"))
		fmt.Fprintf(t, "%s: %s\n", t.bold(string(r.Verdict)), plural.Of(len(r.Matrix.Rows), "disagreement"))
		return
	case r.Traffic != nil:
		fmt.Fprintf(t, "checked %d of %s\n", r.Traffic.Checked, plural.Of(r.Traffic.Interactions, "interaction"))
		if r.Interrupted {
			fmt.Fprintln(t, "incomplete: the rest of the traffic was not read")
		}
	}
	fmt.Fprintf(t, "%s: %s, %s, %s", t.bold(string(r.Verdict)), plural.Of(counts[finding.Error], "error"), plural.Of(counts[finding.Warning], "warning"), plural.Of(counts[finding.Info], "info"))
	if r.Expected > 0 {
		fmt.Fprintf(t, "; %d as expected", r.Expected)
	}
	if r.Below > 0 {
		fmt.Fprintf(t, "; not shown: %d below %s (--min-severity)", r.Below, r.MinSeverity)
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

// hidden lists the changes that rows accept, with the reasons.
func (t driftText) hidden(hidden []HiddenChange) {
	for _, h := range hidden {
		fmt.Fprintf(t, "hidden (%s): %s %s at %s of %s\n", h.By, h.Severity, h.Rule, visible(finding.PlaceText(h.Part, h.Pointer)), visible(h.Operation))
		if what := cmp.Or(h.Message, h.Got); what != "" {
			fmt.Fprintf(t, "  %s\n", visible(clip(what)))
		}
		fmt.Fprintf(t, "  reason: %s\n", visible(h.Reason))
	}
	if len(hidden) > 0 {
		fmt.Fprintln(t)
	}
}
