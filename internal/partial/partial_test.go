package partial_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// counters returns a counter of every kind, and those whose options differ.
func counters(t testing.TB) map[string]*partial.Counter {
	t.Helper()
	loaded := []*schema.Contract{contracts.MustLoad(contracts.Newest)}
	catalog := schema.NewCatalog(loaded...)
	options := check.Options{Contracts: &models.InForce{Catalog: catalog}, Encoding: "http", Stderr: io.Discard}
	all := map[string]*partial.Counter{}
	add := func(name string, c *partial.Counter, err error) {
		require.NoError(t, err)
		all[name] = c
	}
	c, err := partial.NewCounter(partial.Validation, options)
	add("validate", c, err)
	c, err = partial.NewCounter(partial.Lint, options)
	add("lint", c, err)
	c, err = partial.NewDriftCounter(loaded, options)
	add("drift", c, err)
	plan, err := coverage.Compile(catalog)
	require.NoError(t, err)
	c, err = partial.NewCoverageCounter(plan, check.Options{Cores: 1, Stderr: io.Discard})
	add("coverage", c, err)
	other := options
	other.Encoding = "sdk"
	c, err = partial.NewCounter(partial.Validation, other)
	add("validate sdk", c, err)
	return all
}

const lines = `{"protectedJob":{"status":"PAUSED","shade":1}}` + "\n" + `{"protectedJob":{"createTime":1}}` + "\n"

func text(t testing.TB, c *partial.Counter, text string, rng piece.Range) *partial.Tally {
	t.Helper()
	tally, err := c.Text(t.Context(), "jobs.ndjson", strings.NewReader(text[max(0, rng.Start-1):]), rng)
	require.NoError(t, err)
	return tally
}

func encoded(t testing.TB, tally *partial.Tally) string {
	t.Helper()
	b, err := json.Marshal(tally)
	require.NoError(t, err)
	return string(b)
}

// TestDecode checks that what is not a tally with the same options is refused, with the reason.
func TestDecode(t *testing.T) {
	all := counters(t)
	good := encoded(t, text(t, all["validate"], lines, piece.All))
	for _, tc := range []struct {
		name, text string
		want       error // nil: a contract
	}{
		{"empty", "", partial.ErrNotTally},
		{"no JSON", "x", partial.ErrNotTally},
		{"another document", `{"a":1}`, partial.ErrNotTally},
		{"an array", `[]`, partial.ErrNotTally},
		{"cut off", good[:len(good)/2], partial.ErrNotTally},
		{"another version", strings.Replace(good, `"crcheckTally":1`, `"crcheckTally":9`, 1), partial.ErrVersion},
		{"another kind", encoded(t, all["drift"].New()), partial.ErrKind},
		{"other options", encoded(t, all["validate sdk"].New()), partial.ErrOptions},
		{"no pieces", strings.Replace(good, `"pieces":{`, `"other":{`, 1), partial.ErrNotTally},
		{"pieces that overlap", strings.Replace(good, `"start":0,"end"`, `"start":0,"end":3},{"start":0,"end"`, 1), partial.ErrNotTally},
		{"a negative piece", strings.Replace(good, `"start":0`, `"start":-5`, 1), partial.ErrNotTally},
		{"no counts", strings.Replace(good, `"counts":{`, `"counted":{`, 1), partial.ErrNotTally},
		{"counts are null", good[:strings.Index(good, `"counts":`)] + `"counts":null}`, partial.ErrNotTally},
		{"a kind without samples", strings.Replace(good, `"samples":[`, `"simples":[`, 1), partial.ErrNotTally},
		{"a kind with too small a count", strings.Replace(good, `"count":1,`, `"count":0,`, 1), partial.ErrNotTally},
		{"other ignore rows", strings.Replace(good, `"scope":`, `"matched":[1,2],"scope":`, 1), partial.ErrNotTally},
		{"another contract", strings.Replace(good, `"sha256:`, `"sha256:0`, 1), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			require.NotEqual(t, good, tc.text, "the case changes nothing")
			_, err := all["validate"].Decode([]byte(tc.text))
			if tc.want == nil {
				require.ErrorIs(t, err, piece.ErrOtherContract)
				return
			}
			require.ErrorIs(t, err, tc.want)
			var reason *partial.Error
			require.ErrorAs(t, err, &reason)
		})
	}
}

// TestMergeRefuses checks that a merge that is refused changes nothing.
func TestMergeRefuses(t *testing.T) {
	all := counters(t)
	for _, name := range []string{"validate", "drift", "coverage"} {
		t.Run(name, func(t *testing.T) {
			c := all[name]
			sum := text(t, c, lines, piece.Range{End: 20})
			before := encoded(t, sum)
			var twice *piece.Error
			require.ErrorAs(t, sum.Merge(text(t, c, lines, piece.Range{End: 60})), &twice)
			require.True(t, twice.Twice)
			require.ErrorIs(t, sum.Merge(all["validate sdk"].New()), partial.ErrOptions)
			require.Equal(t, before, encoded(t, sum))
		})
	}
}

// TestAdd checks that interactions counted one by one have the report of the lines.
func TestAdd(t *testing.T) {
	all := counters(t)
	for _, name := range []string{"validate", "drift", "coverage"} {
		t.Run(name, func(t *testing.T) {
			c := all[name]
			one, two := c.New(), c.New()
			for x, err := range traffic.Read("jobs.ndjson", strings.NewReader(strings.Repeat(lines, 5))) {
				require.NoError(t, err)
				require.NoError(t, []*partial.Tally{one, two}[x.Index%2].Add(x))
			}
			require.NoError(t, two.Merge(one))
			reports := make([]*report.Results, 2)
			for i, tally := range []*partial.Tally{two, text(t, c, strings.Repeat(lines, 5), piece.All)} {
				reports[i] = &report.Results{}
				require.Empty(t, tally.Missing())
				tally.Fill(reports[i], report.FailOnError, false)
			}
			texts := make([]strings.Builder, 2)
			for i, r := range reports {
				require.NoError(t, report.Write(&texts[i], report.FormatJSON, r, report.Style{}))
			}
			require.Equal(t, texts[1].String(), texts[0].String())
		})
	}
	require.ErrorIs(t, all["lint"].New().Add(&traffic.Interaction{}), partial.ErrFiles)
}

// TestSize checks that a tally does not grow with the traffic.
func TestSize(t *testing.T) {
	for name, c := range counters(t) {
		t.Run(name, func(t *testing.T) {
			size := func(n int) int {
				var b strings.Builder
				for i := range n {
					fmt.Fprintf(&b, `{"protectedJob":{"id":"%d","status":"S%d","m":1,"createTime":"%d"}}`+"\n", i, i, i)
				}
				return len(encoded(t, text(t, c, b.String(), piece.All)))
			}
			few, many := size(1000), size(4000)
			require.Less(t, float64(many), 1.05*float64(few))
		})
	}
}

// FuzzDecode checks that any text is a tally or an error, and that a tally has a report and can be merged
// and written.
func FuzzDecode(f *testing.F) {
	all := counters(f)
	for _, c := range all {
		f.Add(encoded(f, text(f, c, lines, piece.All)))
		f.Add(encoded(f, text(f, c, lines, piece.Range{Start: 20, End: 60})))
		f.Add(encoded(f, c.New()))
	}
	f.Fuzz(func(t *testing.T, encodedText string) {
		for _, c := range all {
			tally, err := c.Decode([]byte(encodedText))
			if err != nil {
				var reason *partial.Error
				require.True(t, errors.As(err, &reason) || errors.Is(err, piece.ErrOtherContract), err)
				continue
			}
			again, err := c.Decode([]byte(encoded(t, tally)))
			require.NoError(t, err)
			require.NoError(t, c.New().Merge(again))
			tally.Fill(&report.Results{}, report.FailOnError, true)
		}
	})
}
