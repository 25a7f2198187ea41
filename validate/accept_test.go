package validate

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
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

// FuzzAccept: the invariant of accept and explain, for bytes of any kind. The contracts are random ones,
// the built-in ones, and every operation of the models that the project has.
func FuzzAccept(f *testing.F) {
	var documents []*document
	for _, c := range fuzzed(f) {
		for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
			v, err := Compile(c, Options{Encoding: encoding})
			require.NoError(f, err)
			s, err := synth.New(c, encoding)
			require.NoError(f, err)
			for _, part := range c.Parts() {
				if document, err := s.Random(part, 1); err == nil {
					f.Add(uint16(len(documents)), byte(len(documents)), uint16(len(documents)*31), document)
				}
				documents = append(documents, v.parts[part])
			}
		}
	}
	values := []string{"null", "1", "-0", "1e400", "4.0", `""`, `"x"`, "{}", "[]", "[null]", "true", `"NaN"`, "9007199254740993", `"\ud800"`, `{"__type":1}`, `{"a":1,"a":1}`}
	f.Fuzz(func(t *testing.T, which uint16, how byte, at uint16, document []byte) {
		d := documents[int(which)%len(documents)]
		requireFilter(t, d, document)
		if d.raw == nil {
			requireFilter(t, d, replaceValue(document, int(at), values[int(how)%len(values)]))
		}
	})
}

func fuzzed(f *testing.F) (all []*schema.Contract) {
	for seed := range uint64(12) {
		all = append(all, garden.Random(seed))
	}
	for _, name := range contracts.Names() {
		all = append(all, contracts.MustLoad(name))
	}
	for _, path := range fiveServices {
		all = append(all, readModel(f, path)...)
	}
	return all
}
