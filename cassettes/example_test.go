package cassettes_test

import (
	"fmt"
	"io/fs"

	"github.com/crcheck/crcheck/cassettes"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

func ExampleEmbedded() {
	file, err := cassettes.Embedded().Open("good/throttled-then-success.yaml")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for x, err := range traffic.Read("throttled-then-success.yaml", file) {
		fmt.Println(x.Response.StatusText, err)
	}
	// Output:
	// 429 Too Many Requests <nil>
	// 200 OK <nil>
}

func ExampleEmbeddedIndex() {
	for _, entry := range cassettes.EmbeddedIndex().Entries {
		if _, err := fs.Stat(cassettes.Embedded(), entry.File); err != nil {
			fmt.Println("missing:", entry.File)
		}
		for _, e := range entry.Expected {
			if e.Rule == finding.SyntaxBOM {
				fmt.Println(entry.File, "-", entry.About)
			}
		}
	}
	// Output:
	// hostile/bom.yaml - The body begins with a byte order mark.
}

const twoOutputs = `crcheckIndex: 1
provenance: 'synthesised: no real AWS traffic was recorded'
entries:
  - file: two-outputs.yaml
    about: A result has both s3 and memberList.
    expected:
      - rule: union.multiple-members
        place: /protectedJob/result/output
        reason: both members of the union are set
`

func ExampleParseIndex() {
	x, err := cassettes.ParseIndex("index.yaml", []byte(twoOutputs))
	if err != nil {
		panic(err)
	}
	fmt.Println(x.Entries[0].Expected[0].Rule)

	_, err = cassettes.ParseIndex("index.yaml", []byte(twoOutputs+"      - rule: union.no-member\n"))
	fmt.Println(err)
	// Output:
	// union.multiple-members
	// index.yaml:10: two-outputs.yaml: row for union.no-member at top: has no reason; see crcheck rules for the rules, and give each expectation a reason
}

func ExampleIndex_Expectations() {
	x, err := cassettes.ParseIndex("index.yaml", []byte(twoOutputs))
	if err != nil {
		panic(err)
	}
	ledger, err := finding.NewLedger(x.Expectations("testdata"))
	if err != nil {
		panic(err)
	}
	fmt.Println(ledger.Take(finding.Finding{Rule: finding.UnionMultipleMembers, Source: "testdata/two-outputs.yaml", Pointer: "/protectedJob/result/output"}))
	fmt.Println(ledger.Take(finding.Finding{Rule: finding.UnionMultipleMembers, Source: "testdata/other.yaml", Pointer: "/protectedJob/result/output"}))
	fmt.Println(len(ledger.Unmet()))
	// Output:
	// true
	// false
	// 0
}

func ExampleIndex_Encode() {
	x := &cassettes.Index{Provenance: "recorded in a sandbox account", Entries: []cassettes.Entry{{File: "job.yaml", About: "A job."}}}
	text, err := x.Encode()
	fmt.Print(string(text), err)
	// Output:
	// crcheckIndex: 1
	// provenance: recorded in a sandbox account
	// entries:
	//   - file: job.yaml
	//     about: A job.
	// <nil>
}
