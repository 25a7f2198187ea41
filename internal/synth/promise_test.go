package synth_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func construct(t testing.TB, name string) *schema.Contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "contracts", name+".json"))
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	return c
}

func newSynth(t testing.TB, c *schema.Contract, encoding schema.Encoding) *synth.Synth {
	t.Helper()
	s, err := synth.New(c, encoding)
	require.NoError(t, err)
	return s
}

// met records the documents that were seen, by shape.
type met struct {
	c                     *schema.Contract
	encoding              schema.Encoding
	present, absent, null map[*schema.Member]bool
	values                map[*schema.Shape]map[string]bool
	sizes                 map[*schema.Shape]map[int]bool
}

func (m *met) see(ref schema.Ref, value any) {
	shape := m.c.Resolve(ref)
	size := func(n int) {
		if m.sizes[shape] == nil {
			m.sizes[shape] = map[int]bool{}
		}
		m.sizes[shape][n] = true
	}
	scalar := func(text string) {
		if m.values[shape] == nil {
			m.values[shape] = map[string]bool{}
		}
		m.values[shape][text] = true
	}
	switch v := value.(type) {
	case map[string]any:
		if shape.Type == schema.Map {
			size(len(v))
			for key, item := range v {
				m.see(*shape.Key, key)
				m.see(*shape.Value, item)
			}
			return
		}
		for i := range shape.Members {
			member := &shape.Members[i]
			item, ok := v[m.encoding.MemberName(member)]
			switch {
			case !ok:
				m.absent[member] = true
			case item == nil:
				m.null[member] = true
			default:
				m.present[member] = true
				m.see(member.Shape, item)
			}
		}
	case []any:
		size(len(v))
		for _, item := range v {
			if shape.Type == schema.List {
				m.see(*shape.Element, item)
			}
		}
	case string:
		scalar(v)
		if shape.Type == schema.String {
			size(utf8.RuneCountInString(v))
		}
	case json.Number:
		scalar(v.String())
	case bool:
		scalar(fmt.Sprint(v))
	case nil:
		scalar("null")
	}
}

// TestSystematic checks that the systematic documents have what the package comment promises, for
// every construct.
func TestSystematic(t *testing.T) {
	for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
		c := construct(t, "Everything")
		s := newSynth(t, c, encoding)
		m := &met{c, encoding, map[*schema.Member]bool{}, map[*schema.Member]bool{}, map[*schema.Member]bool{}, map[*schema.Shape]map[string]bool{}, map[*schema.Shape]map[int]bool{}}
		for document := range s.Documents(schema.OutputPart) {
			d := json.NewDecoder(bytes.NewReader(document))
			d.UseNumber()
			var value any
			require.NoError(t, d.Decode(&value))
			m.see(schema.Named("Out"), value)
		}
		impossible := []string{"impossible", "alsoImpossible", "none"}
		for _, name := range c.ShapeNames() {
			shape := c.Shapes[name]
			if slices.Contains([]string{"In", "Error", "Endless"}, name) {
				continue
			}
			for i := range shape.Members {
				member := &shape.Members[i]
				where := name + "/" + member.Name
				if slices.Contains(impossible, member.Name) && name == "Out" {
					require.False(t, m.present[member], where)
					continue
				}
				require.True(t, m.present[member], where)
				if member.Required.Or(false) {
					require.False(t, m.absent[member] || m.null[member], where)
				} else if len(shape.Members) > 1 {
					require.True(t, m.absent[member] && (m.null[member] || shape.Union.Or(false)), where)
				}
				for _, value := range c.Resolve(member.Shape).Enum.Or(nil) {
					excluded := slices.Contains([]string{"choiceOfLength A", "choiceOfPattern none"}, member.Name+" "+value)
					require.Equal(t, !excluded, m.values[c.Resolve(member.Shape)][value], "%s %s", where, value)
				}
			}
		}
		values := func(structure, member string) map[string]bool {
			found, _ := c.Shapes[structure].Member(member)
			return m.values[c.Resolve(found.Shape)]
		}
		sizes := func(structure, member string) map[int]bool {
			found, _ := c.Shapes[structure].Member(member)
			return m.sizes[c.Resolve(found.Shape)]
		}
		for member, want := range map[string][]string{
			"byte": {"-128", "127"}, "int": {"-2147483648", "2147483647"}, "wide": {"-9007199254740992", "9007199254740992"},
			"ranged": {"4", "128"}, "from": {"-5"}, "fractions": {"2", "3"}, "ratio": {"0", "1", "NaN", "-Infinity"}, "tiny": {"0.125", "0.25"},
			"bool": {"true", "false"}, "whenText": {"2023-11-14T22:13:20Z"},
		} {
			for _, value := range want {
				require.True(t, values("Scalars", member)[value], "%s %s: %v", member, value, values("Scalars", member))
			}
		}
		for _, v := range []struct {
			structure, member string
			sizes             []int
		}{
			{"Scalars", "short", []int{3, 5}}, {"Scalars", "long", []int{1, 2000}}, {"Scalars", "bucket", []int{3, 63}}, {"Scalars", "wrapped", []int{40, 60}}, {"Scalars", "searched", []int{10, 20}},
			{"Lists", "any", []int{0, 1}}, {"Lists", "bounded", []int{1, 4}}, {"Lists", "none", []int{0}},
			{"Maps", "any", []int{0, 1}}, {"Maps", "keyed", []int{1, 3}}, {"Maps", "chosen", []int{0, 1, 2}}, {"Maps", "two", []int{2}},
		} {
			for _, size := range v.sizes {
				require.True(t, sizes(v.structure, v.member)[size], "%s %d: %v", v.member, size, sizes(v.structure, v.member))
			}
		}
		for _, v := range [][2]string{{"Lists", "sparse"}, {"Maps", "sparse"}} {
			found, _ := c.Shapes[v[0]].Member(v[1])
			entries := c.Resolve(found.Shape)
			if v[0] == "Lists" {
				require.True(t, m.values[c.Resolve(*entries.Element)]["null"])
			} else {
				require.True(t, m.values[c.Resolve(*entries.Value)]["null"])
			}
		}
	}
}

// TestFull checks that the full document has every member of every structure that is not inside of
// itself.
func TestFull(t *testing.T) {
	c := construct(t, "Everything")
	document, err := newSynth(t, c, schema.HTTP).Full(schema.OutputPart)
	require.NoError(t, err)
	var out map[string]map[string]any
	require.NoError(t, json.Unmarshal(document, &out))
	require.Len(t, out, len(c.Shapes["Out"].Members)-3)
	for member, shape := range map[string]string{"scalars": "Scalars", "needed": "Needed", "lists": "Lists", "maps": "Maps"} {
		require.Len(t, out[member], len(c.Shapes[shape].Members), member)
	}
	smallest := map[string]any{"name": "cwxhyvco"}
	require.Equal(t, smallest, out["recursion"]["parent"], "recursion is cut")
	require.Equal(t, []any{smallest}, out["recursion"]["children"])
}

func TestDeterministic(t *testing.T) {
	c := construct(t, "Everything")
	for _, part := range c.Parts() {
		a, b := newSynth(t, c, schema.HTTP), newSynth(t, c.Clone(), schema.HTTP)
		require.Equal(t, slices.Collect(a.Documents(part)), slices.Collect(b.Documents(part)))
		require.Equal(t, slices.Collect(a.InvalidVariants(part)), slices.Collect(b.InvalidVariants(part)))
		require.Equal(t, a.Impossible(part), b.Impossible(part))
		for seed := range uint64(20) {
			one, err := a.Random(part, seed)
			require.NoError(t, err)
			two, err := b.Random(part, seed)
			require.NoError(t, err)
			require.Equal(t, string(one), string(two))
		}
	}
	a := newSynth(t, c, schema.HTTP)
	require.Equal(t, slices.Collect(a.Requests()), slices.Collect(a.Requests()))
	different := map[string]bool{}
	for seed := range uint64(50) {
		document, err := a.Random(schema.OutputPart, seed)
		require.NoError(t, err)
		different[string(document)] = true
	}
	require.Greater(t, len(different), 45)
}

// TestEachOnce checks that no systematic document is repeated, and that iteration can stop early.
func TestEachOnce(t *testing.T) {
	s := newSynth(t, construct(t, "Everything"), schema.HTTP)
	seen := map[string]bool{}
	for document := range s.Documents(schema.OutputPart) {
		require.False(t, seen[string(document)], "%s", document)
		seen[string(document)] = true
	}
	for stop := range 40 {
		n := 0
		for range s.Documents(schema.OutputPart) {
			if n++; n > stop {
				break
			}
		}
		for range s.InvalidVariants(schema.OutputPart) {
			if n++; n > 2*stop+1 {
				break
			}
		}
	}
}

// TestGolden compares documents, invalid variants and exchanges of the built-in contract with a
// file.
func TestGolden(t *testing.T) {
	s := newSynth(t, contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67"), schema.HTTP)
	var b bytes.Buffer
	for _, part := range s.Contract().Parts() {
		fmt.Fprintf(&b, "== %s ==\n", part)
		for document := range s.Documents(part) {
			fmt.Fprintf(&b, "%s\n", document)
		}
		fmt.Fprintf(&b, "-- invalid variants --\n")
		for m := range s.InvalidVariants(part) {
			fmt.Fprintf(&b, "%s at %s %s, %s\n    %s\n", m.Rule, m.Place, m.Pointer, m.How, m.Document)
		}
		for _, i := range s.Impossible(part) {
			fmt.Fprintf(&b, "impossible: %s at %s, %s: %s\n", i.Rule, i.Place, i.How, i.Reason)
		}
	}
	for r := range s.Requests() {
		fmt.Fprintf(&b, "%s %s %v %s\n", r.Method, r.Target(), r.Header, r.Body)
	}
	path := filepath.Join("testdata", "golden", "get_protected_job-1.43.67.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

// TestEveryRule checks that each rule of the schema layer has invalid variants.
func TestEveryRule(t *testing.T) {
	s := newSynth(t, construct(t, "Everything"), schema.HTTP)
	missed := map[finding.RuleID]bool{}
	for m := range s.InvalidVariants(schema.OutputPart) {
		missed[m.Rule] = true
	}
	for _, rule := range finding.Rules() {
		if rule.ID == finding.OracleDisagreement || rule.ID != rule.ID.General() {
			continue // a fault of crcheck, or a special case
		}
		require.Equal(t, rule.Layer == finding.LayerSchema, missed[rule.ID], rule.ID)
	}
}

// TestSize checks that structures that share shapes give documents by their number, not by the
// number of paths.
func TestSize(t *testing.T) {
	build := func(required bool) *schema.Contract {
		c := &schema.Contract{Format: schema.Format, Service: "test", Operation: "Deep", Output: "S0", Shapes: map[string]*schema.Shape{}}
		const levels = 60
		for i := range levels {
			s := &schema.Shape{Type: schema.Structure}
			for _, name := range []string{"a", "b"} {
				below := schema.Named(fmt.Sprintf("S%d", i+1))
				if i == levels-1 {
					below = schema.Inline(schema.Shape{Type: schema.Boolean})
				}
				s.Members = append(s.Members, schema.Member{Name: name, Shape: below, Required: schema.Is(required)})
			}
			c.Shapes[fmt.Sprintf("S%d", i)] = s
		}
		return c
	}
	s := newSynth(t, build(false), schema.HTTP)
	documents, bytes := 0, 0
	for document := range s.Documents(schema.OutputPart) {
		documents++
		bytes += len(document)
	}
	require.Less(t, documents, 300)
	require.Less(t, bytes, 300_000)
	s = newSynth(t, build(true), schema.HTTP)
	_, err := s.Minimal(schema.OutputPart)
	var problem *synth.Problem
	require.ErrorAs(t, err, &problem)
	require.Empty(t, slices.Collect(s.Documents(schema.OutputPart)))
}

func TestProblems(t *testing.T) {
	s := newSynth(t, construct(t, "Everything"), schema.HTTP)
	var places []string
	for _, p := range s.Problems(schema.OutputPart) {
		places = append(places, p.Place.String())
	}
	require.Equal(t, []string{"output#/impossible", "output#/alsoImpossible", "output#/alsoImpossible/self", "output#/none"}, places)
	require.Nil(t, s.Problems("error:Unheard"))
	_, err := s.Minimal("error:Unheard")
	var problem *synth.Problem
	require.ErrorAs(t, err, &problem)
	require.Equal(t, schema.Place{Part: "error:Unheard"}, problem.Place)
}
