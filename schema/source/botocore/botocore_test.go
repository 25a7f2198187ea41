package botocore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/schema/source/internal/sourcetest"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// botocoreModels returns the models of testdata, by name.
func botocoreModels(t testing.TB) map[string][]byte {
	t.Helper()
	models := map[string][]byte{}
	for _, name := range []string{"rest-json", "json-1.0", "query"} {
		model, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		require.NoError(t, err)
		models[name] = model
	}
	return models
}

func TestBotocore(t *testing.T) {
	for name, model := range botocoreModels(t) {
		t.Run(name, func(t *testing.T) {
			contracts, err := botocore.Read(model, "1.2.3")
			require.NoError(t, err)
			for _, c := range contracts {
				require.NoError(t, c.Check())
				origin := schema.NewOrigin("botocore-model", "1.2.3", model)
				origin.Operations = len(contracts)
				require.Equal(t, []schema.Origin{origin}, c.Origins)
				sourcetest.Golden(t, filepath.Join("testdata", name+"."+c.Operation+".golden"), c)
			}
			saved := append([]byte("\ufeff"), model...)
			read, err := source.Read(saved, "1.2.3")
			require.NoError(t, err)
			require.Len(t, read.Contracts, len(contracts))
			for i, c := range read.Contracts {
				require.Equal(t, contracts[i].Digest(), c.Digest())
			}
		})
	}
}

// small is a model with a place for every mistake.
const small = `{
  "metadata": {"serviceId": "Shed", "protocol": "json", "jsonVersion": "1.1"},
  "operations": {
    "Count": {"input": {"shape": "In"}, "errors": [{"shape": "Bad"}]}
  },
  "shapes": {
    "In": {"type": "structure", "required": ["a"], "members": {"a": {"shape": "Text"}, "b": {"shape": "Many"}}},
    "Many": {"type": "list", "member": {"shape": "Map"}},
    "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Time"}},
    "Text": {"type": "string", "min": 1},
    "Time": {"type": "timestamp"},
    "Bad": {"type": "structure", "members": {}, "error": {"httpStatusCode": 400}}
  }
}
`

func TestBotocoreErrors(t *testing.T) {
	_, err := botocore.Read([]byte(small), "")
	require.NoError(t, err)
	for _, v := range []struct {
		name, old, new string
		line, column   int
		pointer        string
	}{
		{"malformed", `"min": 1`, `"min": 01`, 10, 40, "/shapes/Text"},
		{"trailing text", "  }\n}\n", "  }\n}\n{}", 15, 1, ""},
		{"cut off", `"Bad": {"type": "structure", "members": {}, "error": {"httpStatusCode": 400}}` + "\n  }\n}\n", `"Bad": {"ty`, 12, 16, "/shapes/Bad"},
		{"member twice", `"b": {"shape": "Many"}`, `"a": {"shape": "Many"}`, 7, 88, "/shapes/In/members/a"},
		{"escaped member twice", `"b": {"shape": "Many"}`, `"\u0061": {"shape": "Many"}`, 7, 88, "/shapes/In/members/a"},
		{"shape twice", `"Time": {`, `"Text": {`, 11, 5, "/shapes/Text"},
		{"no object", `{"shape": "Many"}`, `"Many"`, 7, 93, "/shapes/In/members/b"},
		{"null", `{"shape": "Many"}`, `null`, 7, 93, "/shapes/In/members/b"},
		{"no text", `"type": "timestamp"`, `"type": 7`, 11, 22, "/shapes/Time/type"},
		{"no number", `"min": 1`, `"min": "1"`, 10, 39, "/shapes/Text/min"},
		{"no count", `"min": 1`, `"min": -1`, 10, 13, "/shapes/Text"},
		{"fraction of a count", `"min": 1`, `"max": 1.5`, 10, 13, "/shapes/Text"},
		{"no metadata", `"metadata"`, `"metadatum"`, 1, 1, ""},
		{"no operations", `"operations"`, `"operation"`, 1, 1, ""},
		{"no service", `"serviceId": "Shed", `, ``, 2, 15, "/metadata"},
		{"no protocol", `"protocol": "json", `, ``, 2, 15, "/metadata"},
		{"no version of JSON", `, "jsonVersion": "1.1"`, ``, 2, 15, "/metadata"},
		{"unknown type", `"timestamp"`, `"moment"`, 11, 13, "/shapes/Time"},
		{"unknown format", `"timestamp"`, `"timestamp", "timestampFormat": "roman"`, 11, 13, "/shapes/Time"},
		{"unknown location", `{"shape": "Many"}`, `{"shape": "Many", "location": "trailer"}`, 7, 93, "/shapes/In/members/b"},
		{"no such shape of a member", `{"shape": "Many"}`, `{"shape": "Few"}`, 7, 93, "/shapes/In/members/b"},
		{"no shape of a member", `{"shape": "Many"}`, `{}`, 7, 93, "/shapes/In/members/b"},
		{"no such shape of an element", `"Map"}`, `"Mop"}`, 8, 40, "/shapes/Many/member"},
		{"no such input", `{"shape": "In"}`, `{"shape": "Inn"}`, 4, 24, "/operations/Count/input"},
		{"no such error", `[{"shape": "Bad"}]`, `[{"shape": "Bad"}, {"shape": "Worse"}]`, 4, 70, "/operations/Count/errors/1"},
		{"input is no structure", `{"shape": "In"}`, `{"shape": "Many"}`, 4, 24, "/operations/Count/input"},
		{"no element", `, "member": {"shape": "Map"}`, ``, 8, 13, "/shapes/Many"},
		{"no key", `"key": {"shape": "Text"}, `, ``, 9, 12, "/shapes/Map"},
		{"no value", `, "value": {"shape": "Time"}`, ``, 9, 12, "/shapes/Map"},
		{"a key that is no string", `"key": {"shape": "Text"}`, `"key": {"shape": "Time"}`, 9, 12, "/shapes/Map"},
		{"operation without a name", `"Count"`, `""`, 4, 9, "/operations/"},
		{"shape without a name", `"Bad":`, `"":`, 12, 9, "/shapes/"},
		{"two members of one name in the body", `{"shape": "Many"}`, `{"shape": "Many", "locationName": "a"}`, 7, 93, "/shapes/In/members/b"},
		{"required is no member", `["a"]`, `["a", "c"]`, 7, 11, "/shapes/In"},
		{"payload is no member", `"required": ["a"]`, `"payload": "c"`, 7, 11, "/shapes/In"},
		{"no status", `400`, `1000`, 12, 12, "/shapes/Bad"},
		{"cycle of lists and maps", `"value": {"shape": "Time"}`, `"value": {"shape": "Many"}`, 8, 13, "/shapes/Many"},
		{"list of itself", `"member": {"shape": "Map"}`, `"member": {"shape": "Many"}`, 8, 13, "/shapes/Many"},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.Contains(t, small, v.old)
			contracts, err := botocore.Read([]byte(strings.Replace(small, v.old, v.new, 1)), "")
			require.Nil(t, contracts)
			var syntax *schema.DocumentError
			require.ErrorAs(t, err, &syntax)
			require.Equal(t, [2]int{v.line, v.column}, [2]int{syntax.Line, syntax.Column}, err)
			require.Equal(t, v.pointer, syntax.Place)
			sourcetest.RequirePlace(t, err)
		})
	}
}

// TestBotocoreUnsound: what passes the reader but is no contract is named once.
func TestBotocoreUnsound(t *testing.T) {
	for name, model := range map[string]string{
		"member without a name":   strings.Replace(small, `"b": {`, `"": {`, 1),
		"number beyond all reach": strings.Replace(small, `"type": "string", "min": 1`, `"type": "integer", "min": 1e1000000`, 1),
		"many of them":            strings.Replace(small, `"b": {`, sourcetest.ManyMembers(1000, `"m%d": {"shape": "Text", "pattern": "a", "max": 1},`)+`"": {`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			contracts, err := botocore.Read([]byte(model), "")
			require.Nil(t, contracts)
			require.Error(t, err)
			require.Less(t, len(err.Error()), 500)
		})
	}
}

// TestBotocoreTraits holds single facts that golden files could hide.
func TestBotocoreTraits(t *testing.T) {
	for _, v := range []struct {
		name, old, new string
		want           func(t *testing.T, c *schema.Contract)
	}{
		{"keys that botocore may gain", `"type": "timestamp"`, `"type": "timestamp", "newTrait": {"a": [null]}`, func(*testing.T, *schema.Contract) {}},
		{"a protocol that nobody knows yet", `"protocol": "json"`, `"protocol": "telegraph"`, func(t *testing.T, c *schema.Contract) {
			require.Equal(t, schema.Is("telegraph"), c.Protocol)
			require.True(t, c.Target.Silent())
		}},
		{"no signature", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "bearer"`, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.Signing.Silent())
		}},
		{"signed as the endpoint", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "v4"`, func(t *testing.T, c *schema.Contract) {
			require.Equal(t, schema.Is("shed"), c.Signing)
		}},
		{"called without a signature", `"Count": {`, `"Count": {"authtype": "none", `, func(t *testing.T, c *schema.Contract) {
			require.Equal(t, schema.Is(true), c.Unsigned)
		}},
		{"called without a signature, as of 2024", `"Count": {`, `"Count": {"auth": ["smithy.api#noAuth"], `, func(t *testing.T, c *schema.Contract) {
			require.Equal(t, schema.Is(true), c.Unsigned)
		}},
		{"another kind of signature", `"Count": {`, `"Count": {"authtype": "v4-unsigned-body", "auth": ["aws.auth#sigv4"], `, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.Unsigned.Silent())
		}},
		{"a bearer token", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "bearer"`, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.BearerOnly())
			require.True(t, c.Unsigned.Silent())
		}},
		{"a bearer token by name", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "auth": ["smithy.api#httpBearerAuth"]`, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.BearerOnly())
		}},
		{"a bearer token or a signature", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "v4", "auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]`, func(t *testing.T, c *schema.Contract) {
			require.Equal(t, schema.Is(true), c.Bearer)
			require.Equal(t, schema.Is("shed"), c.Signing)
			require.False(t, c.BearerOnly())
		}},
		{"one operation with a bearer token", `"jsonVersion": "1.1"},`, `"jsonVersion": "1.1", "endpointPrefix": "shed", "signatureVersion": "v4"},`, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.Bearer.Silent())
			text := strings.NewReplacer(`"jsonVersion": "1.1"},`, `"jsonVersion": "1.1", "endpointPrefix": "shed", "signatureVersion": "v4"},`, `"Count": {`, `"Count": {%s, `).Replace(small)
			for fields, only := range map[string]bool{`"authtype": "bearer"`: true, `"auth": ["smithy.api#httpBearerAuth"]`: true, `"authtype": "v4", "auth": ["smithy.api#httpBearerAuth"]`: true, `"authtype": "v4"`: false, `"auth": ["aws.auth#sigv4a"]`: false, `"auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]`: false} {
				contracts, err := botocore.Read([]byte(strings.Replace(text, "%s", fields, 1)), "")
				require.NoError(t, err)
				require.Equal(t, only, contracts[0].BearerOnly(), fields)
				require.Equal(t, only, contracts[0].Signing.Silent(), fields)
			}
		}},
		{"an operation with a signature in a service of tokens", `"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "v4", "auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]`, func(t *testing.T, c *schema.Contract) {
			text := strings.NewReplacer(`"protocol": "json"`, `"protocol": "json", "endpointPrefix": "shed", "signatureVersion": "v4", "auth": ["aws.auth#sigv4", "smithy.api#httpBearerAuth"]`, `"Count": {`, `"Count": {"auth": ["aws.auth#sigv4"], `).Replace(small)
			contracts, err := botocore.Read([]byte(text), "")
			require.NoError(t, err)
			require.True(t, contracts[0].Bearer.Silent())
			require.Equal(t, schema.Is("shed"), contracts[0].Signing)
		}},
		{"nothing is readonly or sparse", "", "", func(t *testing.T, c *schema.Contract) {
			require.True(t, c.Readonly.Silent())
			many, _ := c.Shapes["In"].Member("b")
			require.True(t, many.Shape.Inline.Sparse.Silent())
		}},
		{"codes of the query protocol left open", `"jsonVersion": "1.1"`, `"jsonVersion": "1.1", "awsQueryCompatible": {}`, func(t *testing.T, c *schema.Contract) {
			require.True(t, c.Errors[0].Code.Silent())
		}},
		{"something is sparse", `"type": "list"`, `"type": "list", "sparse": true`, func(t *testing.T, c *schema.Contract) {
			many, _ := c.Shapes["In"].Member("b")
			require.Equal(t, schema.Is(true), many.Shape.Inline.Sparse)
			require.Equal(t, schema.Is(false), many.Shape.Inline.Element.Inline.Sparse)
		}},
		{"a trait of a reference", `{"shape": "Text"}, "b"`, `{"shape": "Text", "enum": ["x"], "max": 9}, "b"`, func(t *testing.T, c *schema.Contract) {
			a, _ := c.Shapes["In"].Member("a")
			require.Equal(t, schema.Is([]string{"x"}), a.Shape.Inline.Enum)
			require.Equal(t, schema.Is(schema.Bounds{Min: "1", Max: "9"}), a.Shape.Inline.Length)
			many, _ := c.Shapes["In"].Member("b")
			require.Equal(t, schema.Is([]string{}), many.Shape.Inline.Element.Inline.Key.Inline.Enum)
		}},
	} {
		t.Run(v.name, func(t *testing.T) {
			require.Contains(t, small, v.old)
			contracts, err := botocore.Read([]byte(strings.Replace(small, v.old, v.new, 1)), "")
			require.NoError(t, err)
			v.want(t, contracts[0])
		})
	}
}

// TestBotocoreQueryCode: a code that is the error's name counts where clients of the query protocol
// read it.
func TestBotocoreQueryCode(t *testing.T) {
	for name, test := range map[string]struct {
		metadata string
		want     schema.Known[string]
	}{
		"query-compatible": {`, "awsQueryCompatible": {}`, schema.Is("Bad")},
		"not":              {"", schema.Known[string]{}},
	} {
		t.Run(name, func(t *testing.T) {
			model := strings.Replace(strings.Replace(small, `"jsonVersion": "1.1"`, `"jsonVersion": "1.1"`+test.metadata, 1), `"httpStatusCode": 400`, `"httpStatusCode": 400, "code": "Bad"`, 1)
			contracts, err := botocore.Read([]byte(model), "")
			require.NoError(t, err)
			require.Equal(t, test.want, contracts[0].Errors[0].Code)
		})
	}
}

// TestBotocoreService compares the names of services with botocore's folders.
func TestBotocoreService(t *testing.T) {
	for id, want := range map[string]string{
		"CleanRooms": "cleanrooms", "Bedrock Runtime": "bedrock-runtime", "Lex Runtime V2": "lexv2-runtime", "EventBridge": "events",
		"SFN": "stepfunctions", "IoT Data Plane": "iot-data", "Pinpoint SMS Voice": "pinpoint-sms-voice", "DynamoDB": "dynamodb",
	} {
		t.Run(id, func(t *testing.T) {
			contracts, err := botocore.Read([]byte(strings.Replace(small, "Shed", id, 1)), "")
			require.NoError(t, err)
			require.Equal(t, want, contracts[0].Service)
		})
	}
}

// TestBotocoreHostile gives the reader models that would cost a careless one its
// stack, its memory or its afternoon.
func TestBotocoreHostile(t *testing.T) {
	// chain writes shapes of which each has the next n times.
	chain := func(length int, of func(next string) string) string {
		var b strings.Builder
		for i := range length {
			fmt.Fprintf(&b, `"C%d": %s,`, i, of(fmt.Sprintf(`{"shape": "C%d"}`, i+1)))
		}
		return fmt.Sprintf(`%s "C%d": {"type": "string"},`, b.String(), length)
	}
	list := func(next string) string { return `{"type": "list", "member": ` + next + `}` }
	model := func(shapes string) string {
		shapes = strings.Replace(small, `"shapes": {`, `"shapes": {`+shapes, 1)
		return strings.Replace(shapes, `{"shape": "Many"}`, `{"shape": "C0"}`, 1)
	}
	manyOperations := sourcetest.ManyMembers(3_000, `"O%d": {"input": {"shape": "C0"}},`)
	for name, v := range map[string]struct {
		model string
		err   any // nil: it can be read
	}{
		"structures in structures": {model(chain(100, func(next string) string {
			return `{"type": "structure", "members": {"a": ` + next + `, "b": ` + next + `}}`
		})), nil},
		"deepest allowed":    {model(chain(199, list)), nil},
		"deeper":             {model(chain(201, list)), new(*schema.DocumentError)},
		"100,000 lists":      {model(chain(100_000, list)), new(*schema.DocumentError)},
		"100,000 structures": {model(chain(100_000, func(next string) string { return `{"type": "structure", "members": {"m": ` + next + `}}` })), nil},
		"many operations that reach much": {strings.Replace(model(chain(3_000, func(next string) string {
			return `{"type": "structure", "members": {"m": ` + next + `}}`
		})), `"operations": {`, `"operations": {`+manyOperations, 1), new(*schema.DocumentError)},
		"many members that reach deep": {strings.Replace(model(chain(190, list)), `"a": {`, sourcetest.ManyMembers(20_000, `"m%d": {"shape": "C0"},`)+`"a": {`, 1), new(*schema.DocumentError)},
		"deep JSON":                    {strings.Replace(small, `"jsonVersion"`, `"x": `+strings.Repeat("[", 100_000), 1), new(*schema.DocumentError)},
		"long names":                   {strings.ReplaceAll(small, "Text", strings.Repeat("x", 1<<20)), nil},
		"a long missing name":          {strings.Replace(small, `"Map"}`, `"`+strings.Repeat("x", 1<<20)+`"}`, 1), new(*schema.DocumentError)},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			contracts, err := botocore.Read([]byte(v.model), "")
			if !testing.Short() { // the race detector, which runs with it, has other times
				require.Less(t, time.Since(start), 30*time.Second)
			}
			if v.err == nil {
				require.NoError(t, err)
				require.NotEmpty(t, contracts)
				return
			}
			require.ErrorAs(t, err, v.err)
			require.Less(t, len(err.Error()), 1000)
		})
	}
}

func FuzzBotocore(f *testing.F) {
	for _, model := range botocoreModels(f) {
		f.Add(model)
	}
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, model []byte) {
		before := slices.Clone(model)
		contracts, err := botocore.Read(model, "1")
		require.Equal(t, before, model)
		if err != nil {
			require.Nil(t, contracts)
			require.Less(t, len(err.Error()), 2_000)
			return
		}
		for _, c := range contracts {
			require.NoError(t, c.Check())
			sourcetest.RequireSound(t, c)
		}
	})
}

func BenchmarkBotocore(b *testing.B) {
	models := botocoreModels(b)
	large, err := os.ReadFile(sourcetest.Shared(b, "data/models/cleanrooms-1.43.67.service-2.json"))
	if err == nil {
		models["cleanrooms"] = large
	}
	for _, name := range []string{"rest-json", "json-1.0", "cleanrooms"} {
		model, ok := models[name]
		if !ok {
			b.Logf("no reference material: %s", name)
			continue
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(model)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := botocore.Read(model, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestServiceName: models from before 2018 have no service ID.
func TestServiceName(t *testing.T) {
	for name, v := range map[string]struct{ metadata, want string }{
		"a service ID":             {`"serviceId": "Lex Models V2", "endpointPrefix": "models-v2-lex"`, "lexv2-models"},
		"an endpoint":              {`"endpointPrefix": "states"`, "states"},
		"an endpoint of two parts": {`"endpointPrefix": "Models.lex", "signingName": "lex"`, "models-lex"},
		"a signing name":           {`"signingName": "lex"`, "lex"},
		"an endpoint, and a name":  {`"endpointPrefix": "email", "signingName": "ses"`, "email"},
		"an empty ID":              {`"serviceId": "", "endpointPrefix": "held"`, "held"},
	} {
		t.Run(name, func(t *testing.T) {
			document := `{"metadata": {` + v.metadata + `, "protocol": "rest-json"}, "operations": {"Get": {"http": {"method": "GET", "requestUri": "/"}}}, "shapes": {}}`
			contracts, err := botocore.Read([]byte(document), "")
			require.NoError(t, err)
			require.Equal(t, v.want, contracts[0].Service)
			service, ok := botocore.Service(strings.NewReader(document))
			require.True(t, ok)
			require.Equal(t, v.want, service.Name)
		})
	}
}
