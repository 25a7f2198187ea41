package drift_test

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func ExampleCompare() {
	old := contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90")
	new := contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")
	comparison, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range comparison.Changes {
		fmt.Println(c.Severity, c.Rule, c.Pointer, "proven by", c.Witness.Rule)
	}
	// Output:
	// info drift.range-widened /protectedJob/computeConfiguration/worker/number proven by constraint.range
	// info drift.member-added /protectedJob/computeConfiguration/worker/properties proven by member.unknown
	// info drift.member-added /protectedJob/jobComputePayerAccountId proven by member.unknown
}

func ExampleCompareSources() {
	matrix, err := drift.CompareSources([]drift.Source{
		{Name: "ours", Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90")}},
		{Name: "theirs", Contracts: []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range matrix.Rows {
		fmt.Println(row.Facet, row.Pointer, strings.Join(row.Values, " | "))
	}
	// Output:
	// range /protectedJob/computeConfiguration/worker/number 4 to 128 | 4 to 1024
	// member /protectedJob/computeConfiguration/worker/properties absent | present
	// member /protectedJob/jobComputePayerAccountId absent | present
}

func ExampleCassettes() {
	old := []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90")}
	new := []*schema.Contract{contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")}
	comparison, err := drift.Compare(old, new)
	if err != nil {
		log.Fatal(err)
	}
	cassettes, errs := drift.Cassettes(comparison.Changes, old, new)
	fmt.Println(len(cassettes), errs)
	fmt.Println(cassettes[2].Name)
	// Output:
	// 3 []
	// cleanrooms.GetProtectedJob.member-added.aa101242.yaml
}

func ExampleBaseline() {
	known := []finding.Expected{{Rule: finding.DriftMemberAdded, Part: "output", Place: "/bed/height", Reason: "nobody reads it"}}
	now := []finding.Finding{
		{Rule: finding.DriftMemberAdded, Operation: "garden.GetBed", Pointer: "/bed/height"},
		{Rule: finding.DriftEnumValueAdded, Operation: "garden.GetBed", Pointer: "/bed/colour", Got: `"BLUE"`},
	}
	text, err := drift.Baseline(known, now)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", text)
	// Output:
	// crcheckBaseline: 1
	// expected:
	//   - rule: drift.member-added
	//     at: '* output/bed/height'
	//     reason: nobody reads it
	//   - rule: drift.enum-value-added
	//     at: garden.GetBed output/bed/colour
	//     value: '"BLUE"'
	//     severity: info
	//     reason: not yet reviewed
}

func ExampleText() {
	r := &report.Drift{Comparison: &drift.Comparison{Compared: 1, Changes: []drift.Change{}}, Old: "a.json", New: "b.json"}
	if err := r.Settle(nil, report.FailOnError); err != nil {
		log.Fatal(err)
	}
	if err := report.DriftText(report.Style{})(os.Stdout, r); err != nil {
		log.Fatal(err)
	}
	// Output:
	// compared 1 operation: a.json with b.json
	// passed: 0 errors, 0 warnings, 0 infos
}
