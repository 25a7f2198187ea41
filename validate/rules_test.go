package validate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func newest(t testing.TB) *Validator {
	t.Helper()
	v, err := Compile(contracts.MustLoad(contracts.Newest), Options{})
	require.NoError(t, err)
	return v
}

// TestEveryRule checks that each rule of the table has a document that breaks it.
func TestEveryRule(t *testing.T) {
	v := newest(t)
	for _, rule := range finding.Rules() {
		if !slices.Contains([]finding.Layer{finding.LayerSchema, finding.LayerBytes, finding.LayerHTTP, finding.LayerDerive}, rule.Layer) {
			continue // other packages' rules, with vectors there
		}
		t.Run(string(rule.ID), func(t *testing.T) {
			check, elsewhere := otherVectors[rule.ID]
			vector, ok := vectors[rule.ID]
			require.True(t, ok != elsewhere, "the rule has no vector, or two")
			if elsewhere {
				check(t)
				return
			}
			require.NotEmpty(t, vector.refuses)
			require.NotEmpty(t, vector.passes)
			for i, document := range vector.refuses {
				found := v.Output([]byte(document))
				require.Contains(t, found.Rules(), rule.ID, "refused document %d", i)
				if rule.Layer != finding.LayerBytes {
					require.Equal(t, []finding.RuleID{rule.ID}, found.Rules(), "refused document %d: %v", i, found)
				}
				at := slices.IndexFunc(found, func(f finding.Finding) bool { return f.Rule == rule.ID })
				if rule.ID != finding.SyntaxInvalid {
					require.Equal(t, vector.place, found[at].Place(), "refused document %d", i)
				}
				require.Positive(t, found[at].Line)
				require.Equal(t, rule.Severity(finding.Default), found[at].Severity)
				require.False(t, v.Accepts(schema.OutputPart, []byte(document)))
			}
			for i, document := range vector.passes {
				require.Nil(t, v.Output([]byte(document)), "document %d that passes", i)
				require.True(t, v.Accepts(schema.OutputPart, []byte(document)))
			}
		})
	}
}

func TestMismatches(t *testing.T) {
	v := newest(t)
	for place, vector := range mismatches {
		t.Run(place, func(t *testing.T) {
			for _, document := range vector.refuses {
				found := v.Output([]byte(document))
				require.Equal(t, []finding.RuleID{finding.TypeMismatch}, found.Rules(), "%s: %v", document, found)
				require.Equal(t, place, found[0].Place())
			}
			for _, document := range vector.passes {
				require.Nil(t, v.Output([]byte(document)), document)
			}
		})
	}
}

// TestExactNumbers checks numbers that a double cannot distinguish from the bound.
func TestExactNumbers(t *testing.T) {
	v, err := Compile(contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90"), Options{})
	require.NoError(t, err)
	require.Nil(t, v.Output([]byte(worker("128"))))
	found := v.Output([]byte(worker("128.0000000000000000001")))
	require.Equal(t, []finding.RuleID{finding.ConstraintRange, finding.TypeMismatch}, found.Rules())
	require.Equal(t, "128.0000000000000000001", found[0].Got)
	require.Equal(t, []finding.RuleID{finding.ConstraintRange}, v.Output([]byte(worker("129"))).Rules())
}

func TestPlaces(t *testing.T) {
	v := newest(t)
	found := v.Output([]byte("{\"protectedJob\":{\n  \"é\":1,\n \"status\" :  \"x\" } }"))
	var places []string
	for _, f := range found {
		places = append(places, fmt.Sprintf("%s %d:%d", f.Pointer, f.Line, f.Column))
	}
	require.Equal(t, []string{
		"/protectedJob/createTime 1:17", "/protectedJob/id 1:17", "/protectedJob/membershipArn 1:17", "/protectedJob/membershipId 1:17",
		"/protectedJob/é 2:3", "/protectedJob/status 3:14",
	}, places)
}

// TestLastValueCounts checks that findings about a repeated value are about its last occurrence.
func TestLastValueCounts(t *testing.T) {
	v := newest(t)
	for _, vector := range []struct {
		document string
		rules    []finding.RuleID
	}{
		{with(`,"status":1,"status":"FAILED"`), []finding.RuleID{finding.SyntaxDuplicateMember}},
		{with(`,"status":null`), []finding.RuleID{finding.MemberMissing, finding.SyntaxDuplicateMember}},
		{output(`{"s3":{"location":"x"},"s3":null,"memberList":[]}`), []finding.RuleID{finding.SyntaxDuplicateMember}},
		{output(`{"other":{},"s3":{"location":"x"},"other":null}`), []finding.RuleID{finding.SyntaxDuplicateMember}},
		{parameters(`{"a":1,"a":"x"}`), []finding.RuleID{finding.SyntaxDuplicateMember}},
		{parameters(`{"a":"x","a":1}`), []finding.RuleID{finding.SyntaxDuplicateMember, finding.TypeMismatch}},
		{with(`,"extra":1,"extra":null`), []finding.RuleID{finding.SyntaxDuplicateMember}},
	} {
		require.Equal(t, vector.rules, v.Output([]byte(vector.document)).Rules(), vector.document)
	}
}

func TestSensitiveValuesAreWithheld(t *testing.T) {
	for _, document := range []string{parameters(`{"a":123456}`), parameters(`{"a b":"hush-hush"}`), parameters(`{"a":"hush-hush` + string(make([]byte, 0)) + fmt.Sprintf("%01000d", 0) + `"}`), parameters(`"hush-hush"`), parameters(`{"hush-hush":"x"}`), parameters(`{"hush":"x","hush":"y"}`)} {
		found := newest(t).Output([]byte(document))
		require.Len(t, found, 1)
		require.True(t, found[0].Sensitive)
		require.NotContains(t, found[0].Pointer+found[0].Got+found[0].Message, "hush")
		require.NotContains(t, found[0].Got+found[0].Message, "123456")
	}
}

func TestFindingsAreBounded(t *testing.T) {
	list := ""
	for range 3 * maxFindings {
		list += "null,"
	}
	found := newest(t).Output([]byte(output(`{"memberList":[` + list + `null]}`)))
	require.Len(t, found, maxFindings)
	require.Contains(t, found[len(found)-1].Message, "and more")
}

func TestProfiles(t *testing.T) {
	document := []byte(with(`,"extra":1`))
	for profile, want := range map[finding.Profile]finding.Severity{finding.Lenient: finding.Info, finding.Default: finding.Warning, finding.Strict: finding.Error} {
		v, err := Compile(contracts.MustLoad(contracts.Newest), Options{Profile: profile})
		require.NoError(t, err)
		require.Equal(t, want, v.Output(document)[0].Severity)
	}
}

// TestNumbersOfAnySize checks that a number without bits has only the limits of its range.
func TestNumbersOfAnySize(t *testing.T) {
	member := func(name string, of schema.Type, bits int, bounds schema.Bounds) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(schema.Shape{Type: of, Bits: schema.Is(bits), Range: schema.Is(bounds)})}
	}
	c := &schema.Contract{Format: schema.Format, Service: "s", Operation: "O", Output: "Out", Shapes: map[string]*schema.Shape{"Out": {Type: schema.Structure,
		Members: []schema.Member{member("integer", schema.Integer, 0, schema.Bounds{}), member("float", schema.Float, 0, schema.Bounds{}),
			member("most", schema.Float, 0, schema.Bounds{Max: "1e500"}), member("least", schema.Integer, 0, schema.Bounds{Min: "-1e30"}),
			member("long", schema.Integer, 64, schema.Bounds{}), member("double", schema.Float, 64, schema.Bounds{})}}}}
	o := newVerdictsOf(t, c, schema.OutputPart, schema.HTTP)
	digits := strings.Repeat("7", 1200)
	for _, v := range []struct {
		document string
		want     []finding.RuleID
	}{
		{`{"integer":9223372036854775808}`, []finding.RuleID{finding.NumberPrecision}},
		{`{"integer":-` + digits + `}`, []finding.RuleID{finding.NumberPrecision}},
		{`{"integer":` + digits + `.5}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"integer":1e-400}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"integer":1e1000001}`, []finding.RuleID{finding.NumberForm, finding.NumberPrecision}},
		{`{"long":9223372036854775808}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"float":1e400}`, nil},
		{`{"float":-1e1000001}`, nil},
		{`{"float":` + digits + `.5}`, nil},
		{`{"double":1e400}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"most":1e499}`, nil},
		{`{"most":1e501}`, []finding.RuleID{finding.ConstraintRange}},
		{`{"most":1e1000001}`, []finding.RuleID{finding.ConstraintRange}},
		{`{"least":-1000000000000000000000000000001}`, []finding.RuleID{finding.ConstraintRange, finding.NumberPrecision}},
	} {
		found, err := o.validator.Part(schema.OutputPart, []byte(v.document))
		require.NoError(t, err)
		require.Equal(t, v.want, found.Rules(), "%s: %v", wording.Clip(v.document, maxShown), found)
		o.agree(t, []byte(v.document))
	}
}

// TestSecretsOutOfPlace checks that a value of the wrong type is withheld if it replaces one with a
// sensitive value.
func TestSecretsOutOfPlace(t *testing.T) {
	const secret = `{"type":"string","sensitive":true}`
	for name, shape := range map[string]string{
		"list":         `{"type":"list","element":` + secret + `}`,
		"list of maps": `{"type":"list","element":{"type":"map","key":{"type":"string"},"value":` + secret + `}}`,
		"keys":         `{"type":"map","key":` + secret + `,"value":{"type":"string"}}`,
		"structure":    `"Login"`,
		"blob":         `{"type":"blob","sensitive":true}`,
	} {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"s","operation":"O","output":"Out","shapes":{"Out":{"type":"structure","members":[{"name":"m","shape":` + shape + `}]},
			"Login":{"type":"structure","members":[{"name":"password","shape":` + secret + `}]}}}`))
		require.NoError(t, err)
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			v, err := Compile(c, Options{Encoding: encoding})
			require.NoError(t, err)
			found := v.Output([]byte(`{"m":12345678}`))
			require.Len(t, found, 1, name)
			require.True(t, found[0].Sensitive, name)
			require.NotContains(t, found[0].Got+found[0].Message, "1234", name)
		}
	}
}
