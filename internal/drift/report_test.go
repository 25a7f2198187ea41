package drift_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// comparison returns a report with changes of every severity.
func comparison(t *testing.T) *report.Drift {
	t.Helper()
	old := bed()
	new := changed(old, func(c *schema.Contract) {
		member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
		member(c, "FrostException", "degrees").Shape.Inline.Bits = schema.Is(64)
		member(c, "GetBedInput", "pages").Shape.Inline.Range = schema.Is(schema.Bounds{Max: "9"})
		c.URI = schema.Is("/plots/{bedId}")
	})
	result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
	require.NoError(t, err)
	return &report.Drift{Comparison: result, Old: "old.json", New: "new.json"}
}

// tally validates bare bodies against a contract.
func tally(t testing.TB, c *schema.Contract, bodies ...string) *tallies.Traffic {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	all := tallies.New([]*schema.Contract{c})
	for i, body := range bodies {
		x := &traffic.Interaction{Source: "bodies.ndjson", Kind: traffic.NDJSON, Index: i, Response: traffic.Response{Body: traffic.BodyOf([]byte(body))}}
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		all.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
	}
	return all.Traffic(finding.Default, nil)
}

func TestReports(t *testing.T) {
	r := comparison(t)
	require.NoError(t, r.Settle([]finding.Expected{{Rule: finding.DriftEnumValueAdded, Part: "input", Reason: "of another time"}}, report.FailOnError))
	golden(t, "comparison.txt", r, report.DriftText(report.Style{}))
	golden(t, "comparison.color.txt", r, report.DriftText(report.Style{Color: true}))
	golden(t, "comparison.json", r, report.JSON[report.Drift])

	c := bed()
	seen := &report.Drift{Traffic: tally(t, c, `{"bed":{"colour":"BLUE","a\u001b":1}}`, `{"bed":{"colour":"PINK"}}`, `{"bed":{"names":{"a":null}}}`)}
	require.NoError(t, seen.Settle(nil, report.FailOnError))
	golden(t, "traffic.txt", seen, report.DriftText(report.Style{}))
	golden(t, "traffic.json", seen, report.JSON[report.Drift])
}

// TestBaseline checks that accepted changes are left out, and that a row that matches nothing
// fails.
func TestBaseline(t *testing.T) {
	all := comparison(t).Findings()
	text, err := drift.Baseline(nil, all)
	require.NoError(t, err)
	expected, err := drift.ParseBaseline("b.yaml", text)
	require.NoError(t, err)

	r := comparison(t)
	require.NoError(t, r.Settle(expected, report.FailOnError))
	require.Equal(t, report.Passed, r.Verdict)
	require.Empty(t, r.Comparison.Changes)
	require.Equal(t, len(all), r.Expected)

	again, err := drift.Baseline(expected, all)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again), "an update with the same findings changes nothing")

	r = comparison(t)
	r.Comparison.Changes = r.Comparison.Changes[1:]
	require.NoError(t, r.Settle(expected, report.FailNever))
	require.Equal(t, report.Failed, r.Verdict, "a stale entry fails")
	require.Len(t, r.Unmet, 1)
	fewer, err := drift.Baseline(expected, all[1:])
	require.NoError(t, err)
	left, err := drift.ParseBaseline("b.yaml", fewer)
	require.NoError(t, err)
	require.Len(t, left, len(expected)-1)

	for _, wrong := range []string{"", "crcheckBaseline: 2", "expected: []", "crcheckBaseline: 1\nother: 1", "crcheckBaseline: 1\nexpected: [{rule: no.such, reason: a}]", "crcheckBaseline: 1\nexpected: [{rule: drift.member-added}]", "["} {
		_, err := drift.ParseBaseline("b.yaml", []byte(wrong))
		var problem *drift.BaselineError
		require.ErrorAs(t, err, &problem, wrong)
	}
}

// TestBaselineOfWhatWasSeen checks that a row accepts only what it was written for: no other value
// at its place, and no higher severity.
func TestBaselineOfWhatWasSeen(t *testing.T) {
	values := func(values ...string) func(*schema.Contract) {
		return func(c *schema.Contract) { member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is(values) }
	}
	pages := func(min, max json.Number) func(*schema.Contract) {
		return func(c *schema.Contract) {
			member(c, "GetBedInput", "pages").Shape.Inline.Range = schema.Is(schema.Bounds{Min: min, Max: max})
		}
	}
	fresh := func(required bool) func(*schema.Contract) {
		return func(c *schema.Contract) {
			c.Shapes["GetBedInput"].Members = append(c.Shapes["GetBedInput"].Members,
				schema.Member{Name: "fresh", Shape: schema.Inline(schema.Shape{Type: schema.String}), Required: schema.Is(required), Location: schema.Is(schema.LocationQuery), WireName: schema.Is("fresh")})
		}
	}
	for name, test := range map[string]struct{ then, now func(*schema.Contract) }{
		"another value added":             {values("RED", "GREEN", "BLUE"), values("RED", "GREEN", "PINK")},
		"another value removed":           {values("RED"), values("GREEN")},
		"another end":                     {pages("1", ""), pages("", "10")},
		"another end, at the same number": {pages("5", "10"), pages("1", "5")},
		"a greater maximum":               {pages("1", "20"), pages("1", "30")},
		"an added member became required": {fresh(false), fresh(true)},
	} {
		t.Run(name, func(t *testing.T) {
			settled := func(change func(*schema.Contract), expected []finding.Expected) *report.Drift {
				result, err := drift.Compare([]*schema.Contract{bed()}, []*schema.Contract{changed(bed(), change)})
				require.NoError(t, err)
				r := &report.Drift{Comparison: result}
				require.NoError(t, r.Settle(expected, report.FailNever))
				return r
			}
			requireOwn(t, settled(test.then, nil), func(expected []finding.Expected) *report.Drift { return settled(test.then, expected) },
				func(expected []finding.Expected) *report.Drift { return settled(test.now, expected) })
		})
	}
	for name, test := range map[string]struct{ then, now string }{
		"another value seen":          {`{"bed":{"colour":"BLUE"}}`, `{"bed":{"colour":"PINK"}}`},
		"another member of a union":   {`{"bed":{"colour":"RED","plant":{"bush":"a"}}}`, `{"bed":{"colour":"RED","plant":{"moss":"a"}}}`},
		"another type":                {`{"bed":{"colour":1}}`, `{"bed":{"colour":{}}}`},
		"another type beside the old": {`{"bed":{"colour":1}}`, `{"bed":{"colour":1,"inner":{"colour":true}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			settled := func(body string, expected []finding.Expected) *report.Drift {
				r := &report.Drift{Traffic: tally(t, bed(), body)}
				require.NoError(t, r.Settle(expected, report.FailNever))
				return r
			}
			requireOwn(t, settled(test.then, nil), func(expected []finding.Expected) *report.Drift { return settled(test.then, expected) },
				func(expected []finding.Expected) *report.Drift { return settled(test.now, expected) })
		})
	}
}

// requireOwn makes a baseline of a report, and checks that it accepts that report and not another
// one. Rows with a place alone accept both.
func requireOwn(t *testing.T, of *report.Drift, then, now func([]finding.Expected) *report.Drift) {
	t.Helper()
	text, err := drift.Baseline(nil, of.Findings())
	require.NoError(t, err)
	expected, err := drift.ParseBaseline("b.yaml", text)
	require.NoError(t, err)
	require.Equal(t, report.Passed, then(expected).Verdict)
	require.NotEmpty(t, now(expected).Unmet)
	require.True(t, now(expected).Unmet[0].Stale())
	require.Less(t, now(expected).Expected, len(now(nil).Findings()))
	for i := range expected {
		expected[i].Value, expected[i].Severity, expected[i].Count = "", "", 0
	}
	expected = slices.Compact(expected) // of several values at one place the first row takes all
	require.Equal(t, report.Passed, then(expected).Verdict)
}

// TestPlacesThatLookLikePatterns checks that a row of a baseline accepts its own place alone.
func TestPlacesThatLookLikePatterns(t *testing.T) {
	f := finding.Finding{Rule: finding.DriftMemberAdded, Operation: "a.B", Part: "error:[x]", Pointer: `/a*/[b]/c\d/*`}
	text, err := drift.Baseline(nil, []finding.Finding{f, f})
	require.NoError(t, err)
	expected, err := drift.ParseBaseline("b.yaml", text)
	require.NoError(t, err)
	require.Len(t, expected, 1)
	require.Equal(t, 2, expected[0].Count)
	require.True(t, expected[0].Matches(f))
	f.Pointer = `/ab/b/c\d/x`
	require.False(t, expected[0].Matches(f))
}

func TestNothingChecked(t *testing.T) {
	r := &report.Drift{Traffic: tallies.New([]*schema.Contract{bed()}).Traffic(finding.Default, nil)}
	require.NoError(t, r.Settle(nil, report.FailOnError))
	require.Equal(t, report.NotChecked, r.Verdict)
}

var update = flag.Bool("update", false, "rewrite the goldens in testdata/golden")

// golden compares a report in a format with a file.
func golden(t *testing.T, name string, r *report.Drift, write func(io.Writer, *report.Drift) error) {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b, r))
	path := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}
