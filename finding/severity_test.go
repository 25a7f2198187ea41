package finding

import (
	"encoding"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	for _, v := range []struct {
		value fmt.Stringer
		into  interface {
			encoding.TextUnmarshaler
			fmt.Stringer
		}
		name string
	}{
		{Info, new(Severity), "info"},
		{Warning, new(Severity), "warning"},
		{Error, new(Severity), "error"},
		{Default, new(Profile), "default"},
		{Lenient, new(Profile), "lenient"},
		{Strict, new(Profile), "strict"},
	} {
		require.Equal(t, v.name, v.value.String())
		require.NoError(t, v.into.UnmarshalText([]byte(v.name)))
		require.Equal(t, v.value.String(), v.into.String())
		for _, bad := range []string{"", "Error", "errors", " error", "nope", "severity(7)"} {
			require.Error(t, v.into.UnmarshalText([]byte(bad)))
			require.Equal(t, v.name, v.into.String(), "a failed read changes nothing")
		}
	}
	require.Equal(t, "severity(7)", Severity(7).String())
	require.Equal(t, "profile(-1)", Profile(-1).String())
	_, err := Severity(3).MarshalText()
	require.Error(t, err)
	_, err = Severity(-1).MarshalText()
	require.Error(t, err)
}

func TestSeverityInJSON(t *testing.T) {
	for _, s := range []Severity{Info, Warning, Error} {
		f := Finding{Rule: TypeNull, Severity: s, Pointer: "/a", Message: "m"}
		text, err := json.Marshal(f)
		require.NoError(t, err)
		require.JSONEq(t, `{"rule":"type.null","severity":"`+s.String()+`","pointer":"/a","message":"m"}`, string(text))
		var back Finding
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, f, back)
	}
}

func TestGrade(t *testing.T) {
	set := NewSet(Finding{Rule: TypeNull, Pointer: "/a"}, Finding{Rule: NumberForm, Pointer: "/b"}, Finding{Rule: "no.such", Pointer: "/c"})
	for _, v := range []struct {
		profile Profile
		want    []Severity
		rejects bool
	}{
		{Lenient, []Severity{Info, Warning, Error}, true},
		{Default, []Severity{Warning, Error, Error}, true},
		{Strict, []Severity{Error, Error, Error}, true},
	} {
		graded := v.profile.Grade(set)
		for i, want := range v.want {
			require.Equal(t, want, graded[i].Severity, "%s %s", v.profile, graded[i].Rule)
			require.Equal(t, Info, set[i].Severity, "the set itself is not changed")
		}
		require.Equal(t, v.rejects, graded.Rejects())
	}
	require.False(t, Lenient.Grade(set[:2]).Rejects())
	require.Nil(t, Strict.Grade(Set{}))
	require.Nil(t, Strict.Grade(nil))
}
