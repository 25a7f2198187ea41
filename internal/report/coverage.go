package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/plural"
)

// maxAddresses is how many addresses a line of text names.
const maxAddresses = 8

// Coverage writes coverage for people: what is missing from each contract that was seen and what to
// record next, then the percentages by operation and by service, then what was not seen or did not
// count.
func Coverage(w io.Writer, r *coverage.Summary) error {
	out := bufio.NewWriter(w)
	seen := [][]string{{"operation", "responses", "covered"}}
	var unseen []string
	for _, c := range r.Contracts {
		if c.Responses == 0 {
			unseen = append(unseen, c.Name)
			continue
		}
		contractCoverage(out, &c)
		seen = append(seen, []string{visible(c.Name), plural.Number(c.Responses), fmt.Sprintf("%d%%", c.Percent)})
	}
	t := text{out, Style{}}
	if len(seen) > 2 {
		t.table(seen)
	}
	if len(r.Services) > 0 {
		rows := [][]string{{"service", "operations", "seen", "responses", "covered"}}
		for _, s := range r.Services {
			rows = append(rows, []string{visible(s.Name), plural.Number(s.Operations), plural.Number(s.Seen), plural.Number(s.Responses), fmt.Sprintf("%d%%", s.Percent)})
		}
		t.table(rows)
	}
	if len(unseen) > 0 {
		fmt.Fprintf(out, "not seen: %s\n", some(unseen, maxAddresses))
	}
	if len(r.NotCounted) > 0 {
		var parts []string
		for _, n := range r.NotCounted {
			parts = append(parts, plural.Number(n.Count)+" "+n.Name)
		}
		fmt.Fprintf(out, "not counted: %s\n", strings.Join(parts, ", "))
	}
	if r.Unseen > 0 {
		fmt.Fprintf(out, "left out: %s, not seen\n", plural.Of(r.Unseen, "operation"))
	}
	if r.Interrupted {
		fmt.Fprintln(out, "incomplete: the rest of the traffic was not read")
	}
	fmt.Fprintf(out, "coverage: %d%% of %s, by %s of %s\n", r.Percent, plural.Of(len(r.Contracts), "contract"), plural.Number(r.Counted), plural.Of(r.Responses, "response"))
	return out.Flush()
}

func contractCoverage(w io.Writer, c *coverage.Contract) {
	fmt.Fprintf(w, "%s: %d%%, by %s", c.Name, c.Percent, plural.Of(c.Responses, "response"))
	if c.Unreadable > 0 {
		fmt.Fprintf(w, ", %d of them with a body that cannot be read", c.Unreadable)
	}
	fmt.Fprintln(w)
	for _, s := range c.Shares {
		fmt.Fprintf(w, "  %3d of %3d %s\n", s.Shown, s.Total, s.About())
		if len(s.Missing) > 0 {
			fmt.Fprintf(w, "      missing: %s\n", some(s.Missing, maxAddresses))
		}
	}
	for i, n := range c.Next {
		if i == 0 {
			fmt.Fprintln(w, "  record next:")
		}
		if i == maxAddresses {
			fmt.Fprintf(w, "    … and %s\n", plural.Of(len(c.Next)-maxAddresses, "more response"))
			break
		}
		fmt.Fprintf(w, "    %d. %s, status %d, which shows %s\n", i+1, n.Part, n.Status, some(n.Shows, maxAddresses))
	}
	fmt.Fprintln(w)
}
