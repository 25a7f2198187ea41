package schema

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

func TestKnown(t *testing.T) {
	var silent Known[bool]
	require.True(t, silent.Silent())
	require.True(t, silent.IsZero())
	require.True(t, silent.Or(true))
	require.Equal(t, "silent", silent.String())
	_, known := silent.Get()
	require.False(t, known)

	no := Is(false)
	require.False(t, no.Silent())
	require.False(t, no.IsZero(), "false is known, and no zero")
	require.False(t, no.Or(true))
	require.Equal(t, "false", no.String())
	value, known := no.Get()
	require.True(t, known)
	require.False(t, value)
	require.Equal(t, `"a<b"`, Is("a<b").String())
}

func TestKnownEqual(t *testing.T) {
	require.True(t, Known[int]{}.Equal(Known[int]{}))
	require.True(t, Is(1).Equal(Is(1)))
	require.False(t, Is(1).Equal(Is(2)))
	require.False(t, Is(0).Equal(Known[int]{}), "zero is no silence")
	require.False(t, Known[int]{}.Equal(Is(0)))

	for _, v := range []struct {
		a, b []string
		same bool
	}{
		{nil, []string{}, true},
		{[]string{"A", "B"}, []string{"B", "A"}, true},
		{[]string{"A", "B"}, []string{"A"}, false},
		{[]string{"A", "A"}, []string{"A", "B"}, false},
	} {
		t.Run(fmt.Sprintf("%q %q", v.a, v.b), func(t *testing.T) {
			require.Equal(t, v.same, Is(v.a).Equal(Is(v.b)), "%q %q", v.a, v.b)
		})
	}
	a := []string{"B", "A"}
	Is(a).Equal(Is([]string{"A", "B"}))
	require.Equal(t, []string{"B", "A"}, a, "comparing sorts nothing")

	for _, v := range []struct {
		a, b Bounds
		same bool
	}{
		{Bounds{}, Bounds{}, true},
		{Bounds{Min: "4"}, Bounds{Min: "4.0"}, true},
		{Bounds{Max: "1e3"}, Bounds{Max: "1000"}, true},
		{Bounds{Max: "1000000000000000000001"}, Bounds{Max: "1000000000000000000000"}, false},
		{Bounds{Min: "0"}, Bounds{}, false},
		{Bounds{Min: "1"}, Bounds{Max: "1"}, false},
		{Bounds{Min: "1e999999999"}, Bounds{Min: "2e999999999"}, false}, // not expanded
	} {
		t.Run(fmt.Sprintf("%s %s", v.a, v.b), func(t *testing.T) {
			require.Equal(t, v.same, Is(v.a).Equal(Is(v.b)), "%s, %s", v.a, v.b)
		})
	}
}

type facetForm struct {
	Flag   Known[bool]     `json:"flag,omitzero" yaml:"flag,omitempty"`
	Enum   Known[[]string] `json:"enum,omitzero" yaml:"enum,omitempty"`
	Bounds Known[Bounds]   `json:"bounds,omitzero" yaml:"bounds,omitempty"`
	Always Known[int]      `json:"always"`
}

func TestKnownJSON(t *testing.T) {
	for _, v := range []struct {
		form facetForm
		text string
	}{
		{facetForm{}, `{"always":null}`},
		{facetForm{Flag: Is(false), Enum: Is([]string{}), Bounds: Is(Bounds{}), Always: Is(0)}, `{"flag":false,"enum":[],"bounds":{},"always":0}`},
		{facetForm{Enum: Is[[]string](nil)}, `{"enum":[],"always":null}`},
		{facetForm{Enum: Is([]string{"A", "B"}), Bounds: Is(Bounds{"-1", "1e3"})}, `{"enum":["A","B"],"bounds":{"min":-1,"max":1e3},"always":null}`},
	} {
		t.Run(v.text, func(t *testing.T) {
			text, err := json.Marshal(v.form)
			require.NoError(t, err)
			require.Equal(t, v.text, string(text))
			back := facetForm{Flag: Is(true), Always: Is(7)}
			require.NoError(t, json.Unmarshal(text, &back))
			require.Equal(t, v.form.Always, back.Always, "null is silence")
			require.Equal(t, v.form.Enum, back.Enum)
			require.Equal(t, v.form.Bounds, back.Bounds)
		})
	}
	for _, bad := range []string{`{"flag":"true"}`, `{"enum":"A"}`, `{"enum":[1]}`, `{"bounds":[]}`, `{"bounds":{"min":"1"}}`, `{"always":1.5}`} {
		t.Run(bad, func(t *testing.T) {
			require.Error(t, json.Unmarshal([]byte(bad), new(facetForm)), bad)
		})
	}
}

func TestKnownYAML(t *testing.T) {
	var form facetForm
	require.NoError(t, yaml.Unmarshal([]byte("flag: false\nenum: []\nbounds: {min: -1, max: 1e3}"), &form))
	require.Equal(t, facetForm{Flag: Is(false), Enum: Is([]string{}), Bounds: Is(Bounds{"-1", "1e3"})}, form)
	form = facetForm{}
	require.NoError(t, yaml.Unmarshal([]byte("flag: null\nenum: ~\nbounds:"), &form))
	require.Equal(t, facetForm{}, form, "null is silence")
	for _, bad := range []string{"flag: 7", "enum: A", "enum: {}", "bounds: 3", "bounds: {least: 3}", "bounds: {min: 1, min: 2}", "bounds: {min: [1]}"} {
		t.Run(bad, func(t *testing.T) {
			require.Error(t, yaml.Unmarshal([]byte(bad), new(facetForm)), bad)
		})
	}
}

func TestBoundsString(t *testing.T) {
	for want, b := range map[string]Bounds{"any": {}, "at most 3": {Max: "3"}, "at least 3": {Min: "3"}, "exactly 3": {"3", "3"}, "3 to 4": {"3", "4"}} {
		t.Run(want, func(t *testing.T) {
			require.Equal(t, want, b.String())
		})
	}
}

func TestNumbers(t *testing.T) {
	for text, is := range map[string][2]bool{ // a number, a count
		"0": {true, true}, "36": {true, true}, "-0": {true, false}, "-1.5": {true, false}, "1e3": {true, false}, "1E+300": {true, false},
		"1e-999": {true, false}, strings.Repeat("9", 40): {true, true}, strings.Repeat("9", 41): {}, "1e1000": {}, "1e+1000": {},
		"": {}, "-": {}, "+1": {}, "01": {}, "1.": {}, ".5": {}, "1e": {}, "0x1": {}, "1_0": {}, "3/4": {}, " 1": {}, "1\n": {}, "1 2": {},
		"NaN": {}, "Infinity": {}, "null": {}, "true": {}, `"1"`: {}, "[1]": {}, "１": {},
	} {
		t.Run(text, func(t *testing.T) {
			require.Equal(t, is, [2]bool{decimal.Bound(text), isCount(text)}, "%q", text)
		})
	}
}
