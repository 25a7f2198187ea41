package validate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// bag has a member for each shape that a minimum length is about, and required lists and maps.
const bag = `{"crcheckContract":1,"service":"test","operation":"Bag","protocol":"awsJson1_0","target":"Test.Bag","queryCompatible":true,"input":"Bag","output":"Bag","errors":[{"name":"Torn","shape":"Bag","status":400,"fault":"client","code":"Bag.Torn"},{"name":"Lost","shape":"Lost","status":500,"fault":"server"}],"shapes":{
	"Lost":{"type":"structure","members":[{"name":"Message","shape":{"type":"string"},"required":true}]},
	"Bag":{"type":"structure","members":[
		{"name":"text","shape":{"type":"string","length":{"min":1,"max":9},"pattern":"^[a-z]+$"}},
		{"name":"blob","shape":{"type":"blob","length":{"min":1}}},
		{"name":"list","shape":{"type":"list","element":{"type":"string"},"length":{"min":1}}},
		{"name":"map","shape":{"type":"map","key":{"type":"string","length":{"min":1}},"value":{"type":"string"},"length":{"min":1}}},
		{"name":"two","shape":{"type":"string","length":{"min":2}}},
		{"name":"plain","shape":{"type":"string","pattern":"^[a-z]+$"}},
		{"name":"none","shape":{"type":"string","length":{"min":0,"max":9},"pattern":"^[a-z]+$"}},
		{"name":"short","shape":{"type":"string","length":{"max":9},"pattern":"^[a-z]+$"}},
		{"name":"pair","shape":{"type":"string","length":{"min":2},"pattern":"^[a-z]+$"}},
		{"name":"maybe","shape":{"type":"string","pattern":"^[a-z]*$"}},
		{"name":"kind","shape":{"type":"string","enum":["a"]}},
		{"name":"keys","shape":{"type":"map","key":{"type":"string","pattern":"^[a-z]+$"},"value":{"type":"string"}}},
		{"name":"secret","shape":{"type":"string","pattern":"^[a-z]+$","sensitive":true}},
		{"name":"items","shape":{"type":"list","element":{"type":"string"}},"required":true},
		{"name":"tags","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string"}},"required":true},
		{"name":"id","shape":{"type":"string"},"required":true}]}}}`

func bagOf(t *testing.T, options Options) *Validator {
	t.Helper()
	c, err := schema.Parse([]byte(bag))
	require.NoError(t, err)
	v, err := Compile(c, options)
	require.NoError(t, err)
	return v
}

// TestEmpty checks empty values where a model requires one character, element or entry: AWS sends
// them.
func TestEmpty(t *testing.T) {
	full := func(member string) string { return `{"items":[],"tags":{},"id":"1",` + member + `}` }
	for name, test := range map[string]struct {
		member   string
		response []finding.RuleID
		request  []finding.RuleID
	}{
		"string":             {`"text":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintLength, finding.ConstraintPattern}},
		"blob":               {`"blob":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintLength}},
		"list":               {`"list":[]`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintLength}},
		"map":                {`"map":{}`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintLength}},
		"key":                {`"map":{"":"x"}`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintLength}},
		"minimum of 2":       {`"two":""`, []finding.RuleID{finding.ConstraintLength}, []finding.RuleID{finding.ConstraintLength}},
		"too long":           {`"text":"abcdefghijkl"`, []finding.RuleID{finding.ConstraintLength}, []finding.RuleID{finding.ConstraintLength}},
		"blank is not empty": {`"text":" "`, []finding.RuleID{finding.ConstraintPattern}, []finding.RuleID{finding.ConstraintPattern}},
		"no length":          {`"plain":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintPattern}},
		"minimum of 0":       {`"none":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintPattern}},
		"no minimum":         {`"short":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintPattern}},
		"key of a pattern":   {`"keys":{"":"x"}`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintPattern}},
		"sensitive":          {`"secret":""`, []finding.RuleID{finding.ConstraintEmpty}, []finding.RuleID{finding.ConstraintPattern}},
		"pattern and 2":      {`"pair":""`, []finding.RuleID{finding.ConstraintLength, finding.ConstraintPattern}, []finding.RuleID{finding.ConstraintLength, finding.ConstraintPattern}},
		"no match":           {`"plain":"A"`, []finding.RuleID{finding.ConstraintPattern}, []finding.RuleID{finding.ConstraintPattern}},
		"pattern of nothing": {`"maybe":""`, nil, nil},
		"enum":               {`"kind":""`, []finding.RuleID{finding.EnumUnknownValue}, []finding.RuleID{finding.EnumUnknownValue}},
		"null is absent":     {`"text":null`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := bagOf(t, Options{})
			for part, want := range map[schema.Part][]finding.RuleID{
				schema.OutputPart: test.response, schema.ErrorPart("Torn"): test.response, schema.InputPart: test.request} {
				found, err := v.Part(part, []byte(full(test.member)))
				require.NoError(t, err)
				require.Equal(t, want, found.Rules(), part)
			}
		})
	}
	for profile, want := range map[finding.Profile]finding.Severity{finding.Lenient: finding.Info, finding.Default: finding.Info, finding.Strict: finding.Warning} {
		t.Run(profile.String(), func(t *testing.T) {
			require.Equal(t, want, bagOf(t, Options{Profile: profile}).Output([]byte(full(`"text":""`)))[0].Severity)
		})
	}
}

// TestMissingCollection checks required lists and maps that are absent: AWS omits empty ones.
func TestMissingCollection(t *testing.T) {
	for name, test := range map[string]struct {
		document string
		response finding.RuleID
	}{
		"list":       {`{"tags":{},"id":"1"}`, finding.MemberMissingCollection},
		"map":        {`{"items":[],"id":"1"}`, finding.MemberMissingCollection},
		"null":       {`{"items":null,"tags":{},"id":"1"}`, finding.MemberMissingCollection},
		"a string":   {`{"items":[],"tags":{}}`, finding.MemberMissing},
		"a mismatch": {`{"items":{},"tags":{},"id":"1"}`, finding.TypeMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			v := bagOf(t, Options{})
			require.Equal(t, []finding.RuleID{test.response}, v.Output([]byte(test.document)).Rules())
			found, err := v.Part(schema.InputPart, []byte(test.document))
			require.NoError(t, err)
			require.Equal(t, []finding.RuleID{test.response.General()}, found.Rules())
		})
	}
	type graded struct {
		profile finding.Profile
		from    finding.Origin
	}
	for as, want := range map[graded]finding.Severity{
		{finding.Lenient, finding.OriginUnknown}: finding.Info, {finding.Default, finding.OriginUnknown}: finding.Warning, {finding.Strict, finding.OriginUnknown}: finding.Error,
		{finding.Default, finding.OriginAWS}: finding.Warning, {finding.Default, finding.OriginFixtures}: finding.Warning,
		{finding.Lenient, finding.OriginEmulator}: finding.Info, {finding.Default, finding.OriginEmulator}: finding.Error, {finding.Strict, finding.OriginEmulator}: finding.Error,
	} {
		t.Run(as.profile.String()+" "+as.from.String(), func(t *testing.T) {
			v := bagOf(t, Options{Profile: as.profile, From: as.from})
			require.Equal(t, want, v.Output([]byte(`{"tags":{},"id":"1"}`))[0].Severity)
		})
	}
}
