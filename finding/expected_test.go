package finding

import (
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
		"no pointer":        func(e *Expected) { e.Place = "a" },
		"blank reason":      func(e *Expected) { e.Reason = " \n" },
		"shape and place":   func(e *Expected) { e.Shape = "a:B$c" },
		"shape alone":       func(e *Expected) { e.Shape, e.Place = "B$c", "" },
		"shape pattern":     func(e *Expected) { e.Shape, e.Place = "a:[", "" },
		"value":             func(e *Expected) { e.Value = "~(" },
		"a date in words":   func(e *Expected) { e.Expires = "tomorrow" },
		"a case":            func(e *Expected) { e.Case = "a/b" },
		"no case":           func(e *Expected) { e.Rule, e.Place = ConformFailed, "" },
		"case and place":    func(e *Expected) { e.Rule, e.Case = ConformFailed, "a/b" },
		"case pattern":      func(e *Expected) { e.Rule, e.Case, e.Place = ConformFailed, "[", "" },
		"no such day":       func(e *Expected) { e.Expires = "2026-02-30" },
		"a time":            func(e *Expected) { e.Expires = "2026-02-01T00:00:00Z" },
	} {
		t.Run(name, func(t *testing.T) {
			e := sound
			change(&e)
			require.Error(t, e.Check())
			_, err := NewLedger([]Expected{sound, e})
			require.Error(t, err)
		})
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
		{"what it got", Expected{Rule: TypeNull, Place: "/list/*/a", Value: "a[b"}, true},
		{"it got something else", Expected{Rule: TypeNull, Place: "/list/*/a", Value: "a*"}, false},
		{"as grave", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "warning"}, true},
		{"less grave", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "error"}, true},
		{"graver", Expected{Rule: TypeNull, Place: "/list/*/a", Severity: "info"}, false},
		{"a special case is not the rule", Expected{Rule: MemberMissingCollection, Place: "/list/*/a"}, false},
		{"a malformed pattern", Expected{Rule: TypeNull, Place: "/list/[/a"}, false},
	} {
		t.Run(v.name, func(t *testing.T) { require.Equal(t, v.matches, v.e.Matches(f)) })
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

// TestExpectedShape checks that a row with a shape matches in every operation that uses it.
func TestExpectedShape(t *testing.T) {
	f := Finding{Rule: EnumUnknownValue, Operation: "bedrock-runtime.Converse", Shape: "ToolUseBlock$type", Pointer: "/a/0/b"}
	for _, v := range []struct {
		name, at string
		matches  bool
	}{
		{"member", "bedrock-runtime:ToolUseBlock$type", true},
		{"all members", "bedrock-runtime:ToolUseBlock$*", true},
		{"any service", "*:ToolUseBlock$type", true},
		{"output", "bedrock-runtime:ToolUseBlock$type output", true},
		{"input", "bedrock-runtime:ToolUseBlock$type input", false},
		{"another service", "bedrock:ToolUseBlock$type", false},
		{"the structure alone", "bedrock-runtime:ToolUseBlock", false},
		{"another member", "bedrock-runtime:ToolUseBlock$typ", false},
	} {
		t.Run(v.name, func(t *testing.T) {
			e := Expected{Rule: f.Rule, Reason: "r"}
			require.NoError(t, e.SetAt(v.at))
			require.NoError(t, e.Check())
			require.Equal(t, v.matches, e.Matches(f))
			nowhere := f
			nowhere.Shape = ""
			require.False(t, e.Matches(nowhere))
		})
	}
}

func TestExpectedValue(t *testing.T) {
	for _, v := range []struct {
		name, value, got string
		matches          bool
	}{
		{"any", "", `"a"`, true},
		{"JSON string", `"a"`, `"a"`, true},
		{"string without quotes", `a`, `"a"`, true},
		{"other string", `a`, `"b"`, false},
		{"number", `0`, `0`, true},
		{"a number is not a string", `0`, `"0"`, false},
		{"a string is not a number", `"0"`, `0`, false},
		{"null is not a string", `null`, `"null"`, false},
		{"words", `an object`, `an object`, true},
		{"no pattern", `a*`, `"ab"`, false},
		{"escapes", `"a\"b"`, `"a\"b"`, true},
		{"expression", `~"A_.*"`, `"A_B"`, true},
		{"expression matches the whole", `~"A_`, `"A_B"`, false},
		{"expression with alternatives", `~a|b`, `ab`, false},
		{"expression over lines", `~a.b`, "a\nb", true},
	} {
		t.Run(v.name, func(t *testing.T) {
			e := Expected{Rule: TypeNull, Value: v.value, Reason: "r"}
			require.NoError(t, e.Check())
			require.Equal(t, v.matches, e.Matches(Finding{Rule: TypeNull, Got: v.got}))
		})
	}
	for _, got := range []string{"~", "~a", "~(", `"~"`, ""} {
		require.True(t, Expected{Rule: TypeNull, Value: LiteralValue(got)}.Matches(Finding{Rule: TypeNull, Got: got}))
	}
	require.False(t, Expected{Rule: TypeNull, Value: LiteralValue("~.")}.Matches(Finding{Rule: TypeNull, Got: "~a"}))
}

// TestAt checks that a place survives writing and reading, and matches its findings.
func TestAt(t *testing.T) {
	type at struct{ operation, part, pointer string }
	anywhere := []at{{"a.B", "", ""}, {"a.B", "", "/x"}, {"a.B", "", "/x/y"}, {"a.B", "input", "/x"}, {"a.B", "error:E", ""}, {"a.C", "", "/x"}}
	for _, v := range []struct {
		at      string
		matches []int // of anywhere
	}{
		{"*", []int{0, 1, 2, 3, 4, 5}},
		{"a.*", []int{0, 1, 2, 3, 4, 5}},
		{"a.B", []int{0, 1, 2, 3, 4}},
		{"a.B output", []int{0}},
		{"a.B output/x", []int{1}},
		{"a.B output/*", []int{1}},
		{"a.B output/x/**", []int{1, 2}},
		{"a.B output/**", []int{0, 1, 2}},
		{"a.B /x", []int{1, 3}},
		{"a.B *", []int{0, 4}},
		{"top", []int{0, 4}},
		{"/x", []int{1, 3, 5}},
		{"/x y", nil},
		{"/**", []int{0, 1, 2, 3, 4, 5}},
		{"* input/x", []int{3}},
		{"a.B error:E", []int{4}},
		{"a.B error:*/**", []int{4}},
	} {
		t.Run(v.at, func(t *testing.T) {
			e := Expected{Rule: TypeNull, Reason: "r"}
			require.NoError(t, e.SetAt(v.at))
			require.NoError(t, e.Check())
			require.Equal(t, v.at, e.At())
			var got []int
			for i, a := range anywhere {
				if e.Matches(Finding{Rule: TypeNull, Operation: a.operation, Part: a.part, Pointer: a.pointer}) {
					got = append(got, i)
				}
			}
			require.Equal(t, v.matches, got)
		})
	}
	for _, bad := range []string{"", " a.B", "a.B  output", "a.B ", "a.B output /x", "output/x", "s:A$b /x", "s:A$b output x"} {
		t.Run("refused "+bad, func(t *testing.T) { require.Error(t, (&Expected{}).SetAt(bad)) })
	}
}

// TestExpectedCase checks that rows about cases match the names of cases, and nothing else.
func TestExpectedCase(t *testing.T) {
	for _, v := range []struct {
		at, name string
		matches  bool
	}{
		{"union/two", "union/two", true},
		{"union/two", "union/two-unknown", false},
		{"union/two", "union", false},
		{"union/t*", "union/two-unknown", true},
		{"union", "union/two", true},
		{"union", "unions/two", false},
		{"union/*", "union/two", true},
		{"*", "union/two", true},
		{"*/error", "GetJob/error/NotFound/minimal", true},
		{"*/minimal", "GetJob/error/NotFound/minimal", false},
		{`union/\*`, "union/two", false},
		{"union/two", "", false},
	} {
		t.Run(v.at+" "+v.name, func(t *testing.T) {
			e := Expected{Rule: ConformFailed, Reason: "r"}
			require.NoError(t, e.SetAt(v.at))
			require.NoError(t, e.Check())
			require.Equal(t, v.at, e.At())
			require.Equal(t, v.matches, e.Matches(Finding{Rule: ConformFailed, Severity: Error, Source: v.name}))
			require.False(t, e.Matches(Finding{Rule: ConformFlaky, Severity: Error, Source: v.name}))
			require.False(t, e.Matches(Finding{Rule: TypeNull, Source: v.name}))
		})
	}
}

// TestExpectedSpecialCase checks that rows for a general rule still match after it gets a special
// case.
func TestExpectedSpecialCase(t *testing.T) {
	require.True(t, Expected{Rule: MemberMissing}.Matches(Finding{Rule: MemberMissingCollection}))
	require.True(t, Expected{Rule: ConstraintLength}.Matches(Finding{Rule: ConstraintEmpty}))
	require.False(t, Expected{Rule: ConstraintEmpty}.Matches(Finding{Rule: ConstraintLength}))
}
