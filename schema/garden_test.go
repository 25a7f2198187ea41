package schema

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// gardenText is a contract with every type, every facet and recursion.
func gardenText(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/garden.json")
	require.NoError(t, err)
	return text
}

func garden(t testing.TB) *Contract {
	t.Helper()
	c, err := Parse(gardenText(t))
	require.NoError(t, err)
	return c
}

// small returns a contract whose output is a structure with one member, "m".
func small(m Shape) *Contract {
	return &Contract{Format: Format, Service: "s", Operation: "O", Output: "Out",
		Shapes: map[string]*Shape{"Out": {Type: Structure, Members: []Member{{Name: "m", Shape: Inline(m)}}}}}
}

func place(t testing.TB, text string) Place {
	t.Helper()
	p, err := ParsePlace(text)
	require.NoError(t, err)
	return p
}

// contracts makes contracts at random: recursive ones, and of every facet known
// and silent.
type contracts struct{ *rand.Rand }

func maybe[T any](r contracts, values ...T) Known[T] {
	if r.IntN(2) == 0 {
		return Known[T]{}
	}
	return Is(values[r.IntN(len(values))])
}

func randomContract(seed uint64) *Contract {
	r := contracts{rand.New(rand.NewPCG(seed, 1))}
	c := &Contract{Format: Format, Service: "s", Operation: "O", Version: []string{"", "1.0"}[r.IntN(2)],
		API: maybe(r, "", "s-1"), Protocol: maybe(r, "restJson1"), Signing: maybe(r, "s"), Method: maybe(r, "GET", "PUT"),
		URI: maybe(r, "/a/{b}"), Status: maybe(r, 200, 201), Readonly: maybe(r, true, false)}
	names := make([]string, r.IntN(6))
	for i := range names {
		names[i] = fmt.Sprintf("S%d", i)
	}
	if len(names) > 0 {
		c.Shapes = map[string]*Shape{}
		c.Input, c.Output = names[0], names[len(names)-1]
	}
	for _, name := range names {
		s := r.shape(Structure)
		for i := range r.IntN(5) {
			s.Members = append(s.Members, Member{Name: fmt.Sprintf("m%d", i), Shape: r.ref(names, 3),
				Required: maybe(r, true, false), Location: maybe(r, LocationBody, LocationHeader), WireName: maybe(r, fmt.Sprintf("w%d", i))})
		}
		c.Shapes[name] = &s
	}
	for i := range r.IntN(3) {
		e := Error{Name: fmt.Sprintf("E%d", i), Status: maybe(r, 400, 500), Fault: maybe(r, "client", "server"), Code: maybe(r, "C")}
		if len(names) > 0 && r.IntN(2) == 0 {
			e.Shape = names[r.IntN(len(names))]
		}
		c.Errors = append(c.Errors, e)
	}
	for i := range r.IntN(3) {
		c.Origins = append(c.Origins, Origin{"k", "", fmt.Sprintf("sha256:%d", i), 0})
		c.Provenance = map[string]int{"contract:uri": i}
	}
	return c
}

func (r contracts) ref(names []string, depth int) Ref {
	if len(names) > 0 && r.IntN(3) == 0 {
		return Named(names[r.IntN(len(names))])
	}
	kinds := []Type{Unstated, String, Integer, Float, Boolean, Timestamp, Blob, Document, List, Map}
	if depth == 0 {
		kinds = kinds[:8]
	}
	s := r.shape(kinds[r.IntN(len(kinds))])
	switch s.Type {
	case List:
		element := r.ref(names, depth-1)
		s.Element = &element
	case Map:
		key, value := Inline(r.shape(String)), r.ref(names, depth-1)
		s.Key, s.Value = &key, &value
	}
	return Inline(s)
}

func (r contracts) shape(t Type) Shape {
	bounds := func(ends ...json.Number) []Bounds {
		return []Bounds{{}, {Min: ends[0]}, {Max: ends[1]}, {ends[0], ends[1]}}
	}
	return Shape{Name: []string{"", "Some<Name>"}[r.IntN(2)], Type: t,
		Union: maybe(r, true, false), EventStream: maybe(r, true, false), Streaming: maybe(r, true, false),
		Sparse: maybe(r, true, false), Enum: maybe(r, []string{}, nil, []string{"A"}, []string{"A", "\u2028<&>", ""}),
		Length: maybe(r, bounds("0", "36")...), Range: maybe(r, bounds("-1.5", "1E3")...), Pattern: maybe(r, "", `^[<>&]\u0041$`),
		Bits: maybe(r, 8, 16, 32, 64), Format: maybe(r, "epoch-seconds", "date-time", "http-date"), Sensitive: maybe(r, true, false)}
}

// eachRandom runs a property over random contracts.
func eachRandom(t *testing.T, property func(t *testing.T, c *Contract)) {
	for seed := range uint64(100) {
		c := randomContract(seed)
		require.NoError(t, c.Check(), "seed %d", seed)
		property(t, c)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
