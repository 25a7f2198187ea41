package validate_test

import (
	"fmt"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

const twoMembers = `{"protectedJob": {
  "id": "00000000-0000-4000-8000-000000000001",
  "membershipId": "00000000-0000-4000-8000-000000000002",
  "membershipArn": "arn:aws:cleanrooms:us-east-1:111122223333:membership/00000000-0000-4000-8000-000000000002",
  "createTime": 1700000000,
  "status": "SUCCESS",
  "result": {"output": {"s3": {"location": "s3://example/results"}, "memberList": []}}
}}`

func ExampleValidator_Output() {
	v := validate.MustCompile(contracts.MustLoad("cleanrooms.GetProtectedJob"), validate.Options{})
	for _, f := range v.Output([]byte(twoMembers)) {
		fmt.Println(f)
	}
	// Output:
	// 7:69: error union.multiple-members at /protectedJob/result/output: the union has 2 members set (s3 and memberList), want exactly one
}

func ExampleValidator_Part() {
	v := validate.MustCompile(contracts.MustLoad("cleanrooms.GetProtectedJob"), validate.Options{})
	findings, err := v.Part(schema.ErrorPart("ResourceNotFoundException"), []byte(`{"message": "no such job", "resourceId": "1"}`))
	fmt.Println(findings[0].Rule, findings[0].Pointer, err)
	// Output:
	// member.missing /resourceType <nil>
}

func ExampleCatalog_Check() {
	k, err := validate.CompileCatalog(schema.NewCatalog(contracts.MustLoad("cleanrooms.GetProtectedJob")), validate.Options{})
	if err != nil {
		panic(err)
	}
	outcome, err := k.Check(&traffic.Interaction{Source: "job.json", Kind: traffic.JSON,
		Response: traffic.Response{Body: traffic.BodyOf([]byte(twoMembers))}}, validate.Bare{})
	fmt.Println(outcome.Contract, len(outcome.Findings), outcome.Findings[0].Source, err)
	// Output:
	// cleanrooms.GetProtectedJob@1.43.67 1 job.json <nil>
}
