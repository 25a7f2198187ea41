package finding_test

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

func ExampleNewSet() {
	set := finding.NewSet(
		finding.Finding{Rule: finding.TypeNull, Source: "b.json", Line: 2, Column: 5, Pointer: "/list/0", Message: "null in a list"},
		finding.Finding{Rule: finding.MemberMissing, Source: "a.json", Line: 1, Column: 1, Message: "id is missing"},
		finding.Finding{Rule: finding.MemberMissing, Source: "a.json", Line: 1, Column: 1, Message: "id is missing"},
	)
	for _, f := range finding.Lenient.Grade(set) {
		fmt.Println(f)
	}
	// Output:
	// a.json:1:1: warning member.missing at the top: id is missing
	// b.json:2:5: info type.null at /list/0: null in a list
}

func ExampleUnion() {
	first := finding.NewSet(finding.Finding{Rule: finding.TypeNull})
	second := finding.NewSet(finding.Finding{Rule: finding.TypeNull}, finding.Finding{Rule: finding.MemberUnknown})
	fmt.Println(finding.Union(first, second).Rules(), finding.Union(nil, nil) == nil)
	// Output: [member.unknown type.null] true
}

func ExampleProfile_Grade() {
	set := finding.NewSet(finding.Finding{Rule: finding.ConstraintLength})
	for _, p := range []finding.Profile{finding.Lenient, finding.Default, finding.Strict} {
		graded := p.Grade(set)
		fmt.Println(p, graded[0].Severity, graded.Rejects())
	}
	// Output:
	// lenient info false
	// default warning false
	// strict error true
}

func ExampleRuleID_Lookup() {
	rule, ok := finding.TypeNull.Lookup()
	fmt.Println(ok, rule.Layer, rule.Severity(finding.Strict))
	fmt.Println(rule.Remedy)
	// Output:
	// true schema error
	// Leave the entry out. If AWS responded, clients will receive this null: make them accept it. If the model is wrong, crcheck drift --propose writes a correction.
}

func ExampleRules() {
	for _, rule := range finding.Rules()[:3] {
		fmt.Println(rule.ID, rule.Severity(finding.Default))
	}
	// Output:
	// type.mismatch error
	// type.null warning
	// member.missing error
}

func ExampleFinding_Fingerprint() {
	a := finding.Finding{Rule: finding.TypeNull, Pointer: "/list/0", Message: "null stands in a list"}
	b := finding.Finding{Rule: finding.TypeNull, Pointer: "/list/7", Message: "reworded"}
	fmt.Println(a.Place(), b.Place(), a.Fingerprint() == b.Fingerprint())
	// Output: /list/* /list/* true
}

func ExampleNewLedger() {
	ledger, err := finding.NewLedger([]finding.Expected{
		{Rule: finding.MemberUnknown, Place: "/job/color", Reason: "our emulator adds it"},
		{Rule: finding.TypeNull, Place: "/job/tags/*", Reason: "fixed since"},
	})
	fmt.Println(err)
	fmt.Println(ledger.Take(finding.Finding{Rule: finding.MemberUnknown, Pointer: "/job/color"}))
	fmt.Println(ledger.Take(finding.Finding{Rule: finding.MemberUnknown, Pointer: "/job/size"}))
	for _, unmet := range ledger.Unmet() {
		fmt.Println(unmet.Rule, unmet.Stale())
	}
	// Output:
	// <nil>
	// true
	// false
	// type.null true
}

func ExampleReadRows() {
	rows, err := finding.ReadRows("ignore.yaml", []byte(`
- rule: member.unknown
  at: /job/color
  reason: our emulator adds it
`))
	fmt.Println(len(rows), rows[0].Rule, err)
	_, err = finding.ReadRows("ignore.yaml", []byte("- rule: member.unknown\n  at: /job/color\n"))
	fmt.Println(err)
	// Output:
	// 1 member.unknown <nil>
	// ignore.yaml:1: row for member.unknown at /job/color: has no reason
}

func ExampleRulesPage() {
	page := finding.RulesPage()
	fmt.Println(strings.Count(page, "\n### ") == len(finding.Rules()))
	fmt.Println(strings.SplitN(page, "\n", 2)[0])
	// Output:
	// true
	// # Rules
}
