package validate

import (
	"fmt"
	"slices"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

func newest(t testing.TB) *Validator {
	t.Helper()
	v, err := Compile(contracts.MustLoad(contracts.Newest), Options{})
	require.NoError(t, err)
	return v
}

// TestEveryRule iterates over the rule table: each rule has a document that it
// refuses and a neighbour that it lets pass.
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

// TestExactNumbers: a double could not tell these from the bound.
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

// TestLastValueCounts: what is wrong with a value that a repetition replaces is
// no finding of the schema layer, as no parser that takes the last one sees it.
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
