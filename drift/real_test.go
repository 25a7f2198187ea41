package drift_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/crcheck/crcheck/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/stretchr/testify/require"
)

// shared reads a document of the folder beside the project.
func shared(t testing.TB, name, version string) []*schema.Contract {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	result, err := source.Read(text, version)
	require.NoError(t, err)
	return result.Contracts
}

func TestTry(t *testing.T) {
	a := shared(t, "data/models/cleanrooms-1.37.15.service-2.json", "1.37.15")
	b := shared(t, "data/models/cleanrooms-1.43.67.service-2.json", "1.43.67")
	start := time.Now()
	r, err := drift.Compare(a, b)
	require.NoError(t, err)
	t.Log(time.Since(start), len(r.Changes))
	for _, c := range r.Changes {
		w := "-"
		if c.Witness != nil {
			w = string(c.Witness.Document) + " " + string(c.Witness.Rule) + " " + c.Witness.Request
		}
		if c.Operation == "cleanrooms.GetProtectedJob" || c.Severity > 1 {
			t.Log(c.Severity, c.Rule, c.Operation, c.Place(), c.Old, c.New, w)
		}
	}
}
