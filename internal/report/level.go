package report

import (
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/wording"
)

// Rules are severities that a project gives to rules in place of those of the profile.
type Rules map[finding.RuleID]Level

// Level is a severity, or off.
type Level struct {
	Off      bool
	Severity finding.Severity
}

// UnmarshalText reads "error", "warning", "info" or "off".
func (l *Level) UnmarshalText(name []byte) error {
	var n int
	if err := wording.ParseName(&n, []string{"off", "info", "warning", "error"}, name, "severity of a rule"); err != nil {
		return err
	}
	*l = Level{Off: n == 0}
	if l.Off {
		return nil
	}
	return l.Severity.UnmarshalText(name)
}

// regrade gives a finding the severity of its rule, and reports whether the rule is off. Turning off
// a rule includes its special cases, unless they have a level of their own.
func (r Rules) regrade(f *finding.Finding) (off bool) {
	if len(r) == 0 {
		return false
	}
	if level, ok := r[f.Rule]; ok {
		if !level.Off {
			f.Severity = level.Severity
		}
		return level.Off
	}
	return r[f.General()].Off
}
