package drift_test

import (
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestPatternsBesideChanges checks that the severity of a change does not depend on the pattern of
// a required sibling, as long as a matching string can be found.
func TestPatternsBesideChanges(t *testing.T) {
	for _, source := range []string{`^arn:[a-z]{1,1000}$`, `^arn:[a-z]{1,1001}$`, `^[a-z]{5000}$`, `^([a-z]{1,100}){30,100}$`, `^\d{12}+:[a-z]++$`, `^(?>a|b)c$`, `^[\p{Print}&&[^|:/]]+$`, `^(?!aws:).{1,2048}$`, `^\p{IsAlphabetic}{3}$`} {
		t.Run(source, func(t *testing.T) {
			old := changed(bed(), func(c *schema.Contract) {
				sign := schema.Shape{Type: schema.String, Pattern: schema.Is(source), Length: schema.Is(schema.Bounds{})}
				c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(sign), Required: schema.Is(true)})
			})
			result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{changed(old, func(c *schema.Contract) {
				member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
			})})
			require.NoError(t, err)
			require.Len(t, result.Changes, 1)
			require.Equal(t, finding.Warning, result.Changes[0].Severity)
			require.NotNil(t, result.Changes[0].Witness)
			require.Empty(t, result.Changes[0].Untried)
		})
	}
}

// TestPatternsOfOneMeaning checks that a pattern changes only if it matches other strings.
func TestPatternsOfOneMeaning(t *testing.T) {
	for _, v := range []struct {
		old, new string
		changes  int
	}{
		{`^(?:a|b)$`, `^(a|b)$`, 0}, {``, `^[\s\S]*$`, 0}, {`^.*\S.*$`, `.*\S.*`, 0}, {`^\p{Alnum}{1,2000}$`, `^[a-zA-Z0-9]{1,2000}$`, 0},
		{`^(a|b)$`, `^a|b$`, 1}, {`^a{1,2000}$`, `^a{1,2001}$`, 1}, {``, `^a$`, 1},
	} {
		t.Run(v.old+" "+v.new, func(t *testing.T) {
			with := func(source string) *schema.Contract {
				return changed(bed(), func(c *schema.Contract) {
					sign := schema.Shape{Type: schema.String, Pattern: schema.Is(source), Length: schema.Is(schema.Bounds{})}
					c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(sign), Required: schema.Is(true)})
				})
			}
			result, err := drift.Compare([]*schema.Contract{with(v.old)}, []*schema.Contract{with(v.new)})
			require.NoError(t, err)
			require.Len(t, result.Changes, v.changes)
		})
	}
}
