package synth_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// FuzzPattern checks that any pattern and bounds give a conforming string or a problem.
func FuzzPattern(f *testing.F) {
	for _, source := range []string{`^[a-z]+$`, `(a|bb)*c{3,5}`, `^(?!x).*$`, `\bword\b`, `^a{3}$|^b{5}$`, `[^\x00-\x7F]`, `(?i)k`, `^$`, `a^b`, `((a*)*)*$`, `[\s\S]`, `\p{Lu}\d`, `(?<=a)b`, `^([0-9a-f]{16})+$`, `(((x{9}){9}){9})`, `[]`, `(`} {
		f.Add(source, uint8(0), uint8(40))
		f.Add(source, uint8(5), uint8(5))
	}
	f.Fuzz(func(t *testing.T, source string, low, high uint8) {
		if !utf8.ValidString(source) || len(source) > 60 {
			return
		}
		c := &schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Output: "Out", Shapes: map[string]*schema.Shape{
			"Out": {Type: schema.Structure, Members: []schema.Member{{Name: "text", Required: schema.Is(true), Shape: schema.Inline(schema.Shape{
				Type: schema.String, Pattern: schema.Is(source), Length: schema.Is(schema.Bounds{Min: count(low), Max: count(high)}),
			})}}},
		}}
		s, err := synth.New(c, schema.HTTP)
		if err != nil {
			require.Error(t, c.Check())
			return
		}
		if len(s.Problems(schema.OutputPart)) > 0 {
			return
		}
		compiled, unsupported := pattern.Compile(source)
		for document := range s.Documents(schema.OutputPart) {
			var out struct{ Text string }
			require.NoError(t, json.Unmarshal(document, &out))
			n := utf8.RuneCountInString(out.Text)
			require.True(t, n >= int(low) && n <= int(high), "%q", out.Text)
			if unsupported == nil {
				ok, err := compiled.Match([]byte(out.Text))
				require.True(t, ok || err != nil, "%q does not match %q", out.Text, source)
			}
		}
		for m := range s.InvalidVariants(schema.OutputPart) {
			require.True(t, json.Valid(m.Document))
		}
	})
}

func count(n uint8) json.Number { return json.Number(fmt.Sprint(n)) }

// pieces builds a contract from bytes.
type pieces struct {
	bytes []byte
	c     *schema.Contract
}

func (p *pieces) next(n int) int {
	if len(p.bytes) == 0 {
		return 0
	}
	b := p.bytes[0]
	p.bytes = p.bytes[1:]
	return int(b) % n
}

const structures = 4

func (p *pieces) bounds() schema.Known[schema.Bounds] {
	var b schema.Bounds
	if p.next(2) == 1 {
		b.Min = count(uint8(p.next(5)))
	}
	if p.next(2) == 1 {
		b.Max = count(uint8(p.next(9)))
	}
	return schema.Is(b)
}

func (p *pieces) ref(depth int) schema.Ref {
	if depth > 3 {
		return schema.Inline(schema.Shape{Type: schema.Boolean})
	}
	var s schema.Shape
	switch p.next(12) {
	case 0:
		return schema.Named(fmt.Sprintf("S%d", p.next(structures)))
	case 1:
		element := p.ref(depth + 1)
		s = schema.Shape{Type: schema.List, Element: &element, Sparse: schema.Is(p.next(2) == 1), Length: p.bounds()}
	case 2:
		key, value := schema.Inline(schema.Shape{Type: schema.String, Length: p.bounds(), Enum: p.enum()}), p.ref(depth+1)
		s = schema.Shape{Type: schema.Map, Key: &key, Value: &value, Sparse: schema.Is(p.next(2) == 1), Length: p.bounds()}
	case 3:
		s = schema.Shape{Type: schema.String, Length: p.bounds(), Enum: p.enum(), Sensitive: schema.Is(p.next(2) == 1)}
	case 4:
		s = schema.Shape{Type: schema.String, Length: p.bounds(), Pattern: schema.Is([]string{"^[a-c]+$", "^(?!a)b*", "x$", "é"}[p.next(4)])}
	case 5:
		s = schema.Shape{Type: schema.Integer, Range: p.bounds(), Bits: schema.Is([]int{8, 16, 32, 64}[p.next(4)])}
	case 6:
		s = schema.Shape{Type: schema.Float, Range: p.bounds(), Bits: schema.Is([]int{32, 64}[p.next(2)])}
	case 7:
		s = schema.Shape{Type: schema.Timestamp, Format: schema.Is([]string{"epoch-seconds", "date-time", "http-date"}[p.next(3)])}
	case 8:
		s = schema.Shape{Type: schema.Blob, Length: p.bounds()}
	case 9:
		s = schema.Shape{Type: schema.Document}
	case 10:
		s = schema.Shape{Type: schema.Boolean}
	}
	return schema.Inline(s)
}

func (p *pieces) enum() schema.Known[[]string] {
	return schema.Is([]string{"A", "BB", "", "dddd"}[:p.next(5)])
}

func (p *pieces) contract() *schema.Contract {
	p.c = &schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Output: "S0", Shapes: map[string]*schema.Shape{}}
	for i := range structures {
		s := &schema.Shape{Type: schema.Structure, Union: schema.Is(p.next(3) == 1)}
		for j := range p.next(5) {
			s.Members = append(s.Members, schema.Member{Name: fmt.Sprintf("m%d", j), Shape: p.ref(0), Required: schema.Is(p.next(2) == 1)})
		}
		p.c.Shapes[fmt.Sprintf("S%d", i)] = s
	}
	return p.c
}

// FuzzContract checks that, for any contract, documents are accepted and invalid variants break
// exactly one rule.
func FuzzContract(f *testing.F) {
	for seed := range 30 {
		b := make([]byte, 90)
		for i := range b {
			b[i] = byte((i + 1) * (2*seed + 7) * (i + seed) >> 2)
		}
		f.Add(b, uint64(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		if len(b) > 300 {
			return
		}
		c := (&pieces{bytes: b}).contract()
		require.NoError(t, c.Check())
		s := newSynth(t, c, schema.HTTP)
		document, err := s.Random(schema.OutputPart, seed)
		if err != nil {
			require.NotEmpty(t, s.Problems(schema.OutputPart))
			return
		}
		v, err := validate.Compile(c, validate.Options{})
		require.NoError(t, err)
		k := &court{part: schema.OutputPart, validator: v}
		require.NoError(t, k.accepts(document))
		for document := range s.Documents(schema.OutputPart) {
			require.NoError(t, k.accepts(document))
		}
		for m := range s.InvalidVariants(schema.OutputPart) {
			require.NoError(t, k.refuses(m))
		}
	})
}
