package validate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
)

// job is a response with nothing to say about it; more members of the job stand at the @.
const job = `{"protectedJob":{"id":"00000000-0000-4000-8000-000000000001","membershipId":"00000000-0000-4000-8000-000000000002",` +
	`"membershipArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/00000000-0000-4000-8000-000000000002",` +
	`"createTime":1700000000.123,"status":"SUCCESS"@}}`

func with(more string) string { return strings.Replace(job, "@", more, 1) }

func worker(number string) string {
	return with(`,"computeConfiguration":{"worker":{"type":"CR.1X","number":` + number + `}}`)
}

func millis(number string) string {
	return with(`,"statistics":{"totalDurationInMillis":` + number + `}`)
}

func units(number string) string {
	return with(`,"statistics":{"billedResourceUtilization":{"units":` + number + `}}`)
}

func output(union string) string { return with(`,"result":{"output":` + union + `}`) }

func parameters(entries string) string {
	return with(`,"jobParameters":{"analysisTemplateArn":"arn:aws:cleanrooms:us-east-1:111122223333:membership/m/analysistemplate/t","parameters":` + entries + `}`)
}

func bucket(name string) string {
	return with(`,"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"` + name + `"}}}`)
}

func created(time string) string {
	return strings.Replace(with(""), "1700000000.123", time, 1)
}

// vectors holds, for each rule that a body can break, documents that it refuses
// and neighbours that it lets pass. A refused document yields this rule alone,
// at the place that is named.
var vectors = map[finding.RuleID]struct {
	place   string
	refuses []string
	passes  []string
}{
	finding.TypeMismatch: {"", []string{
		`[]`, `"text"`, `null`, `1`,
	}, []string{with("")}},
	finding.TypeNull: {"/protectedJob/result/output/memberList/*", []string{
		output(`{"memberList":[null]}`), output(`{"memberList":[{"accountId":"111122223333"},null]}`),
	}, []string{output(`{"memberList":[]}`), output(`{"memberList":[{"accountId":"111122223333"}]}`)}},
	finding.MemberMissing: {"/protectedJob/status", []string{
		strings.Replace(with(""), `,"status":"SUCCESS"`, "", 1), strings.Replace(with(""), `"SUCCESS"`, "null", 1),
	}, []string{with(""), with(`,"error":null`)}},
	finding.MemberUnknown: {"/protectedJob/extra", []string{
		with(`,"extra":1`), with(`,"extra":{"a":[1,{}]}`), with(`,"e\u0078tra":"x"`),
	}, []string{with(`,"__type":"x"`), with(`,"extra":null`)}},
	finding.UnionMultipleMembers: {"/protectedJob/result/output", []string{
		output(`{"s3":{"location":"x"},"memberList":[]}`), output(`{"s3":{"location":"x"},"other":1}`), output(`{"other":1,"another":2}`),
	}, []string{output(`{"s3":{"location":"x"},"memberList":null,"other":null,"__type":"x"}`)}},
	finding.UnionNoMember: {"/protectedJob/result/output", []string{
		output(`{}`), output(`{"s3":null}`), output(`{"__type":"x"}`), output(`{"other":null}`),
	}, []string{output(`{"memberList":[]}`)}},
	finding.UnionUnknownMember: {"/protectedJob/result/output", []string{
		output(`{"other":{}}`), output(`{"s3":null,"other":{}}`), output(`{"SDK_UNKNOWN_MEMBER":{"name":"other"}}`),
	}, []string{output(`{"s3":{"location":"x"}}`)}},
	finding.EnumUnknownValue: {"/protectedJob/status", []string{
		strings.Replace(with(""), "SUCCESS", "success", 1), strings.Replace(with(""), "SUCCESS", "", 1),
	}, []string{strings.Replace(with(""), "SUCCESS", "CANCELLING", 1), strings.Replace(with(""), "SUCCESS", `SUCC\u0045SS`, 1)}},
	finding.ConstraintLength: {"/protectedJob/jobParameters/parameters/*", []string{
		parameters(`{"a":"` + strings.Repeat("é", 1001) + `"}`),
	}, []string{parameters(`{"a":"` + strings.Repeat("é", 1000) + `"}`), parameters(`{"a":"` + strings.Repeat("😀", 1000) + `"}`), parameters(`{"a":""}`)}},
	finding.ConstraintRange: {"/protectedJob/computeConfiguration/worker/number", []string{
		worker("3"), worker("1025"), worker("-5"), worker("2147483647"),
	}, []string{worker("4"), worker("1024")}},
	finding.ConstraintPattern: {"/protectedJob/resultConfiguration/outputConfiguration/s3/bucket", []string{
		bucket("192.168.0.1"), bucket("Upper"), bucket(`abc\n`),
	}, []string{bucket("a-bucket"), bucket("192.168.0.a")}},

	finding.SyntaxInvalid: {"", []string{
		"", "  \n", "{", `{"protectedJob"`, `}`, `{,}`, `{"a" 1}`, "{'a':1}", `{1:2}`, "\x00",
	}, []string{with(""), " \r\n\t" + with("") + "\n"}},
	finding.SyntaxTrailing: {"", []string{
		with("") + "x", with("") + with(""), with("") + "\n{}", with("") + "]", with("") + "\x00",
	}, []string{with("") + "\n"}},
	finding.SyntaxBOM: {"", []string{"\xEF\xBB\xBF" + with("")}, []string{with("")}},
	finding.SyntaxUTF8: {"/protectedJob/error/message", []string{
		with(`,"error":{"code":"x","message":"` + "\xff" + `"}`), with(`,"error":{"code":"x","message":"\ud800"}`),
		with(`,"error":{"code":"x","message":"\udc00\ud800"}`), with(`,"error":{"code":"x","message":"` + "\xed\xa0\x80" + `"}`),
	}, []string{with(`,"error":{"code":"x","message":"\ud83d\ude00 😀 ` + "\uFFFD" + `"}`)}},
	finding.SyntaxTooDeep: {"", []string{
		with(`,"__type":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)),
		with(`,"__type":` + strings.Repeat("[", 100_000)),
		with(`,"__type":` + strings.Repeat(`{"a":`, 100_000)),
	}, []string{with(`,"__type":` + strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998))}},
	finding.SyntaxDuplicateMember: {"/protectedJob/status", []string{
		with(`,"status":"FAILED"`), with(`,"st\u0061tus":"SUCCESS"`), with(`,"status":"SUCCESS"`),
	}, []string{with("")}},
	finding.NumberForm: {"/protectedJob/computeConfiguration/worker/number", []string{
		worker("4.0"), worker("1e1"), worker("0.4e1"), worker("40e-1"),
	}, []string{worker("4")}},
	finding.NumberPrecision: {"/protectedJob/statistics/totalDurationInMillis", []string{
		millis("9007199254740993"), millis("-9223372036854775808"), millis("9223372036854775807"),
	}, []string{millis("9007199254740992"), millis("-9007199254740992"), millis("0"), millis("-0")}},
}

// mismatches are values of the wrong type at places of every type.
var mismatches = map[string]struct {
	refuses []string
	passes  []string
}{
	"/protectedJob/createTime": {
		[]string{created(`"2023-11-14T22:13:20Z"`), created("true"), created("1700000000000"), created("253402300800"), created("-62135596801"), created("1e1000001"), created("{}")},
		[]string{created("0"), created("-1"), created("1.7e9"), created("253402300799.999"), created("-62135596800"), created("1e-1000001")},
	},
	"/protectedJob/statistics/totalDurationInMillis": {
		[]string{millis(`"1"`), millis("1.5"), millis("9223372036854775808"), millis("-9223372036854775809"), millis("1e1000001"), millis("1e-1000001"), millis("1e99999999999999999999"), millis("[]"), millis("false")},
		[]string{millis("1"), millis("null")},
	},
	"/protectedJob/statistics/billedResourceUtilization/units": {
		[]string{units(`"nan"`), units(`"1"`), units("1e309"), units("-1e999999"), units("true"), units("[]")},
		[]string{units("1.5"), units("-0.0"), units("1e308"), units("1e-1000001"), units(`"NaN"`), units(`"Infinity"`), units(`"-Infinity"`), units(`"\u004eaN"`)},
	},
	"/protectedJob/status": {
		[]string{strings.Replace(with(""), `"SUCCESS"`, "1", 1), strings.Replace(with(""), `"SUCCESS"`, `["SUCCESS"]`, 1)},
		[]string{with("")},
	},
	"/protectedJob/result/output/memberList": {
		[]string{output(`{"memberList":{}}`), output(`{"memberList":"x"}`)},
		[]string{output(`{"memberList":[]}`)},
	},
	"/protectedJob/result/output": {
		[]string{output(`[]`), output(`"s3"`)},
		[]string{output(`{"memberList":[]}`)},
	},
	"/protectedJob/jobParameters/parameters": {
		[]string{parameters(`[]`), parameters(`"x"`)},
		[]string{parameters(`{}`), parameters(`{"a":"b"}`)},
	},
	"/protectedJob/jobParameters/parameters/*": {
		[]string{parameters(`{"a":1}`), parameters(`{"a":{}}`)},
		[]string{parameters(`{"a":"b"}`)},
	},
}

// TestSchemaVectors checks the validator against the vectors of package jsonschema.
func TestSchemaVectors(t *testing.T) {
	paths, err := filepath.Glob("../schema/jsonschema/testdata/vectors/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			var encoding schema.Encoding
			if _, name, found := strings.Cut(string(archive.Comment), "encoding: "); found {
				require.NoError(t, encoding.UnmarshalText([]byte(strings.TrimSpace(name))))
			}
			c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Test","output":"Out","shapes":` + string(archive.Files[0].Data) + `}`))
			require.NoError(t, err)
			v, err := Compile(c, Options{Encoding: encoding})
			require.NoError(t, err)
			o := &verdicts{part: schema.OutputPart, validator: v, standard: plainSchema(t, c, schema.OutputPart, encoding)}
			extended, err := jsonschema.GenerateExtended(c, schema.OutputPart, encoding)
			require.NoError(t, err)
			o.extended, err = CompileSchema(extended)
			require.NoError(t, err)
			for i, file := range archive.Files[1:] {
				for line := range strings.Lines(string(file.Data)) {
					document := []byte(strings.TrimSpace(line))
					o.agree(t, document)
					if i > 0 {
						require.False(t, v.Accepts(schema.OutputPart, document), "%s", document)
					}
				}
			}
		})
	}
}
