package synth_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// oneText returns a contract whose output has one required member, a string.
func oneText(source string, length schema.Bounds) *schema.Contract {
	text := schema.Shape{Type: schema.String, Pattern: schema.Is(source), Length: schema.Is(length)}
	return &schema.Contract{Format: schema.Format, Service: "s", Operation: "O", Output: "Out", Shapes: map[string]*schema.Shape{
		"Out": {Type: schema.Structure, Members: []schema.Member{{Name: "m", Shape: schema.Inline(text), Required: schema.Is(true)}}}}}
}

// TestPatterns checks that strings are found for what models write beyond RE2's syntax and bounds:
// valid ones, and ones that break only the length or the pattern.
func TestPatterns(t *testing.T) {
	bounds := func(low, high int) schema.Bounds {
		return schema.Bounds{Min: json.Number(fmt.Sprint(low)), Max: json.Number(fmt.Sprint(high))}
	}
	for _, v := range []struct {
		source         string
		length         schema.Bounds
		least, longest int // code points that some document has
		misses         string
	}{
		{`^arn:[a-z]{1,1000}$`, bounds(1, 2048), 5, 5, "no match"},
		{`^arn:[a-z]{1,1001}$`, bounds(1, 2048), 5, 5, "no match"},
		{`^arn:[a-z]{1,1001}$`, bounds(1, 900), 5, 900, "no match, too long"},
		{`^[a-z]{1500,2000}$`, schema.Bounds{}, 1500, 1500, "no match"},
		{`^[a-z]{0,5000}$`, bounds(1200, 4000), 1200, 4000, "no match, too long, too short"},
		{`^([a-z]{1,63}\.){30,40}$`, schema.Bounds{}, 60, 60, "no match"},
		{`^(ab{40}){30,100}$`, schema.Bounds{}, 1230, 1230, "no match"},
		{`^.{1,100000}$`, bounds(1, 100_000), 1, 100_000, "no match"},
		{`^[\P{M}\p{M}]{1,10000}$`, bounds(1, 10_000), 1, 10_000, ""},
		{`^\d{12}+:[a-z]++$`, schema.Bounds{}, 14, 14, "no match"},
		{`^(?>ab|a)c$`, schema.Bounds{}, 2, 2, "no match"},
		{`^[a-z&&[^aeiou]]{5}$`, schema.Bounds{}, 5, 5, "no match"},
		{`^\p{IsGreek}{3}\p{InCyrillic}$`, schema.Bounds{}, 4, 4, "no match"},
		{`^(?!aws:).{1,1024}$`, bounds(1, 1024), 1, 1024, "no match"},
		{`^(?=.{2,1500}$)[a-z]+$`, bounds(2, 1500), 2, 1500, "no match"},
		{`^(?<q>["'])x{3}\k<q>$`, schema.Bounds{}, 5, 5, "no match"},
		{`^\Q[a]\E\h\x{41}$`, schema.Bounds{}, 5, 5, "no match"},
	} {
		t.Run(v.source, func(t *testing.T) {
			p, err := pattern.Compile(v.source)
			require.NoError(t, err)
			c := oneText(v.source, v.length)
			s, err := synth.New(c, schema.HTTP)
			require.NoError(t, err)
			valid, err := validate.Compile(c, validate.Options{})
			require.NoError(t, err)
			shortest, longest := 1<<30, 0
			check := func(document []byte) {
				found, err := valid.Part(schema.OutputPart, document)
				require.NoError(t, err)
				require.Empty(t, found)
				n := utf8.RuneCountInString(textOf(t, document))
				shortest, longest = min(shortest, n), max(longest, n)
			}
			for document := range s.Documents(schema.OutputPart) {
				check(document)
			}
			for seed := range uint64(20) {
				document, err := s.Random(schema.OutputPart, seed)
				require.NoError(t, err)
				check(document)
			}
			require.LessOrEqual(t, shortest, v.least+3)
			require.GreaterOrEqual(t, longest, v.longest)
			misses := map[string]bool{}
			for miss := range s.InvalidVariants(schema.OutputPart) {
				misses[miss.How] = true
				if miss.How == "no match" {
					matched, err := p.Match([]byte(textOf(t, miss.Document)))
					require.NoError(t, err)
					require.False(t, matched)
				}
			}
			for _, want := range strings.Split(v.misses, ", ") {
				require.True(t, want == "" || misses[want], "%s: %v", want, misses)
			}
		})
	}
}

func textOf(t *testing.T, document []byte) string {
	t.Helper()
	var decoded struct{ M string }
	require.NoError(t, json.Unmarshal(document, &decoded))
	return decoded.M
}
