package drift

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// rational is the exact value of a number that [schema.Contract.Check] let pass.
func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// quote writes a JSON string.
func quote(text string) string {
	b, _ := jsontext.AppendQuote(nil, text)
	return string(b)
}

// unquote reads a JSON string; ok is false for any other value.
func unquote(text string) (value string, ok bool) {
	if len(text) == 0 || text[0] != '"' {
		return "", false
	}
	b, err := jsontext.AppendUnquote(nil, text)
	return string(b), err == nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
