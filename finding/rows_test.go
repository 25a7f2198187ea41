package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadRows(t *testing.T) {
	for _, v := range []struct {
		name, text string
		want       []Expected
	}{
		{"nothing", "", nil},
		{"comments alone", "# rows go here\n", nil},
		{"an empty list", "[]\n", nil},
		{"every key", `- rule: enum.unknown-value
  at: bedrock-runtime:ToolUseBlock$type output
  value: tool_use
  source: dir/*.yaml
  severity: warning
  count: 3
  expires: 2026-12-31
  reason: AWS sends it
`, []Expected{{Rule: EnumUnknownValue, Shape: "bedrock-runtime:ToolUseBlock$type", Part: "output", Value: "tool_use", Source: "dir/*.yaml",
			Severity: "warning", Count: 3, Expires: "2026-12-31", Reason: "AWS sends it"}}},
		{"scalars as they are written", "- {rule: type.null, at: '*', value: 0, reason: 1}", []Expected{{Rule: TypeNull, Place: "**", Value: "0", Reason: "1"}}},
		{"an expression", "- {rule: type.null, at: '*', value: ~\"a\", reason: r}", []Expected{{Rule: TypeNull, Place: "**", Value: `~"a"`, Reason: "r"}}},
		{"a pointer", "- {rule: type.null, at: dynamodb.ListTables output/TableNames/*, reason: r}",
			[]Expected{{Rule: TypeNull, Operation: "dynamodb.ListTables", Part: "output", Place: "/TableNames/*", Reason: "r"}}},
		{"a baseline", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, at: a.B output/x, reason: r}\n",
			[]Expected{{Rule: TypeNull, Operation: "a.B", Part: "output", Place: "/x", Count: 1, Reason: "r", Required: true}}},
		{"a baseline with older keys", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, operation: a.B, part: output, place: /x, got: '\"y\"', count: 2, reason: r}\n",
			[]Expected{{Rule: TypeNull, Operation: "a.B", Part: "output", Place: "/x", Value: `"y"`, Count: 2, Reason: "r", Required: true}}},
		{"a baseline without a place", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, got: ~, reason: r}\n", nil},
		{"a case", "- {rule: conform.failed, at: union/*, value: ~.*a.*, count: 2, expires: 2026-12-31, reason: r}\n",
			[]Expected{{Rule: ConformFailed, Case: "union/*", Value: "~.*a.*", Count: 2, Expires: "2026-12-31", Reason: "r"}}},
		{"a case that looks like a place", "- {reason: r, at: 'a:B$c /d top', rule: conform.flaky}\n", []Expected{{Rule: ConformFlaky, Case: "a:B$c /d top", Reason: "r"}}},
		{"an empty baseline", "crcheckBaseline: 1\nexpected: []\n", nil},
		{"aliases", "- &a {rule: type.null, at: /a, reason: r}\n- *a\n", []Expected{{Rule: TypeNull, Place: "/a", Reason: "r"}, {Rule: TypeNull, Place: "/a", Reason: "r"}}},
	} {
		t.Run(v.name, func(t *testing.T) {
			rows, err := ReadRows("x.yaml", []byte(v.text))
			if v.name == "a baseline without a place" { // got: null is no text
				require.EqualError(t, err, "x.yaml:3: got: expected text")
				return
			}
			require.NoError(t, err)
			require.Equal(t, v.want, rows)
			text, err := EncodeRows(rows)
			require.NoError(t, err)
			again, err := ReadRows("x.yaml", text)
			require.NoError(t, err)
			for i := range rows {
				rows[i].Required = false // who reads a file says so
			}
			require.Equal(t, rows, again)
		})
	}
}

func TestReadRowsRefuses(t *testing.T) {
	const row = "- rule: type.null\n  at: /a\n  reason: r\n"
	for _, v := range []struct{ name, text, want string }{
		{"an unknown key", row + "  resaon: x\n", "x.yaml:4: unknown key resaon; did you mean reason?"},
		{"a key in another case", row + "  Source: x\n", "x.yaml:4: unknown key Source; did you mean source?"},
		{"a key like no other", row + "  colour: x\n", "x.yaml:4: unknown key colour; use one of "},
		{"an older key", row + "  place: /a\n", "x.yaml:4: unknown key place"},
		{"an unknown key of a later row", row + row + "  vlaue: x\n", "x.yaml:7: unknown key vlaue; did you mean value?"},
		{"a key twice", row + "  at: /b\n", "x.yaml:4: duplicate key at"},
		{"no rule", "- at: /a\n  reason: r\n", "x.yaml:1: the row has no rule"},
		{"an unknown rule", "- rule: type.nul\n  at: /a\n  reason: r\n", `x.yaml:1: unknown rule "type.nul"; did you mean type.null?`},
		{"no at", "- rule: type.null\n  reason: r\n", "x.yaml:1: the row has no at; * matches everything"},
		{"an empty at", "- rule: type.null\n  reason: r\n  at: ''\n", "x.yaml:3: at is empty; * matches everything"},
		{"a part without an operation", "- rule: type.null\n  reason: r\n  at: output/a\n", `x.yaml:3: at "output/a": "output/a" is not an operation`},
		{"no reason", "- rule: type.null\n  at: /a\n", "x.yaml:1: row for type.null at /a: has no reason"},
		{"a list as text", row + "  value: [a]\n", "x.yaml:4: value: expected text"},
		{"nothing as text", row + "  value:\n", "x.yaml:4: value: expected text"},
		{"a count in words", row + "  count: two\n", `x.yaml:4: count: "two" is not a positive number`},
		{"a count of nothing", row + "  count: 0\n", `x.yaml:4: count: "0" is not a positive number`},
		{"a date in words", row + "  expires: soon\n", `expires "soon" is not a date such as 2026-12-31`},
		{"a broken expression", row + "  value: ~(\n", "missing closing )"},
		{"a row that is text", "- type.null\n", "x.yaml:1: expected a mapping with rule, at and reason"},
		{"an empty row", row + "-\n", "x.yaml:4: expected a mapping with rule, at and reason"},
		{"text", "type.null\n", "x.yaml:1: expected a list of ignore rows"},
		{"another mapping", "ignore:\n  - rule: type.null\n", "x.yaml:1: unknown key ignore"},
		{"a later baseline", "crcheckBaseline: 2\nexpected: []\n", "crcheckBaseline: 1"},
		{"a baseline in words", "crcheckBaseline: one\nexpected: []\n", `x.yaml:1: crcheckBaseline: "one" is not a number`},
		{"both ways to name a place", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, at: /a,\n     part: output, reason: r}\n", "x.yaml:4: the row has both at and the older key part"},
		{"both ways to name a value", "crcheckBaseline: 1\nexpected:\n  - {rule: type.null, value: a, got: a, reason: r}\n", "x.yaml:3: the row has both value and the older key got"},
		{"an older list of known failures", "# a\ncrcheckKnownFailing: 1\ncases: []\n", "x.yaml:2: crcheckKnownFailing is a key of an older format: write a list of ignore rows"},
		{"the same without its first line", "cases:\n  - {case: a/b, reason: r}\n", "x.yaml:1: cases is a key of an older format: write a list of ignore rows"},
		{"an older row of a known failure", "- case: a/b\n  reason: r\n", "x.yaml:1: case is a key of an older format: write at, and rule: conform.failed"},
		{"an older flaky row", "- rule: conform.failed\n  at: a/b\n  flaky: true\n  reason: r\n", "x.yaml:3: flaky is a key of an older format: write rule: conform.flaky"},
		{"a case under another rule", "- {rule: type.null, at: union/two, reason: r}", `"union/two" is not an operation`},
		{"a misspelt rule about cases", "- {rule: conform.fialed, at: union/two, reason: r}", `x.yaml:1: unknown rule "conform.fialed"; did you mean conform.failed?`},
		{"a rule about cases without one", "- {rule: conform.failed, reason: r}", "x.yaml:1: the row has no at"},
		{"an empty case", "- {rule: conform.failed, at: '', reason: r}", "x.yaml:1: at is empty"},
		{"a case with a source", "- {rule: conform.failed, at: a/b, source: c, reason: r}", "x.yaml:1: row for conform.failed at a/b: is about a case"},
		{"a case with a severity", "- {rule: conform.failed, at: a/b, severity: info, reason: r}", "is about a case"},
		{"a flaky case with a value", "- {rule: conform.flaky, at: a/b, value: c, reason: r}", "varies between runs"},
		{"a broken pattern of cases", "- {rule: conform.failed, at: 'a/[', reason: r}", "syntax error in pattern"},
		{"a case of a baseline with older keys", "crcheckBaseline: 1\nexpected:\n  - {rule: conform.failed, place: /a, reason: r}\n", "names no case"},
		{"two documents", row + "---\n" + row, "x.yaml:4: unexpected second YAML document"},
		{"no YAML", "- rule: [\n", "x.yaml:"},
	} {
		t.Run(v.name, func(t *testing.T) {
			rows, err := ReadRows("x.yaml", []byte(v.text))
			require.Nil(t, rows)
			var broken *RowError
			require.ErrorAs(t, err, &broken)
			require.ErrorContains(t, err, v.want)
		})
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add([]byte("- {rule: type.null, at: a.B output/x, value: ~a, reason: r, count: 2, expires: 2026-01-01}"))
	f.Add([]byte("crcheckBaseline: 1\nexpected:\n  - {rule: type.null, place: /*, got: '~', reason: r}\n"))
	f.Add([]byte("- {rule: type.null, at: 's:A$b output', reason: \"a\\n\"}"))
	f.Add([]byte("- {rule: conform.failed, at: union/*, value: ~a, reason: r}\n- {rule: conform.flaky, at: a, reason: r}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := ReadRows("x", text)
		if err != nil {
			return
		}
		for i := range rows {
			rows[i].Required = false
		}
		written, err := EncodeRows(rows)
		if err != nil {
			t.Skip() // YAML does not write every text
		}
		again, err := ReadRows("x", written)
		require.NoError(t, err, "%s", written)
		require.Len(t, again, len(rows))
		for i := range rows {
			require.Equal(t, rows[i].At(), again[i].At())
		}
		_, _ = NewLedger(rows)
	})
}
