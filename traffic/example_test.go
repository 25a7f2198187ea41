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
		var unknown *traffic.UnknownKindError
		fmt.Println(errors.As(err, &unknown), unknown.Looks)
	}
	// Output:
	// true HTML
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
