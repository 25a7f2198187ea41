package responses_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// oracle validates the responses of an operation with crcheck and with the exported schema.
type oracle struct {
	contract  *schema.Contract
	validator *validate.Validator
	exported  map[schema.Part]*v5.Schema
}

func oracleOf(t *testing.T, c *schema.Contract) *oracle {
	v, err := validate.Compile(c, validate.Options{Encoding: schema.HTTP})
	require.NoError(t, err)
	return &oracle{c, v, map[schema.Part]*v5.Schema{}}
}

// schema compiles the exported schema as a user would, or nil if the body is not JSON. If a pattern is
// beyond package regexp, it uses the form with this project's keywords instead.
func (o *oracle) schema(t *testing.T, part schema.Part) *v5.Schema {
	if s, ok := o.exported[part]; ok {
		return s
	}
	o.exported[part] = nil
	if _, raw := o.contract.RawBody(part); raw {
		return nil
	}
	s, err := jsonschema.Generate(o.contract, part, schema.HTTP)
	if noBody := (*jsonschema.PartError)(nil); err != nil {
		require.ErrorAs(t, err, &noBody)
		return nil
	}
	text, err := s.Encode()
	require.NoError(t, err)
	compiled, err := v5.CompileString(s.ID, string(text))
	if err != nil {
		extended, err := jsonschema.GenerateExtended(o.contract, part, schema.HTTP)
		require.NoError(t, err)
		compiled, err = validate.CompileSchema(extended)
		require.NoError(t, err)
	}
	o.exported[part] = compiled
	return compiled
}

// check validates a response as its kind demands.
func (o *oracle) check(t *testing.T, r responses.Response, made synth.Response) string {
	var rules []finding.RuleID
	schemaLayer := false
	x := &traffic.Interaction{Live: true, Response: traffic.Response{Status: made.Status, Header: made.Header, Body: traffic.BodyOf(made.Body)}}
	found := o.validator.Exchange(x, nil)
	for _, f := range found {
		if f.Severity > finding.Info || r.Kind == responses.Deviation {
			rules = append(rules, f.Rule)
		}
		rule, _ := f.Rule.Lookup()
		schemaLayer = schemaLayer || rule.Layer == finding.LayerSchema && f.Rule != finding.MemberUnknown && f.Beside.In == ""
	}
	var want string
	switch {
	case r.Kind == responses.UnknownValue:
		want = fmt.Sprint([]finding.RuleID{finding.EnumUnknownValue})
	case r.Kind == responses.UnknownMember && strings.HasSuffix(r.ID, "=<unknown member>"):
		want = fmt.Sprint([]finding.RuleID{finding.UnionUnknownMember})
	case r.ID == "error=<unknown error>":
		want = fmt.Sprint([]finding.RuleID{finding.ErrorUnmodeled})
	case r.Kind == responses.Deviation:
		if len(rules) == 0 {
			return "a deviation that is accepted"
		}
		want = fmt.Sprint(rules)
	case strings.HasSuffix(r.ID, " without message") && len(rules) > 0:
		want = fmt.Sprint([]finding.RuleID{finding.MemberMissing}) // a contract that requires it
	case r.Kind == responses.UnknownMember:
		want = fmt.Sprint([]finding.RuleID{finding.MemberUnknown})
	default:
		want = "[]"
	}
	if got := fmt.Sprint(rules); got != want {
		return fmt.Sprintf("got %s, want %s: %v", got, want, found)
	}
	part := schema.OutputPart
	if r.Kind == responses.Error {
		part = schema.ErrorPart(r.Error)
		if _, ok := o.contract.Error(r.Error); !ok {
			return ""
		}
	}
	s := o.schema(t, part)
	if s == nil || len(made.Body) == 0 {
		return ""
	}
	tree, err := validate.Tree(made.Body)
	if err == nil {
		err = s.Validate(tree)
	}
	if (err != nil) != schemaLayer {
		return fmt.Sprintf("the exported schema disagrees: %v, but %v", err, found)
	}
	return ""
}

// checkAll checks every response of an operation, and returns how many there are.
func checkAll(t *testing.T, c *schema.Contract) int {
	l := listOf(t, c, nil)
	o := oracleOf(t, c)
	again := listOf(t, c, nil).All()
	seen := map[string]bool{}
	for i, r := range l.All() {
		require.False(t, seen[r.ID], "%s: %s is listed twice", c, r.ID)
		seen[r.ID] = true
		require.Equal(t, again[i].ID, r.ID, "%s is not stable", c)
		if r.Kind == responses.Sequence {
			continue
		}
		made, err := l.Make(r, synth.Request{}, false)
		require.NoError(t, err, "%s: %s", c, r.ID)
		if problem := o.check(t, r, made); problem != "" {
			t.Errorf("%s: %s: %s: %.600s", c, r.ID, problem, made.Body)
		}
	}
	return len(seen)
}

// TestAccepted checks the responses of all operations of five services, if their models are there,
// and of made-up ones.
func TestAccepted(t *testing.T) {
	t.Run("built-in", func(t *testing.T) { checkAll(t, contracts.MustLoad(contracts.Newest)) })
	for _, path := range constructs(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			c, err := schema.Parse(text)
			require.NoError(t, err)
			checkAll(t, c)
		})
	}
	t.Run("made-up", func(t *testing.T) {
		c := madeUp()
		checkAll(t, c)
		ids := lines(listOf(t, c, nil))
		for _, id := range []string{"Kind=A: value, \"A\"", "Kind=<unknown value>", "Kind absent: absent\n", "items[].state=A: value at /items/0/state"} {
			require.Contains(t, ids, id)
		}
		require.NotContains(t, ids, "Kind null")
		l := listOf(t, c, nil)
		absent, err := l.Find("Kind absent")
		require.NoError(t, err)
		made, err := l.Make(absent, synth.Request{}, false)
		require.NoError(t, err)
		require.NotContains(t, made.Header, "X-Kind")
	})
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("garden-%d", seed), func(t *testing.T) {
			if _, err := responses.Of(garden.Random(seed), responses.Options{}); err != nil {
				t.Skip(err) // a shape without a document
			}
			checkAll(t, garden.Random(seed))
		})
	}
	for _, model := range []string{"bedrock-runtime", "cleanrooms", "dynamodb", "kinesis", "lexv2-runtime"} {
		t.Run(model, func(t *testing.T) {
			if testing.Short() {
				t.Skip("skipped with -short: all operations of a service")
			}
			text, err := os.ReadFile("../../../shared/data/models/" + model + "-1.43.67.service-2.json")
			if err != nil {
				t.Skip(err)
			}
			result, err := source.Read(text, "1.43.67")
			require.NoError(t, err)
			operations, count := 0, 0
			for _, c := range result.Contracts {
				if c.Protocol.Or("restJson1") != "" {
					operations++
					count += checkAll(t, c)
				}
			}
			t.Logf("%d responses of %d operations", count, operations)
		})
	}
}

// TestContradiction checks that an operation has responses although no text has both the length and the
// pattern of a required member.
func TestContradiction(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	id, ok := c.Shapes["ProtectedJob"].Member("id")
	require.True(t, ok)
	c.Resolve(id.Shape).Pattern = schema.Is("^[0-9a-f]{8}$")
	l, err := responses.Of(c, responses.Options{})
	require.NoError(t, err)
	full, err := l.Find("full")
	require.NoError(t, err)
	made, err := l.Make(full, synth.Request{}, false)
	require.NoError(t, err)
	require.Regexp(t, `"id":"[^"]{36}"`, string(made.Body))
}

func constructs(t *testing.T) []string {
	all, err := filepath.Glob("../synth/testdata/contracts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// madeUp is an operation with a member in a header, an integer whose name says fraction, and a list of
// two entries at least.
func madeUp() *schema.Contract {
	kind := schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"A", "B"})})
	item := schema.Named("Item")
	return &schema.Contract{Format: 1, Service: "s", Operation: "O", Output: "Out", Protocol: schema.Is("restJson1"), Method: schema.Is("GET"), URI: schema.Is("/"), Shapes: map[string]*schema.Shape{
		"Out": {Type: schema.Structure, Members: []schema.Member{
			{Name: "Kind", Shape: kind, Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Kind")},
			{Name: "minimumUnits", Shape: schema.Inline(schema.Shape{Type: schema.Integer, Bits: schema.Is(32)})},
			{Name: "items", Shape: schema.Inline(schema.Shape{Type: schema.List, Element: &item, Length: schema.Is(schema.Bounds{Min: "2"})})},
		}},
		"Item": {Type: schema.Structure, Members: []schema.Member{{Name: "state", Shape: kind}}},
	}}
}
