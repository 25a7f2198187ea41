package conformance_test

import (
	"os"
	"testing"
	"fmt"
	"time"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/reference"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/stretchr/testify/require"
)

func TestGenTry(t *testing.T) {
	p, err := conformance.Generate([]*schema.Contract{contracts.MustLoad(contracts.Newest)}, conformance.GenerateOptions{})
	require.NoError(t, err)
	for _, c := range []conformance.Client{reference.New(""), sdkgo.New()} {
		start := time.Now()
		r, err := p.Run(t.Context(), c, conformance.Options{})
		require.NoError(t, err)
		conformance.Text(os.Stdout, r)
		fmt.Println(time.Since(start))
	}
	for _, m := range reference.Mutants() {
		r, err := p.Run(t.Context(), reference.New(m.Name), conformance.Options{})
		require.NoError(t, err)
		fmt.Println(m.Name, r.Count(conformance.Failed))
	}
}
