package cassettes_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// folder is where the tests take the cassettes to lie: its name would be a
// pattern if expectations did not take it as it is.
const folder = "taken [as] it*is?"

// bed is what the embedded folder holds, and what validation finds in it, by file.
type bed struct {
	index        *cassettes.Index
	interactions map[string][]*traffic.Interaction
	findings     map[string]finding.Set
}

// load reads and validates the folder once for all tests.
var load = sync.OnceValues(func() (*bed, error) {
	b := &bed{cassettes.EmbeddedIndex(), map[string][]*traffic.Interaction{}, map[string]finding.Set{}}
	validators := map[string]*validate.Validator{}
	for _, name := range contracts.Names() {
		validators[name] = validate.MustCompile(contracts.MustLoad(name), validate.Options{})
	}
	for _, entry := range b.index.Entries {
		text, err := fs.ReadFile(cassettes.Embedded(), entry.File)
		if err != nil {
			return nil, err
		}
		var sets []finding.Set
		for x, err := range traffic.Read(filepath.Join(folder, filepath.FromSlash(entry.File)), bytes.NewReader(text)) {
			if err != nil {
				return nil, err
			}
			v, ok := validators[x.Meta.Contract]
			if !ok {
				return nil, fmt.Errorf("%s: no built-in contract %q", x.Source, x.Meta.Contract)
			}
			u, err := url.Parse(x.Request.URL)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", x.Source, err)
			}
			route, unrouted := schema.NewCatalog(v.Contract()).Route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header})
			if unrouted != nil {
				return nil, fmt.Errorf("%s: %s %s does not route", x.Source, x.Request.Method, u)
			}
			b.interactions[entry.File] = append(b.interactions[entry.File], x)
			sets = append(sets, v.Exchange(x, route.Labels))
		}
		b.findings[entry.File] = finding.Union(sets...)
	}
	return b, nil
})

func loaded(t *testing.T) *bed {
	t.Helper()
	b, err := load()
	require.NoError(t, err)
	return b
}

// differences compares findings with expectations: what was not expected, and
// what was expected and is not so.
func differences(t *testing.T, expected []finding.Expected, found finding.Set) []string {
	t.Helper()
	ledger, err := finding.NewLedger(expected)
	require.NoError(t, err)
	var differences []string
	for _, f := range found {
		if !ledger.Take(f) {
			differences = append(differences, "not expected: "+f.String())
		}
	}
	for _, u := range ledger.Unmet() {
		differences = append(differences, u.Error())
	}
	return differences
}

// expectationsOf returns those of one file of the folder.
func expectationsOf(entry cassettes.Entry) []finding.Expected {
	alone := cassettes.Index{Entries: []cassettes.Entry{entry}}
	return alone.Expectations(folder)
}

// Each cassette has exactly the findings that the index names.
func TestVerdicts(t *testing.T) {
	b := loaded(t)
	for _, entry := range b.index.Entries {
		t.Run(entry.File, func(t *testing.T) {
			require.Empty(t, differences(t, expectationsOf(entry), b.findings[entry.File]))
		})
	}
}

// The same over the whole folder at once, as `crcheck validate` on it does:
// no expectation reaches into another file.
func TestVerdictOfTheFolder(t *testing.T) {
	b := loaded(t)
	var sets []finding.Set
	for _, set := range b.findings {
		sets = append(sets, set)
	}
	require.Empty(t, differences(t, b.index.Expectations(folder), finding.Union(sets...)))
}

// The verdict would notice every single expectation and every single finding
// that is taken away.
func TestVerdictsCanFail(t *testing.T) {
	b := loaded(t)
	for _, entry := range b.index.Entries {
		expected, found := expectationsOf(entry), b.findings[entry.File]
		for i := range expected {
			fewer := slices.Delete(slices.Clone(expected), i, i+1)
			require.NotEmpty(t, differences(t, fewer, found), "%s without expectation %d", entry.File, i)
		}
		for i := range found {
			fewer := slices.Delete(slices.Clone(found), i, i+1)
			require.NotEmpty(t, differences(t, expected, fewer), "%s without finding %d", entry.File, i)
		}
	}
}

// A cassette is good exactly when nothing is expected of it.
func TestFolders(t *testing.T) {
	for _, entry := range loaded(t).index.Entries {
		hostile := strings.HasPrefix(entry.File, "hostile/")
		require.True(t, hostile || strings.HasPrefix(entry.File, "good/"), entry.File)
		require.Equal(t, hostile, len(entry.Expected) > 0, entry.File)
	}
}

// Every rule about documents and exchanges has a cassette that breaks it, and
// one that breaks nothing else.
func TestEveryRuleIsBroken(t *testing.T) {
	// No document breaks it as long as crcheck has no defect; no list or map of the contract is
	// required and none has unique elements, its service never spoke the query protocol, it streams nothing,
	// and what was not recorded is said of a whole run. TestStricterContract breaks constraint.unique.
	notByDocument := []finding.RuleID{finding.OracleDisagreement, finding.MemberMissingCollection, finding.ConstraintUnique, finding.ErrorQueryCode, finding.HTTPNotRecorded, finding.EncodingMixed, finding.StreamFraming}
	// A place that can nest so deep has no shape, so its member is unknown.
	notAlone := []finding.RuleID{finding.SyntaxTooDeep}

	broken, alone := map[finding.RuleID]bool{}, map[finding.RuleID]bool{}
	for _, entry := range loaded(t).index.Entries {
		for _, e := range entry.Expected {
			broken[e.Rule] = true
			alone[e.Rule] = alone[e.Rule] || len(entry.Expected) == 1
		}
	}
	for _, rule := range finding.Rules() {
		if !slices.Contains([]finding.Layer{finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP}, rule.Layer) {
			require.False(t, broken[rule.ID], "%s is not about what validate finds in traffic", rule.ID)
			continue
		}
		require.Equal(t, !slices.Contains(notByDocument, rule.ID), broken[rule.ID], rule.ID)
		require.Equal(t, broken[rule.ID] && !slices.Contains(notAlone, rule.ID), alone[rule.ID], "%s alone", rule.ID)
	}
}

// TestStricterContract checks rules that no document of the built-in contracts breaks: a good cassette
// breaks each of them, and no other, under a contract that differs in one facet.
func TestStricterContract(t *testing.T) {
	for name, v := range map[string]struct {
		file    string
		rule    finding.RuleID
		pointer string
		change  func(output *schema.Shape)
	}{
		"the same element twice": {"good/result-member-list-repeated.yaml", finding.ConstraintUnique, "/protectedJob/result/output/memberList/2",
			func(output *schema.Shape) { output.Unique = schema.Is(true) }},
		"several elements that differ": {"good/result-member-list-several.yaml", "", "", func(output *schema.Shape) { output.Unique = schema.Is(true) }},
	} {
		t.Run(name, func(t *testing.T) {
			c := contracts.MustLoad(contracts.Newest).Clone()
			place, err := schema.ParsePlace("output#/protectedJob/result/output/memberList")
			require.NoError(t, err)
			shape, _, ok := c.At(place)
			require.True(t, ok)
			v.change(shape)
			validator := validate.MustCompile(c, validate.Options{})
			require.NotEmpty(t, loaded(t).interactions[v.file])
			for _, x := range loaded(t).interactions[v.file] {
				found := validator.Exchange(x, nil)
				if v.rule == "" {
					require.Empty(t, found)
					continue
				}
				require.Len(t, found, 1)
				require.Equal(t, v.rule, found[0].Rule)
				require.Equal(t, v.pointer, found[0].Pointer)
			}
		})
	}
}
