package mock_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/internal/yamlfile"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

const scenario = `$schema: ./scenario.schema.json
responses:
  - operation: GetProtectedJob
    when: {protectedJobIdentifier: ` + job + `}
    response: status=FAILED
    pin: {jobComputePayerAccountId: "444455556666", statistics.totalDurationInMillis: 7}
  - operation: cleanrooms.GetProtectedJob
    sequence: [error=ThrottlingException, full]
  - operation: ListNames
    fault: {kind: chunked, after: 5}
    delay: 1ms
`

func TestScenario(t *testing.T) {
	s, endpoint := serving(t, scenario, 0)
	failed := getJob(t, endpoint, job)
	require.Equal(t, "FAILED", status(t, failed))
	require.Contains(t, failed.body, `"444455556666"`)
	require.Contains(t, failed.body, `"totalDurationInMillis":7`)

	require.Equal(t, 429, getJob(t, endpoint, otherJob).status)
	require.Equal(t, 200, getJob(t, endpoint, otherJob).status)
	third := strings.Replace(otherJob, "b", "c", 1)
	require.Equal(t, 429, getJob(t, endpoint, third).status, "a sequence advances for each job")
	require.Equal(t, 429, getJob(t, open(t, endpoint, ""), third).status, "and for each session")

	require.Equal(t, 200, listNames(t, endpoint, "{}").status)
	require.Equal(t, "chunked", s.Log()[5].Fault)
}

// scenarios are scenario files, and the error of the reader or of the server: nothing, or a part.
var scenarios = []struct{ name, text, problem string }{
	{"all keys", scenario, ""},
	{"a fault in short", "responses: [{operation: ListNames, fault: reset}]", ""},
	{"empty", "", "s.yaml: it lists no responses"},
	{"no rows", "responses: []", "s.yaml: it lists no responses"},
	{"an unknown key", "responses:\n  - operation: ListNames\n    respons: full\n", `s.yaml:3: responses: unknown key "respons"; did you mean response?`},
	{"no operation", "responses:\n  - response: full\n", "s.yaml:2: responses: an entry needs the key operation"},
	{"twice", "responses:\n  - operation: ListNames\n    operation: ListNames\n", "s.yaml:3: responses: duplicate key operation"},
	{"an unknown operation", "responses:\n\n  - operation: ListName\n", "s.yaml:3: "},
	{"an unknown response", "responses:\n  - operation: GetProtectedJob\n    response: status=FAILD\n", `s.yaml:2: unknown response "status=FAILD": did you mean "status=FAILED"?`},
	{"an unknown step", "responses:\n  - operation: GetProtectedJob\n    sequence: [full, nothing]\n", `s.yaml:2: unknown response "nothing"`},
	{"both", "responses:\n  - {operation: ListNames, response: full, sequence: [full]}\n", "s.yaml:2: response and sequence exclude each other"},
	{"an unknown member", "responses:\n  - {operation: ListNames, when: {nextToken: x}}\n", `s.yaml:2: when: the input of shop.ListNames has no member "nextToken"; did you mean NextToken?`},
	{"an unknown pin", "responses:\n  - {operation: GetProtectedJob, pin: {statsu: x}}\n", "did you mean status?"},
	{"no delay", "responses:\n  - operation: ListNames\n    delay: soon\n", "s.yaml:3: delay: "},
	{"an unknown fault", "responses:\n  - {operation: ListNames, fault: fire}\n", "s.yaml:2: unknown fault"},
	{"no number", "responses:\n  - {operation: ListNames, pin: {Names: [.inf]}}\n", "s.yaml:2: pin: Names: .inf is not a number of JSON"},
	{"no YAML", "responses: [", "s.yaml"},
	{"binary", "\x00\x01", "s.yaml"},
	{"two documents", "responses: [{operation: ListNames}]\n---\na: 1\n", "s.yaml:2: unexpected second YAML document"},
}

func TestScenarioFiles(t *testing.T) {
	catalog := schema.NewCatalog(contracts.MustLoad(contracts.Newest), listOperation())
	for _, row := range scenarios {
		t.Run(row.name, func(t *testing.T) {
			s, err := mock.ParseScenario("s.yaml", []byte(row.text))
			if err == nil {
				_, err = mock.New(catalog, s, 0)
			}
			if row.problem == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, row.problem)
			broken := (*finding.RowError)(nil)
			require.ErrorAs(t, err, &broken)
		})
	}
}

// TestScenarioSchema holds the published JSON Schema to the types, and to what the reader accepts.
func TestScenarioSchema(t *testing.T) {
	const path = "../../docs/scenario.schema.json"
	generated := yamlfile.Schema(reflect.TypeFor[mock.Scenario](), mock.SchemaURL, "A scenario of crcheck mock")
	if *update {
		require.NoError(t, os.WriteFile(path, generated, 0o644))
	}
	published, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(generated), string(published), "run go test ./internal/mock -update")

	c := v5.NewCompiler()
	require.NoError(t, c.AddResource(mock.SchemaURL, bytes.NewReader(published)))
	compiled, err := c.Compile(mock.SchemaURL)
	require.NoError(t, err)
	for _, name := range []string{"all keys", "a fault in short", "an unknown key", "no operation"} {
		t.Run(name, func(t *testing.T) {
			for _, row := range scenarios {
				if row.name != name {
					continue
				}
				var value any
				require.NoError(t, yaml.Unmarshal([]byte(row.text), &value))
				text, err := json.Marshal(value)
				require.NoError(t, err)
				var tree any
				require.NoError(t, json.Unmarshal(text, &tree))
				err = compiled.Validate(tree)
				require.Equal(t, row.problem == "", err == nil, "%v", err)
			}
		})
	}
}

// FuzzScenario checks that no text makes the reader or the server panic.
func FuzzScenario(f *testing.F) {
	for _, row := range scenarios {
		f.Add([]byte(row.text))
	}
	catalog := schema.NewCatalog(contracts.MustLoad(contracts.Newest), listOperation())
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := mock.ParseScenario("s.yaml", text); err == nil {
			_, _ = mock.New(catalog, s, 0)
		}
	})
}
