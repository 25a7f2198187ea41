package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlace(t *testing.T) {
	for pointer, want := range map[string]string{
		"":              "",
		"/":             "/",
		"/a":            "/a",
		"/0":            "/*",
		"/a/12/b/3":     "/a/*/b/*",
		"/a1/1a":        "/a1/1a",
		"/a//1":         "/a//*",
		"/parameters/7": "/parameters/*",
		"/x~1y/00":      "/x~1y/*",
		"/a/-1/1.5":     "/a/-1/1.5",
	} {
		require.Equal(t, want, Finding{Pointer: pointer}.Place(), "%q", pointer)
	}
}

func TestFingerprint(t *testing.T) {
	base := Finding{Rule: TypeNull, Operation: "s.O", Pointer: "/list/3/a"}
	for name, same := range map[string]Finding{
		"another index": {Rule: TypeNull, Operation: "s.O", Pointer: "/list/12/a"},
		"another wording": {Rule: TypeNull, Operation: "s.O", Pointer: "/list/3/a", Severity: Error, Source: "f", Interaction: 2,
			Line: 1, Column: 2, Event: 3, EventType: "t", Offset: 4, Got: "g", Want: "w", Message: "m", Sensitive: true},
	} {
		require.Equal(t, base.Fingerprint(), same.Fingerprint(), name)
	}
	for name, other := range map[string]Finding{
		"rule":      {Rule: TypeMismatch, Operation: "s.O", Pointer: "/list/3/a"},
		"operation": {Rule: TypeNull, Operation: "s.P", Pointer: "/list/3/a"},
		"place":     {Rule: TypeNull, Operation: "s.O", Pointer: "/list/3/b"},
		"part":      {Rule: TypeNull, Operation: "s.O", Pointer: "/list/3/a", Part: "input"},
	} {
		require.NotEqual(t, base.Fingerprint(), other.Fingerprint(), name)
	}
	// Baselines hold fingerprints: they must not change between releases.
	require.Equal(t, "06373ee060898320", base.Fingerprint())
}

func TestFindingString(t *testing.T) {
	for want, f := range map[string]Finding{
		"info type.null at the top: m":                      {Rule: TypeNull, Message: "m"},
		"info type.null at input: m":                        {Rule: TypeNull, Part: "input", Message: "m"},
		"info type.null at error:E#/a: m":                   {Rule: TypeNull, Part: "error:E", Pointer: "/a", Message: "m"},
		"error type.null at /a: m":                          {Rule: TypeNull, Severity: Error, Pointer: "/a", Message: "m"},
		"info type.null at /a, event 7, byte 0: m":          {Rule: TypeNull, Pointer: "/a", Event: 7, Message: "m"},
		"info type.null at /a, event 7 (chunk), byte 12: m": {Rule: TypeNull, Pointer: "/a", Event: 7, EventType: "chunk", Offset: 12, Message: "m"},
		"3:4: info type.null at /a: m":                      {Rule: TypeNull, Pointer: "/a", Line: 3, Column: 4, Message: "m"},
		"f.json: info type.null at /a: m":                   {Rule: TypeNull, Pointer: "/a", Source: "f.json", Message: "m"},
		"f.json:3:4: warning type.null at /a: m":            {Rule: TypeNull, Pointer: "/a", Severity: Warning, Source: "f.json", Line: 3, Column: 4, Message: "m"},
	} {
		require.Equal(t, want, f.String())
	}
}

// TestEventOrder checks that the findings of a stream have the order of its events.
func TestEventOrder(t *testing.T) {
	set := NewSet(
		Finding{Rule: TypeNull, Pointer: "/s/1/a", Event: 2, Offset: 7},
		Finding{Rule: TypeNull, Pointer: "/s/9/a", Event: 10, Offset: 300},
		Finding{Rule: TypeNull, Pointer: "/s/1/b", Event: 2, Offset: 3},
		Finding{Rule: TypeNull, Pointer: "/s/1/b", Event: 2, Offset: 3},
		Finding{Rule: TypeNull, Pointer: "/z"},
	)
	var order []int64
	for _, f := range set {
		order = append(order, int64(f.Event)*1000+f.Offset)
	}
	require.Equal(t, []int64{0, 2003, 2007, 10300}, order)
}

// TestGeneral checks that the general rule of an empty value depends on what the finding wants.
func TestGeneral(t *testing.T) {
	for name, test := range map[string]struct {
		f    Finding
		want RuleID
	}{
		"at least":   {Finding{Rule: ConstraintEmpty, Wanted: Want{Bounds: Bounds{Min: "1"}}}, ConstraintLength},
		"exactly":    {Finding{Rule: ConstraintEmpty, Wanted: Want{Bounds: Bounds{Min: "1", Max: "1"}}}, ConstraintLength},
		"pattern":    {Finding{Rule: ConstraintEmpty, Wanted: Want{Pattern: "^[a-z]+$"}}, ConstraintPattern},
		"collection": {Finding{Rule: MemberMissingCollection}, MemberMissing},
		"other":      {Finding{Rule: EnumUnknownValue}, EnumUnknownValue},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.f.General())
			require.Equal(t, test.want, Set{test.f}.General()[0].Rule)
			require.True(t, Expected{Rule: test.want}.Matches(test.f))
		})
	}
	require.False(t, Expected{Rule: ConstraintLength}.Matches(Finding{Rule: ConstraintEmpty, Wanted: Want{Pattern: "^[a-z]+$"}}))
}
