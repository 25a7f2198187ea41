package responses_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "run go test ./internal/responses -update")
}

func listOf(t testing.TB, c *schema.Contract, pins map[string]any) *responses.List {
	t.Helper()
	l, err := responses.Of(c, responses.Options{Pins: pins})
	require.NoError(t, err)
	return l
}

// lines describes the responses of a list, a line each.
func lines(l *responses.List) string {
	var b strings.Builder
	for _, r := range l.All() {
		fmt.Fprintf(&b, "%s: %s", r.ID, r.Kind)
		if r.Pointer != "" {
			fmt.Fprintf(&b, " at %s", r.Pointer)
		}
		if r.Value != nil {
			fmt.Fprintf(&b, ", %s", r.Value)
		}
		if r.Sequence != nil {
			fmt.Fprintf(&b, ", [%s]", strings.Join(r.Sequence, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestGetProtectedJob(t *testing.T) {
	l := listOf(t, contracts.MustLoad(contracts.Newest), nil)
	golden(t, "GetProtectedJob.txt", lines(l))

	made, err := l.Make(l.Full(), synth.Request{}, false)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, json.Indent(&b, made.Body, "", "  "))
	golden(t, "GetProtectedJob.json", b.String()+"\n")
}

func TestPins(t *testing.T) {
	ids := func(l *responses.List) map[string]bool {
		all := map[string]bool{}
		for _, r := range l.All() {
			all[r.ID] = true
		}
		return all
	}
	for _, row := range []struct {
		name     string
		pins     map[string]any
		body     string   // part of every successful response
		has, not []string // IDs
	}{
		{"a value", map[string]any{"status": "FAILED"}, `"status":"FAILED"`,
			[]string{"full", "minimal", "statistics absent", "error=ThrottlingException"},
			[]string{"status=SUCCESS", "status=FAILED", "status=<unknown value>", "status=SUBMITTED then STARTED then SUCCESS"}},
		{"an optional value, also in the minimal response", map[string]any{"statistics.totalDurationInMillis": 7}, `"totalDurationInMillis":7`,
			[]string{"minimal", "result absent"},
			[]string{"statistics absent", "statistics null", "statistics.totalDurationInMillis absent", "statistics.totalDurationInMillis=0"}},
		{"a member of a union", map[string]any{"result.output": "memberList"}, `"memberList":[`,
			[]string{"result.output.memberList=<empty>", "statistics absent"},
			[]string{"result.output=s3", "result.output=memberList", "result.output=<unknown member>", "result.output.s3 with unknown member", "result absent"}},
		{"a place below a member of a union", map[string]any{"result.output.s3.location": "s3://b/k"}, `"location":"s3://b/k"`,
			[]string{"result.output.s3 with unknown member"},
			[]string{"result.output=memberList", "result.output.memberList=<empty>"}},
		{"by pointer", map[string]any{"/protectedJob/status": "STARTED"}, `"status":"STARTED"`, []string{"full"}, []string{"status=FAILED"}},
		{"a value that the contract does not have", map[string]any{"status": "NEW"}, `"status":"NEW"`, []string{"full"}, nil},
		{"null", map[string]any{"statistics": nil}, `"statistics":null`, []string{"full"}, []string{"statistics absent", "statistics.totalDurationInMillis=0"}},
		{"the whole output", map[string]any{"protectedJob": map[string]any{"id": "1"}}, `{"protectedJob":{"id":"1"}`, []string{"full", "minimal", "error=<unknown error>"}, []string{"status=FAILED"}},
		{"two", map[string]any{"status": "FAILED", "result.output": "s3"}, `"status":"FAILED"`, []string{"full"}, []string{"result.output=memberList"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := listOf(t, contracts.MustLoad(contracts.Newest), row.pins)
			all := ids(l)
			for _, id := range row.has {
				require.True(t, all[id], id)
			}
			for _, id := range row.not {
				require.False(t, all[id], id)
			}
			for _, r := range l.All() {
				if r.Kind == responses.Error || r.Kind == responses.Sequence {
					continue
				}
				made, err := l.Make(r, synth.Request{}, false)
				require.NoError(t, err)
				require.Contains(t, string(made.Body), row.body, r.ID)
			}
		})
	}
}

func TestPinErrors(t *testing.T) {
	for _, row := range []struct {
		name string
		pins map[string]any
		want string
	}{
		{"a misspelt name", map[string]any{"statsu": "FAILED"}, `has no member "statsu" to pin; did you mean status?`},
		{"no such member of a union", map[string]any{"result.output": "s4"}, `result.output is a union without a member "s4"`},
		{"one below another", map[string]any{"statistics": nil, "statistics.totalDurationInMillis": 1}, "has no effect"},
		{"two members of a union", map[string]any{"result.output.s3": nil, "result.output.memberList": nil}, "has no effect"},
		{"a place twice", map[string]any{"status": "FAILED", "/protectedJob/status": "FAILED"}, "has no effect"},
		{"no JSON value", map[string]any{"status": func() {}}, "the pin of status is not a JSON value"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := responses.Of(contracts.MustLoad(contracts.Newest), responses.Options{Pins: row.pins})
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestFind(t *testing.T) {
	l := listOf(t, contracts.MustLoad(contracts.Newest), nil)
	r, err := l.Find("status=FAILED")
	require.NoError(t, err)
	require.Equal(t, responses.Response{ID: "status=FAILED", Kind: responses.Value, Pointer: "/protectedJob/status", Value: json.RawMessage(`"FAILED"`)},
		responses.Response{ID: r.ID, Kind: r.Kind, Pointer: r.Pointer, Value: r.Value})

	_, err = l.Find("status=FAILD")
	unknown := (*responses.UnknownError)(nil)
	require.True(t, errors.As(err, &unknown))
	require.Equal(t, "status=FAILED", unknown.Nearest)
	require.Len(t, unknown.Known, len(l.All()))
}

// TestSteps checks that each step of a sequence is a response of the list, and no sequence.
func TestSteps(t *testing.T) {
	l := listOf(t, contracts.MustLoad(contracts.Newest), nil)
	for _, r := range l.All() {
		for i, step := range l.Steps(r) {
			require.Empty(t, step.Sequence, r.ID)
			if r.Kind == responses.Sequence {
				require.Equal(t, r.Sequence[i], step.ID)
			} else {
				require.Equal(t, r.ID, step.ID)
			}
		}
	}
}

// TestInvalid checks that the error for an invalid request is the service's own.
func TestInvalid(t *testing.T) {
	with := contracts.MustLoad(contracts.Newest)
	without := *with
	without.Errors = nil
	rpc := without
	rpc.Protocol = schema.Is("awsJson1_0")
	for _, row := range []struct {
		name     string
		contract *schema.Contract
		body     string
	}{
		{"modelled", with, `"message":"a \"problem\""`},
		{"not modelled", &without, `{"message":"a \"problem\""}`},
		{"awsJson", &rpc, `{"__type":"ValidationException","message":"a \"problem\""}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, made, err := listOf(t, row.contract, nil).Invalid(`a "problem"`)
			require.NoError(t, err)
			require.Equal(t, "error=ValidationException", r.ID)
			require.Equal(t, 400, made.Status)
			require.Contains(t, string(made.Body), row.body)
		})
	}
}

// TestLinear checks that the cost of a list grows with the number of places, not with its square.
func TestLinear(t *testing.T) {
	cost := func(members int) float64 {
		out := &schema.Shape{Type: schema.Structure}
		for i := range members {
			out.Members = append(out.Members, schema.Member{Name: fmt.Sprintf("m%d", i), Shape: schema.Inline(schema.Shape{Type: schema.Boolean})})
		}
		c := &schema.Contract{Format: 1, Service: "s", Operation: "O", Output: "Out", Protocol: schema.Is("awsJson1_0"), Method: schema.Is("POST"), URI: schema.Is("/"), Shapes: map[string]*schema.Shape{"Out": out}}
		return testing.AllocsPerRun(1, func() { listOf(t, c, nil) })
	}
	require.Less(t, cost(800), 3*cost(400))
}

// TestEchoes checks that a response repeats an identifier of the request that it has by the same name.
func TestEchoes(t *testing.T) {
	text := func(name string, required bool) schema.Member {
		return schema.Member{Name: name, Required: schema.Is(required), Shape: schema.Inline(schema.Shape{Type: schema.String})}
	}
	c := &schema.Contract{Format: 1, Service: "s", Operation: "O", Input: "In", Output: "Out", Protocol: schema.Is("awsJson1_0"), Method: schema.Is("POST"), URI: schema.Is("/"), Shapes: map[string]*schema.Shape{
		"In":    {Type: schema.Structure, Members: []schema.Member{text("TableName", true), text("Note", false)}},
		"Out":   {Type: schema.Structure, Members: []schema.Member{{Name: "Table", Shape: schema.Named("Table")}}},
		"Table": {Type: schema.Structure, Members: []schema.Member{text("TableName", false), text("Note", false)}},
	}}
	l := listOf(t, c, nil)
	made, err := l.Make(l.Full(), l.Received(&binding.Message{}, []byte(`{"TableName":"orders","Note":"mine"}`)), false)
	require.NoError(t, err)
	require.JSONEq(t, `{"Table":{"TableName":"orders","Note":"example-note"}}`, string(made.Body))
	require.Empty(t, c.Echoes)
}

// TestStreams checks which responses vary the events of a stream: the full one has all events, and only
// an exception ends it.
func TestStreams(t *testing.T) {
	text, err := os.ReadFile("../synth/testdata/contracts/Events.json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	ids := lines(listOf(t, c, nil))
	for _, id := range []string{"stream=gone: union", "stream.headers.mood=BAD: value", "stream=<unknown member>: unknown-member", "stream.plain.list absent: absent"} {
		require.Contains(t, ids, id)
	}
	for _, id := range []string{"stream=plain", "stream absent", "stream null", "output with unknown member", "stream.object with unknown member", "stream.bytes with unknown member"} {
		require.NotContains(t, ids, id)
	}
}
