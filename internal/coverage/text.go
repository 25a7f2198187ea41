package coverage

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// most is how many addresses a line of text names.
const most = 8

// JSON writes a report as one indented JSON object.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Text writes a report for people: of each contract that was seen what is
// missing and what to record next, then what was not seen or did not count.
func Text(w io.Writer, r *Report) error {
	out := bufio.NewWriter(w)
	var unseen []string
	for _, c := range r.Contracts {
		if c.Answers == 0 {
			unseen = append(unseen, c.Name)
			continue
		}
		contract(out, &c)
	}
	if len(unseen) > 0 {
		fmt.Fprintf(out, "not seen: %s\n", list(unseen))
	}
	if len(r.NotCounted) > 0 {
		var parts []string
		for _, n := range r.NotCounted {
			parts = append(parts, fmt.Sprintf("%d %s", n.Count, n.Name))
		}
		fmt.Fprintf(out, "not counted: %s\n", strings.Join(parts, ", "))
	}
	fmt.Fprintf(out, "coverage: %d%% of %s, by %d of %s\n", r.Percent, number(len(r.Contracts), "contract"), r.Counted, number(r.Answers, "answer"))
	return out.Flush()
}

func contract(w io.Writer, c *Contract) {
	fmt.Fprintf(w, "%s: %d%%, by %s", c.Name, c.Percent, number(c.Answers, "answer"))
	if c.Unreadable > 0 {
		fmt.Fprintf(w, ", %d of them with a body that is no JSON", c.Unreadable)
	}
	fmt.Fprintln(w)
	for _, s := range c.Shares {
		fmt.Fprintf(w, "  %3d of %3d %s\n", s.Shown, s.Total, s.About())
		if len(s.Missing) > 0 {
			fmt.Fprintf(w, "      missing: %s\n", list(s.Missing))
		}
	}
	for i, n := range c.Next {
		if i == 0 {
			fmt.Fprintln(w, "  record next:")
		}
		if i == most {
			fmt.Fprintf(w, "    … and %s\n", number(len(c.Next)-most, "more answer"))
			break
		}
		fmt.Fprintf(w, "    %d. %s, status %d, which shows %s\n", i+1, n.Part, n.Status, list(n.Shows))
	}
	fmt.Fprintln(w)
}

func list(names []string) string {
	if len(names) > most+1 { // "and 1 more" would be longer than the one
		return fmt.Sprintf("%s … and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
