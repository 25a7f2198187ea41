package synth_test

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// cup returns a contract of one operation.
func cup() *schema.Contract {
	c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"kitchen","operation":"GetCup",
		"protocol":"restJson1","method":"GET","uri":"/cups/{cup}","status":200,"input":"In","output":"Cup",
		"errors":[{"name":"NoSuchCup","status":404,"shape":"NoSuchCup"}],
		"echoes":[{"output":"/id","input":"cup"}],
		"shapes":{
			"In":{"type":"structure","members":[{"name":"cup","shape":{"type":"string","pattern":"^c-[0-9]{4}$"},"required":true,"location":"label"}]},
			"Cup":{"type":"structure","members":[
				{"name":"id","shape":{"type":"string","length":{"min":6,"max":6}},"required":true},
				{"name":"size","shape":{"type":"string","enum":["S","L"]}},
				{"name":"full","shape":{"type":"boolean"}}]},
			"NoSuchCup":{"type":"structure","members":[{"name":"message","shape":{"type":"string"}}]}}}`))
	if err != nil {
		panic(err)
	}
	return c
}

func newCup() *synth.Synth {
	s, err := synth.New(cup(), schema.HTTP)
	if err != nil {
		panic(err)
	}
	return s
}

func ExampleNew() {
	s, err := synth.New(cup(), schema.HTTP)
	fmt.Println(s.Contract(), err)
	_, err = synth.New(&schema.Contract{Format: schema.Format, Service: "kitchen", Operation: "GetCup", Output: "Cup"}, schema.HTTP)
	fmt.Println(err)
	// Output:
	// kitchen.GetCup <nil>
	// contract kitchen.GetCup cannot be used: output: no shape "Cup"
}

func ExampleSynth_Minimal() {
	document, err := newCup().Minimal(schema.OutputPart)
	fmt.Println(string(document), err)
	// Output: {"id":"zcwxhy"} <nil>
}

func ExampleSynth_Full() {
	document, err := newCup().Full(schema.OutputPart)
	fmt.Println(string(document), err)
	// Output: {"id":"zcwxhy","size":"S","full":true} <nil>
}

func ExampleSynth_Random() {
	s := newCup()
	once, _ := s.Random(schema.OutputPart, 1)
	again, _ := s.Random(schema.OutputPart, 1)
	fmt.Println(string(once) == string(again))
	// Output: true
}

func ExampleSynth_Documents() {
	for document := range newCup().Documents(schema.OutputPart) {
		fmt.Println(string(document))
	}
	// Output:
	// {"id":"zcwxhy"}
	// {"id":"zcwxhy","size":"S","full":true}
	// {"id":"zcwxhy","size":null,"full":null}
	// {"id":"zcwxhy","size":"S"}
	// {"id":"zcwxhy","size":"L"}
	// {"id":"zcwxhy","full":true}
	// {"id":"zcwxhy","full":false}
}

func ExampleSynth_InvalidVariants() {
	for m := range newCup().InvalidVariants(schema.OutputPart) {
		if m.Rule != finding.TypeMismatch {
			fmt.Printf("%s at %s, %s: %s\n", m.Rule, m.Place, m.How, m.Document)
		}
	}
	// Output:
	// member.unknown at output, unknown member: {"id":"zcwxhy","crcheckUnknown":"text"}
	// member.missing at output#/id, absent: {}
	// member.missing at output#/id, null: {"id":null}
	// constraint.length at output#/id, too short: {"id":"cwxhy"}
	// constraint.length at output#/id, too long: {"id":"cwxhyvco"}
	// enum.unknown-value at output#/size, unknown value: {"id":"zcwxhy","size":"CRCHECK_UNKNOWN"}
}

func ExampleSynth_Impossible() {
	c := cup()
	size, _ := c.Shapes["Cup"].Member("size")
	size.Shape.Inline.Length = schema.Is(schema.Bounds{Max: "1"})
	s, err := synth.New(c, schema.HTTP)
	for _, i := range s.Impossible(schema.OutputPart) {
		fmt.Printf("%s at %s, %s: %s\n", i.Rule, i.Place, i.How, i.Reason)
	}
	fmt.Println(err)
	// Output:
	// constraint.length at output#/size, too long: it would be no value of the enum either
	// <nil>
}

func ExampleSynth_Problems() {
	c := cup()
	id, _ := c.Shapes["Cup"].Member("id")
	id.Shape.Inline.Pattern = schema.Is("^[a-z]{9}$")
	s, err := synth.New(c, schema.HTTP)
	for _, p := range s.Problems(schema.OutputPart) {
		fmt.Println(p)
	}
	fmt.Println(err)
	// Output:
	// no document of kitchen.GetCup, output: a required part has no document, or only one that contains itself or is too large
	// no document of kitchen.GetCup, output#/id: no string was found that has its length and matches ^[a-z]{9}$
	// <nil>
}

func ExampleNewLenient() {
	c := cup()
	id, _ := c.Shapes["Cup"].Member("id")
	id.Shape.Inline.Pattern = schema.Is("^[a-z]{9}$")
	s, err := synth.NewLenient(c, schema.HTTP)
	body, _ := s.Minimal(schema.OutputPart)
	fmt.Println(string(body), err, len(s.Problems(schema.OutputPart)))
	// Output: {"id":"zcwxhy"} <nil> 0
}

func ExampleSynth_Request() {
	s := newCup()
	body, _ := s.Minimal(schema.InputPart)
	r, err := s.Request(body)
	fmt.Println(r.Method, r.Target(), len(r.Body), err)
	// Output: GET /cups/c-8929 0 <nil>
}

func ExampleSynth_Requests() {
	n := 0
	for range newCup().Requests() {
		n++
	}
	fmt.Println(n)
	// Output: 2
}

func ExampleSynth_RandomRequest() {
	s := newCup()
	once, err := s.RandomRequest(3)
	again, _ := s.RandomRequest(3)
	fmt.Println(once.Target() == again.Target(), err)
	// Output: true <nil>
}

func ExampleSynth_Response() {
	s := newCup()
	body, _ := s.Minimal(schema.InputPart)
	request, _ := s.Request(body)
	body, _ = s.Minimal(schema.OutputPart)
	r, err := s.Response(schema.OutputPart, body, request)
	fmt.Println(r.Status, r.Header, string(r.Body), err)
	r, err = s.Response("error:NoSuchCup", []byte(`{"message":"gone"}`), request)
	fmt.Println(r.Status, r.Header, string(r.Body), err)
	// Output:
	// 200 map[Content-Type:[application/json]] {"id":"c-8929"} <nil>
	// 404 map[Content-Type:[application/json] X-Amzn-Errortype:[NoSuchCup]] {"message":"gone"} <nil>
}

func ExampleSynth_Responses() {
	for r := range newCup().Responses("error:NoSuchCup", synth.Request{}) {
		fmt.Println(r.Status, string(r.Body))
	}
	// Output:
	// 404 {}
	// 404 {"message":"cwxhyvco"}
	// 404 {"message":null}
	// 404 {"message":""}
}

func ExampleSynth_RandomResponse() {
	r, err := newCup().RandomResponse("error:NoSuchCup", 1, synth.Request{})
	fmt.Println(r.Status, err)
	// Output: 404 <nil>
}
