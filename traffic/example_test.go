package traffic_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/crcheck/crcheck/traffic"
)

const recorded = `---
version: 1
interactions:
    - request:
        url: https://cleanrooms.us-east-1.amazonaws.com/memberships
        method: GET
      response:
        body: '{"creatorAccountId":"111122223333"}'
        status: 200 OK
        code: 200
crcheck:
    contract: cleanrooms.GetProtectedJob@1.42.90
`

func ExampleRead() {
	for interaction, err := range traffic.Read("memberships.yaml", strings.NewReader(recorded)) {
		if err != nil {
			fmt.Println(err)
			return
		}
		body := interaction.Response.Body
		at := body.Position(strings.Index(string(body.Bytes), "111122223333"))
		fmt.Println(interaction.Kind, interaction.Request.Method, interaction.Response.Status)
		fmt.Printf("%s:%d:%d\n", interaction.Source, at.Line, at.Column)
	}
	// Output:
	// go-vcr/1 GET 200
	// memberships.yaml:8:37
}

func ExampleRead_unknownKind() {
	for _, err := range traffic.Read("page.json", strings.NewReader("<html></html>")) {
		var unknown *traffic.Error
		fmt.Println(errors.As(err, &unknown) && unknown.Is(traffic.ErrUnknownFormat), unknown.Problem)
	}
	// Output:
	// true looks like HTML
}

func ExampleMeta() {
	for interaction, err := range traffic.Read("memberships.yaml", strings.NewReader(recorded)) {
		fmt.Println(interaction.Meta.Contract, err)
	}
	// Output:
	// cleanrooms.GetProtectedJob@1.42.90 <nil>
}

func ExampleBodyOf() {
	body := traffic.BodyOf([]byte("{\n  \"a\": 1\n}"))
	at := body.Position(4)
	line, _ := body.Line(at.Line)
	fmt.Println(at, string(line))
	// Output:
	// {2 3}   "a": 1
}

func ExampleFiles() {
	folder, err := os.MkdirTemp("", "traffic")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"b.json", "a.ndjson", ".hidden"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			panic(err)
		}
	}
	for file, err := range traffic.Files(folder) {
		fmt.Println(filepath.Base(file.Path), file.Named, err)
	}
	// Output:
	// a.ndjson false <nil>
	// b.json false <nil>
}

func ExampleWriteCassette() {
	err := traffic.WriteCassette(os.Stdout, traffic.Meta{Provenance: "synthesised"}, []*traffic.Interaction{{
		Request: &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships"},
		Response: traffic.Response{
			Status: 200, StatusText: "200 OK",
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   traffic.BodyOf([]byte(`{"creatorAccountId":"111122223333"}`)),
		},
	}})
	fmt.Println(err)
	// Output:
	// ---
	// version: 1
	// interactions:
	//     - request:
	//         body: ""
	//         form: {}
	//         headers: {}
	//         url: https://cleanrooms.us-east-1.amazonaws.com/memberships
	//         method: GET
	//       response:
	//         body: '{"creatorAccountId":"111122223333"}'
	//         headers:
	//             Content-Type:
	//                 - application/json
	//         status: 200 OK
	//         code: 200
	//         duration: 0s
	// crcheck:
	//     provenance: synthesised
	// <nil>
}

func ExampleWriteNDJSON() {
	err := traffic.WriteNDJSON(os.Stdout, []*traffic.Interaction{{
		Request:  &traffic.Request{Method: "GET", URL: "https://example.com/"},
		Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(`{"a":1}`))},
	}})
	fmt.Println(err)
	// Output:
	// {"crcheckInteraction":1,"request":{"method":"GET","url":"https://example.com/"},"response":{"status":200,"body":"{\"a\":1}"}}
	// <nil>
}

// This example converts a HAR to a cassette, which go-vcr and crcheck can replay.
func ExampleConvert() {
	const har = `{"log":{"version":"1.2","entries":[{
		"request":{"method":"GET","url":"https://example.com/","headers":[{"name":"accept","value":"*/*"}]},
		"response":{"status":200,"statusText":"OK","headers":[],"content":{"size":7,"text":"{\"a\":1}"}},
		"time":12.5}]}}`
	err := traffic.Convert(os.Stdout, traffic.Cassette, traffic.Read("page.har", strings.NewReader(har)))
	fmt.Println(err)
	// Output:
	// ---
	// version: 1
	// interactions:
	//     - request:
	//         body: ""
	//         form: {}
	//         headers:
	//             Accept:
	//                 - '*/*'
	//         url: https://example.com/
	//         method: GET
	//       response:
	//         body: '{"a":1}'
	//         headers: {}
	//         status: OK
	//         code: 200
	//         duration: 12.5ms
	// <nil>
}

func ExampleResponse_Document() {
	response := traffic.Response{
		Header: http.Header{"Content-Encoding": {"gzip"}},
		Body:   traffic.BodyOf([]byte("\x1f\x8b\b\x00\x00\x00\x00\x00\x02\x03\xabVJT\xb22\xac\x05\x00\xaf\xac\x1bV\a\x00\x00\x00")),
	}
	document, err := response.Document()
	fmt.Println(string(document.Bytes), err, len(response.Body.Bytes))
	// Output:
	// {"a":1} <nil> 27
}

func ExampleRequest_Document() {
	request := traffic.Request{Header: http.Header{"Content-Encoding": {"compress"}}, Body: traffic.BodyOf([]byte("\x1f\x9d\xff"))}
	_, err := request.Document()
	var encoding *traffic.Error
	fmt.Println(errors.As(err, &encoding) && encoding.Is(traffic.ErrUnknownCoding), encoding.Format)
	// Output:
	// true compress
}
