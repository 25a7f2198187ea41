package reference

// Mutant is a bug that the client can be given.
type Mutant struct {
	Name   string
	Models string // the real bug
}

// The bugs.
const (
	closedEnum              = "closed-enum"
	unionFirstWins          = "union-first-wins"
	unionLastWins           = "union-last-wins"
	typeMemberInUnionCounts = "type-member-in-union-counts"
	unknownUnionMemberFails = "unknown-union-member-fails"
	unknownMemberFails      = "unknown-member-fails"
	nullMemberFails         = "null-member-fails"
	timestampIntegerOnly    = "timestamp-integer-only"
	timestampAsMilliseconds = "timestamp-as-milliseconds"
	float64Integers         = "float64-integers"
	errorByHeaderOnly       = "error-by-header-only"
	errorCodeNotSanitised   = "error-code-not-sanitised"
	retriesNever            = "retries-never"
	retriesOn4xx            = "retries-on-4xx"
	ignoresTruncation       = "ignores-truncation"
	pathNotEscaped          = "path-not-escaped"
	notSigned               = "not-signed"
)

var mutants = []Mutant{
	{closedEnum, "a generated enum without a case for other values: a status that the service adds is a parse error"},
	{unionFirstWins, "a union read by a chain of if-present: of several members the first is taken, as the AWS SDK for Go v2 takes the first that its map iteration meets"},
	{unionLastWins, "a union read by setting a field per member: a later member overwrites an earlier one"},
	{typeMemberInUnionCounts, "the service's __type beside the member of a union counts as a second member; the AWS SDK for Go v2 takes it for the member when its map iteration meets it first"},
	{unknownUnionMemberFails, "a closed sum type, such as a serde enum without #[serde(other)]: a member that the service adds is a parse error"},
	{unknownMemberFails, "strict decoding, such as DisallowUnknownFields or additionalProperties: false: a member that the service adds is a parse error"},
	{nullMemberFails, "optional members that may be absent but not null, such as serde's default without Option"},
	{timestampIntegerOnly, "timestamps decoded into an integer: a fraction of a second is a parse error"},
	{timestampAsMilliseconds, "epoch seconds handed to a constructor of milliseconds, such as JavaScript's new Date(n)"},
	{float64Integers, "every JSON number goes through a double, as in encoding/json's any or JavaScript: integers beyond 2^53 change"},
	{errorByHeaderOnly, "the error is identified by X-Amzn-Errortype alone, and is unknown where a gateway drops the header"},
	{errorCodeNotSanitised, "the URI after ':' and the namespace before '#' stay in the error's name, which then matches nothing"},
	{retriesNever, "no retries: one throttled answer fails the call"},
	{retriesOn4xx, "everything from 400 on is retried, also what can never succeed"},
	{ignoresTruncation, "the error of reading a body is dropped, as in body, _ := io.ReadAll(…): what a cut connection left is a success, without what was lost"},
	{pathNotEscaped, "the path is written with Sprintf: a slash or question mark in an identifier asks for something else"},
	{notSigned, "the signer is left out, which an emulator that checks no credentials never shows"},
}

// Mutants returns the bugs.
func Mutants() []Mutant { return append([]Mutant(nil), mutants...) }

func find(name string) (Mutant, bool) {
	for _, m := range mutants {
		if m.Name == name {
			return m, true
		}
	}
	return Mutant{}, false
}
