package bycontract_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// TestExcerpts checks that a report shows no line on which a sensitive value may be, whatever its
// finding is about.
func TestExcerpts(t *testing.T) {
	public := contracts.MustLoad(contracts.Newest) // parameters are sensitive
	secret := public.Clone()                       // of a member of the output
	root, _ := secret.Root(schema.OutputPart)
	job := secret.Resolve(secret.Resolve(root).Members[0].Shape)
	for _, m := range job.Members {
		if m.Name == "jobParameters" {
			shape := secret.Shapes[m.Shape.Name]
			shape.Sensitive = schema.Is(true)
		}
	}
	const body = "{\"protectedJob\":{\n\"id\":\"a\",\n\"jobParameters\":{\n\"parameters\":{}},\n\"status\":\"SUCCESS\"}}"
	const cut = "{\"protectedJob\":{\n\"id\":\"a\",\n\"jobParameters\":{\n\"parameters\":{!\n\"status\":\"SUCCESS\"}}"
	for _, row := range []struct {
		name     string
		contract *schema.Contract
		body     string
		shown    []int
	}{
		{"its line", public, body, []int{1, 2, 3, 5}},
		{"from the name to the end of the value", secret, body, []int{1, 2, 5}},
		{"everything after the name in broken JSON", secret, cut, []int{1, 2}},
	} {
		t.Run(row.name, func(t *testing.T) {
			x := &traffic.Interaction{Response: traffic.Response{Status: 200, Body: traffic.BodyOf([]byte(row.body))}}
			var excerpts bycontract.Excerpts
			var shown []int
			for line := range slices.Values([]int{1, 2, 3, 4, 5}) {
				if excerpts.Line(row.contract, x, line) != nil {
					shown = append(shown, line)
				}
			}
			require.Equal(t, row.shown, shown)
		})
	}
}
