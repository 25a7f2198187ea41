package coverage_test

import (
	"fmt"
	"net/http"
	"os"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

var throttled = &traffic.Interaction{
	Request: &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/m/protectedJobs/j"},
	Response: traffic.Response{Status: 429, Header: http.Header{"X-Amzn-Errortype": {"ThrottlingException"}},
		Body: traffic.BodyOf([]byte(`{"message":"slow down"}`))},
}

func compiled() *coverage.Plan {
	plan, err := coverage.Compile(schema.NewCatalog(contracts.MustLoad("cleanrooms.GetProtectedJob")))
	if err != nil {
		panic(err)
	}
	return plan
}

func ExampleCompile() {
	_, err := coverage.Compile(schema.NewCatalog(&schema.Contract{Service: "s", Operation: "o", Output: "missing"}))
	fmt.Println(err != nil)
	// Output:
	// true
}

func ExamplePlan_NewTally() {
	tally := compiled().NewTally()
	tally.Take(throttled)
	report := tally.Report()
	for _, share := range report.Contracts[0].Shares {
		if share.Kind == coverage.Errors {
			fmt.Println(share.Shown, "of", share.Total, share.About())
			fmt.Println(share.Missing)
		}
	}
	next := report.Contracts[0].Next[0]
	fmt.Println("record next:", next.Part, next.Status)
	// Output:
	// 1 of 5 errors
	// [ResourceNotFoundException InternalServerException ValidationException AccessDeniedException]
	// record next: output 200
}

func ExamplePlan_Shown() {
	shown, err := compiled().Shown(throttled)
	fmt.Println(shown.Contract, shown.Len(), err)
	_, err = compiled().Shown(&traffic.Interaction{Request: &traffic.Request{Method: "GET", URL: "https://iam.amazonaws.com/?Action=ListUsers"}})
	fmt.Println(err)
	// Output:
	// cleanrooms.GetProtectedJob@1.43.67 3 <nil>
	// iam (query)
}

func ExamplePlan_Answer() {
	contract := contracts.MustLoad("cleanrooms.GetProtectedJob")
	plan, err := coverage.Compile(schema.NewCatalog(contract))
	if err != nil {
		panic(err)
	}
	shown := plan.Answer(contract, &throttled.Response)
	fmt.Println(shown.Len(), shown.Readable)
	// Output:
	// 3 true
}

func ExampleTally_Add() {
	plan := compiled()
	shown, err := plan.Shown(throttled)
	if err != nil {
		panic(err)
	}
	tally := plan.NewTally()
	tally.Add(shown)
	fmt.Println(tally.Report().Counted)
	// Output:
	// 1
}

func ExampleMinimize() {
	plan := compiled()
	shown, err := plan.Shown(throttled)
	if err != nil {
		panic(err)
	}
	fmt.Println(coverage.Minimize([]coverage.Shown{shown, shown, shown}))
	// Output:
	// [0]
}

func ExampleText() {
	tally := compiled().NewTally()
	tally.Take(&traffic.Interaction{Request: &traffic.Request{Method: "GET", URL: "https://iam.amazonaws.com/?Action=ListUsers"}})
	if err := report.Coverage(os.Stdout, tally.Report()); err != nil {
		panic(err)
	}
	// Output:
	// not seen: cleanrooms.GetProtectedJob@1.43.67
	// not counted: 1 iam (query)
	// coverage: 0% of 1 contract, by 0 of 1 response
}

func ExampleJSON() {
	if err := report.JSON(os.Stdout, &coverage.Summary{Contracts: []coverage.Contract{}}); err != nil {
		panic(err)
	}
	// Output:
	// {
	//   "percent": 0,
	//   "answers": 0,
	//   "counted": 0,
	//   "contracts": []
	// }
}
