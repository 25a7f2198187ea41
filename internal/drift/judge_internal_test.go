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

// TestOracle: a candidate that the JSON Schema of either side sees otherwise is no witness.
func TestOracle(t *testing.T) {
	old, new := colours("RED"), colours("RED", "BLUE")
	candidateOf := func(document string, rule finding.RuleID) *candidate {
		return &candidate{document: []byte(document), evidence: finding.Finding{Rule: rule}}
	}
	for name, test := range map[string]struct {
		candidate *candidate
		contested string
	}{
		"a witness":                        {candidateOf(`{"colour":"BLUE"}`, finding.EnumUnknownValue), ""},
		"the old side accepts it":          {candidateOf(`{"colour":"RED"}`, finding.EnumUnknownValue), "old"},
		"the new side refuses it":          {candidateOf(`{"colour":"PINK"}`, finding.EnumUnknownValue), "new"},
		"no JSON Schema sees what is more": {candidateOf(`{"colour":"RED","more":1}`, finding.MemberUnknown), ""},
	} {
		old.Version, new.Version = "old", "new"
		j := &oracle{allowing: new, refusing: old, part: schema.OutputPart}
		err := j.confirm(test.candidate)
		if test.contested == "" {
			require.NoError(t, err, name)
			continue
		}
		var contested *ContestedError
		require.ErrorAs(t, err, &contested, name)
		require.Contains(t, contested.Contract, test.contested, name)
	}
}
