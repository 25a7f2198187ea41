package synth_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

// TestPlacesAreToldApart checks that no two places of one shape have the same value in one message,
// as far as the shape has others.
func TestPlacesAreToldApart(t *testing.T) {
	member := func(shape string, names ...string) string {
		var all []string
		for _, name := range names {
			all = append(all, `{"name":"`+name+`","required":true,"shape":`+shape+`}`)
		}
		return strings.Join(all, ",")
	}
	const id = `{"type":"string","length":{"min":8,"max":8},"pattern":"^[0-9a-f]+$"}`
	label := func(name string) string {
		return strings.Replace(member(id, name), `"required"`, `"location":"label","required"`, 1)
	}
	c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","protocol":"restJson1","method":"POST","uri":"/a/{from}/{to}",
		"input":"In","output":"Out","echoes":[{"output":"/id","input":"to"}],"shapes":{
		"In":{"type":"structure","members":[` + label("from") + `,` + label("to") + `,` + member(id, "other") + `]},
		"Out":{"type":"structure","members":[` + member(id, "id", "parent") + `,` + member(`{"type":"timestamp"}`, "at", "until") + `,` +
		member(`{"type":"integer","bits":32,"range":{"min":0,"max":3}}`, "n", "m") + `,` + member(`{"type":"float","bits":64}`, "x", "y") + `,` +
		member(`{"type":"blob","length":{"min":1,"max":9}}`, "b", "d") + `,` + member(`{"type":"list","length":{"min":5,"max":9},"element":`+id+`}`, "all") + `,` +
		member(`{"type":"boolean"}`, "on", "off") + `,` + member(`{"type":"string","enum":["A","B"]}`, "kind", "sort") + `,` +
		member(`{"type":"string","pattern":"^1$"}`, "one", "uno") + `]}}}`))
	require.NoError(t, err)
	s, err := synth.New(c, schema.HTTP)
	require.NoError(t, err)
	for r := range s.Requests() {
		labels := strings.Split(r.Path, "/")[2:]
		require.NotEqual(t, labels[0], labels[1])
		for a := range s.Responses(schema.OutputPart, r) {
			require.Contains(t, string(a.Body), `"id":"`+labels[1]+`"`, "the echo")
			break
		}
	}
	for r := range s.Requests() {
		require.NotContains(t, r.Path, strings.Trim(string(r.Body[len(`{"other":`):len(r.Body)-1]), `"`))
		for a := range s.Responses(schema.OutputPart, r) {
			var body map[string]any
			require.NoError(t, json.Unmarshal(a.Body, &body))
			seen := map[any]string{}
			for _, name := range []string{"id", "parent", "at", "until", "n", "m", "x", "y", "b", "d"} {
				require.Empty(t, seen[body[name]], "%s: %s", name, a.Body)
				seen[body[name]] = name
			}
			for i, id := range body["all"].([]any) {
				require.Empty(t, seen[id], "%d: %s", i, a.Body)
				seen[id] = "all"
			}
			break // the minimal one: in others a place has what is tried there
		}
		break
	}
	other, err := s.Request([]byte(`{"other":"00000000"}`))
	require.NoError(t, err)
	labels := strings.Split(other.Path, "/")[2:]
	require.NotEqual(t, labels[0], labels[1])
}

// TestNumbersOfAnySize checks that a number without a size has no invalid variant beyond it.
func TestNumbersOfAnySize(t *testing.T) {
	for bits, want := range map[string]int{"0": 0, "64": 4} {
		t.Run(bits, func(t *testing.T) {
			c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","output":"Out","shapes":{"Out":{"type":"structure","members":[
			{"name":"n","shape":{"type":"integer","bits":` + bits + `}},{"name":"x","shape":{"type":"float","bits":` + bits + `}}]}}}`))
			require.NoError(t, err)
			s, err := synth.New(c, schema.HTTP)
			require.NoError(t, err)
			found := 0
			for m := range s.InvalidVariants(schema.OutputPart) {
				if strings.Contains(m.How, "for its bits") {
					found++
				}
			}
			require.Equal(t, want, found, bits)
		})
	}
}

// TestNumbersBeyond64Bits checks that a range beyond 64 bits has documents.
func TestNumbersBeyond64Bits(t *testing.T) {
	for kind, want := range map[string]string{"integer": `{"n":10000000000000000000}`, "float": `{"n":10000000000000000000}`} {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","output":"Out","shapes":{"Out":{"type":"structure","members":[
			{"name":"n","required":true,"shape":{"type":"` + kind + `","bits":0,"range":{"min":10000000000000000000}}}]}}}`))
		require.NoError(t, err)
		s, err := synth.New(c, schema.HTTP)
		require.NoError(t, err)
		body, err := s.Minimal(schema.OutputPart)
		require.NoError(t, err)
		require.JSONEq(t, want, string(body))
	}
}

func BenchmarkNew(b *testing.B) {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := synth.New(c, schema.HTTP); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRandom(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.HTTP)
	b.ReportAllocs()
	bytes, seed := 0, uint64(0)
	for b.Loop() {
		document, _ := s.Random(schema.OutputPart, seed)
		bytes += len(document)
		seed++
	}
	b.ReportMetric(float64(seed)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(bytes)/float64(seed), "bytes/document")
}

func BenchmarkDocuments(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.HTTP)
	b.ReportAllocs()
	documents, bytes := 0, 0
	for b.Loop() {
		for document := range s.Documents(schema.OutputPart) {
			documents++
			bytes += len(document)
		}
	}
	b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(bytes)/float64(documents), "bytes/document")
}

func BenchmarkInvalidVariants(b *testing.B) {
	s := newSynth(b, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.HTTP)
	b.ReportAllocs()
	documents := 0
	for b.Loop() {
		for range s.InvalidVariants(schema.OutputPart) {
			documents++
		}
	}
	b.ReportMetric(float64(documents)/b.Elapsed().Seconds(), "documents/s")
}

// TestTrials checks that each trial names a place of the contract and a variation.
func TestTrials(t *testing.T) {
	for _, name := range []string{"Everything", "Rpc", "PayloadText", "PayloadStream", "PayloadStructure", "NoOutput"} {
		c := construct(t, name)
		s := newSynth(t, c, schema.HTTP)
		known := func(place schema.Place, how string) {
			_, _, ok := c.At(place)
			require.True(t, ok || place.Pointer == "", "%s %s", name, place)
			require.NotEmpty(t, how, "%s %s", name, place)
		}
		n := 0
		for trial := range s.Trials(schema.OutputPart) {
			known(trial.Place, trial.How)
			n++
		}
		documents := 0
		for range s.Documents(schema.OutputPart) {
			documents++
		}
		require.Equal(t, documents, n)
		for trial := range s.RequestTrials() {
			known(trial.Place, trial.How)
		}
		for trial := range s.ResponseTrials(schema.OutputPart, synth.Request{}) {
			known(trial.Place, trial.How)
		}
	}
}

func ExampleSynth_Trials() {
	s, err := synth.New(contracts.MustLoad("cleanrooms.GetProtectedJob"), schema.HTTP)
	if err != nil {
		fmt.Println(err)
		return
	}
	for t := range s.Trials(schema.ErrorPart("AccessDeniedException")) {
		fmt.Printf("%s, %s: %s\n", t.Place, t.How, t.Document)
	}
	// Output:
	// error:AccessDeniedException, minimal: {}
	// error:AccessDeniedException, full: {"message":"cwxhyvco","reason":"INSUFFICIENT_PERMISSIONS"}
	// error:AccessDeniedException, null members: {"message":null,"reason":null}
	// error:AccessDeniedException#/message, 8 characters: {"message":"cwxhyvco"}
	// error:AccessDeniedException#/message, 0 characters: {"message":""}
	// error:AccessDeniedException#/reason, INSUFFICIENT_PERMISSIONS: {"reason":"INSUFFICIENT_PERMISSIONS"}
}
