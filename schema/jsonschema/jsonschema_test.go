package jsonschema

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// compile compiles a schema as a stranger would: nothing is registered, formats
// are asserted, and the schema must be valid by the metaschema of its draft.
func compile(t testing.TB, s *Schema) *v5.Schema {
	t.Helper()
	text, err := s.Encode()
	require.NoError(t, err)
	meta, err := v5.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	require.NoError(t, err)
	require.NoError(t, meta.Validate(decode(t, string(text))))
	compiler := v5.NewCompiler()
	compiler.AssertFormat = true
	compiler.LoadURL = func(u string) (io.ReadCloser, error) { return nil, fmt.Errorf("nothing is fetched: %s", u) }
	require.NoError(t, compiler.AddResource(s.ID, bytes.NewReader(text)))
	compiled, err := compiler.Compile(s.ID)
	require.NoError(t, err)
	return compiled
}

func decode(t testing.TB, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v), text)
	return v
}

func generate(t testing.TB, c *schema.Contract, part schema.Part, encoding schema.Encoding, extended bool) *Schema {
	t.Helper()
	s, err := build(c, part, encoding, extended)
	require.NoError(t, err)
	return s
}

// parse makes a contract of shapes whose output is the shape "Out".
func parse(t testing.TB, shapes string) *schema.Contract {
	t.Helper()
	c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Test","output":"Out","shapes":` + shapes + `}`))
	require.NoError(t, err)
	return c
}

// TestVectors: each file of testdata/vectors has shapes, documents that their
// schema takes and documents that it refuses; some also those that only the
// extended form refuses.
func TestVectors(t *testing.T) {
	paths, err := filepath.Glob("testdata/vectors/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(archive.Files), 3)
			encoding := schema.HTTP
			if _, name, found := strings.Cut(string(archive.Comment), "encoding: "); found {
				require.NoError(t, encoding.UnmarshalText([]byte(strings.TrimSpace(name))))
			}
			c := parse(t, string(archive.Files[0].Data))
			compiled := compile(t, generate(t, c, schema.OutputPart, encoding, false))
			for i := range archive.Files[1:] {
				require.Equal(t, []string{"accept", "refuse", "refuse, but for the standard form"}[i], archive.Files[i+1].Name)
				verdict := i != 1
				for line := range strings.Lines(string(archive.Files[i+1].Data)) {
					err := compiled.Validate(decode(t, line))
					require.Equal(t, verdict, err == nil, "%s%v", line, err)
				}
			}
		})
	}
}

// TestGolden holds the schemas of the built-in contracts to the files that users
// may have copied. -update rewrites them.
func TestGolden(t *testing.T) {
	written := map[string]bool{}
	for _, name := range contracts.Names() {
		c := contracts.MustLoad(name)
		for _, part := range c.Parts() {
			for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
				if _, isError := part.ErrorName(); isError && encoding == schema.SDK {
					continue
				}
				s := generate(t, c, part, encoding, false)
				compile(t, s)
				got, err := s.Encode()
				require.NoError(t, err)
				path := filepath.Join("testdata", "golden", fmt.Sprintf("%s-%s-%s.json", c.Version, strings.ReplaceAll(string(part), ":", "-"), encoding))
				written[path] = true
				if *update {
					require.NoError(t, os.WriteFile(path, got, 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, string(want), string(got))

				again, err := generate(t, c, part, encoding, false).Encode()
				require.NoError(t, err)
				require.Equal(t, string(got), string(again))
			}
		}
	}
	paths, err := filepath.Glob("testdata/golden/*")
	require.NoError(t, err)
	for _, path := range paths {
		require.True(t, written[path], "%s is of no contract", path)
	}
}

// TestBlobLength compares the bounds of blobs with what base64 makes of so many
// bytes, for all small bounds and sizes.
func TestBlobLength(t *testing.T) {
	for least := -1; least <= 7; least++ {
		for most := -1; most <= 7; most++ {
			var bounds schema.Bounds
			if least >= 0 {
				bounds.Min = number(least)
			}
			if most >= 0 {
				bounds.Max = number(most)
			}
			compiled := compile(t, &Schema{ID: "urn:test", Dialect: "https://json-schema.org/draft/2020-12/schema", AllOf: []*Schema{blob(bounds)}})
			for size := range 12 {
				for _, b := range []byte{0, 0xff} {
					text := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, size))
					want := size >= least && (most < 0 || size <= most)
					require.Equal(t, want, compiled.Validate(text) == nil, "%d bytes, %s", size, bounds)
				}
			}
			require.Error(t, compiled.Validate("AAA"), "the text is base64 in any case")
		}
	}
	require.Empty(t, blob(schema.Bounds{Max: "99999999999999999999"}).AllOf, "a bound beyond all texts is none")
}

// TestExtended: the forms differ only in how they say unions and patterns.
func TestExtended(t *testing.T) {
	c := parse(t, `{
  "Out": {"type": "structure", "members": [
    {"name": "u", "shape": "U", "required": true}, {"name": "none", "shape": "None"},
    {"name": "p", "shape": {"type": "string", "pattern": "(?<=a)<b>"}}, {"name": "q", "shape": {"type": "string", "pattern": "^\\p{NoSuch}$"}}]},
  "U": {"type": "structure", "union": true, "members": [{"name": "a", "shape": {"type": "string"}}, {"name": "b", "shape": {"type": "string"}}]},
  "None": {"type": "structure", "union": true}}`)
	text, err := generate(t, c, schema.OutputPart, schema.HTTP, true).Encode()
	require.NoError(t, err)
	require.Equal(t, `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:crcheck:test.Test:unversioned/http/output",
  "title": "test.Test, output, http encoding",
  "$ref": "#/$defs/Out",
  "$defs": {
    "Out": {
      "type": "object",
      "properties": {
        "u": {
          "$ref": "#/$defs/U"
        },
        "none": {
          "anyOf": [
            {
              "$ref": "#/$defs/None"
            },
            {
              "type": "null"
            }
          ]
        },
        "p": {
          "anyOf": [
            {
              "type": "string",
              "crcheck-pattern": "(?<=a)<b>"
            },
            {
              "type": "null"
            }
          ]
        },
        "q": {
          "anyOf": [
            {
              "$comment": "Not checked against the pattern ^\\p{NoSuch}$",
              "type": "string"
            },
            {
              "type": "null"
            }
          ]
        }
      },
      "required": [
        "u"
      ]
    },
    "U": {
      "type": "object",
      "properties": {
        "a": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "type": "null"
            }
          ]
        },
        "b": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "type": "null"
            }
          ]
        }
      },
      "crcheck-union": [
        "a",
        "b"
      ]
    },
    "None": {
      "type": "object",
      "not": {}
    }
  }
}
`, string(text))

	text, err = generate(t, c, schema.OutputPart, schema.HTTP, false).Encode()
	require.NoError(t, err)
	require.Contains(t, string(text), `"pattern": "(?<=a)<b>"`, "what cannot be rewritten stays ECMA-262")
	require.NotContains(t, string(text), "crcheck-")
}

func TestUnstatedPart(t *testing.T) {
	c := parse(t, `{"Out": {"type": "structure"}}`)
	c.Errors = []schema.Error{{Name: "Open"}}
	compiled := compile(t, generate(t, c, schema.ErrorPart("Open"), schema.HTTP, false))
	require.NoError(t, compiled.Validate(map[string]any{"any": 1}))
	require.Error(t, compiled.Validate([]any{}))
}

func TestPartError(t *testing.T) {
	c := parse(t, `{"Out": {"type": "structure"}}`)
	for _, part := range []schema.Part{"", "outputs", "error:Nothing"} {
		t.Run(string(part), func(t *testing.T) {
			_, err := Generate(c, part, schema.HTTP)
			var unknown *PartError
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, PartError{Contract: "test.Test", Part: part, Known: []schema.Part{"output", "input"}}, *unknown)
		})
	}
}

// TestPartErrorNamesFormat checks that the error for each protocol names the format of its bodies.
func TestPartErrorNamesFormat(t *testing.T) {
	for protocol, format := range map[string]string{
		"restXml": "XML", "awsQuery": "form data in requests and XML in responses",
		"ec2Query": "form data in requests and XML in responses", "rpcv2Cbor": "CBOR",
	} {
		t.Run(protocol, func(t *testing.T) {
			name, ok := (&schema.Contract{Protocol: schema.Is(protocol)}).NotJSON()
			require.True(t, ok)
			require.Contains(t, (&PartError{Contract: "s.O", Protocol: name}).Error(), name+", are "+format+", not JSON")
		})
	}
}

// TestRawBody checks that a body that is not JSON has a schema only in the sdk encoding.
func TestRawBody(t *testing.T) {
	c := parse(t, `{"Out": {"type": "structure", "members": [{"name": "text", "shape": {"type": "string"}, "location": "payload"}]}}`)
	_, err := Generate(c, schema.OutputPart, schema.HTTP)
	var none *PartError
	require.ErrorAs(t, err, &none)
	require.Equal(t, "text", none.Raw)
	require.Error(t, compile(t, generate(t, c, schema.OutputPart, schema.SDK, false)).Validate(map[string]any{"text": 1}))
}

func TestID(t *testing.T) {
	for _, v := range []struct {
		contract schema.Contract
		part     schema.Part
		encoding schema.Encoding
		want     string
	}{
		{schema.Contract{Service: "cleanrooms", Operation: "GetProtectedJob", Version: "1.42.90"}, "output", schema.HTTP, "urn:crcheck:cleanrooms.GetProtectedJob:1.42.90/http/output"},
		{schema.Contract{Service: "s", Operation: "O"}, "input", schema.SDK, "urn:crcheck:s.O:unversioned/sdk/input"},
		{schema.Contract{Service: "s", Operation: "O"}, "error:AException", schema.HTTP, "urn:crcheck:s.O:unversioned/http/error/AException"},
		{schema.Contract{Service: "s p", Operation: "O#", Version: "1%"}, "error:a/b?", schema.HTTP, "urn:crcheck:s%20p.O%23:1%25/http/error/a%2Fb%3F"},
	} {
		t.Run(v.want, func(t *testing.T) {
			require.Equal(t, v.want, ID(&v.contract, v.part, v.encoding))
			u, err := url.Parse(v.want)
			require.NoError(t, err)
			require.Empty(t, u.Fragment)
		})
	}
}

func ExampleGenerate() {
	c, err := schema.Parse([]byte(`{"crcheckContract": 1, "service": "jobs", "operation": "GetJob", "version": "1.0", "output": "Job",
  "shapes": {"Job": {"type": "structure", "members": [{"name": "state", "shape": {"type": "string", "enum": ["OPEN", "DONE"]}, "required": true}]}}}`))
	if err != nil {
		panic(err)
	}
	s, err := Generate(c, schema.OutputPart, schema.HTTP)
	if err != nil {
		panic(err)
	}
	text, err := s.Encode()
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// {
	//   "$schema": "https://json-schema.org/draft/2020-12/schema",
	//   "$id": "urn:crcheck:jobs.GetJob:1.0/http/output",
	//   "title": "jobs.GetJob@1.0, output, http encoding",
	//   "$ref": "#/$defs/Job",
	//   "$defs": {
	//     "Job": {
	//       "type": "object",
	//       "properties": {
	//         "state": {
	//           "type": "string",
	//           "enum": [
	//             "OPEN",
	//             "DONE"
	//           ]
	//         }
	//       },
	//       "required": [
	//         "state"
	//       ]
	//     }
	//   }
	// }
	// <nil>
}
