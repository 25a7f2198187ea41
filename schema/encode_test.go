package schema

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEncodeAll checks that contracts that share shapes, also under different names, are encoded as
// encoding/json encodes each alone.
func TestEncodeAll(t *testing.T) {
	bounded := Inline(Shape{Name: "<&>\u2028", Type: Integer, Range: Is(Bounds{Min: "1e3", Max: "12345678901234567890"}), Enum: Is([]string{})})
	shared := &Shape{Type: Structure, Members: []Member{{Name: `a"\`, Shape: bounded, Required: Is(true)}, {Name: "self", Shape: Named("A")}}}
	all := []*Contract{
		{Format: Format, Service: "s", Operation: "None"},
		{Format: Format, Service: "s", Operation: "One", Input: "A", Shapes: map[string]*Shape{"A": shared}, Provenance: map[string]int{"": 0}},
		{Format: Format, Service: "s", Operation: "Two", InputUnstated: true, Origins: []Origin{{Kind: "k", Operations: 2}},
			Shapes: map[string]*Shape{"é\n": shared, "A": shared, "B": {Type: Structure}}},
	}
	i := 0
	require.NoError(t, EncodeAll(all, func(c *Contract, text []byte) error {
		require.Same(t, all[i], c)
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", indent)
		require.NoError(t, e.Encode(c))
		require.Equal(t, want.String(), string(text))
		i++
		return nil
	}))
	require.Equal(t, len(all), i)
}

// TestNumberText checks that the end of a bound is written as a number.
func TestNumberText(t *testing.T) {
	require.Equal(t, "1024", ValueText(json.Number("1024")))
	require.Equal(t, `{"min":1e3}`, ValueText(Bounds{Min: "1e3"}))
}
