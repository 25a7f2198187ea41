package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRoundTrip(t *testing.T) {
	text := gardenText(t)
	c, err := Parse(text)
	require.NoError(t, err)
	again, err := c.Encode()
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))

	eachRandom(t, func(t *testing.T, c *Contract) {
		text, err := c.Encode()
		require.NoError(t, err)
		d, err := Parse(text)
		require.NoError(t, err)
		again, err := d.Encode()
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
		require.Equal(t, c.Digest(), d.Digest())
		require.Empty(t, Diff(c, d))
		if c.Provenance == nil && len(c.Shapes) > 0 {
			require.Equal(t, c, d)
		}
	})
}

// TestEncodingJSON: readers of whole files may hold contracts in their own forms.
func TestEncodingJSON(t *testing.T) {
	var form struct{ Contract *Contract }
	require.NoError(t, json.Unmarshal([]byte(`{"Contract":`+string(gardenText(t))+`}`), &form))
	require.Equal(t, garden(t), form.Contract)
}

// TestParseErrors: each document is refused at a place.
func TestParseErrors(t *testing.T) {
	for _, v := range []struct {
		name     string
		old, new string // in the garden; the problem stands at ¦
		pointer  string
	}{
		{"syntax", `"readonly": true,`, `"readonly": tru¦,`, "/readonly"},
		{"a comma too many", `"readonly": true,`, `"readonly": true,¦,`, ""},
		{"after wide letters", `"readonly": true,`, `"readonly": "ü😀" ¦x`, ""},
		{"unknown member of the contract", `"readonly": true,`, `¦"readOnly": true,`, "/readOnly"},
		{"unknown member of an error", `"fault": "client"`, `¦"faul": "client"`, "/errors/0/faul"},
		{"unknown member of a shape", `"eventStream": true`, `¦"eventstream": true`, "/shapes/Events/eventstream"},
		{"unknown member of a member", `"location": "body"`, `¦"locatoin": "body"`, "/shapes/Bed/members/0/locatoin"},
		{"unknown facet of an inline shape", `"bits": 32`, `¦"bit": 32`, "/shapes/Bed/members/1/shape/bit"},
		{"unknown end of bounds", `"max": 0.5`, `¦"most": 0.5`, "/shapes/Bed/members/2/shape/range/most"},
		{"unknown member of an echo", `"input": "bedId"`, `¦"inputs": "bedId"`, "/echoes/0/inputs"},
		{"unknown member of an origin", `"kind": "overlay"`, `¦"kinds": "overlay"`, "/origins/1/kinds"},
		{"repeated member", `"readonly": true,`, `¦"method": "PUT",`, "/method"},
		{"repeated shape", `"Events": {`, `¦"Bed": {`, "/shapes/Bed"},
		{"repeated facet", `"bits": 32`, `¦"range": {}`, "/shapes/Bed/members/1/shape/range"},
		{"another type", `"status": 200,`, `"status": ¦"200",`, "/status"},
		{"a fraction", `"status": 200,`, `"status": ¦200.5,`, "/status"},
		{"a number for a string", `"RED",`, `¦7,`, "/shapes/Bed/members/8/shape/enum/0"},
		{"a bound in quotes", `{
              "max": 0.5
            }`, `{
              "max": ¦"0.5"
            }`, "/shapes/Bed/members/2/shape/range/max"},
		{"a number for a shape", `"shape": "Events"`, `"shape": ¦7`, "/shapes/GetBedOutput/members/1/shape"},
		{"invalid UTF-8", `"BedId"`, "\"Bed¦\xff\"", ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			text := strings.Replace(string(gardenText(t)), v.old, v.new, 1)
			before, _, found := strings.Cut(text, "¦")
			require.True(t, found, v.name)
			_, err := Parse([]byte(strings.Replace(text, "¦", "", 1)))
			var at *DocumentError
			require.ErrorAs(t, err, &at, v.name)
			require.NotEmpty(t, at.Problem)
			assert.NotContains(t, at.Problem, "schema.", "%s: the problem names no Go type", v.name)
			if v.pointer != "" {
				assert.Equal(t, v.pointer, at.Place, v.name)
			}
			want := [2]int{1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])}
			assert.Equal(t, want, [2]int{at.Line, at.Column}, "%s: %s", v.name, err)
		})
	}
	text := gardenText(t)
	for end := 0; end < len(text)-2; end += 7 {
		_, err := Parse(text[:end])
		require.Error(t, err, "cut at %d", end)
	}
	for _, bad := range []string{"", " ", "null", "7", "[]", "{}", "{}{}", string(text) + "x", string(text) + string(text), "\ufeff" + string(text)} {
		t.Run(fmt.Sprintf("%.20q", bad), func(t *testing.T) {
			_, err := Parse([]byte(bad))
			require.Error(t, err, "%.20q", bad)
		})
	}
	_, err := Parse([]byte(`{"crcheckContract": 2, "service": "s", "news": {}}`))
	require.ErrorContains(t, err, "reads format 1", "a newer format is called that, not a misspelling")
	_, err = Parse(bytes.Replace(text, []byte(`"output": "GetBedOutput"`), []byte(`"output": "Nothing"`), 1))
	require.ErrorContains(t, err, `output: no shape "Nothing"`)
}

// FuzzParse: what is read passes the check and is written as one and the same text.
func FuzzParse(f *testing.F) {
	f.Add(gardenText(f))
	f.Add([]byte(`{"crcheckContract":1,"service":"s","operation":"O","output":"A","shapes":{"A":{"type":"structure","members":[{"name":"m","shape":"A"}]}}}`))
	for seed := range uint64(5) {
		text, err := randomContract(seed).Encode()
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse(text)
		if err != nil {
			return
		}
		require.NoError(t, c.Check())
		once, err := c.Encode()
		require.NoError(t, err)
		d, err := Parse(once)
		require.NoError(t, err)
		twice, err := d.Encode()
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
		require.Equal(t, c.Digest(), d.Clone().Digest())
		c.Walk(func(p Place, s *Shape, _ *Member) {
			at, err := ParsePlace(p.String())
			require.NoError(t, err)
			found, _, ok := c.At(at)
			require.True(t, ok)
			require.Same(t, s, found)
		})
		require.Empty(t, Diff(c, d))
		merged, conflicts := Merge(c, d)
		require.Nil(t, conflicts)
		require.Equal(t, c.Digest(), merged.Digest())
		c.UnsupportedPatterns()
	})
}
