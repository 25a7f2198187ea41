package finding

import (
	"cmp"
	"fmt"
	"path"
)

// Expected is a finding that is known and accepted: a pattern with a reason.
// It serves the index of the cassettes, lists of known failures and baselines.
//
// Rule is literal. Source, Operation, Part and Place are patterns of
// [path.Match]; Place is matched against [Finding.Place], in which list indexes
// read "*": "*" matches them, and a name as well. The output's Part reads
// "output". An empty Source, Operation or Part matches any, an empty Place only
// the top of the document. Got, where it stands, is exactly what the finding got,
// and Severity is the gravest that is accepted.
//
// An expectation is met when exactly Count findings match it. Fewer: it is
// stale. More: it is over-broad, and would hide what nobody has looked at.
type Expected struct {
	Rule      RuleID `json:"rule" yaml:"rule"`
	Source    string `json:"source,omitempty" yaml:"source,omitempty"`
	Operation string `json:"operation,omitempty" yaml:"operation,omitempty"`
	Part      string `json:"part,omitempty" yaml:"part,omitempty"`
	Place     string `json:"place,omitempty" yaml:"place,omitempty"`
	Got       string `json:"got,omitempty" yaml:"got,omitempty"`           // empty: anything
	Severity  string `json:"severity,omitempty" yaml:"severity,omitempty"` // empty: any
	Count     int    `json:"count,omitempty" yaml:"count,omitempty"`       // 0 means 1
	Reason    string `json:"reason" yaml:"reason"`
}

func (e Expected) count() int { return max(e.Count, 1) }

// Check reports what is wrong with the expectation itself.
func (e Expected) Check() error {
	if _, ok := e.Rule.Lookup(); !ok {
		return fmt.Errorf("expectation names no known rule: %q", e.Rule)
	}
	if e.Reason == "" {
		return fmt.Errorf("expectation of %s at %s has no reason", e.Rule, PlaceText(e.Part, e.Place))
	}
	if e.Count < 0 {
		return fmt.Errorf("expectation of %s at %s has the count %d", e.Rule, PlaceText(e.Part, e.Place), e.Count)
	}
	if _, err := e.ceiling(); err != nil {
		return fmt.Errorf("expectation of %s at %s: %w", e.Rule, PlaceText(e.Part, e.Place), err)
	}
	for _, pattern := range []string{e.Source, e.Operation, e.Part, e.Place} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("expectation of %s: pattern %q: %w", e.Rule, pattern, err)
		}
	}
	return nil
}

// ceiling is the gravest severity that is accepted.
func (e Expected) ceiling() (s Severity, err error) {
	if e.Severity == "" {
		return Error, nil
	}
	err = s.UnmarshalText([]byte(e.Severity))
	return s, err
}

// Matches reports whether the finding is of the kind that is expected.
func (e Expected) Matches(f Finding) bool {
	ceiling, err := e.ceiling()
	return err == nil && f.Severity <= ceiling &&
		e.Rule == f.Rule &&
		(e.Got == "" || e.Got == f.Got) &&
		(e.Source == "" || globMatch(e.Source, f.Source)) &&
		(e.Operation == "" || globMatch(e.Operation, f.Operation)) &&
		(e.Part == "" || globMatch(e.Part, cmp.Or(f.Part, "output"))) &&
		globMatch(e.Place, f.Place())
}

func globMatch(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
