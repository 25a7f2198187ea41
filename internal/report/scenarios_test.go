package report_test

import (
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
)

func at(rule finding.RuleID, severity finding.Severity, pointer string, line, column int) finding.Finding {
	return finding.Finding{Rule: rule, Severity: severity, Operation: "garden.GetBed", Source: "bed.json", Pointer: pointer,
		Line: line, Column: column, Got: "got", Want: "want", Message: "it is not as it should be"}
}

// assorted has every severity, several rules, operations and places, and
// findings of one kind at different places of a list.
func assorted() []finding.Finding {
	other := at(finding.TypeMismatch, finding.Error, "/id", 1, 8)
	other.Operation = "garden.GetShed"
	return []finding.Finding{
		at(finding.NumberPrecision, finding.Info, "/id", 1, 8),
		at(finding.MemberMissing, finding.Error, "/size", 1, 1),
		at(finding.MemberUnknown, finding.Warning, "/rows/0/n", 1, 41),
		at(finding.MemberUnknown, finding.Warning, "/rows/1/n", 1, 41),
		at(finding.TypeMismatch, finding.Error, "/id", 1, 8),
		at(finding.TypeMismatch, finding.Error, "/season", 1, 21),
		other,
		at(finding.SyntaxTrailing, finding.Error, "", 1, 50),
	}
}

// everywhere is what is wrong in every operation for a few causes.
func everywhere(operation string) []finding.Finding {
	of := func(rule finding.RuleID, severity finding.Severity, shape, got, want string) finding.Finding {
		f := at(rule, severity, "", 1, 1)
		f.Operation, f.Shape, f.Got, f.Want = operation, shape, got, want
		if shape != "" {
			f.Pointer = "/" + operation + "/0/season"
		}
		return f
	}
	return []finding.Finding{
		of(finding.HTTPContentType, finding.Warning, "", "text/html", "application/json"),
		of(finding.ErrorUnmodeled, finding.Warning, "", "AccessDenied", "one of "+operation),
		of(finding.EnumUnknownValue, finding.Error, "Bed$season", "WINTER", "one of SPRING"),
		of(finding.TypeMismatch, finding.Error, "", "7", "a string"),
	}
}

// probed is what a probe found: invalid inputs of two operations that the emulator accepts or fails on,
// and a member that it leaves out in both.
func probed() (found []finding.Finding) {
	add := func(rule finding.RuleID, operation, part, pointer, shape string) {
		f := at(rule, rule.Severity(finding.Default), pointer, 0, 0)
		f.Operation, f.Part, f.Shape, f.Source = operation, part, shape, ""
		found = append(found, f)
	}
	add(finding.ProbeNotRefused, "garden.PutBed", "input", "/size", "")
	add(finding.ProbeNotRefused, "garden.PutBed", "input", "/size", "")
	add(finding.ProbeNotRefused, "garden.PutBed", "input", "/rows/0/n", "")
	add(finding.ProbeFailed, "garden.PutBed", "input", "/size", "")
	add(finding.ProbeOtherError, "garden.GetBed", "input", "/id", "")
	add(finding.ProbeStatus, "garden.GetBed", "", "", "")
	add(finding.ProbeMember, "garden.GetBed", "", "/bed/soil", "Bed$soil")
	add(finding.ProbeMember, "garden.PutBed", "", "/soil", "Bed$soil")
	return found
}

// probing counts what a probe found by operation.
func probing(c *report.Collector) {
	c.ByOperation = true
	checked(c, 2)
	c.Checked("garden.PutBed@1")
	for _, f := range probed() {
		c.Add(f, nil)
	}
}

// everyRule has a finding of every rule that has a remedy for AWS, and one on a request.
func everyRule(c *report.Collector) {
	checked(c, 1)
	for _, rule := range finding.Rules() {
		if rule.RemedyFor(finding.OriginAWS) != rule.Remedy {
			c.Add(at(rule.ID, rule.Severity(finding.Default), "", 1, 1), nil)
		}
	}
	f := at(finding.EnumUnknownValue, finding.Error, "", 1, 1)
	f.Part = "input"
	c.Add(f, nil)
}

// deviating has a known deviation of AWS, a wrong value beside it, the same value
// in a request, and one that was recorded too seldom.
func deviating(c *report.Collector) {
	checked(c, 4)
	toolUse := func(part, got string) {
		c.Add(finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: "bedrock-runtime.Converse", Source: "a.yaml", Line: 1, Column: 1,
			Part: part, Pointer: "/toolUse/type", Shape: "ToolUseBlock$type", Got: got, Message: "unexpected " + got}, nil)
	}
	toolUse("", `"tool_use"`)
	toolUse("", `"tool_use"`)
	toolUse("", `"tool_usage"`)
	toolUse("input", `"tool_use"`)
	c.Add(finding.Finding{Rule: finding.EnumUnknownValue, Severity: finding.Error, Operation: "mq.ListBrokers", Source: "a.yaml", Line: 1, Column: 1,
		Pointer: "/b/0/e", Shape: "BrokerSummary$EngineType", Got: `"ActiveMQ"`, Message: "unexpected"}, nil)
}

// hiding hides findings in every way.
func hiding(c *report.Collector) {
	ledger, err := finding.NewLedger([]finding.Expected{
		{Rule: finding.TypeMismatch, Place: "/id", Reason: "our emulator does that"},
		{Rule: finding.TypeNull, Place: "/**", Count: 1, Required: true, Reason: "an index says so"},
	})
	if err != nil {
		panic(err)
	}
	c.Accept.Ledger, c.Accept.ResponsesOnly, c.Accept.Deviations = ledger, true, report.DeviationsHide
	deviating(c)
	for range 1200 {
		c.Add(at(finding.TypeMismatch, finding.Error, "/id", 1, 1), nil)
	}
	c.Add(at(finding.TypeNull, finding.Error, "/id", 1, 1), nil)
	f := at(finding.TypeMismatch, finding.Error, "/name", 1, 1)
	f.Part = "input"
	c.Add(f, nil)
	f.Pointer = "/id"
	c.Add(f, nil)
}

func checked(c *report.Collector, n int) {
	c.File()
	for range n {
		c.Checked("garden.GetBed@1")
	}
}

// excerpts are lines, each with a column of the character X, or where there is
// none, of the end. The caret must stand below it.
var excerpts = []struct {
	about, line string
	column      int
}{
	{"start", `X23456789`, 1},
	{"end", `123456789`, 10},
	{"beyond the end", `123456789`, 99},
	{"tabs and control characters", "\t\x00\x1b[31m\x7fX\u0085", 9},
	{"no UTF-8", "\xff\xfe\xf0\x9fX", 5},
	{"wide", `"日本語": X`, 8},
	{"full width", `"ＡＢ": X`, 7},
	{"emoji", `"😀🚀": X`, 7},
	{"combining", `"e` + "\u0301" + `a` + "\u0308" + `": X`, 9},
	{"right to left", `"שלום": X`, 9},
	{"turned around", `"` + "\u202e" + `abc` + "\u2066\u200f\u200b" + `": X`, 12},
	{"line separators", "\"\u2028\u2029\": X", 7},
	{"window not cut", strings.Repeat("-", 48) + "X" + strings.Repeat("+", 47), 49},
	{"window cut by one", strings.Repeat("-", 49) + "X" + strings.Repeat("+", 48), 50},
	{"window of wide characters", strings.Repeat("語", 60) + "X" + strings.Repeat("語", 60), 61},
	{"very long", strings.Repeat("a", 1_000_000) + "X" + strings.Repeat("b", 1_000_000), 1_000_001},
}
