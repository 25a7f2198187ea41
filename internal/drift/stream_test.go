package drift_test

import (
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestEventsWeighTheSame checks that a change inside the events of a stream has the severity of the same
// change inside a union in a body, and a breaking payload if that has one.
func TestEventsWeighTheSame(t *testing.T) {
	is := func(name string, s schema.Shape) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(s), Required: schema.Is(false)}
	}
	around := func(stream bool) *schema.Contract {
		return changed(bed(), func(c *schema.Contract) {
			streaming("RED", "GREEN")(c)
			c.Shapes["Events"].EventStream = schema.Is(stream)
			if !stream {
				c.Shapes["GetBedOutput"].Members[0].Location = schema.Is(schema.LocationBody)
			}
			grown := c.Shapes["Grown"]
			grown.Members[0].Required = schema.Is(true)
			grown.Members = append(grown.Members, is("rows", schema.Shape{Type: schema.Integer, Bits: schema.Is(32)}))
		})
	}
	colour := func(c *schema.Contract) *schema.Shape { return c.Shapes["Grown"].Members[0].Shape.Inline }
	for name, edit := range map[string]func(c *schema.Contract){
		"a new value":          func(c *schema.Contract) { colour(c).Enum = schema.Is([]string{"RED", "GREEN", "BLUE"}) },
		"a value that is gone": func(c *schema.Contract) { colour(c).Enum = schema.Is([]string{"RED"}) },
		"any string":           func(c *schema.Contract) { colour(c).Enum = schema.Is([]string{}) },
		"a new optional member": func(c *schema.Contract) {
			c.Shapes["Grown"].Members = append(c.Shapes["Grown"].Members, is("hue", schema.Shape{Type: schema.String}))
		},
		"a member that is gone":                  func(c *schema.Contract) { c.Shapes["Grown"].Members = c.Shapes["Grown"].Members[1:] },
		"a member that is not promised any more": func(c *schema.Contract) { c.Shapes["Grown"].Members[0].Required = schema.Is(false) },
		"a newly required member":                func(c *schema.Contract) { c.Shapes["Grown"].Members[1].Required = schema.Is(true) },
		"another type":                           func(c *schema.Contract) { c.Shapes["Grown"].Members[1].Shape.Inline.Type = schema.String },
		"more bits":                              func(c *schema.Contract) { c.Shapes["Grown"].Members[1].Shape.Inline.Bits = schema.Is(64) },
		"a new event": func(c *schema.Contract) {
			c.Shapes["Events"].Members = append(c.Shapes["Events"].Members, schema.Member{Name: "wilted", Shape: schema.Named("Grown"), Required: schema.Is(false)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			weights := func(stream bool) (all []string) {
				old, new := around(stream), changed(around(stream), edit)
				result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
				require.NoError(t, err)
				for _, c := range result.Changes {
					require.True(t, c.Severity == finding.Info || c.Witness != nil)
					all = append(all, c.Severity.String()+" "+string(c.Rule))
				}
				return all
			}
			inBody := weights(false)
			require.NotEmpty(t, inBody)
			require.Equal(t, inBody, weights(true))
		})
	}
}
