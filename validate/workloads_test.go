package validate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// workload is the same documents for crcheck and its peers. Each function validates all of them.
type workload struct {
	name            string
	bytes           int
	ours, v5, valid func()
}

// raced is a document, and what validates it.
type raced struct {
	validator *Validator
	part      schema.Part
	peer      *v5.Schema
	text      []byte
}

// workloads are the documents that crcheck and its peers are compared with.
func workloads(tb testing.TB) []workload {
	v, peer := newest(tb), plainSchema(tb, contracts.MustLoad(contracts.Newest), schema.OutputPart, schema.HTTP)
	of := func(document string) raced { return raced{v, schema.OutputPart, peer, []byte(document)} }
	var mostly []raced // 1 % is invalid
	for range 99 {
		mostly = append(mostly, of(full))
	}
	mostly = append(mostly, of(strings.Replace(full, `"memberList":[`, `"s3":{"location":"x"},"memberList":[`, 1)))
	return []workload{
		bodies(tb, "small", of(with(""))),
		bodies(tb, "full", of(full)),
		bodies(tb, "1 % invalid", mostly...),
		serviceWorkload(tb),
		eventWorkload(tb),
		exchangeWorkload(tb),
	}
}

// bodies validates bodies one after the other. Findings of invalid ones are made.
func bodies(tb testing.TB, name string, all ...raced) workload {
	w := workload{name: name}
	for _, b := range all {
		w.bytes += len(b.text)
		require.True(tb, json.Valid(b.text))
	}
	w.ours = func() {
		for _, b := range all {
			b.validator.Part(b.part, b.text)
		}
	}
	w.v5 = func() {
		for _, b := range all {
			b.peer.Validate(decode(b.text))
		}
	}
	w.valid = func() {
		for _, b := range all {
			json.Valid(b.text)
		}
	}
	return w
}

// decode decodes a document as the documentation of v5 says.
func decode(text []byte) (tree any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&tree) != nil {
		panic(string(text))
	}
	return tree
}

// fiveServices are the paths of models.
var fiveServices = []string{"../internal/probe/testdata/shop.json", "../internal/live/testdata/shed.json", "../internal/live/testdata/ledger.json",
	"../internal/recording/testdata/paths.json", "../schema/source/botocore/testdata/rest-json.json"}

// serviceWorkload has documents of every operation of five services.
func serviceWorkload(tb testing.TB) workload {
	var all []raced
	for _, path := range fiveServices {
		for _, c := range readModel(tb, path) {
			v, err := Compile(c, Options{})
			require.NoError(tb, err)
			s, err := synth.New(c, schema.HTTP)
			require.NoError(tb, err)
			for _, part := range c.Parts() {
				if _, raw := c.RawBody(part); raw {
					continue // not JSON
				}
				peer := plainSchema(tb, c, part, schema.HTTP)
				for _, text := range validDocuments(s, part) {
					require.True(tb, v.Accepts(part, text), "%s", text)
					require.NoError(tb, peer.Validate(decode(text)))
					all = append(all, raced{v, part, peer, text})
				}
			}
		}
	}
	return bodies(tb, "five services", all...)
}

// eventWorkload has a stream of 100 events. The peers get only their payloads: none reads the framing.
func eventWorkload(tb testing.TB) workload {
	const count, payload = 100, `{"n":1,"mood":"GOOD","list":[1,2,3]}`
	c := talkOf(tb, "Talk", "rest-json")
	v, err := Compile(c, Options{})
	require.NoError(tb, err)
	stream := bytes.Repeat(plainEvent(tb, "plain", payload), count)
	require.True(tb, v.Accepts(schema.OutputPart, stream))
	event := c.Clone()
	event.Output = "Plain"
	peer := plainSchema(tb, event, schema.OutputPart, schema.HTTP)
	require.NoError(tb, peer.Validate(decode([]byte(payload))))
	require.Error(tb, peer.Validate(decode([]byte(`{}`))))
	var payloads []raced
	for range count {
		payloads = append(payloads, raced{peer: peer, text: []byte(payload)})
	}
	w := bodies(tb, "event stream", payloads...)
	w.bytes = len(stream)
	w.ours = func() { v.Accepts(schema.OutputPart, stream) }
	return w
}

// exchangeWorkload has requests and responses with routes, headers and bodies. The peers get only the bodies.
func exchangeWorkload(tb testing.TB) workload {
	var all []*schema.Contract
	for _, path := range fiveServices {
		all = append(all, readModel(tb, path)...)
	}
	catalog, err := CompileCatalog(schema.NewCatalog(all...), Options{})
	require.NoError(tb, err)
	var interactions []*traffic.Interaction
	var texts []raced
	for i, c := range all {
		s, err := synth.New(c, schema.HTTP)
		require.NoError(tb, err)
		_, rawInput := c.RawBody(schema.InputPart)
		_, rawOutput := c.RawBody(schema.OutputPart)
		if rawInput || rawOutput {
			continue
		}
		for seed := range uint64(4) {
			request, err := s.RandomRequest(seed)
			require.NoError(tb, err)
			response, err := s.RandomResponse(schema.OutputPart, seed, request)
			require.NoError(tb, err)
			header := http.Header{"Authorization": {fmt.Sprintf("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0", all[i].Signing.Or(c.Service))}}
			for name, values := range request.Header {
				header[http.CanonicalHeaderKey(name)] = values
			}
			x := &traffic.Interaction{Live: true, Kind: traffic.Cassette, Source: "test.yaml",
				Request:  &traffic.Request{Method: request.Method, URL: "https://service.example" + request.Target(), Header: header, Body: traffic.BodyOf(request.Body)},
				Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(response.Body)}}
			outcome, err := catalog.Check(x, Bare{})
			require.NoError(tb, err)
			require.NotNil(tb, outcome.Contract, outcome.NotChecked)
			require.Empty(tb, outcome.Findings)
			interactions = append(interactions, x)
			if len(request.Body) > 0 {
				texts = append(texts, raced{peer: plainSchema(tb, c, schema.InputPart, schema.HTTP), text: request.Body})
			}
			if len(response.Body) > 0 {
				texts = append(texts, raced{peer: plainSchema(tb, c, schema.OutputPart, schema.HTTP), text: response.Body})
			}
		}
	}
	w := bodies(tb, "exchanges", texts...)
	w.ours = func() {
		for _, x := range interactions {
			catalog.Check(x, Bare{})
		}
	}
	return w
}
