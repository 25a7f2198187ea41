package finding

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLedger checks which rows are reported, for findings in any order.
func TestLedger(t *testing.T) {
	at := func(place string, count int) Expected {
		return Expected{Rule: TypeNull, Place: place, Count: count, Reason: "r"}
	}
	f := func(pointers ...string) (all []Finding) {
		for _, p := range pointers {
			all = append(all, Finding{Rule: TypeNull, Pointer: p})
		}
		return all
	}
	type counts map[int]int // of the rows that are not met: index, findings
	for _, v := range []struct {
		name     string
		rows     []Expected
		findings []Finding
		unmet    counts
		left     int
	}{
		{"nothing at all", nil, nil, nil, 0},
		{"no rows", nil, f("/a", "/b"), nil, 2},
		{"met", []Expected{at("/a", 0)}, f("/a"), nil, 0},
		{"met more than once", []Expected{at("/*", 0)}, f("/a", "/a", "/b"), nil, 0},
		{"stale", []Expected{at("/a", 0)}, f("/b"), counts{0: 0}, 1},
		{"one", []Expected{at("/a", 1)}, f("/a"), nil, 0},
		{"over-broad", []Expected{at("/*", 1)}, f("/a", "/b"), counts{0: 2}, 0},
		{"counted", []Expected{at("/*", 2)}, f("/a", "/b"), nil, 0},
		{"half stale", []Expected{at("/*", 3)}, f("/a", "/b"), counts{0: 2}, 0},
		{"two rows", []Expected{at("/a", 0), at("/b", 0)}, f("/a", "/b", "/a"), nil, 0},
	} {
		t.Run(v.name, func(t *testing.T) {
			for seed := range uint64(10) {
				ledger, err := NewLedger(v.rows)
				require.NoError(t, err)
				left := 0
				for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(v.findings)) {
					if !ledger.Take(v.findings[i]) {
						left++
					}
				}
				require.Equal(t, v.left, left)
				var want []Unmet
				for i, e := range v.rows {
					if n, ok := v.unmet[i]; ok {
						want = append(want, Unmet{Expected: e, Matched: n})
					}
				}
				require.Equal(t, want, ledger.Unmet())
				require.Equal(t, want, ledger.Unmet(), "asked again")
			}
		})
	}
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return d
}

// TestExpire checks that a row accepts findings up to its last day, and is reported afterwards.
func TestExpire(t *testing.T) {
	f := Finding{Rule: TypeNull, Pointer: "/a"}
	for _, v := range []struct {
		today, expires string
		expired        bool
	}{
		{"2026-06-30", "", false},
		{"2026-06-29", "2026-06-30", false},
		{"2026-06-30", "2026-06-30", false},
		{"2026-07-01", "2026-06-30", true},
		{"2027-01-01", "2026-12-31", true},
	} {
		t.Run(v.today+" "+v.expires, func(t *testing.T) {
			l, err := NewLedger([]Expected{{Rule: TypeNull, Place: "/a", Expires: v.expires, Reason: "r"}})
			require.NoError(t, err)
			l.Expire(day(t, v.today))
			require.Equal(t, !v.expired, l.Take(f))
			unmet := l.Settle(&Scope{}, false)
			require.Equal(t, v.expired, len(unmet) == 1)
			if v.expired {
				require.True(t, unmet[0].Expired)
				require.False(t, unmet[0].Warning)
				require.False(t, unmet[0].Stale())
				require.Contains(t, unmet[0].Error(), "expired on "+v.expires)
			}
		})
	}
}

// TestStale checks that a row is stale only if the scope covers everything that it names.
func TestStale(t *testing.T) {
	var scope Scope
	scope.Layers(LayerSchema, LayerHTTP)
	scope.Source("dir/a.yaml")
	scope.Part("s.A", "", func() []string { return []string{"AOutput", "Inner"} })
	scope.Part("s.A", "", func() []string { t.Fatal("asked again"); return nil })
	scope.Part("s.A", "error:E", func() []string { return []string{"E"} })
	for _, v := range []struct {
		name    string
		rule    RuleID
		at      string
		source  string
		covered bool
	}{
		{"operation", TypeNull, "s.A", "", true},
		{"part", TypeNull, "s.A output/x", "", true},
		{"error part", TypeNull, "s.A error:E/x", "", true},
		{"any operation", TypeNull, "*", "", true},
		{"operation not reached", TypeNull, "s.B", "", false},
		{"part not validated", TypeNull, "s.A input/x", "", false},
		{"error not seen", TypeNull, "s.A error:F", "", false},
		{"source", TypeNull, "s.A", "dir/*.yaml", true},
		{"source not read", TypeNull, "s.A", "other/*.yaml", false},
		{"shape", TypeNull, "s:Inner$x", "", true},
		{"shape of the response", TypeNull, "s:Inner$x output", "", true},
		{"shape of the request", TypeNull, "s:Inner$x input", "", false},
		{"shape of an error", TypeNull, "s:E$x", "", true},
		{"shape not reached", TypeNull, "s:Other$x", "", false},
		{"shape of another service", TypeNull, "t:Inner$x", "", false},
		{"rule of another command", ProbeStatus, "s.A", "", false},
		{"case of the conformance suite", ConformFailed, "s.A", "", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			e := Expected{Rule: v.rule, Source: v.source, Reason: "r"}
			require.NoError(t, e.SetAt(v.at))
			settle := func(failOnStale bool) []Unmet {
				l, err := NewLedger([]Expected{e})
				require.NoError(t, err)
				return l.Settle(&scope, failOnStale)
			}
			if !v.covered {
				require.Empty(t, settle(true))
				e.Required = true
				require.Equal(t, []Unmet{{Expected: e}}, settle(false), "a required row is reported all the same")
				return
			}
			require.Equal(t, []Unmet{{Expected: e, Warning: true}}, settle(false))
			require.Equal(t, []Unmet{{Expected: e}}, settle(true))
		})
	}
	require.False(t, (&Scope{}).All().Covers(Expected{Rule: ConformFailed, Case: "a/b"}), "not even where everything is covered")
	require.True(t, (*Scope)(nil).Covers(Expected{}), "no scope: everything")
}

func TestZeroLedger(t *testing.T) {
	var l Ledger
	require.False(t, l.Take(Finding{Rule: TypeNull}))
	require.Nil(t, l.Unmet())
}

func TestUnmet(t *testing.T) {
	e := Expected{Rule: TypeNull, Count: 2, Reason: "r"}
	require.True(t, Unmet{Expected: e, Matched: 1}.Stale())
	require.False(t, Unmet{Expected: e, Matched: 3}.Stale())
	require.Contains(t, Unmet{Expected: e, Matched: 1}.Error(), "stale")
	require.Contains(t, Unmet{Expected: e, Matched: 3}.Error(), "over-broad")
	require.True(t, Unmet{Expected: Expected{Rule: TypeNull}}.Stale())
	e.Value, e.Severity = "null", "info"
	require.Contains(t, Unmet{Expected: e, Matched: 1}.Error(), `type.null with null, at most info, at`)
}

// BenchmarkLedger: the cost does not grow with the number of findings taken before.
func BenchmarkLedger(b *testing.B) {
	l, err := NewLedger([]Expected{
		{Rule: TypeNull, Place: "/a/*", Reason: "r"}, {Rule: TypeNull, Place: "/b/*", Reason: "r"},
	})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		l.Take(Finding{Rule: TypeNull, Pointer: "/a/b"})
	}
}
