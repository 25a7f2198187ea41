package conformance_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/reference"
	"github.com/crcheck/crcheck/schema/contracts"
)

// A suite is a file, or a folder of files; here it is one case, whose cassette
// is one of those that are built in.
func ExampleReadSuite() {
	suite, err := conformance.ReadSuite(fstest.MapFS{"mine/unions.yaml": {Data: []byte(`
crcheckSuite: 1
operation: cleanrooms.GetProtectedJob
cases:
  - name: union/unknown
    about: The result is something new.
    level: must
    layer: schema
    ref: "Smithy: aggregate-types, union"
    cassette: hostile/output-unknown.yaml
    expect: [{output: canonical}]
`)}}, "mine")
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, bug := range []string{"", "unknown-union-member-fails"} {
		results, err := plan.Run(context.Background(), reference.New(bug), conformance.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range results.Outcomes {
			fmt.Println(results.Client.Name, o.Case, o.Verdict)
		}
	}
	// Output:
	// reference union/unknown passed
	// reference/unknown-union-member-fails union/unknown failed
}
