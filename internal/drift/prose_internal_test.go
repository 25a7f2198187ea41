package drift

import (
	"slices"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/garden"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestNoProse checks that the message of a finding makes no difference to the change that it
// proves.
func TestNoProse(t *testing.T) {
	proven := map[finding.RuleID]bool{}
	for name, change := range map[string]func(*schema.Contract){
		"enum value": func(c *schema.Contract) {
			garden.Member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
		},
		"length": func(c *schema.Contract) {
			garden.Member(c, "Bed", "names").Shape.Inline.Length = schema.Is(schema.Bounds{Max: "3"})
		},
		"pattern": func(c *schema.Contract) {
			garden.Member(c, "Plant", "herb").Shape.Inline.Pattern = schema.Is("^[a-z]+$")
		},
		"union member": func(c *schema.Contract) {
			c.Shapes["Plant"].Members = append(c.Shapes["Plant"].Members, schema.Member{Name: "bush", Shape: schema.Inline(schema.Shape{Type: schema.Boolean})})
		},
		"type": func(c *schema.Contract) {
			garden.Member(c, "Bed", "colour").Shape = schema.Inline(schema.Shape{Type: schema.Integer})
		},
	} {
		for _, backwards := range []bool{false, true} {
			old, new := garden.Bed(), garden.Changed(garden.Bed(), change)
			if backwards {
				old, new = new, old
			}
			t.Run(name, func(t *testing.T) {
				result, err := Compare([]*schema.Contract{old}, []*schema.Contract{new})
				require.NoError(t, err)
				old, new := old.Only(schema.OutputPart), new.Only(schema.OutputPart)
				for i := range result.Changes {
					c := newClaim(&result.Changes[i], old, new)
					s, err := newSearch(old, new, schema.OutputPart, schema.HTTP, []*claim{c})
					require.NoError(t, err)
					documents := slices.Collect(s.samples.Documents(schema.OutputPart))
					for miss := range s.invalid.InvalidVariants(schema.OutputPart) {
						documents = append(documents, miss.Document)
					}
					for _, document := range documents {
						findings, err := s.refuses.Part(schema.OutputPart, document)
						require.NoError(t, err)
						for _, f := range findings.General() {
							want := s.evidence(f, document).proves(c, s.refuser)
							for _, text := range []string{"", `"BLUE", 1 at least 7`} {
								f.Got, f.Want, f.Message = text, text, text
								require.Equal(t, want, s.evidence(f, document).proves(c, s.refuser), "%s at %s", f.Rule, f.Pointer)
							}
							proven[c.Rule] = proven[c.Rule] || want
						}
					}
				}
			})
		}
	}
	for _, rule := range []finding.RuleID{finding.DriftEnumValueAdded, finding.DriftLengthWidened, finding.DriftPatternChanged, finding.DriftUnionMemberAdded, finding.DriftTypeChanged} {
		require.True(t, proven[rule], "%s", rule)
	}
}
