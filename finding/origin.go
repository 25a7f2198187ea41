package finding

// Origin says who sent the responses that findings are about. It decides what a
// finding weighs and what to do about it: a service cannot be told to change, an
// emulator can. It is stated by whoever knows, never guessed from a host's name:
// emulators that run in the client's process use AWS's own.
type Origin int

const (
	OriginUnknown  Origin = iota
	OriginAWS             // AWS itself
	OriginEmulator        // a program that stands in for AWS, such as moto
	OriginFixtures        // documents that somebody wrote for tests
)

var originNames = [...]string{OriginUnknown: "", OriginAWS: "aws", OriginEmulator: "emulator", OriginFixtures: "fixtures"}

// String returns "aws", "emulator", "fixtures", or nothing where it is not known.
func (o Origin) String() string { return originNames[o] }

// UnmarshalText reads "aws", "emulator" or "fixtures"; nothing is unknown.
func (o *Origin) UnmarshalText(text []byte) error {
	return unmarshalName(o, originNames[:], text, "origin")
}
