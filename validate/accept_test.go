package validate

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// requireFilter: what accept says yes to, explain finds nothing in.
func requireFilter(t *testing.T, d *document, body []byte) (yes bool) {
	t.Helper()
	if yes = d.accepts(body); yes {
		require.Empty(t, d.explain(body), "%q", body)
	}
	return yes
}

// TestAccept: documents of contracts made at random, and invalid variants of them. Accept is sure of
// what explain finds nothing in, too, or every clean document would be read twice.
func TestAccept(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 8
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := garden.Random(seed)
			for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
				v, err := Compile(c, Options{Encoding: encoding})
				require.NoError(t, err)
				s, err := synth.New(c, encoding)
				require.NoError(t, err)
				for _, part := range c.Parts() {
					n := 0
					for document := range s.Documents(part) {
						require.True(t, requireFilter(t, v.parts[part], document), "%q", document)
						if n++; n == 200 {
							break
						}
					}
					for miss := range s.InvalidVariants(part) {
						yes := requireFilter(t, v.parts[part], miss.Document)
						require.Equal(t, len(v.parts[part].explain(miss.Document)) == 0, yes, "%q", miss.Document)
						if n++; n == 400 {
							break
						}
					}
				}
			}
		})
	}
}

// FuzzAccept: the invariant of accept and explain, for bytes of any kind.
func FuzzAccept(f *testing.F) {
	const contracts = 24
	var all [contracts][2]*Validator
	for seed := range all {
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			v, err := Compile(garden.Random(uint64(seed)), Options{Encoding: encoding})
			require.NoError(f, err)
			all[seed][encoding] = v
		}
		s, err := synth.New(garden.Random(uint64(seed)), schema.HTTP)
		require.NoError(f, err)
		for i := range uint64(3) {
			if document, err := s.Random(schema.OutputPart, i); err == nil {
				f.Add(byte(seed), byte(0), uint16(i*31), document)
			}
		}
	}
	values := []string{"null", "1", "-0", "1e400", "4.0", `""`, `"x"`, "{}", "[]", "[null]", "true", `"NaN"`, "9007199254740993", `"\ud800"`, `{"__type":1}`, `{"a":1,"a":1}`}
	f.Fuzz(func(t *testing.T, which, how byte, at uint16, document []byte) {
		for _, v := range all[int(which)%contracts] {
			parts := v.contract.Parts()
			d := v.parts[parts[int(how)%len(parts)]]
			requireFilter(t, d, document)
			requireFilter(t, d, replaceValue(document, int(at), values[int(how)%len(values)]))
		}
	})
}
