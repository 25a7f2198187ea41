package contracts_test

import (
	"fmt"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

func TestLoad(t *testing.T) {
	for _, name := range contracts.Names() {
		t.Run(name, func(t *testing.T) {
			c, err := contracts.Load(name)
			require.NoError(t, err)
			require.Equal(t, name, c.String())
			require.NoError(t, c.Check())
		})
	}
	newest, err := contracts.Load(contracts.Newest)
	require.NoError(t, err)
	require.Equal(t, "cleanrooms.GetProtectedJob@1.43.67", newest.String())

	_, err = contracts.Load("cleanrooms.GetProtectedJob@9")
	var unknown *contracts.UnknownError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, []string{"cleanrooms.GetProtectedJob@1.43.67", "cleanrooms.GetProtectedJob@1.42.90"}, unknown.Known)
}

// TestVersionsDiffer: between the built-in versions exactly two members were
// added and one bound was raised.
func TestVersionsDiffer(t *testing.T) {
	var found []string
	for _, d := range schema.Diff(contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90"), contracts.MustLoad(contracts.Newest)) {
		found = append(found, fmt.Sprintf("%s %s: %s to %s", d.Place, d.Facet, schema.ValueText(d.A), schema.ValueText(d.B)))
	}
	require.Equal(t, []string{
		`output#/protectedJob/computeConfiguration/worker/number range: {"min":4,"max":128} to {"min":4,"max":1024}`,
		`output#/protectedJob/computeConfiguration/worker/properties member:  to "present"`,
		`output#/protectedJob/jobComputePayerAccountId member:  to "present"`,
	}, found)
}

func ExampleLoad() {
	c, err := contracts.Load("cleanrooms.GetProtectedJob")
	fmt.Println(c, err)
	status, _, _ := c.At(schema.Place{Part: schema.OutputPart, Pointer: "/protectedJob/status"})
	fmt.Println(status.Enum)
	// Output:
	// cleanrooms.GetProtectedJob@1.43.67 <nil>
	// ["SUBMITTED","STARTED","CANCELLED","CANCELLING","FAILED","SUCCESS"]
}
