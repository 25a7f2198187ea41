package report

import (
	"bufio"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/wording"
)

// Style says how text is written.
type Style struct {
	Color bool
	// ShowValues shows values of traffic also in reports that leave the terminal.
	ShowValues bool
}

// text is a buffered writer with the primitives of every text in this package.
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

// severity returns the name of a severity, in its colour.
func (t text) severity(s finding.Severity) string { return t.paint(colors[s], s.String()) }

// table writes rows aligned for a fixed font: the first column to the left, the others to the
// right.
func (t text) table(rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		fmt.Fprintf(t, "  %-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(t, "  %*s", widths[i+1], cell)
		}
		fmt.Fprintln(t)
	}
}

// visible replaces characters that could move the cursor or control the terminal: control
// characters, invisible ones such as those that reverse the direction of text, line separators, and
// bytes that are not UTF-8.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == utf8.RuneError {
			return '·'
		}
		return r
	}, text)
}

// maxLine is how many bytes of a text reports show.
const maxLine = 400

func clip(s string) string { return wording.Clip(s, maxLine) }

// some joins the first names of a list, and counts the others.
func some(names []string, limit int) string {
	if len(names) > limit+1 { // "and 1 more" would be longer than the name
		return fmt.Sprintf("%s … and %s more", strings.Join(names[:limit], ", "), plural.Number(len(names)-limit))
	}
	return strings.Join(names, ", ")
}
