package drift_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// TestEveryField checks that each field of a contract has a row in the table, and that each row is
// of a field.
func TestEveryField(t *testing.T) {
	fields := map[string]bool{}
	for _, of := range []reflect.Type{reflect.TypeFor[schema.Contract](), reflect.TypeFor[schema.Error](), reflect.TypeFor[schema.Member](), reflect.TypeFor[schema.Shape]()} {
		for i := range of.NumField() {
			fields[of.Name()+"."+of.Field(i).Name] = true
		}
	}
	rows := map[string]bool{}
	used := map[finding.RuleID]bool{}
	for _, f := range drift.Facets() {
		require.True(t, fields[f.Field], "%s is not a field of a contract", f.Field)
		require.False(t, rows[f.Field], "%s is there twice", f.Field)
		rows[f.Field] = true
		require.NotEmpty(t, f.Edits, f.Field)
		for _, e := range f.Edits {
			require.NotEmpty(t, e.What)
			require.NotEqual(t, e.Rule == "", e.Reason == "", "%s, %s: a rule or a reason, not both", f.Field, e.What)
			used[e.Rule] = true
			if e.Rule != "" {
				rule, ok := e.Rule.Lookup()
				require.True(t, ok, e.Rule)
				require.Equal(t, finding.LayerDrift, rule.Layer)
			}
		}
	}
	for field := range fields {
		require.True(t, rows[field], "%s can change: give it a row with a rule or a reason", field)
	}
	for _, r := range finding.Rules() {
		require.Equal(t, r.Layer == finding.LayerDrift, used[r.ID], r.ID)
	}
}

// TestEveryFacet checks that the table names the facets as [schema.Diff] does.
func TestEveryFacet(t *testing.T) {
	named := map[string]bool{}
	for _, f := range drift.Facets() {
		if f.Name != "" {
			named[f.Name] = true
		}
	}
	for seed := range uint64(200) {
		c, d := randomContract(seed), randomContract(seed+1)
		for _, difference := range schema.Diff(c, d) {
			require.True(t, named[difference.Facet] || named["error."+difference.Facet], difference.Facet)
		}
	}
}

// names returns the edits of the table in a fixed order, with their rules.
func names(t *testing.T) (all []string, rules map[string]finding.RuleID) {
	rules = map[string]finding.RuleID{}
	for _, f := range drift.Facets() {
		for _, e := range f.Edits {
			name := f.Field + "/" + e.What
			apply, ok := edits[name]
			require.True(t, ok, "no edit makes %q", name)
			rules[name] = e.Rule
			if apply != nil {
				all = append(all, name)
			}
		}
	}
	require.Equal(t, len(rules), len(edits))
	return all, rules
}

// TestEdits applies random edits to random contracts. Each edit must be found and classified, and
// nothing else. Each change above an info must be proved, and no document may contradict the rest.
// CRCHECK_EDITS sets how many edits there are.
func TestEdits(t *testing.T) {
	n := 1000
	if text := os.Getenv("CRCHECK_EDITS"); text != "" {
		n, _ = strconv.Atoi(text)
	} else if testing.Short() {
		n = 100
	}
	all, rules := names(t)
	found, seen := map[string]int{}, map[finding.Severity]int{}
	for i := range n {
		name := all[i%len(all)]
		old := randomContract(uint64(i))
		new := old.Clone()
		if !edits[name](rand.New(rand.NewPCG(uint64(i), 11)), new) || new.Check() != nil {
			continue
		}
		want := rules[name]
		if undone[name] && i/len(all)%2 == 1 {
			old, new = new, old
			want = opposite[want]
		}
		found[name]++
		result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
		require.NoError(t, err)
		if want == "" {
			require.Empty(t, result.Changes, "%s, %d", name, i)
			continue
		}
		require.NotEmpty(t, result.Changes, "%s, %d", name, i)
		requireCassettes(t, result.Changes, old, new)
		for j := range result.Changes {
			c := &result.Changes[j]
			require.Equal(t, want, c.Rule, "%s, %d", name, i)
			require.Empty(t, c.Contested)
			seen[c.Severity]++
			if c.Witness == nil {
				require.Equal(t, finding.Info, c.Severity, "%s, %d: an unproved change is above an info", name, i)
			} else {
				requireProof(t, c, old, new)
			}
			requireNoCounterexample(t, c, old, new, name, i)
		}
	}
	for _, name := range all {
		if n >= 1000 {
			require.Positive(t, found[name], "%s was never made", name)
		}
	}
	t.Logf("edits: %d, changes: %v", n, seen)
}

var opposite = map[finding.RuleID]finding.RuleID{finding.DriftSparseAdded: finding.DriftSparseRemoved, finding.DriftEnumOpened: finding.DriftEnumClosed}

// sides returns the contracts that allow and refuse the documents of a change.
func sides(c *drift.Change, old, new *schema.Contract) (allowing, refusing *schema.Contract) {
	if c.Part == schema.InputPart {
		return old, new
	}
	return new, old
}

// requireProof confirms a breaking payload again with the walker and the oracle, the latter through
// the schema in standard keywords.
func requireProof(t *testing.T, c *drift.Change, old, new *schema.Contract) {
	t.Helper()
	w := c.Witness
	if w.Request != "" || w.Response != "" {
		return // TestRoutes, TestProvenByExchanges
	}
	allowing, refusing := sides(c, old, new)
	options := validate.Options{Encoding: w.Encoding}
	require.True(t, validate.MustCompile(allowing, options).Accepts(c.Part, w.Document), "%s: %s", c.Rule, w.Document)
	findings, err := validate.MustCompile(refusing, options).Part(c.Part, w.Document)
	require.NoError(t, err)
	i := slices.IndexFunc(findings, func(f finding.Finding) bool { return f.General() == w.Rule && withheld(f.Pointer, w.Pointer) })
	require.GreaterOrEqual(t, i, 0, "%s: %s", c.Rule, w.Document)
	require.GreaterOrEqual(t, c.Severity, severityOf(w.Rule)) // TestSeverity
	tree, err := validate.Tree(w.Document)
	require.NoError(t, err)
	for _, side := range []*schema.Contract{allowing, refusing} {
		s, err := jsonschema.Generate(side, c.Part, w.Encoding)
		require.NoError(t, err)
		compiled, err := validate.CompileSchema(s)
		require.NoError(t, err)
		err = compiled.Validate(tree)
		if side == allowing {
			require.NoError(t, err, "%s: %s", c.Rule, w.Document)
		} else if w.Rule != finding.MemberUnknown && !strings.HasPrefix(string(w.Rule), "number.") {
			require.Error(t, err, "%s: %s", c.Rule, w.Document)
		}
	}
}

// requireCassettes checks that a breaking payload has a cassette unless no document can be made for
// the exchange around it, or the refusing side accepts it over HTTP. [drift.Cassettes] validates
// the result against the allowing side.
func requireCassettes(t *testing.T, changes []drift.Change, old, new *schema.Contract) {
	t.Helper()
	_, errs := drift.Cassettes(changes, []*schema.Contract{old}, []*schema.Contract{new})
	for _, err := range errs {
		var problem *synth.Problem
		var unwritten *drift.CassetteError
		var exchange *drift.ExchangeError
		require.ErrorAs(t, err, &unwritten)
		if !errors.As(err, &problem) {
			require.ErrorAs(t, err, &exchange)
			require.Equal(t, unwritten.Change.Witness.Refused, exchange.Side, err)
			require.Equal(t, schema.SDK, unwritten.Change.Witness.Encoding, err)
		}
	}
}

// withheld reports whether two pointers are equal apart from the keys of sensitive maps.
func withheld(got, want string) bool {
	a, b := strings.Split(got, "/"), strings.Split(want, "/")
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || x == "*" })
}

func severityOf(rule finding.RuleID) finding.Severity {
	switch finding.Error {
	case rule.Severity(finding.Lenient):
		return finding.Error
	case rule.Severity(finding.Default):
		return finding.Warning
	}
	return finding.Info
}

// requireNoCounterexample checks that, for a single edit, none of 200 documents has a finding above
// the derived severity.
func requireNoCounterexample(t *testing.T, c *drift.Change, old, new *schema.Contract, name string, i int) {
	t.Helper()
	if c.Severity > finding.Info || c.Part == schema.ContractPlace.Part {
		return
	}
	allowing, refusing := sides(c, old, new)
	for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
		_, _, both := encoding.Document(refusing, c.Part)
		if _, _, ok := encoding.Document(allowing, c.Part); !ok || !both {
			continue // a body that is not JSON has no breaking payload: see the package comment
		}
		s, err := synth.New(allowing, encoding)
		require.NoError(t, err)
		allows, refuses := validate.MustCompile(allowing, validate.Options{Encoding: encoding}), validate.MustCompile(refusing, validate.Options{Encoding: encoding})
		for seed := range uint64(200) {
			document, err := s.Random(c.Part, 1_000_000+seed)
			if err != nil || !allows.Accepts(c.Part, document) || refuses.Accepts(c.Part, document) {
				continue
			}
			findings, _ := refuses.Part(c.Part, document)
			for _, f := range findings {
				require.LessOrEqual(t, severityOf(f.Rule), c.Severity, "%s, %d: %s at %s in %s", name, i, f.Rule, f.Pointer, document)
				require.NotNil(t, c.Witness, "%s, %d: %s at %s in %s", name, i, f.Rule, f.Pointer, document)
			}
		}
	}
}

// FuzzDrift compares arbitrary contracts: no panic, every error is proved, and a contract does not
// differ from itself.
func FuzzDrift(f *testing.F) {
	small := encode(f, bed())
	f.Add(small, encode(f, rpc("Garden.GetBed")))
	f.Add(small, small)
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a)+len(b) > 16<<10 {
			return
		}
		old, err := schema.Parse(a)
		if err != nil {
			return
		}
		new, err := schema.Parse(b)
		if err != nil {
			return
		}
		itself, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{old})
		require.NoError(t, err)
		require.Empty(t, itself.Changes)
		new.Service, new.Operation = old.Service, old.Operation
		result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
		require.NoError(t, err)
		for _, c := range result.Changes {
			require.True(t, c.Severity == finding.Info || c.Witness != nil, "%s at %s", c.Rule, c.Place())
		}
		_, _ = drift.Cassettes(result.Changes, []*schema.Contract{old}, []*schema.Contract{new})
		_, err = drift.CompareSources([]drift.Source{{Name: "a", Contracts: []*schema.Contract{old}}, {Name: "b", Contracts: []*schema.Contract{new}}})
		require.NoError(t, err)
	})
}

func encode(t testing.TB, c *schema.Contract) []byte {
	t.Helper()
	text, err := c.Encode()
	require.NoError(t, err)
	return text
}
