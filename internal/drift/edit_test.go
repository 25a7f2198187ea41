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

// TestEveryField: each field that a contract is made of has a row in the table,
// and each row is of a field. A new facet without a row fails here.
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
		require.True(t, fields[f.Field], "%s is no field of a contract", f.Field)
		require.False(t, rows[f.Field], "%s stands twice", f.Field)
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

// TestEveryFacet: the table names the facets as [schema.Diff] does.
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

// names returns the edits of the table in a fixed order, with what they must lead to.
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

// TestEdits applies edits by chance to contracts made by chance: each is found
// and classed, and nothing else is; what weighs more than an info is proven, and
// against the rest no document speaks. CRCHECK_EDITS sets how many.
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
				require.Equal(t, finding.Info, c.Severity, "%s, %d: it weighs more than what is not proven", name, i)
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

// sides are the contracts that allow and refuse documents of a change.
func sides(c *drift.Change, old, new *schema.Contract) (allowing, refusing *schema.Contract) {
	if c.Part == schema.InputPart {
		return old, new
	}
	return new, old
}

// requireProof asks walker and oracle again, the latter through the schema in
// standard keywords.
func requireProof(t *testing.T, c *drift.Change, old, new *schema.Contract) {
	t.Helper()
	w := c.Witness
	if w.Request != "" || w.Response != "" {
		return // TestRoutes, TestProvenByExchanges
	}
	allowing, refusing := sides(c, old, new)
	options := validate.Options{Projection: w.Projection}
	require.True(t, validate.MustCompile(allowing, options).Accepts(c.Part, w.Document), "%s: %s", c.Rule, w.Document)
	findings, err := validate.MustCompile(refusing, options).Part(c.Part, w.Document)
	require.NoError(t, err)
	i := slices.IndexFunc(findings, func(f finding.Finding) bool { return f.General() == w.Rule && withheld(f.Pointer, w.Pointer) })
	require.GreaterOrEqual(t, i, 0, "%s: %s", c.Rule, w.Document)
	require.Equal(t, severityOf(w.Rule), c.Severity)
	tree, err := validate.Tree(w.Document)
	require.NoError(t, err)
	for _, side := range []*schema.Contract{allowing, refusing} {
		s, err := jsonschema.Generate(side, c.Part, w.Projection, jsonschema.Standard)
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

// requireCassettes: a witness is a cassette unless the exchange around it has no
// document, or the refusing side has nothing against it on the wire. What it is
// made into is held against the allowing side by [drift.Cassettes].
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
			require.Equal(t, schema.SDK, unwritten.Change.Witness.Projection, err)
		}
	}
}

// withheld reports whether one pointer is the other, keys of sensitive maps aside.
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

// requireNoCounterexample: of an edit that was made alone, no document of 200
// weighs more than what was derived.
func requireNoCounterexample(t *testing.T, c *drift.Change, old, new *schema.Contract, name string, i int) {
	t.Helper()
	if c.Severity > finding.Info || c.Part == schema.ContractPlace.Part {
		return
	}
	allowing, refusing := sides(c, old, new)
	for _, projection := range []schema.Projection{schema.Wire, schema.SDK} {
		_, _, both := projection.Document(refusing, c.Part)
		if _, _, ok := projection.Document(allowing, c.Part); !ok || !both {
			continue // a body that is no JSON has no witness, as the package says
		}
		s, err := synth.New(allowing, projection)
		require.NoError(t, err)
		allows, refuses := validate.MustCompile(allowing, validate.Options{Projection: projection}), validate.MustCompile(refusing, validate.Options{Projection: projection})
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
