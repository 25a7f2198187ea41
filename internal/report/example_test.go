package report_test

import (
	"errors"
	"os"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
)

// collected is what a run of one cassette came to.
func collected() *report.Report {
	var c report.Collector
	c.File()
	c.Checked("cleanrooms.GetProtectedJob@1.43.67")
	c.Add(finding.Finding{
		Rule: finding.UnionMultipleMembers, Severity: finding.Error, Operation: "cleanrooms.GetProtectedJob",
		Source: "job.yaml", Line: 12, Column: 20, Pointer: "/protectedJob/result/output",
		Got: "s3, memberList", Want: "exactly one of s3, memberList",
		Message: "the union has 2 members set (s3 and memberList), want exactly one",
	}, []byte(`"output":{"s3":{},"memberList":[]}`))
	return c.Report(nil, report.FailOnError)
}

func ExampleText() {
	report.Text(report.Style{})(os.Stdout, collected())
	// Output:
	// error union.multiple-members in response at /protectedJob/result/output [2cffaef8]
	//   job.yaml:12:20: the union has 2 members set (s3 and memberList), want exactly one
	//     12 | "output":{"s3":{},"memberList":[]}
	//        |                    ^
	//   want: exactly one of s3, memberList
	//   → Send exactly one member; leave the others out. If AWS responded, clients will receive this union: check which member they take. If the model is wrong, crcheck drift --propose writes a correction.
	//
	// checked 1 response of 1 file against cleanrooms.GetProtectedJob@1.43.67 (1)
	// failed: 1 error, 0 warnings, 0 infos
}

func ExampleGroups() {
	report.Groups(report.Style{})(os.Stdout, collected())
	// Output:
	// error union.multiple-members in response at /protectedJob/result/output [2cffaef8]
	//   job.yaml:12:20: the union has 2 members set (s3 and memberList), want exactly one
	//     12 | "output":{"s3":{},"memberList":[]}
	//        |                    ^
	//   want: exactly one of s3, memberList
	//   → Send exactly one member; leave the others out. If AWS responded, clients will receive this union: check which member they take. If the model is wrong, crcheck drift --propose writes a correction.
}

func ExampleJSON() {
	var c report.Collector
	c.File()
	c.Checked("cleanrooms.GetProtectedJob@1.43.67")
	c.Problem(errors.New("job.yaml: no such file or directory"))
	report.JSON(os.Stdout, c.Report(nil, report.FailOnError))
	// Output:
	// {
	//   "verdict": "incomplete",
	//   "checks": {
	//     "responses": 1,
	//     "checked": 1,
	//     "files": 1,
	//     "contracts": [
	//       {
	//         "name": "cleanrooms.GetProtectedJob@1.43.67",
	//         "count": 1
	//       }
	//     ]
	//   },
	//   "groups": [],
	//   "expected": 0,
	//   "problems": [
	//     "job.yaml: no such file or directory"
	//   ]
	// }
}
