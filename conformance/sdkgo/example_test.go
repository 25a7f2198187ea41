package sdkgo_test

import (
	"context"
	"fmt"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/conformance/sdkgo"
	"github.com/crcheck/crcheck/schema/contracts"
)

// The cases that the SDK is known to fail are passed as ignore rows.
func ExampleNew() {
	suite := conformance.Builtin()
	plan, err := conformance.Load(suite, cassettes.Embedded(), contracts.MustLoad(suite.Operation))
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := plan.Run(context.Background(), sdkgo.New(), conformance.Options{Expected: sdkgo.ExpectedFailures()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(results.Client.Name, results.Passes())
	// Output: aws-sdk-go-v2 true
}
