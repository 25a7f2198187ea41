package finding_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
)

// TestWithheld has a row for each place that the texts of a finding come from.
func TestWithheld(t *testing.T) {
	text := finding.ValueOf(finding.KindString, "my secret")
	for _, row := range []struct {
		name           string
		f              finding.Finding
		pointer, shape string
		message        string
	}{
		{"text", finding.Finding{Rule: finding.EnumUnknownValue, Pointer: "/a", Masked: "/a", Found: text}, "/a", "", "a string of 9 code points is not a value of the enum"},
		{"number", finding.Finding{Rule: finding.TypeMismatch, Found: finding.ValueOf(finding.KindInteger, "7"), Wanted: finding.Want{Type: "string"}}, "", "", "got number 7, want string"},
		{"time", finding.Finding{Rule: finding.TypeMismatch, Found: finding.ValueOf(finding.KindDateTime, "2026-01-01T00:00:00Z"), Wanted: finding.Want{Type: "integer"}}, "", "", `got string "2026-01-01T00:00:00Z", want integer`},
		{"sensitive", finding.Finding{Rule: finding.EnumUnknownValue, Sensitive: true, Found: finding.Value{Kind: finding.KindString}}, "", "", "the value is not a value of the enum"},
		{"cause", finding.Finding{Rule: finding.SyntaxInvalid, Found: finding.ValueOf(finding.KindCharacter, "s"), Cause: `invalid escape "\secret" in string`}, "", "", "invalid JSON: invalid escape …"},
		{"key", finding.Finding{Rule: finding.ConstraintPattern, Pointer: "/tags/secret/0", Masked: "/tags/*/0", Found: text, Wanted: finding.Want{Pattern: "a"}}, "/tags/*/0", "", "a string of 9 code points does not match the pattern a"},
		{"unknown place", finding.Finding{Rule: finding.MemberMissing, Pointer: "/secret/0", Names: []string{"id"}}, "/*/0", "", `the required member "id" is absent or null`},
		{"duplicate key", finding.Finding{Rule: finding.SyntaxDuplicateMember, Pointer: "/tags/secret", Masked: "/tags/*", Names: []string{"secret"}}, "/tags/*", "", `duplicate member name "(withheld)"; crcheck reads the last value, other parsers may read the first`},
		{"member", finding.Finding{Rule: finding.MemberUnknown, Pointer: "/Colour", Masked: "/Colour", Shape: "Bed$Colour", Names: []string{"Colour"}}, "/Colour", "Bed$Colour", `unknown member "Colour"`},
		{"member that is not a name", finding.Finding{Rule: finding.MemberUnknown, Pointer: "/AKIA12345678", Masked: "/AKIA12345678", Shape: "Bed$AKIA12345678", Names: []string{"AKIA12345678"}}, "/*", "Bed$*", `unknown member "(withheld)"`},
		{"media type", finding.Finding{Rule: finding.HTTPContentType, Found: finding.Text("text/secret"), Wanted: finding.Want{Text: "application/json"}}, "", "", "got Content-Type (withheld), want application/json"},
		{"known media type", finding.Finding{Rule: finding.HTTPContentType, Found: finding.Text("text/html"), Wanted: finding.Want{Text: "application/json"}}, "", "", "got Content-Type text/html, want application/json"},
		{"query code", finding.Finding{Rule: finding.ErrorQueryCode, Problem: finding.OtherCode, Names: []string{"NotFound"}, Found: finding.Text("my secret;Sender"), Wanted: finding.Want{Text: "Gone"}}, "", "", `the header X-Amzn-Query-Error has the code "(withheld)", want Gone for NotFound`},
		{"echo", finding.Finding{Rule: finding.EchoMismatch, Names: []string{"id"}, Found: text, Wanted: finding.Want{Text: "other secret"}}, "", "", "the value differs from the request's id"},
		{"error", finding.Finding{Rule: finding.ErrorUnmodeled, Names: []string{"my secret"}}, "", "", `unmodeled error "(withheld)"`},
		{"secret", finding.Finding{Rule: finding.SecretFound, Pointer: "/a/secret", Message: "the response header X-Key-1234567 contains what looks like a key"}, "/*/*", "", "the response header (withheld) contains what looks like a key"},
		{"not recorded", finding.Finding{Rule: finding.RecordNotRedacted, Message: "the interaction was not recorded: secret"}, "", "", "A body could not be searched for secrets: it is binary, or has an unknown encoding"},
		{"pattern of a model", finding.Finding{Rule: finding.PatternTimeout, Found: text, Wanted: finding.Want{Pattern: "a"}}, "", "", "a string of 9 code points took too long to match against the pattern, so it was not checked"},
		{"model", finding.Finding{Rule: finding.OverlayStale, Pointer: "/a", Cause: `"b" is stated`}, "/a", "", `"b" is stated`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := finding.NewSet(row.f)[0].Withheld()
			require.Equal(t, []string{row.pointer, row.shape, row.message}, []string{got.Pointer, got.Shape, got.Message})
		})
	}
}

func TestUnquoted(t *testing.T) {
	for _, row := range [][2]string{
		{"plain", "plain"},
		{`a.yaml: line 3: cannot read "secret"`, "a.yaml: line 3: cannot read …"},
		{"dial https://secret@host/ failed", "dial …"},
		{`Get "https://secret"`, "Get …"},
		{"https://secret", "…"},
	} {
		t.Run(row[0], func(t *testing.T) { require.Equal(t, row[1], finding.Unquoted(row[0])) })
	}
}
