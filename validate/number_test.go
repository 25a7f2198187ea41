package validate

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestNumbersOfAnySize: what has no number of bits has no limits but those of
// its range, for the walker and for both schemas.
func TestNumbersOfAnySize(t *testing.T) {
	member := func(name string, of schema.Type, bits int, bounds schema.Bounds) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(schema.Shape{Type: of, Bits: schema.Is(bits), Range: schema.Is(bounds)})}
	}
	c := &schema.Contract{Format: schema.Format, Service: "s", Operation: "O", Output: "Out", Shapes: map[string]*schema.Shape{"Out": {Type: schema.Structure,
		Members: []schema.Member{member("integer", schema.Integer, 0, schema.Bounds{}), member("float", schema.Float, 0, schema.Bounds{}),
			member("most", schema.Float, 0, schema.Bounds{Max: "1e500"}), member("least", schema.Integer, 0, schema.Bounds{Min: "-1e30"}),
			member("long", schema.Integer, 64, schema.Bounds{}), member("double", schema.Float, 64, schema.Bounds{})}}}}
	o := newVerdictsOf(t, c, schema.OutputPart, schema.HTTP)
	digits := strings.Repeat("7", 1200)
	for _, v := range []struct {
		document string
		want     []finding.RuleID
	}{
		{`{"integer":9223372036854775808}`, []finding.RuleID{finding.NumberPrecision}},
		{`{"integer":-` + digits + `}`, []finding.RuleID{finding.NumberPrecision}},
		{`{"integer":` + digits + `.5}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"integer":1e-400}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"integer":1e1000001}`, []finding.RuleID{finding.NumberForm, finding.NumberPrecision}},
		{`{"long":9223372036854775808}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"float":1e400}`, nil},
		{`{"float":-1e1000001}`, nil},
		{`{"float":` + digits + `.5}`, nil},
		{`{"double":1e400}`, []finding.RuleID{finding.TypeMismatch}},
		{`{"most":1e499}`, nil},
		{`{"most":1e501}`, []finding.RuleID{finding.ConstraintRange}},
		{`{"most":1e1000001}`, []finding.RuleID{finding.ConstraintRange}},
		{`{"least":-1000000000000000000000000000001}`, []finding.RuleID{finding.ConstraintRange, finding.NumberPrecision}},
	} {
		found, err := o.validator.Part(schema.OutputPart, []byte(v.document))
		require.NoError(t, err)
		require.Equal(t, v.want, found.Rules(), "%s: %v", wording.Clip(v.document, maxShown), found)
		o.agree(t, []byte(v.document))
	}
}
