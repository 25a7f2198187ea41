package validate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// TestCalled checks what is known about a call beside its request: its operation, its test, and that
// the body is what boto3 returned.
func TestCalled(t *testing.T) {
	const wrong = `{"TableNames":[1]}`
	for _, test := range []struct {
		name, operation, encoding, test, body string
		status                                int
		want                                  string // the finding
		notChecked                            string
	}{
		{"by the request", "", "", "", wrong, 200, "tables.yaml:1:16: error type.mismatch at /TableNames/0: got number 1, want string", ""},
		{"by the operation", "dynamodb.ListTables", "", "", wrong, 200, "tables.yaml:1:16: error type.mismatch at /TableNames/0: got number 1, want string", ""},
		{"in a test", "dynamodb.ListTables", "", "tests/test_a.py::test_b[x::y]", wrong, 200, "tests/test_a.py:7: error type.mismatch at /TableNames/0: got number 1, want string", ""},
		{"of boto3", "dynamodb.ListTables", "sdk", "tests/test_a.py::test_b", wrong, 200, "tests/test_a.py:7: error type.mismatch at /TableNames/0: got number 1, want string", ""},
		{"an error of boto3", "dynamodb.DescribeTable", "sdk", "", `{"Error":{"Code":"ResourceNotFoundException","Message":""},"ResponseMetadata":{"HTTPStatusCode":400}}`, 400, "", ""},
		{"an unknown error of boto3", "dynamodb.DescribeTable", "sdk", "", `{"Error":{"Code":"Invented","Message":""},"ResponseMetadata":{"HTTPStatusCode":400}}`, 400, `tables.yaml:1:1: warning error.unmodeled at the top: unmodeled error "Invented"`, ""},
		{"without a contract", "dynamodb.PutItem", "", "", wrong, 200, "", noOperation},
		{"of boto3 without a contract", "dynamodb.PutItem", "sdk", "", wrong, 200, "", noOperation},
	} {
		t.Run(test.name, func(t *testing.T) {
			options := Options{}
			if test.encoding == traffic.EncodingSDK {
				options.Encoding = schema.SDK // as Auto chooses for it
			}
			k, err := CompileCatalog(tables(t), options)
			require.NoError(t, err)
			x := called("ListTables", "{}", test.status, test.body)
			x.Operation, x.Encoding, x.Test, x.TestLine, x.Kind = test.operation, test.encoding, test.test, 7, traffic.JSON
			outcome, err := k.Check(x, Bare{})
			require.NoError(t, err)
			require.Equal(t, test.notChecked, outcome.NotChecked)
			if test.want == "" {
				require.Empty(t, outcome.Findings)
				return
			}
			require.Len(t, outcome.Findings, 1)
			require.Equal(t, test.want, outcome.Findings[0].String())
			require.Equal(t, test.test, outcome.Findings[0].Test)
		})
	}
}

// TestReturnedWithoutRequest checks responses of boto3 that recordings have without their requests:
// who says the operation, and placeholders of snapshots.
func TestReturnedWithoutRequest(t *testing.T) {
	for _, test := range []struct {
		name, operation, body string
		kind                  traffic.Kind
		bare                  Bare
		pointer, notChecked   string // the place of the finding
		placeholders          int
	}{
		{"placebo", "dynamodb.ListTables", `{"TableNames":[1]}`, traffic.Placebo, Bare{}, "/TableNames/0", "", 0},
		{"placebo, another operation", "dynamodb.PutItem", `{}`, traffic.Placebo, Bare{Operation: "ListTables"}, "", noOperation, 0},
		{"placebo, named by the user", "", `{"TableNames":[1]}`, traffic.Placebo, Bare{Operation: "ListTables"}, "/TableNames/0", "", 0},
		{"a snapshot", "dynamodb.ListTables", `{"TableNames":[1,"<name:1>"]}`, traffic.LocalStack, Bare{}, "/TableNames/0", "", 0},
		{"a snapshot, a placeholder", "dynamodb.ListTables", `{"TableNames":"<names:1>"}`, traffic.LocalStack, Bare{}, "", "", 1},
		{"a snapshot, a guess", "dynamodb.Tables", `{}`, traffic.LocalStack, Bare{}, "", unnamedCall, 0},
		{"a snapshot, named by the user", "dynamodb.Tables", `{"TableNames":[1]}`, traffic.LocalStack, Bare{Operation: "ListTables"}, "/TableNames/0", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			k, err := CompileCatalog(tables(t), Options{Encoding: schema.SDK})
			require.NoError(t, err)
			x := &traffic.Interaction{Source: "in", Kind: test.kind, Operation: test.operation, Encoding: traffic.EncodingSDK,
				Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(test.body))}}
			outcome, err := k.Check(x, test.bare)
			require.NoError(t, err)
			require.Equal(t, test.notChecked, outcome.NotChecked)
			require.Equal(t, test.placeholders, outcome.Placeholders)
			if test.pointer == "" {
				require.Empty(t, outcome.Findings)
				return
			}
			require.Len(t, outcome.Findings, 1)
			require.Equal(t, test.pointer, outcome.Findings[0].Pointer)
		})
	}
}

// TestEnvelopeWithoutRequest checks HTTP bodies whose recordings say the operation, but have no request.
func TestEnvelopeWithoutRequest(t *testing.T) {
	for _, test := range []struct {
		name, operation, body string
		status                int
		missing               bool
		want, notChecked      string // the rule of the finding
	}{
		{"a wrong type", "dynamodb.ListTables", `{"TableNames":[1]}`, 200, false, "type.mismatch", ""},
		{"no member is known", "ListTables", `{"Foo":1}`, 0, false, "member.unknown", ""},
		{"an error", "dynamodb.DescribeTable", `{"__type":"Invented"}`, 400, false, "error.unmodeled", ""},
		{"of another operation", "dynamodb.PutItem", `{}`, 200, false, "", noOperation},
		{"the body was not recorded", "dynamodb.ListTables", "", 200, true, "", bodyNotRecorded},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := CompileAuto(tables(t), Options{})
			require.NoError(t, err)
			x := &traffic.Interaction{Source: "in", Kind: traffic.NDJSON, Operation: test.operation,
				Response: traffic.Response{Status: test.status, Body: traffic.BodyOf([]byte(test.body))}}
			x.Response.Body.Missing = test.missing
			checked, err := a.Check(x, Bare{}, &Source{})
			require.NoError(t, err)
			require.Equal(t, test.notChecked, checked.NotChecked)
			if test.want == "" {
				require.Empty(t, checked.Findings)
				return
			}
			require.Len(t, checked.Findings, 1)
			require.Equal(t, test.want, string(checked.Findings[0].Rule))
		})
	}
}
