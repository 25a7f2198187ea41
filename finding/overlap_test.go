package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOverlap checks that two rows that may match the same finding are refused in either order.
func TestOverlap(t *testing.T) {
	row := func(at string) Expected {
		e := Expected{Rule: TypeNull, Reason: "r"}
		require.NoError(t, e.SetAt(at))
		return e
	}
	about := func(name string) Expected {
		return Expected{Rule: ConformFailed, Case: name, Reason: "r"}
	}
	valued := func(value string) Expected { e := row("/a"); e.Value = value; return e }
	severe := func(severity string) Expected { e := row("/a"); e.Severity = severity; return e }
	from := func(source string) Expected { e := row("/a"); e.Source = source; return e }
	of := func(rule RuleID) Expected { e := row("/a"); e.Rule = rule; return e }
	other := func() Expected { e := row("/a"); e.Rule = TypeMismatch; return e }
	for _, v := range []struct {
		name     string
		a, b     Expected
		overlaps bool
	}{
		{"the same", row("/a"), row("/a"), true},
		{"other places", row("/a"), row("/b"), false},
		{"a wildcard", row("/a"), row("/*"), true},
		{"two wildcards that meet", row("/a/*"), row("/*/b"), true},
		{"two wildcards that do not meet", row("/a/*"), row("/b/*"), false},
		{"two prefixes", row("/a*"), row("/b*"), false},
		{"a prefix of the other", row("/a*"), row("/ab*"), true},
		{"two classes are not compared", row("/[a]"), row("/[b]"), true},
		{"two suffixes", row("/*-a"), row("/*-b"), false},
		{"a suffix of the other", row("/*a"), row("/*-a"), true},
		{"an escaped suffix", row(`/*\a`), row("/*a"), true},
		{"prefix and suffix", row("/a*"), row("/*z"), true},
		{"an escaped star", row(`/\*`), row("/a"), false},
		{"an escaped star and a star", row(`/\*`), row("/*"), true},
		{"an escaped character", row(`/\a`), row("/a"), true},
		{"a class", row("/[ab]"), row("/b"), true},
		{"not in the class", row("/[ab]"), row("/c"), false},
		{"not in a negated class", row("/[^ab]"), row("/b"), false},
		{"a question mark", row("/?"), row("/b"), true},
		{"a wildcard takes no slash", row("/*"), row("/a/b"), false},
		{"below", row("/a/**"), row("/a/b/c"), true},
		{"below, itself", row("/a/**"), row("/a"), true},
		{"below another", row("/a/**"), row("/b/c"), false},
		{"everything", row("*"), row("/b/c"), true},
		{"operations", row("s.A /a"), row("s.B /a"), false},
		{"any operation", row("s.A /a"), row("/a"), true},
		{"parts", row("* input/a"), row("* output/a"), false},
		{"shapes", row("s:A$b"), row("s:A$*"), true},
		{"other shapes", row("s:A$b"), row("s:A$c"), false},
		{"other services", row("s:A$b"), row("t:A$b"), false},
		{"a shape and a place", row("s:A$b"), row("s.Op /a"), true},
		{"a shape and a place of another service", row("s:A$b"), row("t.Op /a"), false},
		{"values", valued("a"), valued("b"), false},
		{"a value and any", valued("a"), row("/a"), true},
		{"a value in quotes", valued("a"), valued(`"a"`), true},
		{"a value and an expression", valued("~a+"), valued("aa"), true},
		{"a value that does not match", valued("~a+"), valued("b"), false},
		{"severities", severe("info"), severe("warning"), false},
		{"sources", from("a.yaml"), from("b.yaml"), false},
		{"a source and any", from("a.yaml"), row("/a"), true},
		{"rules", row("/a"), other(), false},
		{"cases", about("a/b"), about("a/c"), false},
		{"the same case", about("a/b"), about("a/b"), true},
		{"a case and its group", about("a"), about("a/b/c"), true},
		{"a case and a pattern of its group", about("[a-c]/*"), about("a/b/c"), true},
		{"a case and another group", about("b"), about("a/b"), false},
		{"a case and a place", about("a/b"), row("*"), false},
		{"a rule and its special case", of(MemberMissing), of(MemberMissingCollection), true},
	} {
		t.Run(v.name, func(t *testing.T) {
			for _, rows := range [][]Expected{{v.a, v.b}, {v.b, v.a}} {
				_, err := NewLedger(rows)
				if !v.overlaps {
					require.NoError(t, err)
					continue
				}
				var overlap *overlapError
				require.ErrorAs(t, err, &overlap)
				require.Equal(t, rows[1], overlap.Second)
			}
		})
	}
}
