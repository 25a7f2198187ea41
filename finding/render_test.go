package finding

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRendered checks the sentence of every rule, for each problem it reports.
func TestRendered(t *testing.T) {
	text := func(kind Kind, text string) Value { return Value{Kind: kind, Text: text} }
	union := Want{Type: "union", OneOf: []string{"a", "b"}}
	covered := map[RuleID]bool{}
	for name, row := range map[string]struct {
		f                  Finding
		got, want, message string
	}{
		"type":             {Finding{Rule: TypeMismatch, Found: text(KindInteger, "7"), Wanted: Want{Type: "string"}}, "7", "string", "got number 7, want string"},
		"type of a string": {Finding{Rule: TypeMismatch, Found: text(KindString, "x\n"), Wanted: Want{Type: "list"}}, `"x\n"`, "array", `got string "x\n", want array`},
		"type of an object": {Finding{Rule: TypeMismatch, Found: Value{Kind: KindObject}, Wanted: Want{Type: "boolean"}},
			"an object", "boolean", "got object, want boolean"},
		"type, withheld":   {Finding{Rule: TypeMismatch, Found: Value{Kind: KindString}, Wanted: Want{Type: "map"}, Sensitive: true}, withheld, "object (map)", "got a withheld value, want object (map)"},
		"type, union":      {Finding{Rule: TypeMismatch, Found: Value{Kind: KindList}, Wanted: union}, "an array", "union (object with exactly one of a, b)", "got array, want union (object with exactly one of a, b)"},
		"form":             {Finding{Rule: TypeMismatch, Problem: NoForm, Found: text(KindString, "x"), Wanted: Want{Type: "timestamp", Format: "date-time"}, Cause: "no T"}, `"x"`, timestampForms["date-time"], `got "x", want ` + timestampForms["date-time"] + ": no T"},
		"fraction":         {Finding{Rule: TypeMismatch, Problem: NotIntegral, Found: text(KindNumber, "1.5"), Wanted: Want{Type: "integer", Bounds: Bounds{"-8", "7"}}}, "1.5", "integer, -8 to 7", "1.5 is not an integer"},
		"bits":             {Finding{Rule: TypeMismatch, Problem: BeyondType, Found: text(KindInteger, "9"), Wanted: Want{Type: "integer", Bounds: Bounds{"-8", "7"}}}, "9", "integer, -8 to 7", "9 overflows the type, which holds -8 to 7"},
		"float":            {Finding{Rule: TypeMismatch, Problem: BeyondType, Found: text(KindBigNumber, "1e999"), Wanted: Want{Type: "float"}}, "1e999", `number, "NaN", "Infinity" or "-Infinity"`, "1e999 overflows the type"},
		"milliseconds":     {Finding{Rule: TypeMismatch, Problem: BeyondType, Found: text(KindInteger, "1700000000000"), Wanted: Want{Type: "timestamp", Format: "epoch-seconds"}}, "1700000000000", "timestamp (number of epoch seconds)", "1700000000000 epoch seconds are outside the years 1 to 9999; are they milliseconds?"},
		"header of event":  {Finding{Rule: TypeMismatch, Problem: HeaderType, Names: []string{"h"}, Found: Text("short"), Wanted: Want{Type: "string"}}, "a header of type short", "a header of type string", `the header "h" is of type short, want string`},
		"null in a list":   {Finding{Rule: TypeNull, Wanted: Want{Type: "blob"}}, "null", "base64 string", "null in a list that is not sparse"},
		"null in a map":    {Finding{Rule: TypeNull, Problem: InMap, Wanted: Want{Type: "structure"}}, "null", "object", "null in a map that is not sparse"},
		"missing":          {Finding{Rule: MemberMissing, Names: []string{"m"}}, "absent", "present", `the required member "m" is absent or null`},
		"missing list":     {Finding{Rule: MemberMissingCollection, Names: []string{"m"}}, "absent", "present", `the required member "m" is absent or null`},
		"unknown":          {Finding{Rule: MemberUnknown, Names: []string{"m"}, Wanted: Want{OneOf: []string{"a", "b"}}}, `"m"`, "one of a, b", `unknown member "m"`},
		"unknown of none":  {Finding{Rule: MemberUnknown, Names: []string{"m"}}, `"m"`, "no member", `unknown member "m"`},
		"several of union": {Finding{Rule: UnionMultipleMembers, Names: []string{"a", "b", "c"}, Wanted: union}, "a, b, c", "exactly one of a, b", "the union has 3 members set (a, b and c), want exactly one"},
		"none of union":    {Finding{Rule: UnionNoMember, Wanted: union}, "none", "exactly one of a, b", "the union has no member set, want exactly one"},
		"unknown of union": {Finding{Rule: UnionUnknownMember, Names: []string{"z"}, Wanted: union}, "z", "exactly one of a, b", `unknown union member "z"`},
		"unknown event":    {Finding{Rule: UnionUnknownMember, Problem: OfEvent, Names: []string{"z"}, Wanted: union}, "z", "one of a, b", `unknown :event-type "z"`},
		"exception as event": {Finding{Rule: UnionUnknownMember, Problem: IsException, Names: []string{"z"}, Wanted: union}, "z", "one of a, b",
			`:event-type "z" is an exception; send it with :message-type exception and name it in :exception-type`},
		"enum":           {Finding{Rule: EnumUnknownValue, Found: text(KindString, "x"), Wanted: Want{OneOf: []string{"A", "B"}}}, `"x"`, "one of A, B", `"x" is not a value of the enum`},
		"enum, withheld": {Finding{Rule: EnumUnknownValue, Found: Value{Kind: KindString}, Wanted: Want{OneOf: []string{"A"}}, Sensitive: true}, withheld, "one of A", "the value is not a value of the enum"},
		"enum, cut": {Finding{Rule: EnumUnknownValue, Found: Value{Kind: KindString, Text: strings.Repeat("x", 100), Cut: 5000}, Wanted: Want{OneOf: []string{"A"}}},
			`"` + strings.Repeat("x", 80) + `… (5000 bytes)"`, "one of A", `"` + strings.Repeat("x", 80) + `… (5000 bytes)" is not a value of the enum`},
		"length":         {Finding{Rule: ConstraintLength, Found: Value{Length: 1, Unit: Entries}, Wanted: Want{Bounds: Bounds{Min: "2"}}}, "1 entry", "at least 2", "got 1 entry, want at least 2"},
		"empty":          {Finding{Rule: ConstraintEmpty, Found: Value{Unit: CodePoints}, Wanted: Want{Bounds: Bounds{"1", "5"}}}, "0 code points", "1 to 5", "got 0 code points, want 1 to 5"},
		"empty, pattern": {Finding{Rule: ConstraintEmpty, Found: text(KindString, ""), Wanted: Want{Pattern: "x+"}}, `""`, "x+", `"" does not match the pattern x+`},
		"range":          {Finding{Rule: ConstraintRange, Found: text(KindInteger, "9"), Wanted: Want{Bounds: Bounds{Max: "5"}}}, "9", "at most 5", "9 is out of range, want at most 5"},
		"pattern":        {Finding{Rule: ConstraintPattern, Found: text(KindString, "y"), Wanted: Want{Pattern: "x+"}}, `"y"`, "x+", `"y" does not match the pattern x+`},
		"timeout":        {Finding{Rule: PatternTimeout, Found: text(KindString, "y"), Wanted: Want{Pattern: "x+"}}, `"y"`, "x+", `"y" took too long to match against the pattern, so it was not checked`},
		"schema accepts": {Finding{Rule: OracleDisagreement, Problem: SchemaAgrees}, "", "", "the JSON Schema accepts the document, the validator rejects it; report this bug together with the document"},
		"no schema":      {Finding{Rule: OracleDisagreement, Cause: "gone"}, "", "", "the JSON Schema could not be evaluated: gone"},

		"syntax":           {Finding{Rule: SyntaxInvalid, Found: text(KindCharacter, "}"), Cause: "why"}, `"}"`, "", "invalid JSON: why"},
		"syntax, end":      {Finding{Rule: SyntaxInvalid, Found: Value{Kind: KindEnd}}, "end of input", "", "unexpected end of the JSON text"},
		"syntax, number":   {Finding{Rule: SyntaxInvalid, Problem: InNumber, Found: text(KindCharacter, "6")}, `"6"`, "", `invalid JSON: unexpected "6" in a number`},
		"syntax, empty":    {Finding{Rule: SyntaxInvalid, Problem: EmptyBody}, "nothing", "", "the body is empty"},
		"syntax, encoding": {Finding{Rule: SyntaxInvalid, Problem: Undecodable, Cause: "gzip: no"}, "bytes that do not decode", "a body encoded as its Content-Encoding says", "gzip: no"},
		"trailing":         {Finding{Rule: SyntaxTrailing, Found: text(KindCharacter, "x")}, `"x"`, "end of input", "unexpected data after the JSON text"},
		"mark":             {Finding{Rule: SyntaxBOM}, "U+FEFF", "", "the body begins with a byte order mark"},
		"UTF-8":            {Finding{Rule: SyntaxUTF8}, "", "UTF-8", "the string contains invalid UTF-8 or an unpaired surrogate escape"},
		"UTF-8, text":      {Finding{Rule: SyntaxUTF8, Problem: InText}, "", "UTF-8", "the text contains invalid UTF-8"},
		"deep":             {Finding{Rule: SyntaxTooDeep, Wanted: Want{Bounds: Bounds{Max: "10"}}}, "more than 10", "at most 10", "values are nested more than 10 levels deep"},
		"twice":            {Finding{Rule: SyntaxDuplicateMember, Names: []string{"m"}}, `"m"`, "each name once", `duplicate member name "m"; crcheck reads the last value, other parsers may read the first`},
		"twice, withheld":  {Finding{Rule: SyntaxDuplicateMember, Sensitive: true}, withheld, "each name once", "duplicate member name (withheld); crcheck reads the last value, other parsers may read the first"},
		"form of number":   {Finding{Rule: NumberForm, Found: text(KindNumber, "4.0")}, "4.0", "plain digits", "4.0 is an integer written with a fraction or an exponent"},
		"precision":        {Finding{Rule: NumberPrecision, Found: text(KindBigInteger, "9")}, "9", "at most 2^53 in magnitude", "9 exceeds 2^53; parsers that read numbers as doubles change its value"},
		"last":             {Finding{Rule: SyntaxBOM, Truncated: 10}, "U+FEFF", "", "the body begins with a byte order mark (and more: only the first 10 findings of a document are reported)"},
		"in a header":      {Finding{Rule: NumberForm, Found: text(KindNumber, "4.0"), Beside: Carrier{"header", "X-N"}}, "4.0", "plain digits", "header X-N: 4.0 is an integer written with a fraction or an exponent"},

		"framing":                {Finding{Rule: StreamFraming, Found: Text("prelude-crc"), Cause: "bad CRC"}, "prelude-crc", "", "bad CRC"},
		"framing, no stream":     {Finding{Rule: StreamFraming, Problem: NotStream, Found: Value{Kind: KindReplaced, Text: "long"}, Cause: "long"}, "long", "", "the body is not an event stream: long; the body contains U+FFFD, so a recorder may have replaced bytes that are not UTF-8"},
		"framing, after the end": {Finding{Rule: StreamFraming, Problem: AfterEnd}, "a message", "", "a message follows the signed message that ends the stream"},
		"framing, no header":     {Finding{Rule: StreamFraming, Problem: NoHeader, Names: []string{":event-type"}}, "no :event-type", "", "the event has no :event-type header of type string"},
		"framing, header":        {Finding{Rule: StreamFraming, Problem: WrongHeader, Names: []string{":date"}, Found: Text("string"), Wanted: Want{Type: "timestamp"}}, "string", "", "the header :date is of type string, want timestamp"},
		"framing, signed":        {Finding{Rule: StreamFraming, Problem: InSigned, Found: Text("cut"), Cause: "cut"}, "cut", "", "in a signed message: cut"},
		"framing, two in one":    {Finding{Rule: StreamFraming, Problem: MoreInSigned}, "more bytes", "", "a signed message contains more than one message"},
		"framing, type":          {Finding{Rule: StreamFraming, Problem: MessageType, Found: text(KindString, "x")}, `"x"`, "", `:message-type is "x", want event, exception or error`},
		"framing, initial":       {Finding{Rule: StreamFraming, Problem: NoInitial, Found: Text("chunk"), Wanted: Want{Text: "initial-response"}}, "chunk", "", "the stream begins without initial-response, which boto3 requires"},
		"status":                 {Finding{Rule: HTTPStatus, Found: Text("418"), Wanted: Want{OneOf: []string{"200"}}}, "418", "200", "unexpected status 418"},
		"status of an error":     {Finding{Rule: HTTPStatus, Found: Text("418")}, "418", "a status of one of the operation's errors", "unexpected status 418"},
		"content type":           {Finding{Rule: HTTPContentType, Found: Text("text/html"), Wanted: Want{Text: "application/json"}}, "text/html", "application/json", "got Content-Type text/html, want application/json"},
		"no content type":        {Finding{Rule: HTTPContentType, Found: Value{Kind: KindAbsent}, Wanted: Want{Text: "application/json"}}, "none", "application/json", "got Content-Type none, want application/json"},
		"equal elements":         {Finding{Rule: ConstraintUnique, Found: Value{Length: 2}}, "the same as element 2", "elements that differ", "the element is the same as element 2, want elements that differ"},
		"accept":                 {Finding{Rule: HTTPAccept, Found: Text("text/html"), Wanted: Want{Text: "application/json"}}, "text/html", "application/json", "got Accept text/html, which excludes the response's media type application/json"},
		"content type of event":  {Finding{Rule: HTTPContentType, Problem: HeaderType, Found: Text("short"), Wanted: Want{Text: "application/json"}}, "a header of type short", "application/json", "got :content-type a header of type short, want application/json"},
		"unidentified":           {Finding{Rule: ErrorUnidentified, Found: Text("500")}, "status 500", "X-Amzn-Errortype, or code or __type in the body", "the response does not name its error"},
		"unidentified event":     {Finding{Rule: ErrorUnidentified, Problem: OfEvent}, "no :error-code", ":error-code", "the error message has no :error-code"},
		"unmodeled":              {Finding{Rule: ErrorUnmodeled, Names: []string{"E"}, Wanted: union}, "E", "one of a, b", `unmodeled error "E"`},
		"unmodeled, common":      {Finding{Rule: ErrorUnmodeled, Problem: Common, Names: []string{"E"}, Wanted: union}, "E", "one of a, b", `unmodeled error "E", which any AWS operation may return`},
		"unmodeled exception":    {Finding{Rule: ErrorUnmodeled, Problem: OfEvent, Names: []string{"E"}, Wanted: union}, "E", "one of a, b", `unmodeled exception "E"`},
		"unmodeled end":          {Finding{Rule: ErrorUnmodeled, Problem: StreamError, Names: []string{"E"}, Wanted: union}, "E", "one of a, b", `unmodeled error "E" ends the stream`},
		"error status":           {Finding{Rule: ErrorStatusMismatch, Names: []string{"E"}, Found: Text("500"), Wanted: Want{OneOf: []string{"404"}}}, "500", "404", "E has status 500, want 404"},
		"common error's status":  {Finding{Rule: ErrorStatusMismatch, Problem: Common, Names: []string{"E"}, Found: Text("500"), Wanted: Want{OneOf: []string{"400", "403"}}}, "500", "400 or 403", "E has status 500, but AWS sends it with 400 or 403"},
		"no query code":          {Finding{Rule: ErrorQueryCode, Problem: NoErrorCode, Names: []string{"E"}, Wanted: Want{Text: "C", OneOf: []string{"Sender"}}}, "none", "C;Sender", "the header X-Amzn-Query-Error is missing"},
		"form of query code":     {Finding{Rule: ErrorQueryCode, Problem: ErrorForm, Found: Text("x"), Wanted: Want{Text: "CODE", OneOf: []string{"Sender", "Receiver"}}}, "x", "CODE;Sender or Receiver", "the header X-Amzn-Query-Error is not of the form CODE;Sender or CODE;Receiver"},
		"query code":             {Finding{Rule: ErrorQueryCode, Problem: OtherCode, Names: []string{"E"}, Found: Text("D;Sender"), Wanted: Want{Text: "C", OneOf: []string{"Sender"}}}, "D;Sender", "C;Sender", `the header X-Amzn-Query-Error has the code "D", want C for E`},
		"query fault":            {Finding{Rule: ErrorQueryCode, Problem: OtherFault, Names: []string{"E"}, Found: Text("C;Sender"), Wanted: Want{Text: "C", OneOf: []string{"Receiver"}}}, "C;Sender", "C;Receiver", "the header X-Amzn-Query-Error has the fault Sender, want Receiver for E"},
		"echo":                   {Finding{Rule: EchoMismatch, Names: []string{"id"}, Found: text(KindString, "b"), Wanted: Want{Text: "a"}}, `"b"`, `"a"`, `got "b", but the request's id is "a"`},
		"echo, withheld":         {Finding{Rule: EchoMismatch, Names: []string{"id"}, Sensitive: true}, "", "", "the value differs from the request's id"},
		"not recorded":           {Finding{Rule: HTTPNotRecorded, Names: []string{"response headers"}, Found: Value{Length: 2}}, "2 without response headers", "", "the response headers of 2 interactions were not recorded; rules about headers were not applied"},
		"mixed":                  {Finding{Rule: EncodingMixed, Found: Text("sdk"), Wanted: Want{Text: "wire"}}, "sdk", "wire", "the document is an SDK dump, unlike most of this source"},
		"odd entry":              {Finding{Rule: TrafficOddEntry, Wanted: Want{Text: "a mapping"}, Cause: "expected a mapping"}, "", "a mapping", "expected a mapping"},

		"unsupported pattern": {Finding{Rule: PatternUnsupported, Wanted: Want{Pattern: "("}, Names: []string{"a", "b"}, Found: Value{Length: 5}, Cause: "no )"}, "(", "", "a, b and 3 more places: no )"},
		"two sources":         {Finding{Rule: SourceConflict, Problem: TwoSources, Names: []string{"status", "contract"}, Between: []string{"the page", "the model"}, Found: Text("200")}, "200", "", "status of contract is 200 in the page and absent in the model"},
		"two overlays":        {Finding{Rule: SourceConflict, Problem: OfOverlay, Names: []string{"status", "contract"}, Between: []string{"line 3 of a.yaml"}, Found: Text("200"), Wanted: Want{Text: "202"}}, "200", "202", "status of contract is 200 here, which takes precedence, and 202 in line 3 of a.yaml"},
		"within a source":     {Finding{Rule: SourceConflict, Found: Text("x"), Wanted: Want{Text: "y"}, Cause: "output: no"}, "x", "y", "output: no"},
		"stale":               {Finding{Rule: OverlayStale, Found: Text("true"), Cause: "it is so already"}, "true", "", "it is so already"},

		"again":                  {Finding{Rule: CassetteDuplicate, Found: Text("3")}, "interaction 3 again", "", "same request and response as interaction 3"},
		"no contract":            {Finding{Rule: CassetteStale, Names: []string{"a.B"}}, "a.B", "a contract that is known here", "recorded with the contract a.B, which is neither loaded nor built in"},
		"other contract":         {Finding{Rule: CassetteStale, Names: []string{"a.B"}, Found: Text("12"), Wanted: Want{Text: "34"}}, "12", "34", "recorded with another version of a.B"},
		"unsorted":               {Finding{Rule: CassetteUnsorted, Found: Text("7")}, "line 7", "the form that crcheck writes", "not formatted as crcheck writes cassettes, from line 7 on"},
		"probe status":           {Finding{Rule: ProbeStatus, Found: Text("404"), Wanted: Want{Text: "200"}, Names: []string{"E", ""}}, "404", "200", "the emulator responded with 404 E, the service with 200"},
		"probe error":            {Finding{Rule: ProbeErrorCode, Found: Text("E"), Wanted: Want{Text: "F"}}, "E", "F", "the emulator returned the error E, the service F"},
		"probe member":           {Finding{Rule: ProbeMember, Wanted: Want{Text: "m"}}, "", "m", "the emulator omits m, which the service sent"},
		"probe extra":            {Finding{Rule: ProbeMemberExtra, Found: Text("m")}, "m", "", "the emulator sends m, which the service omitted"},
		"probe union":            {Finding{Rule: ProbeUnionMember, Found: Text("a"), Wanted: Want{OneOf: []string{"b", "c"}}}, "a", "b or c", "the emulator set the union member a, the service b or c"},
		"probe negative, failed": {Finding{Rule: ProbeFailed, Found: Text("500"), Names: []string{"enum.unknown-value", "another value", ""}, Wanted: Want{Text: "400", OneOf: []string{"V"}}}, "500", "400 V", "the input breaks enum.unknown-value (another value), but the emulator responded with 500"},
		"probe failed":           {Finding{Rule: ProbeFailed, Found: Text("500"), Names: []string{"", "E"}, Wanted: Want{Text: "404"}}, "500", "404", "the emulator responded with 500, the service with 404 E"},
		"probe negative, other":  {Finding{Rule: ProbeOtherError, Found: Text("404"), Names: []string{"enum.unknown-value", "another value", "E"}, Wanted: Want{Text: "400", OneOf: []string{"V"}}}, "404 E", "400 V", "the input breaks enum.unknown-value (another value), but the emulator responded with 404 E"},
		"probe value":            {Finding{Rule: ProbeValue, Found: Text("1"), Wanted: Want{OneOf: []string{"2", "3"}}}, "1", "2 or 3", "the emulator sent 1, the service 2 or 3"},
		"probe negative":         {Finding{Rule: ProbeNotRefused, Found: Text("200"), Names: []string{"enum.unknown-value", "another value", ""}, Wanted: Want{Text: "400", OneOf: []string{"V"}}}, "200", "400 V", "the input breaks enum.unknown-value (another value), but the emulator responded with 200"},

		"new operation":  {Finding{Rule: DriftOperationAdded}, "", "", "added"},
		"old error":      {Finding{Rule: DriftErrorRemoved}, "", "", "removed"},
		"new value":      {Finding{Rule: DriftEnumValueAdded, Names: []string{"enum"}, Found: text(KindString, "A<")}, `"A<"`, "", `"A<" was added to the enum`},
		"old value":      {Finding{Rule: DriftEnumValueRemoved, Names: []string{"enum"}, Was: text(KindString, "A")}, `no "A"`, `"A"`, `"A" was removed from the enum`},
		"new member":     {Finding{Rule: DriftMemberAdded, Names: []string{"member"}, Found: text(KindString, "enum")}, `"enum"`, "", "member of type enum was added"},
		"old member":     {Finding{Rule: DriftMemberRemoved, Names: []string{"member"}, Was: text(KindString, "list")}, `no "list"`, `"list"`, "member of type list was removed"},
		"minimum":        {Finding{Rule: DriftLengthNarrowed, Problem: Minimum, Names: []string{"length"}, Found: Text("3")}, "minimum 3", "", "the minimum of the length changed from unbounded to 3"},
		"maximum lifted": {Finding{Rule: DriftRangeWidened, Problem: Maximum, Names: []string{"range"}, Was: Text("3")}, "no maximum", "3", "the maximum of the range changed from 3 to unbounded"},
		"facet":          {Finding{Rule: DriftStatusChanged, Names: []string{"status"}, Found: Text("202"), Was: Text("200")}, "202", "200", "status changed from 200 to 202"},
		"no pattern":     {Finding{Rule: DriftPatternChanged, Names: []string{"pattern"}, Found: text(KindString, ""), Was: text(KindString, "x")}, `""`, `"x"`, `pattern changed from "x" to none`},
	} {
		t.Run(name, func(t *testing.T) {
			f := row.f.Rendered()
			require.Equal(t, []string{row.got, row.want, row.message}, []string{f.Got, f.Want, f.Message})
			require.Equal(t, NewSet(f), NewSet(row.f))
		})
		covered[row.f.Rule] = true
	}
	for _, rule := range Rules() {
		switch rule.Layer {
		case LayerRecord, LayerConform: // they are written where secrets are known, and by conformance
		case LayerDrift: // one function for all of them
			require.NotNil(t, renderers()[rule.ID], "%s", rule.ID)
		default:
			require.True(t, covered[rule.ID], "%s has no row", rule.ID)
		}
	}
}

// TestShortWant checks that reports for people shorten long lists, and that Want does not.
func TestShortWant(t *testing.T) {
	var names []string
	for range 60 {
		names = append(names, "somewhat-long")
	}
	for name, row := range map[string]struct {
		f    Finding
		want string
	}{
		"enum":       {Finding{Rule: EnumUnknownValue, Wanted: Want{OneOf: names}}, "one of 60 values"},
		"short enum": {Finding{Rule: EnumUnknownValue, Wanted: Want{OneOf: names[:2]}}, "one of somewhat-long, somewhat-long"},
		"members":    {Finding{Rule: MemberUnknown, Names: []string{"x"}, Wanted: Want{OneOf: names}}, "one of " + clip(strings.Join(names, ", "))},
		"union":      {Finding{Rule: TypeMismatch, Wanted: Want{Type: "union", OneOf: names}}, "union (object with exactly one of " + clip(strings.Join(names, ", ")) + ")"},
		"source":     {Finding{Rule: SourceConflict, Wanted: Want{Text: "some\nmore"}}, "some"},
		"another":    {Finding{Rule: UnionNoMember, Wanted: Want{OneOf: names}}, "exactly one of " + strings.Join(names, ", ")},
	} {
		t.Run(name, func(t *testing.T) {
			f := row.f.Rendered()
			require.Equal(t, row.want, f.ShortWant())
			require.Equal(t, strings.Count(f.Want, "somewhat-long"), len(f.Wanted.OneOf))
		})
	}
}

// TestWantIsWhole checks that the JSON report never cuts what was wanted.
func TestWantIsWhole(t *testing.T) {
	names := make([]string, 500)
	for i := range names {
		names[i] = "value-of-an-enum"
	}
	long := strings.Repeat("[a-z]", 500)
	for name, tc := range map[string]struct {
		f    Finding
		want string
	}{
		"enum":    {Finding{Rule: EnumUnknownValue, Wanted: Want{OneOf: names}}, "one of " + strings.Join(names, ", ")},
		"members": {Finding{Rule: MemberUnknown, Wanted: Want{OneOf: names}}, "one of " + strings.Join(names, ", ")},
		"pattern": {Finding{Rule: ConstraintPattern, Wanted: Want{Pattern: long}}, long},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, tc.f.Rendered().Want) })
	}
}
