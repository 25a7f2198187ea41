package replay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// tokens is a model of botocore with one operation, whose input has idempotency tokens in every
// place that a protocol allows.
func tokens(t *testing.T, protocol string) *schema.Catalog {
	t.Helper()
	metadata := `"serviceId":"Tokens","endpointPrefix":"tokens","apiVersion":"2026-01-01","protocol":"` + protocol + `","targetPrefix":"Tokens","jsonVersion":"1.1","signingName":"tokens"`
	read, err := source.Read([]byte(`{"version":"2.0","metadata":{`+metadata+`},
		"operations":{"Start":{"name":"Start","http":{"method":"POST","requestUri":"/runs/{run}/{key}"},"input":{"shape":"In"}}},
		"shapes":{
			"In":{"type":"structure","required":["run","key"],"members":{
				"run":{"shape":"S","location":"uri","locationName":"run"},
				"key":{"shape":"S","location":"uri","locationName":"key","idempotencyToken":true},
				"view":{"shape":"S","location":"querystring","locationName":"view"},
				"queryToken":{"shape":"S","location":"querystring","locationName":"q-token","idempotencyToken":true},
				"headerToken":{"shape":"S","location":"header","locationName":"x-token","idempotencyToken":true},
				"token":{"shape":"S","locationName":"clientToken","idempotencyToken":true},
				"name":{"shape":"S"},
				"node":{"shape":"Node"},"list":{"shape":"List"},"map":{"shape":"Map"}}},
			"Node":{"type":"structure","members":{"token":{"shape":"S","idempotencyToken":true},"name":{"shape":"S"},"clientToken":{"shape":"S"},"node":{"shape":"Node"}}},
			"List":{"type":"list","member":{"shape":"Node"}},
			"Map":{"type":"map","key":{"shape":"S"},"value":{"shape":"Node"}},
			"S":{"type":"string"}}}`), "1")
	require.NoError(t, err)
	return schema.NewCatalog(read.Contracts...)
}

// TestIgnore checks which members decide whether a request matches a recorded one.
func TestIgnore(t *testing.T) {
	const form, xml, aws = "application/x-www-form-urlencoded; charset=utf-8", "application/xml", "application/x-amz-json-1.1"
	for _, c := range []struct {
		name, protocol, contentType string // without a protocol there is no contract
		ignore                      []string
		recorded, asked             string // path, query and body
		match                       bool
	}{
		{"body", "rest-json", aws, nil, `/runs/a/k {"clientToken":"1","name":"n"}`, `/runs/a/k {"clientToken":"2","name":"n"}`, true},
		{"absent from the request", "rest-json", aws, nil, `/runs/a/k {"clientToken":"1","name":"n"}`, `/runs/a/k {"name":"n"}`, true},
		{"another member", "rest-json", aws, nil, `/runs/a/k {"clientToken":"1","name":"n"}`, `/runs/a/k {"clientToken":"1","name":"m"}`, false},
		{"query", "rest-json", aws, nil, `/runs/a/k?q-token=1&view=v {}`, `/runs/a/k?q-token=2&view=v {}`, true},
		{"another parameter", "rest-json", aws, nil, `/runs/a/k?q-token=1&view=v {}`, `/runs/a/k?q-token=1&view=w {}`, false},
		{"name of a body's token in the query", "rest-json", aws, nil, `/runs/a/k?clientToken=1 {}`, `/runs/a/k?clientToken=2 {}`, false},
		{"label", "rest-json", aws, nil, `/runs/a/k1 {}`, `/runs/a/k2 {}`, true},
		{"another label", "rest-json", aws, nil, `/runs/a/k1 {}`, `/runs/b/k1 {}`, false},
		{"nested", "rest-json", aws, nil, `/runs/a/k {"node":{"token":"1","node":{"token":"2"}}}`, `/runs/a/k {"node":{"node":{"token":"3"},"token":"4"}}`, true},
		{"in a list and a map", "rest-json", aws, nil, `/runs/a/k {"list":[{"token":"1"},{"name":"n"}],"map":{"x":{"token":"1"}}}`, `/runs/a/k {"list":[{},{"name":"n","token":"2"}],"map":{"x":{"token":"3"}}}`, true},
		{"another key of the map", "rest-json", aws, nil, `/runs/a/k {"map":{"x":{"token":"1"}}}`, `/runs/a/k {"map":{"y":{"token":"1"}}}`, false},
		{"nested member with the name of a token elsewhere", "rest-json", aws, nil, `/runs/a/k {"node":{"clientToken":"1"}}`, `/runs/a/k {"node":{"clientToken":"2"}}`, false},
		{"another operation", "rest-json", aws, nil, `/other {"clientToken":"1"}`, `/other {"clientToken":"2"}`, false},
		{"invalid JSON", "rest-json", aws, nil, `/runs/a/k {"clientToken":"1"`, `/runs/a/k {"clientToken":"2"`, false},
		{"awsJson", "json", aws, nil, `/ {"clientToken":"1","name":"n"}`, `/ {"clientToken":"2","name":"n"}`, true},
		{"ec2", "ec2", form, nil, `/ Action=Start&Name=n&ClientToken=1`, `/ Action=Start&Name=n&ClientToken=2`, true},
		{"ec2, another field", "ec2", form, nil, `/ Action=Start&Name=n&ClientToken=1`, `/ Action=Start&Name=m&ClientToken=1`, false},
		{"query protocol", "query", form, nil, `/ Action=Start&name=n&clientToken=1`, `/ Action=Start&name=n&clientToken=2`, true},
		{"rest-xml", "rest-xml", xml, nil, `/runs/a/k <In><clientToken>1</clientToken><name>n</name></In>`, `/runs/a/k <In><clientToken>2</clientToken><name>n</name></In>`, true},
		{"rest-xml, another element", "rest-xml", xml, nil, `/runs/a/k <In><clientToken>1</clientToken><name>n</name></In>`, `/runs/a/k <In><clientToken>1</clientToken><name>m</name></In>`, false},
		{"no contract", "", aws, nil, `/ {"clientToken":"1"}`, `/ {"clientToken":"2"}`, false},
		{"pointer", "", aws, []string{"/clientToken"}, `/ {"clientToken":"1","a":[0]}`, `/ {"a":[0],"clientToken":"2"}`, true},
		{"pointer, nested", "", aws, []string{"/a/*/b~1c"}, `/ {"a":[{"b/c":1},{"b/c":2}]}`, `/ {"a":[{"b/c":3},{"b/c":4}]}`, true},
		{"pointer, elsewhere", "", aws, []string{"/a/token"}, `/ {"token":"1","a":{}}`, `/ {"token":"2","a":{}}`, false},
		{"pointer, query", "", aws, []string{"/token"}, `/?token=1&a=b {}`, `/?a=b&token=2 {}`, true},
		{"pointer, form", "", form, []string{"/Token"}, `/ Action=A&Token=1`, `/ Action=A&Token=2`, true},
		{"pointer to a value with members", "", aws, []string{"/a"}, `/ {"a":{"b":1},"c":1}`, `/ {"a":[2],"c":1}`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			recorded, body, _ := strings.Cut(c.recorded, " ")
			in := replaytest.Said("POST", "https://tokens.us-east-1.amazonaws.com"+recorded, body, "played")
			header := []string{"Content-Type", c.contentType}
			if c.protocol == "json" {
				header = append(header, "X-Amz-Target", "Tokens.Start")
			}
			in.Request.Header = http.Header{}
			for i := 0; i < len(header); i += 2 {
				in.Request.Header.Set(header[i], header[i+1])
			}
			opts := replay.Options{Ignore: c.ignore}
			if c.protocol != "" {
				opts.Catalog = tokens(t, c.protocol)
			}
			r, err := replay.New(replay.Of(in), opts)
			require.NoError(t, err)
			asked, body, _ := strings.Cut(c.asked, " ")
			want := "miss"
			if c.match {
				want = "played"
			}
			require.Equal(t, want, replaytest.Ask(t, r, "POST", "http://127.0.0.1"+asked, body, header...))
		})
	}
}

func TestIgnoreRefusesWhatIsNotAPointer(t *testing.T) {
	for _, pointer := range []string{"", "token", "a/b"} {
		_, err := replay.New(replay.Of(), replay.Options{Ignore: []string{pointer}})
		require.ErrorContains(t, err, "JSON Pointer")
	}
}
