package validate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/validate"
)

// shapesModel has a member of every kind that a finding may concern.
const shapesModel = `{"version":"2.0","metadata":{"apiVersion":"2020-01-01","endpointPrefix":"garden","jsonVersion":"1.1","protocol":"json","serviceId":"Garden","targetPrefix":"Garden","signatureVersion":"v4"},
"operations":{"GetBed":{"name":"GetBed","http":{"method":"POST","requestUri":"/"},"input":{"shape":"GetBedInput"},"output":{"shape":"GetBedOutput"}}},
"shapes":{
"GetBedInput":{"type":"structure","required":["Name"],"members":{"Name":{"shape":"Name"}}},
"GetBedOutput":{"type":"structure","required":["Bed"],"members":{"Bed":{"shape":"Bed"},"Choice":{"shape":"Choice"}}},
"Bed":{"type":"structure","required":["Size"],"members":{"Size":{"shape":"Size"},"Season":{"shape":"Season"},"Rows":{"shape":"Rows"},"Tags":{"shape":"Tags"},"Inner":{"shape":"Bed"},"Grid":{"shape":"Grid"}}},
"Choice":{"type":"structure","union":true,"members":{"A":{"shape":"Name"},"B":{"shape":"Bed"}}},
"Rows":{"type":"list","member":{"shape":"Season"}},
"Grid":{"type":"list","member":{"shape":"Rows"}},
"Tags":{"type":"map","key":{"shape":"Season"},"value":{"shape":"Size"}},
"Season":{"type":"string","enum":["SPRING"]},
"Size":{"type":"integer","max":9},
"Name":{"type":"string"}}}`

// TestShape checks the place in Smithy's notation, at every depth.
func TestShape(t *testing.T) {
	contracts, err := source.Read([]byte(shapesModel), "")
	require.NoError(t, err)
	v := validate.MustCompile(contracts.Contracts[0], validate.Options{})
	for _, c := range []struct {
		name, document string
		part           schema.Part
		want           string // RULE SHAPE of each finding, in the order of the document
	}{
		{"clean", `{"Bed":{"Size":1}}`, "output", ""},
		{"a member's value", `{"Bed":{"Size":"1"}}`, "output", "type.mismatch Bed$Size"},
		{"a structure's place", `{"Bed":[]}`, "output", "type.mismatch GetBedOutput$Bed"},
		{"the whole document", `[]`, "output", "type.mismatch GetBedOutput"},
		{"the top's syntax", `{"Bed":{"Size":1}} x`, "output", "syntax.trailing GetBedOutput"},
		{"missing at the top", `{}`, "output", "member.missing GetBedOutput$Bed"},
		{"missing inside", `{"Bed":{}}`, "output", "member.missing Bed$Size"},
		{"unknown at the top", `{"Bed":{"Size":1},"Colour":1}`, "output", "member.unknown GetBedOutput$Colour"},
		{"unknown inside", `{"Bed":{"Colour":{"Size":"x"},"Size":1}}`, "output", "member.unknown Bed$Colour"},
		{"an element of a list", `{"Bed":{"Size":1,"Rows":["SPRING","FALL"]}}`, "output", "enum.unknown-value Bed$Rows"},
		{"an element of a list of lists", `{"Bed":{"Size":1,"Grid":[[1]]}}`, "output", "type.mismatch Bed$Grid"},
		{"null in a list", `{"Bed":{"Size":1,"Rows":[null]}}`, "output", "type.null Bed$Rows"},
		{"the key of a map", `{"Bed":{"Size":1,"Tags":{"FALL":1}}}`, "output", "enum.unknown-value Bed$Tags"},
		{"the value of a map", `{"Bed":{"Size":1,"Tags":{"SPRING":10}}}`, "output", "constraint.range Bed$Tags"},
		{"a recursive shape", `{"Bed":{"Inner":{"Inner":{"Season":"FALL"}}}}`, "output",
			"member.missing Bed$Size member.missing Bed$Size member.missing Bed$Size enum.unknown-value Bed$Season"},
		{"after a nested structure", `{"Bed":{"Inner":{"Size":1},"Season":"FALL","Size":1},"Choice":1}`, "output",
			"enum.unknown-value Bed$Season type.mismatch GetBedOutput$Choice"},
		{"several members of a union", `{"Bed":{"Size":1},"Choice":{"A":"a","B":{"Size":1}}}`, "output", "union.multiple-members Choice"},
		{"no member of a union", `{"Bed":{"Size":1},"Choice":{}}`, "output", "union.no-member Choice"},
		{"an unknown member of a union", `{"Bed":{"Size":1},"Choice":{"C":1}}`, "output", "union.unknown-member Choice$C"},
		{"after a union", `{"Bed":{"Size":1},"Choice":{},"x":1}`, "output", "union.no-member Choice member.unknown GetBedOutput$x"},
		{"inside a union", `{"Bed":{"Size":1},"Choice":{"A":1}}`, "output", "type.mismatch Choice$A"},
		{"a name twice", `{"Bed":{"Size":1,"Size":2}}`, "output", "syntax.duplicate-member Bed$Size"},
		{"the input", `{"Name":1}`, "input", "type.mismatch GetBedInput$Name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := v.Part(c.part, []byte(c.document))
			require.NoError(t, err)
			var got []string
			for _, f := range set {
				if f.Rule != finding.OracleDisagreement {
					got = append(got, string(f.Rule)+" "+f.Shape)
				}
			}
			require.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}
