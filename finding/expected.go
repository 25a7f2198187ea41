package finding

import (
	"fmt"
	"path"
)

// Expected is a finding that is known and accepted: a pattern with a reason.
// It serves the index of the cassettes, lists of known failures and baselines.
//
// Rule is literal. Source, Operation and Place are patterns of [path.Match];
// Place is matched against [Finding.Place] (list indexes read "*", so write
// `\*`, or `*`, which matches them too). An empty Source or Operation matches any, an empty Place
// only the top of the document.
//
// An expectation is met when exactly Count findings match it. Fewer: it is
// stale. More: it is over-broad, and would hide what nobody has looked at.
type Expected struct {
	Rule      RuleID `json:"rule" yaml:"rule"`
	Source    string `json:"source,omitempty" yaml:"source,omitempty"`
	Operation string `json:"operation,omitempty" yaml:"operation,omitempty"`
	Place     string `json:"place,omitempty" yaml:"place,omitempty"`
	Count     int    `json:"count,omitempty" yaml:"count,omitempty"` // 0 means 1
	Reason    string `json:"reason" yaml:"reason"`
}

func (e Expected) count() int { return max(e.Count, 1) }

// Check reports what is wrong with the expectation itself.
func (e Expected) Check() error {
	if _, ok := e.Rule.Lookup(); !ok {
		return fmt.Errorf("expectation names no known rule: %q", e.Rule)
	}
	if e.Reason == "" {
		return fmt.Errorf("expectation of %s at %s has no reason", e.Rule, PointerText(e.Place))
	}
	for _, pattern := range []string{e.Source, e.Operation, e.Place} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("expectation of %s: pattern %q: %w", e.Rule, pattern, err)
		}
	}
	return nil
}

// Matches reports whether the finding is of the kind that is expected.
func (e Expected) Matches(f Finding) bool {
	return e.Rule == f.Rule &&
		(e.Source == "" || globMatch(e.Source, f.Source)) &&
		(e.Operation == "" || globMatch(e.Operation, f.Operation)) &&
		globMatch(e.Place, f.Place())
}

func globMatch(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// Ledger holds findings against expectations as they come. Its zero value
// expects nothing. It is not safe for concurrent use.
type Ledger struct {
	expected []Expected
	matched  []int
}

// NewLedger returns a ledger over the expectations, or the first that is ill-formed.
func NewLedger(expected []Expected) (*Ledger, error) {
	for _, e := range expected {
		if err := e.Check(); err != nil {
			return nil, err
		}
	}
	return &Ledger{expected, make([]int, len(expected))}, nil
}

// Take reports whether the finding was expected and counts it. A finding is
// counted against the first expectation that matches it and is not yet full;
// if all are full, against the first that matches, which thereby is over-broad.
func (l *Ledger) Take(f Finding) bool {
	first := -1
	for i, e := range l.expected {
		if !e.Matches(f) {
			continue
		}
		if l.matched[i] < e.count() {
			l.matched[i]++
			return true
		}
		if first < 0 {
			first = i
		}
	}
	if first >= 0 {
		l.matched[first]++
		return true
	}
	return false
}

// Unmet is an expectation that was not matched by as many findings as it says.
type Unmet struct {
	Expected
	Matched int `json:"matched"`
}

// Stale reports whether too little matched; otherwise the expectation is over-broad.
func (u Unmet) Stale() bool { return u.Matched < u.count() }

func (u Unmet) Error() string {
	problem := "over-broad"
	if u.Stale() {
		problem = "stale"
	}
	return fmt.Sprintf("%s expectation: %s at %s in %q matched %d findings, expected %d (%s)",
		problem, u.Rule, PointerText(u.Place), u.Source, u.Matched, u.count(), u.Reason)
}

// Unmet returns the expectations that are stale or over-broad, in their order.
func (l *Ledger) Unmet() []Unmet {
	var unmet []Unmet
	for i, e := range l.expected {
		if l.matched[i] != e.count() {
			unmet = append(unmet, Unmet{e, l.matched[i]})
		}
	}
	return unmet
}
