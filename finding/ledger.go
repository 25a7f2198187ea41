package finding

import (
	"fmt"
	"strings"
	"time"
)

// Ledger accepts findings by ignore rows, and counts them. Its zero value accepts nothing. It is
// not safe for concurrent use.
//
// Two rows of one severity must not match the same finding: their order would decide which one
// accepts it. Of rows of different severities the first one accepts it.
type Ledger struct {
	rows []*row
}

// NewLedger returns a ledger of the rows. The error is about the first row that does not pass its
// check, or about two rows that may match the same finding.
func NewLedger(expected []Expected) (*Ledger, error) {
	l, seen := &Ledger{}, newOverlaps()
	for _, e := range expected {
		if err := e.Check(); err != nil {
			return nil, err
		}
		r, _ := e.compile()
		if other := seen.add(r); other != nil {
			return nil, &overlapError{other.Expected, r.Expected}
		}
		l.rows = append(l.rows, r)
	}
	return l, nil
}

// Expire makes rows that expired before a day accept nothing; an expired row fails the run.
func (l *Ledger) Expire(today time.Time) {
	day := today.Format(time.DateOnly)
	for _, r := range l.rows {
		r.expired = r.Expires != "" && r.Expires < day
	}
}

// Take reports whether a row accepts the finding, and counts it if so.
func (l *Ledger) Take(f Finding) bool {
	_, ok := l.Accept(f)
	return ok
}

// Accept returns the row that accepts the finding, and counts it.
func (l *Ledger) Accept(f Finding) (Expected, bool) {
	for _, r := range l.rows {
		if !r.expired && r.matches(f) {
			r.matched++
			return r.Expected, true
		}
	}
	return Expected{}, false
}

// Unmet is a row that did not match as it should.
type Unmet struct {
	Expected
	Matched int  `json:"matched"`
	Expired bool `json:"expired,omitempty"`
	// Warning says that the row does not fail the run.
	Warning bool `json:"warning,omitempty"`
}

// Stale reports whether too few findings matched; otherwise the row is over-broad, or expired.
func (u Unmet) Stale() bool { return !u.Expired && u.Matched < max(u.Count, 1) }

func (u Unmet) Error() string {
	kind := string(u.Rule)
	if u.Value != "" {
		kind += " with " + u.Value
	}
	if u.Severity != "" && u.Severity != Error.String() {
		kind += ", at most " + u.Severity + ","
	}
	kind += " at " + u.At()
	if u.Source != "" {
		kind += " in " + u.Source
	}
	switch {
	case u.Expired:
		return fmt.Sprintf("ignore row expired on %s: %s (%s); fix the cause of the findings, or set a new date", u.Expires, kind, u.Reason)
	case u.Stale():
		return fmt.Sprintf("stale ignore row: %s matched %s, expected %s (%s); remove it, or correct it", kind, findings(u.Matched), u.wanted(), u.Reason)
	}
	return fmt.Sprintf("over-broad ignore row: %s matched %s, expected %s (%s); look at them, then narrow it or correct its count", kind, findings(u.Matched), u.wanted(), u.Reason)
}

func (u Unmet) wanted() string {
	if u.Count == 0 {
		return "at least 1"
	}
	return fmt.Sprint(u.Count)
}

func findings(n int) string {
	if n == 1 {
		return "1 finding"
	}
	return fmt.Sprintf("%d findings", n)
}

// Unmet returns the rows that are expired, stale or over-broad, in their order. It assumes that
// everything was in the scope of the run, and that every row is required.
func (l *Ledger) Unmet() []Unmet {
	var unmet []Unmet
	for _, r := range l.rows {
		if r.expired || r.matched == 0 || r.Count > 0 && r.matched != r.Count {
			unmet = append(unmet, Unmet{Expected: r.Expected, Matched: r.matched, Expired: r.expired})
		}
	}
	return unmet
}

// Settle returns the rows to report after a run: expired and over-broad ones, stale ones that are
// required, and other stale ones, unless they are shared, if the scope of the run covers them; these are
// warnings unless failOnStale.
func (l *Ledger) Settle(scope *Scope, failOnStale bool) []Unmet {
	var unmet []Unmet
	for _, u := range l.Unmet() {
		if u.Stale() && !u.Required {
			if u.Shared || !scope.Covers(u.Expected) {
				continue
			}
			u.Warning = !failOnStale
		}
		unmet = append(unmet, u)
	}
	return unmet
}

// UnmetText counts rows for a summary: "1 ignore row expired, 2 stale"; it is empty if there are
// none.
func UnmetText(unmet []Unmet) string {
	var expired, stale, broad int
	for _, u := range unmet {
		switch {
		case u.Expired:
			expired++
		case u.Stale():
			stale++
		default:
			broad++
		}
	}
	var parts []string
	for _, kind := range []struct {
		n    int
		name string
	}{{expired, "expired"}, {stale, "stale"}, {broad, "over-broad"}} {
		if kind.n == 0 {
			continue
		}
		noun := ""
		if len(parts) == 0 {
			noun = "ignore row "
			if kind.n > 1 {
				noun = "ignore rows "
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s%s", kind.n, noun, kind.name))
	}
	return strings.Join(parts, ", ")
}

// Fresh returns a ledger of the same rows that accepted nothing yet; nil for nil.
func (l *Ledger) Fresh() *Ledger {
	if l == nil {
		return nil
	}
	fresh := &Ledger{}
	for _, r := range l.rows {
		copied := *r
		copied.matched = 0
		fresh.rows = append(fresh.rows, &copied)
	}
	return fresh
}

// Rows returns the rows, in their order.
func (l *Ledger) Rows() (rows []Expected) {
	if l == nil {
		return nil
	}
	for _, r := range l.rows {
		rows = append(rows, r.Expected)
	}
	return rows
}

// Matched returns how many findings each row accepted, in the order of the rows.
func (l *Ledger) Matched() []int {
	if l == nil {
		return nil
	}
	counts := make([]int, len(l.rows))
	for i, r := range l.rows {
		counts[i] = r.matched
	}
	return counts
}

// AddMatched adds what [Ledger.Matched] of a ledger of the same rows returned, and reports whether it has
// as many rows.
func (l *Ledger) AddMatched(counts []int) bool {
	if l == nil || len(counts) != len(l.rows) {
		return len(counts) == 0 && l == nil
	}
	for i, n := range counts {
		l.rows[i].matched += n
	}
	return true
}
