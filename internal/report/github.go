package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

var githubLevels = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "notice"}

// writeGitHub writes one workflow command for each cause, which GitHub shows as an annotation:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func writeGitHub(w io.Writer, r *Results) error {
	out := bufio.NewWriter(w)
	for _, c := range r.Causes() {
		if c.HiddenBy != "" {
			continue
		}
		var properties []string
		if at := c.first(); at.File != "" && at.File != "-" {
			properties = append(properties, "file="+githubProperty(relative(at.File)))
			if at.Line > 0 {
				properties = append(properties, fmt.Sprintf("line=%d,col=%d", at.Line, at.Column))
			}
		}
		properties = append(properties, "title="+githubProperty(c.title()))
		text := strings.Join(c.lines(), "\n")
		fmt.Fprintf(out, "::%s %s::%s\n", githubLevels[c.Severity], strings.Join(properties, ","), githubData(text))
	}
	return out.Flush()
}

// lines describes a cause below its title.
func (c *Cause) lines() []string {
	lines := []string{visible(clip(c.Message))}
	if c.Want != "" {
		lines = append(lines, "want: "+visible(clip(c.Want)))
	}
	for _, note := range c.Notes {
		for line := range strings.SplitSeq(note, "\n") {
			lines = append(lines, visible(clip(line)))
		}
	}
	if c.Remedy != "" {
		lines = append(lines, c.Remedy)
	}
	return lines
}

var (
	githubDataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubPropertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func githubData(text string) string     { return githubDataEscapes.Replace(text) }
func githubProperty(text string) string { return githubPropertyEscapes.Replace(text) }
