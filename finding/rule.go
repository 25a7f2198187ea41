package finding

import (
	"fmt"
	"slices"

	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/wording"
)

// Layer is the part of a check that a rule belongs to.
type Layer string

const (
	// LayerSchema: the document against the contract's shapes. The exported
	// JSON Schema rejects a document exactly when there is a finding of this
	// layer other than [MemberUnknown]. Two rules of timestamps are the exception,
	// since no pattern can express them: a wrong weekday in an HTTP date, and a
	// second 60 that is not at 23:59:60 UTC on the last day of a month. There only
	// jsonschema.GenerateExtended, not jsonschema.Generate, rejects what package validate does.
	LayerSchema Layer = "schema"
	// LayerBytes: the bytes against RFC 8259 and RFC 7493 (I-JSON).
	LayerBytes Layer = "bytes"
	// LayerHTTP: the exchange around the body.
	LayerHTTP Layer = "http"
	// LayerDerive: the source documents and the contracts derived from them.
	LayerDerive Layer = "derive"
	// LayerRecord: what must not be written to disk, and what a recording lacks.
	LayerRecord Layer = "record"
)

// RuleID is a rule's stable name. It never changes once released.
type RuleID string

const (
	TypeMismatch  RuleID = "type.mismatch"
	TypeNull      RuleID = "type.null"
	MemberMissing RuleID = "member.missing"
	// MemberMissingCollection is the special case of MemberMissing in a response
	// that AWS itself produces, see [RuleID.General].
	MemberMissingCollection RuleID = "member.missing-collection"
	MemberUnknown           RuleID = "member.unknown"
	UnionMultipleMembers    RuleID = "union.multiple-members"
	UnionNoMember           RuleID = "union.no-member"
	UnionUnknownMember      RuleID = "union.unknown-member"
	EnumUnknownValue        RuleID = "enum.unknown-value"
	// ConstraintEmpty is the special case of ConstraintLength, and of ConstraintPattern
	// for an empty string, in a response that AWS itself produces, see [Finding.General].
	ConstraintEmpty    RuleID = "constraint.empty"
	ConstraintLength   RuleID = "constraint.length"
	ConstraintRange    RuleID = "constraint.range"
	ConstraintPattern  RuleID = "constraint.pattern"
	ConstraintUnique   RuleID = "constraint.unique"
	OracleDisagreement RuleID = "oracle.disagreement"

	SyntaxInvalid         RuleID = "syntax.invalid"
	SyntaxTrailing        RuleID = "syntax.trailing"
	SyntaxBOM             RuleID = "syntax.bom"
	SyntaxUTF8            RuleID = "syntax.utf8"
	SyntaxTooDeep         RuleID = "syntax.too-deep"
	SyntaxDuplicateMember RuleID = "syntax.duplicate-member"
	NumberForm            RuleID = "number.form"
	NumberPrecision       RuleID = "number.precision"
	StreamFraming         RuleID = "stream.framing"

	HTTPStatus          RuleID = "http.status"
	HTTPContentType     RuleID = "http.content-type"
	HTTPAccept          RuleID = "http.accept"
	ErrorUnidentified   RuleID = "error.unidentified"
	ErrorUnmodeled      RuleID = "error.unmodeled"
	ErrorStatusMismatch RuleID = "error.status-mismatch"
	ErrorQueryCode      RuleID = "error.query-code"
	EchoMismatch        RuleID = "echo.mismatch"
	HTTPNotRecorded     RuleID = "http.not-recorded"
	EncodingMixed       RuleID = "encoding.mixed"
	TrafficOddEntry     RuleID = "traffic.odd-entry"

	PatternUnsupported RuleID = "pattern.unsupported"
	PatternTimeout     RuleID = "pattern.timeout"
	SourceConflict     RuleID = "source.conflict"
	OverlayStale       RuleID = "overlay.stale"

	SecretFound       RuleID = "secret.found"
	RecordTooLarge    RuleID = "record.too-large"
	RecordUnredacted  RuleID = "record.unredacted"
	RecordNotRedacted RuleID = "record.not-redacted"
	RecordElsewhere   RuleID = "record.elsewhere"
	RecordMasked      RuleID = "record.masked"
)

// Rule is one row of the rule table.
type Rule struct {
	ID      RuleID
	Layer   Layer
	Purpose string // what the rule forbids, and what goes wrong otherwise
	Remedy  string // what the reader of a finding does about it, see [Rule.RemedyFor]

	severity [3]Severity // by Profile
}

// Severity returns the rule's severity under a profile.
func (r Rule) Severity(p Profile) Severity { return r.severity[p] }

// fromEmulators are the severities that differ for emulators: clients must cope with what AWS
// sends, but an emulator can be fixed.
var fromEmulators = map[RuleID][3]Severity{
	MemberMissingCollection: grades(Info, Error, Error),
}

// general maps special cases to their general rules.
var general = map[RuleID]RuleID{
	MemberMissingCollection: MemberMissing,
	ConstraintEmpty:         ConstraintLength,
}

// General returns the general rule of a special case, otherwise the rule itself. For
// [ConstraintEmpty] it depends on the finding: see [Finding.General].
func (id RuleID) General() RuleID {
	if g, ok := general[id]; ok {
		return g
	}
	return id
}

// grades lists severities in the order of the documentation: lenient, default, strict.
func grades(lenient, byDefault, strict Severity) [3]Severity {
	return [3]Severity{Lenient: lenient, Default: byDefault, Strict: strict}
}

var (
	always     = grades(Error, Error, Error)
	firm       = grades(Warning, Error, Error)
	graduated  = grades(Info, Warning, Error)
	noteworthy = grades(Info, Info, Warning)
)

// rules is the table, in the order in which documentation lists it.
var rules = slices.Concat(checkRules, cassetteRules, driftRules, probeRules, conformRules)

// checkRules are about documents, their bytes and the HTTP exchange.
var checkRules = []Rule{
	{TypeMismatch, LayerSchema,
		"A value has another type than its shape, or is a number that overflows the type. No typed client can read it.",
		"Send the type that the contract names. An integer must fit its 32 or 64 bits; a timestamp is a number of epoch seconds, not milliseconds, up to the year 9999.", always},
	{TypeNull, LayerSchema,
		"A list or map that is not sparse has a null entry. boto3 and JavaScript pass it on, Go reads a zero value.",
		"Leave the entry out.", graduated},
	{MemberMissing, LayerSchema,
		"A required member is absent or null. Clients that dereference it crash; services reject a request without it.",
		"Send the member, or correct the contract with an overlay if the service really omits it.", firm},
	{MemberMissingCollection, LayerSchema,
		"A required list or map is absent from a response. AWS omits empty ones (SQS SendMessageBatch omits Failed); clients that dereference it crash.",
		"Send the list or map, even if it is empty.", graduated},
	{MemberUnknown, LayerSchema,
		"A structure has a member that the contract does not list. The receiver ignores it, so its value is lost.",
		"Check the spelling of the name. If the service added the member, derive the contract again from a newer source.", graduated},
	{UnionMultipleMembers, LayerSchema,
		"A tagged union has more than one non-null member. boto3 rejects it, the Go SDK picks one at random.",
		"Send exactly one member; leave the others out.", always},
	{UnionNoMember, LayerSchema,
		"A tagged union has no non-null member. boto3 rejects it, the Go SDK reads nil.",
		"Send exactly one member, or leave the union itself out.", firm},
	{UnionUnknownMember, LayerSchema,
		"The only member of a tagged union is one that the contract does not list. Clients see an unknown member and lose its value.",
		"Check the spelling of the name. If the service added the union member, derive the contract again from a newer source.", firm},
	{EnumUnknownValue, LayerSchema,
		"A string is not a value of its enum. Clients that switch over the values fall through.",
		"Check the spelling of the value. If the service added the value, derive the contract again from a newer source.", firm},
	{ConstraintLength, LayerSchema,
		"A string, blob, list or map is shorter or longer than its shape allows. Strings count in Unicode code points, blobs in decoded bytes.",
		"Send a value within the bounds.", graduated},
	{ConstraintEmpty, LayerSchema,
		"A string, blob, list or map in a response is empty where its shape requires a length of at least 1, or a pattern that the empty string does not match. AWS sends such values; a client that relies on the length or the pattern fails on them.",
		"Send a value, or leave the member out.", grades(Info, Info, Warning)},
	{ConstraintRange, LayerSchema,
		"A number is outside the bounds of its shape. The comparison is exact, never in floating point.",
		"Send a value within the bounds.", graduated},
	{ConstraintPattern, LayerSchema,
		"A string does not match the pattern of its shape. An empty string in a response falls under constraint.empty.",
		"Send a value that matches.", graduated},
	{ConstraintUnique, LayerSchema,
		"Two elements of a list are equal, but its elements must differ. Clients that read a set keep one of them.",
		"Send each element once.", graduated},
	{OracleDisagreement, LayerSchema,
		"The validator and the JSON Schema that it is checked against disagree: a bug in crcheck.",
		"Report the bug with the document, and treat the document as rejected.", always},

	{SyntaxInvalid, LayerBytes,
		"The body is not JSON (RFC 8259), or is empty. The rest of the body was not checked.",
		"Send one complete JSON text.", always},
	{SyntaxTrailing, LayerBytes,
		"The body has data after the JSON text. Some parsers ignore it, others reject the body.",
		"Send one JSON text. In a file of several documents, put each on its own line.", always},
	{SyntaxBOM, LayerBytes,
		"The body begins with a byte order mark, which RFC 8259 section 8.1 forbids; many parsers fail on it.",
		"Write UTF-8 without a byte order mark.", always},
	{SyntaxUTF8, LayerBytes,
		"The body contains invalid UTF-8 or an unpaired surrogate escape. Parsers fail, or replace the characters.",
		"Encode the text as UTF-8.", always},
	{SyntaxTooDeep, LayerBytes,
		"Values are nested more than 10,000 levels deep. Recursive parsers run out of stack. The rest of the body was not checked.",
		"Send a flatter document.", always},
	{SyntaxDuplicateMember, LayerBytes,
		"An object has two members of the same name, perhaps one of them escaped. Which value a client reads depends on its parser (RFC 7493 section 2.3).",
		"Send each member once.", firm},
	{NumberForm, LayerBytes,
		"An integer is written with a fraction or an exponent. Its value is an integer, but strict integer parsers reject it.",
		"Write plain digits: 4, not 4.0 or 4e0.", firm},
	{NumberPrecision, LayerBytes,
		"An integer exceeds 2^53. JavaScript and all parsers that read numbers as doubles change its value (RFC 7493 section 2.2).",
		"No action needed if every client reads 64-bit integers.", noteworthy},
	{StreamFraming, LayerBytes,
		"The framing of an event stream is broken: a length or CRC is wrong, a header is malformed or missing, an awsJson stream lacks its initial message, or the body ends inside a message. Clients end the stream there. Where the next message cannot be found, the rest was not checked.",
		"If a recorder changed the bytes or cut them off, record the body again as base64. Otherwise send complete messages that conform to Smithy's Amazon Event Stream Specification.", always},

	{HTTPStatus, LayerHTTP,
		"The status is neither the operation's success status nor that of one of its errors, and the response does not name an error.",
		"Send the status that the contract states.", graduated},
	{HTTPContentType, LayerHTTP,
		"The Content-Type of a body is not that of the protocol. A blob may have any; event streams have their own.",
		"Send the protocol's Content-Type; for restJson1 it is application/json.", graduated},
	{HTTPAccept, LayerHTTP,
		"The Accept header of a request excludes the media type of the response. A service may reject the request with the status 406.",
		"Send no Accept header, or one that includes the protocol's media type; for restJson1 it is application/json.", graduated},
	{ErrorUnidentified, LayerHTTP,
		"An error response does not name its error, neither in the header X-Amzn-Errortype nor in a body member code or __type. Clients raise a generic exception.",
		"Name the error in the X-Amzn-Errortype header.", graduated},
	{ErrorUnmodeled, LayerHTTP,
		"An error response names an error that the contract does not list for the operation. Typed clients raise a generic exception.",
		"Send an error of the operation, or derive the contract again from a newer source.", graduated},
	{ErrorStatusMismatch, LayerHTTP,
		"An error has another status than the contract states for it. Clients decide by the status whether to retry.",
		"Send the status that the contract states for the error.", graduated},
	{ErrorQueryCode, LayerHTTP,
		"An error of a service that migrated from the query protocol lacks its legacy code in the header X-Amzn-Query-Error, or has another code than the contract states. Older clients match on that code.",
		"Send CODE;Sender or CODE;Receiver, with the code that the contract states for the error.", graduated},
	{HTTPNotRecorded, LayerHTTP,
		"The recorder left out or masked headers, or left out request bodies. Rules about them were not applied.",
		"To check them, record again without that filter.", grades(Info, Info, Info)},
	{EncodingMixed, LayerHTTP,
		"Some bare bodies of a source are HTTP bodies, others SDK dumps. Timestamps and member names differ between the two, so some are probably in the wrong file.",
		"Keep the two encodings in separate files.", graduated},
	{EchoMismatch, LayerHTTP,
		"The response belongs to another request: a member that echoes a request parameter has a different value.",
		"Look for a mixed-up fixture or cache key.", firm},

	{PatternUnsupported, LayerDerive,
		"None of crcheck's regular expression engines can compile a pattern. Strings were not matched against it.",
		"Correct the pattern with an overlay.", graduated},
	{PatternTimeout, LayerDerive,
		"Matching a string against a pattern took too long and was stopped, or was not tried, since slow matches had used up the time of the run.",
		"Simplify the pattern with an overlay, or shorten the string.", graduated},
	{SourceConflict, LayerDerive,
		"Two sources, or two parts of one source, contradict each other about a facet. The first takes precedence.",
		"Override it with an overlay that states the right value and why.", graduated},
	{OverlayStale, LayerDerive,
		"An overlay states what its source now states itself, or names a member that does not exist.",
		"Remove the entry, or correct the place that it names.", graduated},

	{SecretFound, LayerRecord,
		"An interaction contains something that looks like a secret: an access key, a token, a signature or a password. Recordings mask it, and reports never show it.",
		"Remove the secret from the request or response. Revoke it if it was ever written to a disk or a repository.", always},
	{RecordTooLarge, LayerRecord,
		"A body is larger than the recording limit. The client received it, but the cassette does not contain it, so replay cannot return it.",
		"Record with smaller data.", graduated},
	{RecordNotRedacted, LayerRecord,
		"A body could not be searched for secrets: it is binary, or has an unknown encoding. It was left out of the recording.",
		"Record a request whose response is text, or accept no encoding other than gzip, deflate, br and zstd.", graduated},
	{RecordUnredacted, LayerRecord,
		"Git tracks a recording of an emulator in which nothing was replaced. Everybody who has the repository has what is in it, secrets included.",
		"Record it without --emulator and --no-redact, or accept it with an ignore row if all of its data is made up.", graduated},
	{RecordElsewhere, LayerRecord,
		"The command was told a URL by the service, and may have sent further requests to its host instead of crcheck. These are not in the recording.",
		"Change the setting of the SDK that the finding names, and record again.", graduated},
	{RecordMasked, LayerRecord,
		"A value was masked because no pseudonym conforms to the contract, or a name was replaced in a binary body. The recording may violate the contract or a checksum there.",
		"No action needed unless a test depends on the value. Then use a value that a pseudonym can replace.", graduated},
}

// Rules returns the rule table in the order in which documentation lists it.
func Rules() []Rule { return slices.Clone(anyOrigin()) }

// Lookup returns the table's row for the rule.
func (id RuleID) Lookup() (Rule, bool) {
	i := indexRule(id)
	if i < 0 {
		return Rule{}, false
	}
	return anyOrigin()[i], true
}

// UnknownRule returns the error for a rule that does not exist, with the rule that was probably meant.
func UnknownRule(id RuleID) error {
	var known []string
	for _, r := range anyOrigin() {
		known = append(known, string(r.ID))
	}
	return fmt.Errorf("unknown rule %q%s", wording.Clip(string(id), 100), spelling.Hint(string(id), known, "list the rules with: crcheck rules"))
}

// SeverityFrom is [RuleID.Severity] for a response of a known origin.
func (id RuleID) SeverityFrom(origin Origin, p Profile) Severity {
	if severities, ok := fromEmulators[id]; ok && origin == OriginEmulator {
		return severities[p]
	}
	return id.Severity(p)
}

// Severity returns the rule's severity under a profile. A rule that is not in the table is an
// error, so that it cannot pass unnoticed.
func (id RuleID) Severity(p Profile) Severity {
	if r, ok := id.Lookup(); ok {
		return r.Severity(p)
	}
	return Error
}

// Rules of [LayerCassette]: the care of cassettes.
const (
	CassetteStale     RuleID = "cassette.stale"
	CassetteDuplicate RuleID = "cassette.duplicate"
	CassetteUnsorted  RuleID = "cassette.unsorted"
)

// LayerCassette: a recording as a file that people keep.
const LayerCassette Layer = "cassette"

var cassetteRules = []Rule{
	{TrafficOddEntry, LayerCassette,
		"An entry of a recording does not conform to its format. The entry, or its malformed part, was left out; the rest of the file was read.",
		"Record it again, or remove the entry.", graduated},
	{CassetteStale, LayerCassette,
		"The cassette was recorded with another version of its contract, or with an unknown contract. The service may behave differently now.",
		"See what changed in the contract with `crcheck drift`, then record the cassette again.", graduated},
	{CassetteDuplicate, LayerCassette,
		"An interaction has the same request and response as an earlier one. Replay needs both only if a client repeats the request.",
		"Remove it, or run `crcheck cassette minimize`.", noteworthy},
	{CassetteUnsorted, LayerCassette,
		"The file is not formatted as crcheck writes cassettes: the order or style of keys or headers differs. Recording it again changes every line.",
		"Rewrite it with `crcheck cassette convert FILE -o FILE`.", noteworthy},
}

// Rules of [LayerConform]: a client deviates from what a case of the conformance suite expects.
// Ignore rows for them name a case instead of a place, see [Expected.Case].
const (
	ConformFailed RuleID = "conform.failed"
	ConformFlaky  RuleID = "conform.flaky"
)

// LayerConform: a client against the conformance suite.
const LayerConform Layer = "conform"

var conformRules = []Rule{
	{ConformFailed, LayerConform,
		"A client fails a case of the conformance suite: it sends another request than the case asks for, or reports another outcome than the responses have.",
		"Fix the client or its adapter. Put what an SDK is known to get wrong into its list of expected failures, with a reason.", always},
	{ConformFlaky, LayerConform,
		"A client passes a case in one run and fails it in the next. Its outcome depends on chance, such as the order of a map.",
		"Make the outcome depend only on what the client receives. Put a case whose outcome is known to vary into the list of expected failures under this rule; it may then pass or fail.", always},
}
