package drift

import (
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// colours is a contract whose output has one member, an enum.
func colours(values ...string) *schema.Contract {
	return &schema.Contract{Format: schema.Format, Service: "garden", Operation: "GetBed", Output: "Bed", Shapes: map[string]*schema.Shape{
		"Bed": {Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{
			{Name: "colour", Shape: schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is(values)}), Required: schema.Is(true)},
		}},
	}}
}

// TestOracle checks that a candidate is discarded if the JSON Schema of either side disagrees.
func TestOracle(t *testing.T) {
	old, new := colours("RED"), colours("RED", "BLUE")
	candidateOf := func(document string, rule finding.RuleID) *candidate {
		return &candidate{document: []byte(document), evidence: finding.Finding{Rule: rule}}
	}
	for name, test := range map[string]struct {
		candidate *candidate
		contested string
	}{
		"breaks the old side":                     {candidateOf(`{"colour":"BLUE"}`, finding.EnumUnknownValue), ""},
		"the old side accepts it":                 {candidateOf(`{"colour":"RED"}`, finding.EnumUnknownValue), "old"},
		"the new side refuses it":                 {candidateOf(`{"colour":"PINK"}`, finding.EnumUnknownValue), "new"},
		"an unknown member is not in JSON Schema": {candidateOf(`{"colour":"RED","more":1}`, finding.MemberUnknown), ""},
	} {
		t.Run(name, func(t *testing.T) {
			old.Version, new.Version = "old", "new"
			o := &oracle{allowing: new, refusing: old, part: schema.OutputPart}
			err := o.confirm(test.candidate)
			if test.contested == "" {
				require.NoError(t, err)
				return
			}
			var contested *ContestedError
			require.ErrorAs(t, err, &contested)
			require.Contains(t, contested.Contract, test.contested)
		})
	}
}
