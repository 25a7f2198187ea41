package smithy_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"
	"github.com/crcheck/crcheck/schema/source/smithy"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// smithyVectors returns the Smithy models of testdata, by name.
func smithyVectors(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.smithy.json")
	require.NoError(t, err)
	models := map[string][]byte{}
	for _, path := range paths {
		model, err := os.ReadFile(path)
		require.NoError(t, err)
		models[strings.TrimSuffix(filepath.Base(path), ".smithy.json")] = model
	}
	require.NotEmpty(t, models)
	return models
}

// TestSmithy reads every model of testdata. Those whose names begin with error
// must be refused.
func TestSmithy(t *testing.T) {
	for name, model := range smithyVectors(t) {
		t.Run(name, func(t *testing.T) {
			result, err := source.Read(model, "0.0.1")
			got := struct {
				Contracts []*schema.Contract `json:"contracts,omitempty"`
				Error     string             `json:"error,omitempty"`
				Fields    any                `json:"fields,omitempty"`
			}{Contracts: result.Contracts}
			if err != nil {
				sourcetest.RequireDocumentError(t, err)
				got.Error, got.Fields = reflect.TypeOf(err).String(), sourcetest.WithoutProse(err)
			}
			sourcetest.Golden(t, filepath.Join("testdata", name+".json"), got)
			require.Equal(t, strings.HasPrefix(name, "error-"), err != nil, "%v", err)
			require.Equal(t, err != nil, len(result.Contracts) == 0)
			for _, c := range result.Contracts {
				require.NoError(t, c.Check())
			}
		})
	}
}

// TestSmithyUnsigned reads which operations need no signature.
func TestSmithyUnsigned(t *testing.T) {
	for name, v := range map[string]struct {
		traits string
		want   schema.Known[bool]
	}{
		"of the service":          {``, schema.Known[bool]{}},
		"none":                    {`"smithy.api#auth": []`, schema.Is(true)},
		"optional":                {`"smithy.api#optionalAuth": {}`, schema.Is(true)},
		"none by name":            {`"smithy.api#auth": ["smithy.api#noAuth"]`, schema.Is(true)},
		"a scheme":                {`"smithy.api#auth": ["aws.auth#sigv4"]`, schema.Known[bool]{}},
		"another trait of a name": {`"smithy.api#authDefinition": {}`, schema.Known[bool]{}},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := source.Read([]byte(`{"smithy": "2.0", "shapes": {
				"a#S": {"type": "service", "version": "1", "operations": [{"target": "a#Do"}], "traits": {"aws.protocols#awsJson1_0": {}, "aws.api#service": {"sdkId": "S"}, "aws.auth#sigv4": {"name": "s"}}},
				"a#Do": {"type": "operation", "traits": {`+v.traits+`}}}}`), "1")
			require.NoError(t, err)
			require.Equal(t, v.want, result.Contracts[0].Unsigned)
		})
	}
}

// TestSmithyBearer reads which operations take bearer tokens, and whether they take a signature, too.
func TestSmithyBearer(t *testing.T) {
	const both = `"aws.auth#sigv4": {"name": "s"}, "smithy.api#httpBearerAuth": {}`
	for name, v := range map[string]struct {
		service, operation string
		bearer, signed     bool
	}{
		"a signature":                       {`"aws.auth#sigv4": {"name": "s"}`, ``, false, true},
		"a token":                           {`"smithy.api#httpBearerAuth": {}`, ``, true, false},
		"all that are defined":              {both, ``, true, true},
		"the token of the service":          {both + `, "smithy.api#auth": ["smithy.api#httpBearerAuth"]`, ``, true, false},
		"the signature of the service":      {both + `, "smithy.api#auth": ["aws.auth#sigv4"]`, ``, false, true},
		"the token of the operation":        {both, `"smithy.api#auth": ["smithy.api#httpBearerAuth"]`, true, false},
		"the signature of the operation":    {both, `"smithy.api#auth": ["aws.auth#sigv4"]`, false, true},
		"both of the operation":             {both + `, "smithy.api#auth": ["aws.auth#sigv4"]`, `"smithy.api#auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]`, true, true},
		"a token that the service has not":  {`"aws.auth#sigv4": {"name": "s"}`, `"smithy.api#auth": ["smithy.api#httpBearerAuth"]`, false, true},
		"none, of a service with a token":   {both, `"smithy.api#auth": []`, false, true},
		"optional, of a service of a token": {`"smithy.api#httpBearerAuth": {}`, `"smithy.api#optionalAuth": {}`, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := source.Read([]byte(`{"smithy": "2.0", "shapes": {
				"a#S": {"type": "service", "version": "1", "operations": [{"target": "a#Do"}], "traits": {"aws.protocols#awsJson1_0": {}, "aws.api#service": {"sdkId": "S"}, `+v.service+`}},
				"a#Do": {"type": "operation", "traits": {`+v.operation+`}}}}`), "1")
			require.NoError(t, err)
			c := result.Contracts[0]
			require.Equal(t, v.bearer, c.Bearer.Or(false))
			require.Equal(t, v.signed, !c.Signing.Silent())
			require.Equal(t, v.bearer && !v.signed, c.BearerOnly())
		})
	}
}

// TestSmithyByteOrderMark reads a model as some editors save it.
func TestSmithyByteOrderMark(t *testing.T) {
	model := smithyVectors(t)["json10"]
	want, err := smithy.Read(model, "")
	require.NoError(t, err)
	got, err := source.Read(append([]byte("\ufeff"), model...), "")
	require.NoError(t, err)
	require.Equal(t, want[0].Digest(), got.Contracts[0].Digest())
}

// TestSmithyVersion takes version and origin from the caller.
func TestSmithyVersion(t *testing.T) {
	model := smithyVectors(t)["json10"]
	contracts, err := smithy.Read(model, "1.2.3")
	require.NoError(t, err)
	require.Equal(t, "lexv2-runtime.OpenDoor@1.2.3", contracts[0].String())
	origin := schema.NewOrigin("smithy-model", "1.2.3", model)
	origin.Operations = len(contracts)
	require.Equal(t, []schema.Origin{origin}, contracts[0].Origins)
}

// TestSmithyHostile gives the reader models that would cost a careless one its
// stack, its memory or its afternoon.
func TestSmithyHostile(t *testing.T) {
	model := func(shapes string) string {
		return `{"smithy":"2.0","shapes":{"a#S":{"type":"service","operations":[{"target":"a#O"}],"resources":[{"target":"a#R0"}]},` +
			`"a#R0":{"type":"resource","resources":[{"target":"a#R0"},{"target":"a#R1"}]},"a#R1":{"type":"resource","resources":[{"target":"a#R0"}]},` +
			`"a#O":{"type":"operation","input":{"target":"a#I"}},` + shapes + `}}`
	}
	chain := func(n int, format, last string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+",", i, i+1)
		}
		return b.String() + last
	}
	input := `"a#I":{"type":"structure","members":{"m":{"target":"a#X0"}}},`
	for name, hostile := range map[string]struct {
		model string
		err   bool
	}{
		"resource cycle":        {model(`"a#I":{"type":"structure"}`), false},
		"nested arrays":         {model(`"a#I":{"type":"structure","traits":{"b#c":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}}`), true},
		"arrays, cut off":       {`{"smithy":"2.0","shapes":` + strings.Repeat("[", 100_000), true},
		"mixins in mixins":      {model(`"a#I":{"type":"structure","mixins":[{"target":"a#X0"}]},` + chain(20_000, `"a#X%d":{"type":"structure","mixins":[{"target":"a#X%d"}]}`, `"a#X20000":{"type":"structure"}`)), true},
		"mixins twice each":     {model(`"a#I":{"type":"structure","mixins":[{"target":"a#X0"}]},` + chain(90, `"a#X%d":{"type":"structure","mixins":[{"target":"a#X%[2]d"},{"target":"a#X%[2]d"}]}`, `"a#X90":{"type":"structure"}`)), false},
		"mixed members":         {model(`"a#Y":{"type":"structure","members":{` + sourcetest.ManyMembers(5_000, `"n%d":{"target":"smithy.api#String"},`) + `"z":{"target":"smithy.api#String"}}},` + `"a#I":{"type":"structure","members":{"m":{"target":"a#X0"}}},` + chain(5_000, `"a#X%d":{"type":"structure","mixins":[{"target":"a#Y"}],"members":{"m":{"target":"a#X%d"}}}`, `"a#X5000":{"type":"structure"}`)), true},
		"lists in lists":        {model(input + chain(100_000, `"a#X%d":{"type":"list","member":{"target":"a#X%d"}}`, `"a#X100000":{"type":"string"}`)), true},
		"lists, reshaped":       {model(input + chain(100_000, `"a#X%d":{"type":"list","member":{"target":"a#X%d","traits":{"smithy.api#length":{"min":1}}}}`, `"a#X100000":{"type":"string"}`)), true},
		"maps of maps":          {model(input + chain(150, `"a#X%d":{"type":"map","key":{"target":"a#X%[2]d"},"value":{"target":"a#X%[2]d"}}`, `"a#X150":{"type":"string"}`)), true},
		"structures in a chain": {model(input + chain(100_000, `"a#X%d":{"type":"structure","members":{"m":{"target":"a#X%d"}}}`, `"a#X100000":{"type":"string"}`)), false},
		"list loop":             {model(input + `"a#X0":{"type":"list","member":{"target":"a#X1"}},"a#X1":{"type":"map","key":{"target":"smithy.api#String"},"value":{"target":"a#X0"}}`), true},
		"names that clash":      {model(`"a#I":{"type":"structure","members":{` + sourcetest.ManyMembers(50_000, `"m%[1]d":{"target":"b%[1]d#T"},`) + `"z":{"target":"b0#T"}}},` + strings.TrimSuffix(sourcetest.ManyMembers(50_000, `"b%d#T":{"type":"structure"},`), ",")), false},
		"a long id":             {model(`"a#I":{"type":"structure","members":{"m":{"target":"` + strings.Repeat("x", 1<<20) + `"}}}`), true},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			result, err := source.Read([]byte(hostile.model), "")
			if !testing.Short() { // the race detector, which runs with it, has other times
				require.Less(t, time.Since(start), 30*time.Second)
			}
			if err != nil {
				sourcetest.RequireDocumentError(t, err)
			}
			require.Equal(t, hostile.err, err != nil, "%v", err)
			for _, c := range result.Contracts {
				require.NoError(t, c.Check())
			}
		})
	}
}

func ExampleRead() {
	model, err := os.ReadFile("testdata/resources.smithy.json")
	if err != nil {
		log.Fatal(err)
	}
	contracts, err := smithy.Read(model, "")
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range contracts {
		if c.Operation == "Visit" {
			fmt.Println(c, c.Protocol, c.Method, c.URI)
			for _, e := range c.Errors {
				fmt.Println(" ", e.Name, e.Status, e.Fault, e.Code)
			}
		}
	}
	// Output:
	// library.Visit "restJson1" silent silent
	//   Missing 400 "client" silent
	//   OtherMissing 400 "client" "Missing"
	// annex.Visit "rpcv2Cbor" "POST" "/service/Annex/operation/Visit"
	//   Missing 400 "client" silent
	//   Missing2 400 "client" "Missing"
}

func FuzzSmithy(f *testing.F) {
	for _, model := range smithyVectors(f) {
		f.Add(model)
	}
	f.Fuzz(func(t *testing.T, model []byte) {
		contracts, err := smithy.Read(model, "1")
		again, _ := smithy.Read(model, "1")
		require.Len(t, again, len(contracts))
		if err != nil {
			require.Empty(t, contracts)
			sourcetest.RequireDocumentError(t, err)
			return
		}
		for i, c := range contracts {
			require.NoError(t, c.Check())
			require.Equal(t, c.Digest(), again[i].Digest())
			sourcetest.RequireSound(t, c)
		}
	})
}

func BenchmarkSmithy(b *testing.B) {
	models := smithyVectors(b)
	if large, err := os.ReadFile(sourcetest.Shared(b, "data/models/cleanrooms-2025-04-02.smithy.json")); err == nil {
		models["cleanrooms"] = large
	}
	for _, name := range []string{"rest", "cleanrooms"} {
		model, ok := models[name]
		if !ok {
			b.Logf("no reference material: %s", name)
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(model)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := smithy.Read(model, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
