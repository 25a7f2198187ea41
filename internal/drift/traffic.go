package drift

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// Traffic is what recorded callers do.
type Traffic struct {
	Called  map[string]bool // the names of the operations that they call
	Refused map[Refusal]int // the requests that only the new contract has a finding about
}

// Refusal is a kind of finding about recorded requests.
type Refusal struct {
	Operation string
	Rule      finding.RuleID
	Place     string
}

// TrafficOf returns what callers do, of the same traffic validated against both sides.
func TrafficOf(old, new *tallies.Traffic) *Traffic {
	t := &Traffic{Called: map[string]bool{}, Refused: map[Refusal]int{}}
	for _, c := range old.Contracts {
		if name, _, _ := strings.Cut(c.Name, "@"); c.Checked > 0 {
			t.Called[name] = true
		}
	}
	for _, side := range []struct {
		of  *tallies.Traffic
		add int
	}{{new, 1}, {old, -1}} {
		for _, o := range side.of.Observations {
			if o.Part == schema.InputPart {
				t.Refused[Refusal{o.Operation, o.Rule.General(), o.Place}] += side.add * o.Count
			}
		}
	}
	return t
}

// recorded counts the recorded requests that a change makes the service refuse. A change whose proof
// is only that calls may be refused is then an error.
func (c *Change) recorded(at []occurrence, t *Traffic) {
	if t == nil || c.Witness == nil || c.Part != schema.InputPart {
		return
	}
	for _, o := range at {
		if o.part == schema.InputPart {
			c.Recorded += max(0, t.Refused[Refusal{o.pair.old.Name(), c.Witness.Rule.General(), o.pointer}])
		}
	}
	if c.Recorded > 0 {
		c.Severity = finding.Error
	}
}
