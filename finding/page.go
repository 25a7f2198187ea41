package finding

import (
	"fmt"
	"strings"
)

// layers are the headings of [RulesPage].
var layers = []struct {
	layer Layer
	about string
}{
	{LayerSchema, "The document against the contract's shapes. The exported JSON Schema rejects a document exactly when there is a finding of this layer other than `member.unknown`. Two rules of timestamps are the exception, since no pattern can express them: a wrong weekday in an HTTP date, and a second 60 that is not at 23:59:60 UTC on the last day of a month."},
	{LayerBytes, "The bytes of a body against RFC 8259 and RFC 7493."},
	{LayerHTTP, "The exchange around the body."},
	{LayerDerive, "The source documents and the contracts derived from them."},
	{LayerRecord, "What must not be written to disk, and what a recording lacks."},
	{LayerCassette, "A recording as a file that people keep; `crcheck cassette lint`."},
	{LayerDrift, "A contract against an older one. The severity here is that of a change without a breaking payload; `crcheck drift` derives the rest, see [drift.md](drift.md)."},
	{LayerProbe, "The responses of an emulator compared with the recorded ones, see [probe.md](probe.md)."},
	{LayerConform, "A client against the conformance suite, see [cases.md](cases.md). Here the level of a case matters, not the profile."},
}

// RulesPage returns the rule table as a page of Markdown, docs/rules.md.
func RulesPage() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nEvery finding belongs to a rule. The rule and the profile (`--profile`) determine its severity; a profile rejects a\n" +
		"document that has an error. This page is generated: `go generate ./docs`.\n\n" +
		"Documents are responses and, where they were recorded, requests: a finding about a request is at `input#/…`, one about\n" +
		"the document of an error at `error:NAME#/…`. Members in headers, the query, the path and the status are validated like members of\n" +
		"a body. A request that the service rejected with 4xx is not validated.\n\n" +
		"## Who responded\n\n" +
		"`--from aws|emulator|fixtures` says who sent the responses (see [traffic.md](traffic.md#who-responded)). It decides the advice under \"What to do\" below,\n" +
		"which covers all of them if the sender is unknown, and some severities:\n\n" +
		"| rule | from | lenient | default | strict |\n|---|---|---|---|---|\n")
	for _, r := range Rules() {
		if _, ok := fromEmulators[r.ID]; ok {
			severity := func(p Profile) Severity { return r.ID.SeverityFrom(OriginEmulator, p) }
			fmt.Fprintf(&b, "| %s | emulator | %s | %s | %s |\n", link(r.ID), severity(Lenient), severity(Default), severity(Strict))
		}
	}
	fmt.Fprintf(&b, "| %s, of an error that any AWS operation may return, such as ThrottlingException | all but emulators | info | info | info |\n\n", link(ErrorUnmodeled))
	b.WriteString("[Known deviations](ignoring.md#known-deviations-of-aws) of AWS are hidden, unless emulators or fixtures sent them.\n\n" +
		"## Special cases\n\n" +
		"AWS breaks some facets of its models so often in responses that a separate rule with a lower severity covers these cases. An ignore row for the\n" +
		"general rule also accepts them, drift counts them under the general rule, and the JSON Schema rejects them too.\n\n" +
		"| special case | general rule |\n|---|---|\n")
	for _, r := range Rules() {
		switch general := r.ID.General(); {
		case r.ID == ConstraintEmpty:
			fmt.Fprintf(&b, "| %s | %s, or %s where only the pattern demands a character |\n", link(r.ID), link(general), link(ConstraintPattern))
		case general != r.ID:
			fmt.Fprintf(&b, "| %s | %s |\n", link(r.ID), link(general))
		}
	}
	for _, l := range layers {
		fmt.Fprintf(&b, "\n## Layer %s\n\n%s\n\n| rule | lenient | default | strict |\n|---|---|---|---|\n", l.layer, l.about)
		for _, r := range Rules() {
			if r.Layer == l.layer {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", link(r.ID), r.Severity(Lenient), r.Severity(Default), r.Severity(Strict))
			}
		}
		for _, r := range Rules() {
			if r.Layer == l.layer {
				fmt.Fprintf(&b, "\n### %s\n\n%s\n\n**What to do:** %s\n", r.ID, r.Purpose, r.Remedy)
			}
		}
	}
	return b.String()
}

// link leads to the rule's section of the page.
func link(id RuleID) string {
	return fmt.Sprintf("[%s](#%s)", id, strings.ReplaceAll(string(id), ".", ""))
}
