package bycontract_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite docs/redaction.md")

// things is a contract with a member of each kind.
const things = `{"crcheckContract":1,"service":"things","operation":"GetThing","protocol":"restJson1","method":"POST","uri":"/things/{label}","status":200,"input":"In","output":"Out",
"errors":[{"name":"NoThing","shape":"NoThing","status":404}],
"shapes":{
"In":{"type":"structure","members":[{"name":"label","location":"label","required":true,"shape":{"type":"string"}},{"name":"colour","location":"query","shape":{"type":"string","enum":["RED"]}},{"name":"secret","location":"query","shape":{"type":"string","sensitive":true}}]},
"Out":{"type":"structure","members":[
 {"name":"mood","shape":{"type":"string","enum":["GOOD","BAD"]}},{"name":"moods","shape":{"type":"list","element":{"type":"string","enum":["GOOD","BAD"]}}},
 {"name":"moodOf","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string","enum":["GOOD","BAD"]}}},
 {"name":"either","shape":"Either"},
 {"name":"when","shape":{"type":"timestamp"}},{"name":"count","shape":{"type":"integer"}},{"name":"on","shape":{"type":"boolean"}},
 {"name":"note","shape":{"type":"string"}},{"name":"bucket","shape":{"type":"string"}},{"name":"objectKey","shape":{"type":"string"}},{"name":"roleArn","shape":{"type":"string"}},
 {"name":"queueUrl","shape":{"type":"string"}},{"name":"logGroupName","shape":{"type":"string"}},
 {"name":"pin","shape":{"type":"string","sensitive":true}},{"name":"age","shape":{"type":"integer","sensitive":true}},{"name":"born","shape":{"type":"timestamp","sensitive":true}},
 {"name":"blob","shape":{"type":"blob","sensitive":true}},{"name":"secretBinary","shape":{"type":"blob"}},
 {"name":"tags","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string"}}},
 {"name":"private","shape":{"type":"map","sensitive":true,"key":{"type":"string"},"value":{"type":"string"}}},
 {"name":"item","shape":{"type":"map","key":{"type":"string"},"value":"Attribute"}},
 {"name":"kept","location":"header","wireName":"X-Thing-Mood","shape":{"type":"string","enum":["GOOD","BAD"]}},
 {"name":"labels","location":"headers","wireName":"X-Label-","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string"}}}]},
"Either":{"type":"structure","union":true,"members":[{"name":"mood","shape":{"type":"string","enum":["GOOD","BAD"]}}]},
"Attribute":{"type":"structure","members":[{"name":"S","shape":{"type":"string"}},{"name":"N","shape":{"type":"string"}},{"name":"B","shape":{"type":"blob"}},{"name":"BOOL","shape":{"type":"boolean"}},
 {"name":"M","shape":{"type":"map","key":{"type":"string"},"value":"Attribute"}},{"name":"L","shape":{"type":"list","element":"Attribute"}}]},
"NoThing":{"type":"structure","members":[{"name":"message","shape":{"type":"string"}}]}}}`

// row is a row of a table of docs/redaction.md: an interaction, by one of its parts, and the text in it that
// the row is about.
type row struct {
	what   string
	body   string // of the response
	query  string
	header string // of the response: "Name: value"
	status int
	text   string
	why    string
	all    bool // of readable: also with --redact all
}

// readable are the strings that stay readable.
var readable = []row{
	{what: "values of enums", body: `{"mood":"GOOD"}`, text: "GOOD", why: "clients branch on them; another value in the place of an enum is redacted like any string", all: true},
	{what: "timestamps", body: `{"when":"2026-01-02T03:04:05Z"}`, text: "2026-01-02T03:04:05Z", why: "no name; sensitive ones are masked", all: true},
	{what: "numbers", body: `{"count":4711,"other":123456789012}`, text: "123456789012", why: "no name; sensitive ones, and numbers in place of a marked string, are masked", all: true},
	{what: "booleans, also sensitive ones", body: `{"on":true}`, text: "true", why: "one bit", all: true},
	{what: "names of members of the contract", body: `{"mood":"BAD"}`, text: "mood", why: "public", all: true},
	{what: "names of members that the contract does not know", body: `{"novelty":"x"}`, text: "novelty", why: "probably of a newer contract; identifiers in them are replaced", all: true},
	{what: "strings of members that no contract knows, except the identifiers in them", body: `{"novelty":"SHINY"}`, text: "SHINY", why: "a newer client may branch on them"},
	{what: "keys of maps that are not sensitive, except the identifiers in them", body: `{"item":{"title":{"S":"x"}}}`, text: "title", why: "programs look entries up by them"},
	{what: "free text without an identifier, such as messages", body: `{"note":"ask the night watchman"}`, text: "night watchman", why: "nothing marks it as a name"},
	{what: "host names and addresses", body: `{"note":"10.1.2.3 of db.acme.example"}`, text: "db.acme.example", why: "nothing marks them as names"},
	{what: "text after an escape sequence or a space in a name within free text", body: `{"note":"in s3://acme-bucket/a b.csv"}`, text: " b.csv", why: "the end of a name in free text is a guess; a member that the contract marks is replaced whole"},
	{what: "the query of a URL in free text", body: `{"note":"https://acme-bucket.s3.amazonaws.com/a?mode=fast"}`, text: "?mode=fast", why: "not part of the name; secrets in it are masked"},
	{what: "partition, service, region and type in ARNs", body: `{"roleArn":"arn:aws-cn:iam::111122223333:role/acme"}`, text: "arn:aws-cn:iam::", why: "clients branch on them", all: true},
	{what: "prefixes of unique IDs", body: `{"note":"AROAZZZZZZZZZZZZZZZZZ:me-myself"}`, text: "AROA", why: "they name a type", all: true},
	{what: "digests with their algorithm", body: `{"note":"sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"}`, text: "sha256:0a1b2c3d4e5f", why: "clients verify them"},
	{what: "names of errors", body: `{"__type":"NoThing","message":"x"}`, status: 404, text: "NoThing", why: "clients branch on them", all: true},
	{what: "names of headers that a contract binds a map to", header: "X-Label-Team: x", text: "X-Label-Team", why: "signatures list them", all: true},
	{what: "kept headers, if their value has the form of the header", header: "Content-Type: application/json; charset=utf-8", text: "charset=utf-8", why: "clients need them", all: true},
	{what: "values of enums in the query and in headers", query: "colour=RED", text: "colour=RED", why: "as in bodies", all: true},
}

const name = "AcmeGmbh"

// replaced are the strings that are replaced whole, whatever they contain. None of the words of text
// remains.
var replaced = []row{
	{what: "URIs of S3 in free text", body: `{"note":"from s3://acme/customer=AcmeGmbh,part(AcmeGmbh)&x'AcmeGmbh;#?+%AcmeGmbh/part-0.csv"}`},
	{what: "ARNs in free text", body: `{"note":"on arn:aws:s3:::acme/customer=AcmeGmbh, or (arn:aws-iso-b:sns:us-isob-east-1:111122223333:q'AcmeGmbh)."}`, text: "111122223333"},
	{what: "ARNs of every partition", body: `{"note":"arn:aws-us-gov:iam::111122223333:user/AcmeGmbh arn:aws-cn:iam::111122223333:user/AcmeGmbh arn:aws-eusc:iam::111122223333:user/AcmeGmbh"}`, text: "111122223333"},
	{what: "URLs of S3 in free text", body: `{"note":"https://acme-x1.s3.us-iso-east-1.c2s.ic.gov/k=AcmeGmbh https://s3.amazonaws.com/acme-x1/k=AcmeGmbh,b"}`, text: "acme-x1"},
	{what: "queue URLs in free text", body: `{"note":"https://sqs.us-east-1.amazonaws.com/111122223333/AcmeGmbh.fifo http://localhost:4566/111122223333/AcmeGmbh"}`, text: "111122223333"},
	{what: "names of log groups in free text", body: `{"note":"no group /aws/lambda/fn=AcmeGmbh"}`},
	{what: "repositories of ECR", body: `{"note":"111122223333.dkr.ecr.us-east-1.amazonaws.com/AcmeGmbh:v1"}`, text: "111122223333"},
	{what: "hosts that begin with an account ID", body: `{"note":"https://111122223333.ddb.us-east-1.amazonaws.com"}`, text: "111122223333"},
	{what: "buckets that contain an account ID", body: `{"note":"in acme-111122223333-us-east-1-x"}`, text: "111122223333"},
	{what: "unique IDs of IAM, and the session after one", body: `{"note":"AROAQ3EGRI7XDWLZM5QTK:AcmeGmbh AIDAQ3EGRI7XDWLZM5QTK"}`, text: "Q3EGRI7XDWLZM5QTK"},
	{what: "canonical user IDs", body: `{"note":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, text: "79a59df900b949e5"},
	{what: "buckets", body: `{"bucket":"AcmeGmbh=, &('AcmeGmbh"}`},
	{what: "keys of objects", body: `{"objectKey":"customer=AcmeGmbh, (AcmeGmbh);#?+%AcmeGmbh b"}`},
	{what: "ARNs in their own member, with spaces", body: `{"roleArn":"arn:aws:s3:::acme/a AcmeGmbh \"AcmeGmbh\\AcmeGmbh"}`},
	{what: "ARNs with an object instead of a string", body: `{"roleArn":{"x":["AcmeGmbh"]}}`},
	{what: "queue URLs in their own member", body: `{"queueUrl":"https://sqs.us-east-1.amazonaws.com/111122223333/Acme'AcmeGmbh"}`, text: "111122223333"},
	{what: "names of log groups in their own member", body: `{"logGroupName":"/aws/lambda/a b=AcmeGmbh"}`},
	{what: "sensitive strings", body: `{"pin":"= AcmeGmbh, \"AcmeGmbh"}`},
	{what: "numbers in the place of sensitive strings", body: `{"pin":4711471147}`, text: "4711471147"},
	{what: "sensitive numbers", body: `{"age":4711471147}`, text: "4711471147"},
	{what: "sensitive timestamps", body: `{"born":"1971-02-03T00:00:00Z"}`, text: "1971-02-03"},
	{what: "sensitive blobs", body: `{"blob":"QWNtZUdtYkg="}`, text: "QWNtZUdtYkg"},
	{what: "values of maps", body: `{"tags":{"a":"x=AcmeGmbh"}}`},
	{what: "keys and values of sensitive maps", body: `{"private":{"AcmeGmbh=AcmeGmbh":"x=AcmeGmbh"}}`},
	{what: "values of maps that are structures", body: `{"item":{"a":{"S":"x=AcmeGmbh"},"n":{"N":"4711471147"},"b":{"B":"QWNtZUdtYkg="},"m":{"M":{"k":{"S":"AcmeGmbh"}}},"l":{"L":[{"S":"AcmeGmbh"}]},"u":{"new":"AcmeGmbh"}}}`, text: "4711471147 QWNtZUdtYkg"},
	{what: "values of sensitive parameters", query: "secret=%41cmeGmbh%2C%20AcmeGmbh"},
	{what: "values of headers that a contract binds", header: "X-Label-Team: x=AcmeGmbh, AcmeGmbh"},
}

// wrong are strings in the place of a type whose values are kept. With --redact all, they are
// replaced whole, as any string is; without, the identifiers in them.
var wrong = []row{
	{what: "an enum", body: `{"mood":"AcmeGmbh"}`},
	{what: "an enum in a list", body: `{"moods":["GOOD","AcmeGmbh"]}`},
	{what: "a string instead of a list of enums", body: `{"moods":"AcmeGmbh"}`},
	{what: "an enum in a union", body: `{"either":{"mood":"AcmeGmbh"}}`},
	{what: "a timestamp", body: `{"when":"AcmeGmbh"}`},
	{what: "a number", body: `{"count":"AcmeGmbh"}`},
	{what: "a boolean", body: `{"on":"AcmeGmbh"}`},
	{what: "an enum in the query", query: "colour=AcmeGmbh"},
	{what: "an enum in a header", header: "X-Thing-Mood: AcmeGmbh"},
	{what: "a kept header", header: "Content-Type: text/html; x=AcmeGmbh"},
	{what: "a number in a kept header", header: "Retry-After: AcmeGmbh"},
}

// redacted returns the URL, headers and body of the response after redaction.
func (r row) redacted(t *testing.T, all bool) (before, after string) {
	t.Helper()
	c, err := schema.Parse([]byte(things))
	require.NoError(t, err)
	x := &traffic.Interaction{Kind: traffic.Cassette, Request: &traffic.Request{Method: "POST", URL: "https://things.us-east-1.amazonaws.com/things/x?" + r.query},
		Response: traffic.Response{Status: max(r.status, 200), Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte(r.body))}}
	if field, value, ok := strings.Cut(r.header, ": "); ok {
		x.Response.Header.Set(field, value)
	}
	text := func(x *traffic.Interaction) string {
		return fmt.Sprint(x.Request.URL, x.Response.Header, string(x.Response.Body.Bytes))
	}
	y, _ := redact.New(redact.Options{Key: key, All: all, Classify: bycontract.New(schema.NewCatalog(c))}).Redact(x)
	return text(x), text(y)
}

func TestReadable(t *testing.T) {
	for _, r := range readable {
		t.Run(r.what, func(t *testing.T) {
			before, after := r.redacted(t, false)
			require.Contains(t, before, r.text)
			require.Contains(t, after, r.text)
			_, after = r.redacted(t, true)
			require.Equal(t, r.all, strings.Contains(after, r.text), after)
		})
	}
}

func TestReplaced(t *testing.T) {
	for _, r := range replaced {
		t.Run(r.what, func(t *testing.T) {
			for _, all := range []bool{false, true} {
				before, after := r.redacted(t, all)
				for _, word := range append(strings.Fields(r.text), name) {
					require.True(t, word == name || strings.Contains(before, word), before)
					require.NotContains(t, after, word)
				}
			}
		})
	}
}

func TestOtherType(t *testing.T) {
	for _, r := range wrong {
		t.Run(r.what, func(t *testing.T) {
			before, after := r.redacted(t, true)
			require.Contains(t, before, name)
			require.NotContains(t, after, name)
			for _, all := range []bool{false, true} {
				r := r
				for _, part := range []*string{&r.body, &r.query, &r.header} {
					*part = strings.ReplaceAll(*part, name, "arn:aws:iam::111122223333:role-AcmeGmbh")
				}
				_, after := r.redacted(t, all)
				require.NotContains(t, after, name)
				require.NotContains(t, after, "111122223333")
			}
		})
	}
}

// TestRedactionPage checks that docs/redaction.md has the rows of the tables above.
func TestRedactionPage(t *testing.T) {
	const file = "../../../docs/redaction.md"
	var b strings.Builder
	b.WriteString("# What redaction replaces, and what stays readable\n\n" +
		"This page is generated from the tests of `internal/redact/bycontract`. Each row is a test. What else recording protects: [security.md](security.md).\n\n" +
		"## What stays readable by design\n\n| what | example | why | also with `--redact all` |\n|---|---|---|---|\n")
	for _, r := range readable {
		also := "no"
		if r.all {
			also = "yes"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", r.what, r.text, r.why, also)
	}
	b.WriteString("\n## What is replaced whole\n\nWhatever characters it contains. A contract marks sensitive members, values of maps, and members whose names end like that of a bucket, key, ARN, queue or log group. A value that no pseudonym replaces gets a mask of the type, length and pattern that the contract demands.\n\n| what | example |\n|---|---|\n")
	for _, r := range replaced {
		fmt.Fprintf(&b, "| %s | `%s` |\n", r.what, r.body+r.query+r.header)
	}
	b.WriteString("\n## Values of another type\n\nEnums, timestamps, numbers, booleans and kept headers are kept only if they have such a value. Other strings in these places are redacted like any string: the identifiers in them, or, with `--redact all`, the whole string.\n\n| in the place of | example |\n|---|---|\n")
	for _, r := range wrong {
		fmt.Fprintf(&b, "| %s | `%s` |\n", r.what, r.body+r.query+r.header)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o666))
	}
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(page), "run `go test ./internal/redact/bycontract -run TestRedactionPage -update`")
}
