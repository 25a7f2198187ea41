package project

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/wording"
)

// maxChanges is how many changes of a severity the text of a pull request has. The sites of pull
// requests refuse long texts.
const maxChanges = 50

// Markdown writes what an update changed, as the text of a pull request.
func (u *Updated) Markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## %s\n\n", u.Title())
	if !u.Changed {
		fmt.Fprintln(out, "No pinned contract changed.")
		return out.Flush()
	}
	if len(u.Sources) > 0 {
		fmt.Fprintf(out, "| contracts | before | now | operations |\n|---|---|---|---|\n")
		for _, s := range u.Sources {
			fmt.Fprintf(out, "| %s | %s | %s | %s |\n", code(s.Source), cell(s.Old), cell(s.New), operations(s))
		}
		fmt.Fprintln(out)
	}
	if d := u.Results.Drift; d != nil {
		for severity := finding.Error; severity >= finding.Info; severity-- {
			u.changes(out, severity)
		}
		if n := d.Expected + d.Ignored + len(d.Hidden); n > 0 {
			fmt.Fprintf(out, "Not listed: %s that a baseline, an ignore row or a rule that is off accepts.\n\n", plural.Of(len(d.Hidden), "change"))
		}
		if len(d.Comparison.Changes) == 0 {
			fmt.Fprintf(out, "The contracts of the %s that %s pinned before allow the same as they did.\n\n", plural.Of(d.Comparison.Compared, "operation"), were(d.Comparison.Compared))
		}
	}
	fmt.Fprintln(out, "Written by `crcheck update`. Run `crcheck check` to check the project against these contracts.")
	return out.Flush()
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// Title is the title of a pull request.
func (u *Updated) Title() string {
	var counts [finding.Error + 1]int
	if d := u.Results.Drift; d != nil {
		for _, c := range d.Comparison.Changes {
			counts[c.Severity]++
		}
	}
	switch {
	case !u.Changed:
		return "API contracts: no changes"
	case counts[finding.Error] > 0:
		return "API contracts: " + plural.Of(counts[finding.Error], "breaking change")
	case counts[finding.Warning]+counts[finding.Info] > 0:
		return "API contracts: " + plural.Of(counts[finding.Warning]+counts[finding.Info], "change") + ", not breaking"
	}
	return "API contracts: pinned again"
}

var headings = [...]string{finding.Error: "Breaking", finding.Warning: "Worth a look", finding.Info: "Harmless"}

// changes writes the changes of one severity.
func (u *Updated) changes(w io.Writer, severity finding.Severity) {
	n := 0
	for i := range u.Results.Drift.Comparison.Changes {
		c := &u.Results.Drift.Comparison.Changes[i]
		if c.Severity != severity {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(w, "### %s\n\n", headings[severity])
		}
		if n <= maxChanges {
			change(w, c)
		}
	}
	if n > maxChanges {
		fmt.Fprintf(w, "… and %s. `crcheck drift` lists them all.\n", plural.Of(n-maxChanges, "more change"))
	}
	if n > 0 {
		fmt.Fprintln(w)
	}
}

// maxText is how many bytes of a value the text shows.
const maxText = 400

func change(w io.Writer, c *drift.Change) {
	fmt.Fprintf(w, "- **%s** at %s of %s: %s\n", c.Rule, code(c.Place().String()), code(c.Operation), prose(c.Message))
	if p := c.Witness; p != nil && len(p.Document) > 0 {
		fmt.Fprintf(w, "\n  A payload that the %s contract allows and the other refuses (%s):\n\n", p.Allowed, code(string(p.Rule)))
		fmt.Fprintf(w, "  ```json\n  %s\n  ```\n\n", strings.ReplaceAll(oneLine(string(p.Document)), "```", "` ` `"))
	}
	fmt.Fprintf(w, "  %s\n", prose(c.Remedy()))
}

func operations(s SourceChange) string {
	var parts []string
	if n := len(s.Added); n > 0 && s.Old != "" || n > 0 && len(s.Removed) > 0 {
		parts = append(parts, "added "+list(s.Added))
	} else if n > 0 {
		parts = append(parts, list(s.Added))
	}
	if len(s.Removed) > 0 {
		parts = append(parts, "no longer used: "+list(s.Removed))
	}
	return strings.Join(parts, "; ")
}

func list(names []string) string {
	const most = 10
	var parts []string
	for _, name := range names[:min(most, len(names))] {
		parts = append(parts, code(name))
	}
	text := strings.Join(parts, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(wording.Clip(text, maxText)), " ")
}

// code returns text as code in a line or a cell of a table.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "¦").Replace(oneLine(text)) + "`"
}

func cell(text string) string {
	if text == "" {
		return ""
	}
	return code(text)
}

var escaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "@", "@\u200b", "#", `\#`, "|", `\|`)

// prose returns text of a contract as Markdown that shows it.
func prose(text string) string { return escaper.Replace(oneLine(text)) }
