package finding

import "github.com/crcheck/crcheck/internal/wording"

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
