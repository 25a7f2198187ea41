package finding

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExpectedCheck(t *testing.T) {
	sound := Expected{Rule: TypeNull, Place: "/a/*", Reason: "r"}
	require.NoError(t, sound.Check())
	for name, change := range map[string]func(*Expected){
		"no such rule":      func(e *Expected) { e.Rule = "type.nul" },
		"no rule":           func(e *Expected) { e.Rule = "" },
		"no reason":         func(e *Expected) { e.Reason = "" },
		"no such severity":  func(e *Expected) { e.Severity = "grave" },
		"a negative count":  func(e *Expected) { e.Count = -1 },
		"source pattern":    func(e *Expected) { e.Source = "a[" },
		"operation pattern": func(e *Expected) { e.Operation = `a\` },
		"part pattern":      func(e *Expected) { e.Part = "[" },
		"place pattern":     func(e *Expected) { e.Place = "/a/[]" },
	} {
		e := sound
		change(&e)
		require.Error(t, e.Check(), name)
		_, err := NewLedger([]Expected{sound, e})
		require.Error(t, err, name)
	}
}

func TestExpectedMatches(t *testing.T) {
	f := Finding{Rule: TypeNull, Severity: Warning, Source: "dir/a.json", Operation: "s.O", Pointer: "/list/3/a", Got: "a[b"}
	for _, v := range []struct {
		name    string
		e       Expected
		matches bool
	}{
		{"place with a wildcard", Expected{Rule: TypeNull, Place: "/list/*/a"}, true},
		{"place with an escaped star", Expected{Rule: TypeNull, Place: `/list/\*/a`}, true},
		{"place with the index", Expected{Rule: TypeNull, Place: "/list/3/a"}, false},
		{"a wildcard takes one token", Expected{Rule: TypeNull, Place: "/list/*"}, false},
		{"no place is the top", Expected{Rule: TypeNull}, false},
		{"another rule", Expected{Rule: TypeMismatch, Place: "/list/*/a"}, false},
		{"source", Expected{Rule: TypeNull, Place: "/list/*/a", Source: "dir/*.json"}, true},
		{"another source", Expected{Rule: TypeNull, Place: "/list/*/a", Source: "*.json"}, false},
		{"operation", Expected{Rule: TypeNull, Place: "/list/*/a", Operation: "s.*"}, true},
		{"another operation", Expected{Rule: TypeNull, Place: "/list/*/a", Operation: "t.*"}, false},
		{"what it got", Expected{Rule: TypeNull, Place: "/list/*/a", Got: "a[b"}, true},
		{"it got something else", Expected{Rule: TypeNull, Place: "/list/*/a", Got: "a*"}, false},
		{"as grave", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "warning"}, true},
		{"less grave", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "error"}, true},
		{"graver", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "info"}, false},
		{"a malformed pattern", Expected{Rule: TypeNull, Place: "/list/[/a"}, false},
	} {
		require.Equal(t, v.matches, v.e.Matches(f), v.name)
	}
	for part, matching := range map[string][]string{
		"":        {"", "input", "error:E"},
		"output":  {""},
		"input":   {"input"},
		"error:*": {"error:E"},
		"E":       nil,
	} {
		var got []string
		for _, of := range []string{"", "input", "error:E"} {
			if (Expected{Rule: TypeNull, Part: part}).Matches(Finding{Rule: TypeNull, Part: of}) {
				got = append(got, of)
			}
		}
		require.Equal(t, matching, got, "%q", part)
	}
	require.True(t, Expected{Rule: TypeNull}.Matches(Finding{Rule: TypeNull}))
}

// TestLedger holds what is reported, for findings in any order.
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
	type counts map[int]int // of the expectations that are not met: index, findings
	for _, v := range []struct {
		name       string
		expected   []Expected
		findings   []Finding
		unmet      counts
		unexpected int
	}{
		{"nothing at all", nil, nil, nil, 0},
		{"nothing is expected", nil, f("/a", "/b"), nil, 2},
		{"met", []Expected{at("/a", 0)}, f("/a"), nil, 0},
		{"stale", []Expected{at("/a", 0)}, f("/b"), counts{0: 0}, 1},
		{"over-broad", []Expected{at("/*", 0)}, f("/a", "/b"), counts{0: 2}, 0},
		{"counted", []Expected{at("/*", 2)}, f("/a", "/b"), nil, 0},
		{"half stale", []Expected{at("/*", 3)}, f("/a", "/b"), counts{0: 2}, 0},
		{"the wide one stands first", []Expected{at("/*", 0), at("/a", 0)}, f("/a", "/b"), nil, 0},
		{"the wide one stands last", []Expected{at("/a", 0), at("/*", 0)}, f("/a", "/b"), nil, 0},
		{"twice the same", []Expected{at("/a", 0), at("/a", 0)}, f("/a", "/a"), nil, 0},
		{"twice the same, once found", []Expected{at("/a", 0), at("/a", 0)}, f("/a"), counts{1: 0}, 0},
		{"twice the same, three found", []Expected{at("/a", 0), at("/a", 0)}, f("/a", "/a", "/a"), counts{0: 2}, 0},
		{"a chain of replacements", []Expected{at("/[ab]", 0), at("/[bc]", 0), at("/[cd]", 0), at("/d", 0)}, f("/a", "/b", "/c", "/d"), nil, 0},
		{"a chain with counts", []Expected{at("/[ab]", 3), at("/[bc]", 2), at("/c", 2)}, f("/a", "/b", "/b", "/b", "/b", "/c", "/c"), nil, 0},
		{"one gives way", []Expected{at("/[ab]", 0), at("/a", 0), at("/[bc]", 0)}, f("/a", "/b", "/c"), nil, 0},
		{"one gives way, as far as it can", []Expected{at("/[ab]", 3), at("/a", 3), at("/b", 2)}, f("/a", "/a", "/b", "/b", "/b", "/b", "/b"), counts{1: 2}, 0},
		{"wide and too many", []Expected{at("/*", 0), at("/a", 0)}, f("/a", "/b", "/b"), counts{0: 2}, 0},
	} {
		for seed := range uint64(30) {
			ledger, err := NewLedger(v.expected)
			require.NoError(t, err)
			unexpected := 0
			for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(v.findings)) {
				if !ledger.Take(v.findings[i]) {
					unexpected++
				}
			}
			require.Equal(t, v.unexpected, unexpected, v.name)
			var want []Unmet
			for i, e := range v.expected {
				if n, ok := v.unmet[i]; ok {
					want = append(want, Unmet{e, n})
				}
			}
			require.Equal(t, want, ledger.Unmet(), v.name)
			require.Equal(t, want, ledger.Unmet(), "%s, asked again", v.name)
		}
	}
}

func TestZeroLedger(t *testing.T) {
	var l Ledger
	require.False(t, l.Take(Finding{Rule: TypeNull}))
	require.Nil(t, l.Unmet())
}

func TestUnmet(t *testing.T) {
	e := Expected{Rule: TypeNull, Count: 2, Reason: "r"}
	require.True(t, Unmet{e, 1}.Stale())
	require.False(t, Unmet{e, 3}.Stale())
	require.Contains(t, Unmet{e, 1}.Error(), "stale")
	require.Contains(t, Unmet{e, 3}.Error(), "over-broad")
	require.True(t, Unmet{Expected{Rule: TypeNull}, 0}.Stale())
	e.Got, e.Severity = "null", "info"
	require.Contains(t, Unmet{e, 1}.Error(), `type.null with null, no graver than info, at`)
}

// BenchmarkLedger holds the ledger to a cost that does not grow with the number
// of findings taken before.
func BenchmarkLedger(b *testing.B) {
	l, err := NewLedger([]Expected{
		{Rule: TypeNull, Place: "/a/*", Count: 1 << 30, Reason: "r"}, {Rule: TypeNull, Place: "/*/b", Count: 1 << 30, Reason: "r"},
	})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		l.Take(Finding{Rule: TypeNull, Pointer: "/a/b"})
	}
}
