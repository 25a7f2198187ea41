package finding

import (
	"fmt"
	"slices"
	"strings"
)

// Severity says how much a finding weighs under a profile.
type Severity int

const (
	Info Severity = iota
	Warning
	Error
)

var severityNames = [...]string{Info: "info", Warning: "warning", Error: "error"}

func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity as "info", "warning" or "error"; others are an error.
func (s Severity) MarshalText() ([]byte, error) {
	if s < 0 || int(s) >= len(severityNames) {
		return nil, fmt.Errorf("%v has no name", s)
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads what [Severity.MarshalText] writes.
func (s *Severity) UnmarshalText(text []byte) error {
	return unmarshalName(s, severityNames[:], text, "severity")
}

// Profile says how much is held against a document. The zero value is [Default].
type Profile int

const (
	Default Profile = iota
	// Lenient holds against a document only what breaks every client.
	Lenient
	// Strict holds everything against it that the contract does not state.
	Strict
)

var profileNames = [...]string{Default: "default", Lenient: "lenient", Strict: "strict"}

func (p Profile) String() string {
	if p < 0 || int(p) >= len(profileNames) {
		return fmt.Sprintf("profile(%d)", int(p))
	}
	return profileNames[p]
}

// UnmarshalText reads "lenient", "default" or "strict".
func (p *Profile) UnmarshalText(text []byte) error {
	return unmarshalName(p, profileNames[:], text, "profile")
}

func unmarshalName[T ~int](to *T, names []string, text []byte, what string) error {
	for i, name := range names {
		if name == string(text) {
			*to = T(i)
			return nil
		}
	}
	article := "a"
	if strings.HasPrefix(what, "o") {
		article = "an"
	}
	named := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "" })
	return fmt.Errorf("%q is not %s %s: use one of %s", text, article, what, strings.Join(named, ", "))
}

// Grade returns the findings with the severity that the profile gives their rules,
// whoever sent what they are about.
func (p Profile) Grade(findings Set) Set { return p.GradeFrom(OriginUnknown, findings) }

// GradeFrom is [Profile.Grade] for what is known to come from an origin.
func (p Profile) GradeFrom(origin Origin, findings Set) Set {
	if len(findings) == 0 {
		return nil
	}
	graded := make(Set, len(findings))
	for i, f := range findings {
		f.Severity = f.Rule.SeverityFrom(origin, p)
		graded[i] = f
	}
	return graded
}

// Threshold is the severity from which on a finding makes a run fail. The zero
// value is [FailOnError].
type Threshold int

const (
	FailOnError Threshold = iota
	FailOnWarning
	FailNever
)

var thresholdNames = [...]string{FailOnError: "error", FailOnWarning: "warning", FailNever: "never"}

func (t Threshold) String() string {
	if t < 0 || int(t) >= len(thresholdNames) {
		return fmt.Sprintf("threshold(%d)", int(t))
	}
	return thresholdNames[t]
}

// UnmarshalText reads "error", "warning" or "never".
func (t *Threshold) UnmarshalText(text []byte) error {
	return unmarshalName(t, thresholdNames[:], text, "threshold")
}

// Fails reports whether a finding of a severity makes a run fail.
func (t Threshold) Fails(s Severity) bool {
	switch t {
	case FailOnWarning:
		return s >= Warning
	case FailNever:
		return false
	}
	return s >= Error
}
