package validate_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// protocolSuite is one group of botocore's protocol tests of outputs.
type protocolSuite struct {
	Metadata map[string]any  `json:"metadata"`
	Shapes   json.RawMessage `json:"shapes"`
	Cases    []protocolCase  `json:"cases"`
}

type protocolCase struct {
	ID        string         `json:"id"`
	Given     map[string]any `json:"given"`
	ErrorCode string         `json:"errorCode"`
	Response  struct {
		Status  int               `json:"status_code"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	} `json:"response"`
}

// contract reads the case's own model, as botocore would write it.
func (c *protocolCase) contract(t *testing.T, s *protocolSuite) *schema.Contract {
	t.Helper()
	metadata := map[string]any{"serviceId": "Suite", "endpointPrefix": "suite", "signatureVersion": "v4", "uid": "suite-2020-01-01", "serviceFullName": "Suite"}
	for name, value := range s.Metadata {
		metadata[name] = value
	}
	model, err := json.Marshal(map[string]any{"version": "2.0", "metadata": metadata,
		"operations": map[string]any{c.Given["name"].(string): c.Given}, "shapes": s.Shapes})
	require.NoError(t, err)
	result, err := source.Read(model, "1")
	require.NoError(t, err, c.ID)
	require.Len(t, result.Contracts, 1)
	return result.Contracts[0]
}

func (c *protocolCase) interaction() *traffic.Interaction {
	h := http.Header{}
	for name, value := range c.Response.Headers {
		h[name] = []string{value}
	}
	return &traffic.Interaction{Kind: traffic.JSON, Response: traffic.Response{Status: c.Response.Status, Header: h, Body: traffic.BodyOf([]byte(c.Response.Body))}}
}

// reasons says why there may be something to say of an answer that botocore's
// tests give to be right.
var reasons = map[string]string{
	"RestJsonDeserializesDenseSetMapAndSkipsNull": "clients skip a null in a dense map, but a service must not send it",
	"parses_long_shapes":                          "botocore reads 64 bits exactly, other clients do not",
}

// TestProtocolSuites validates the responses of botocore's protocol tests against contracts of their
// shapes. It ignores a missing Content-Type, because many cases have none.
func TestProtocolSuites(t *testing.T) {
	var exceptions []string
	excepted := 0
	for _, protocol := range []string{"rest-json", "json"} {
		path := filepath.Join("..", "..", "shared", "data", "protocol", "botocore-output-"+protocol+".json")
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			t.Skip("botocore's protocol tests are not here")
		}
		require.NoError(t, err)
		var suites []protocolSuite
		require.NoError(t, json.Unmarshal(text, &suites))
		cases, failures := 0, 0
		for i := range suites {
			for j := range suites[i].Cases {
				c := &suites[i].Cases[j]
				cases++
				if c.ErrorCode != "" {
					failures++
				}
				problems := c.problems(t, c.contract(t, &suites[i]))
				if len(problems) > 0 {
					excepted++
					require.NotEmpty(t, reasons[c.ID], "%s: %v", c.ID, problems)
					exceptions = append(append(exceptions, c.ID+": "+reasons[c.ID]), problems...)
				}
			}
		}
		t.Logf("%s: %d cases, %d of them errors", protocol, cases, failures)
	}
	require.Len(t, reasons, excepted)
	require.LessOrEqual(t, excepted, 5)
	golden := filepath.Join("testdata", "protocol-exceptions.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(strings.Join(exceptions, "\n")+"\n"), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), strings.Join(exceptions, "\n")+"\n")
}

// problems is what walker and schema have to say of a case.
func (c *protocolCase) problems(t *testing.T, contract *schema.Contract) (problems []string) {
	t.Helper()
	x := c.interaction()
	v, err := validate.Compile(contract, validate.Options{})
	require.NoError(t, err)
	part := schema.OutputPart
	if c.ErrorCode != "" {
		e, ok := contract.Error(validate.ErrorName(x.Response.Header, x.Response.Body.Bytes))
		if !ok || e.Name != c.ErrorCode {
			return []string{"  it is not identified as " + c.ErrorCode}
		}
		part = schema.ErrorPart(e.Name)
	}
	for _, f := range v.Exchange(x, nil) {
		if f.Rule != finding.HTTPContentType || f.Got != "none" {
			require.NotEqual(t, finding.Error, f.Severity, "%s: %s", c.ID, f)
			problems = append(problems, "  "+f.String())
		}
	}
	if _, _, ok := schema.HTTP.Document(contract, part); !ok || c.Response.Body == "" {
		return problems
	}
	s, err := jsonschema.Generate(contract, part, schema.HTTP)
	require.NoError(t, err)
	exported, err := s.Encode()
	require.NoError(t, err)
	compiled, err := v5.CompileString(s.ID, string(exported))
	require.NoError(t, err)
	tree, err := validate.Tree([]byte(c.Response.Body))
	require.NoError(t, err)
	refused := slices.ContainsFunc(v.Exchange(x, nil), func(f finding.Finding) bool {
		rule, _ := f.Rule.Lookup()
		return rule.Layer == finding.LayerSchema && f.Rule != finding.MemberUnknown
	})
	if err := compiled.Validate(tree); (err != nil) != refused {
		problems = append(problems, fmt.Sprintf("  the walker refuses it: %t; the JSON Schema: %v", refused, err))
	}
	return problems
}
