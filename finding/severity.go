package finding

import (
	"fmt"

	"github.com/crcheck/crcheck/internal/wording"
)

// Severity says how serious a finding is under a profile.
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

// UnmarshalText reads "info", "warning" or "error".
func (s *Severity) UnmarshalText(name []byte) error {
	return wording.ParseName(s, severityNames[:], name, "severity")
}

// Profile says how strict to be. The zero value is [Default].
type Profile int

const (
	Default Profile = iota
	// Lenient makes errors only of findings that break every client.
	Lenient
	// Strict makes errors of everything that the contract does not allow.
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
func (p *Profile) UnmarshalText(name []byte) error {
	return wording.ParseName(p, profileNames[:], name, "profile")
}

// Grade returns the findings with the severity that the profile gives their rules, for an unknown
// origin.
func (p Profile) Grade(findings Set) Set { return p.GradeFrom(OriginUnknown, findings) }

// GradeFrom is [Profile.Grade] for the traffic of an origin.
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

// Origin says who sent the responses that findings are about. It decides the severity and the
// remedy of a finding: an emulator can be fixed, AWS cannot. The caller states it. It is never
// guessed from a host name, because emulators in the client's process use the host names of AWS.
type Origin int

const (
	OriginUnknown  Origin = iota
	OriginAWS             // AWS itself
	OriginEmulator        // a program that replaces AWS in tests, such as moto
	OriginFixtures        // documents that somebody wrote for tests
)

var originNames = [...]string{OriginUnknown: "", OriginAWS: "aws", OriginEmulator: "emulator", OriginFixtures: "fixtures"}

// String returns "aws", "emulator", "fixtures", or "" for [OriginUnknown].
func (o Origin) String() string { return originNames[o] }

// UnmarshalText reads "aws", "emulator" or "fixtures"; "" is [OriginUnknown].
func (o *Origin) UnmarshalText(name []byte) error {
	return wording.ParseName(o, originNames[:], name, "origin")
}
