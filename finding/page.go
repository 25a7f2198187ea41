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
	{LayerSchema, "The document against the contract's shapes. The exported JSON Schema rejects a document exactly when there is a finding of this layer other than `member.unknown`."},
	{LayerBytes, "The bytes against RFC 8259 and RFC 7493."},
	{LayerHTTP, "The exchange around the body."},
	{LayerDerive, "The source documents, and what was made of them."},
	{LayerRecord, "What may be written to disk, and what was not."},
	{LayerCassette, "A recording as a file that people keep; `crcheck cassette lint`."},
	{LayerDrift, "A contract against an older one. The severity here is what a change weighs that no witness proves; `crcheck drift` derives the rest, see drift.md."},
	{LayerProbe, "The answer of an emulator against the recorded one, see probe.md."},
	{LayerConform, "A client against the conformance suite, see cases.md. No profile changes what a case weighs: its level does."},
}

// RulesPage returns the rule table as a page of Markdown, docs/rules.md.
func RulesPage() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nEvery finding is of one rule. How much it weighs depends on the profile (`--profile`); a profile rejects a\n" +
		"document when it yields an error. This page is generated: `go generate ./docs`.\n\n" +
		"Documents are answers and, where they were recorded, requests: a finding about a request stands at `input#/…`, one about\n" +
		"an error's document at `error:NAME#/…`. Members in headers, in the query, in the path and in the status are held like members of\n" +
		"a body. A request that the service answered with 4xx is not held against the contract.\n")
	for _, l := range layers {
		fmt.Fprintf(&b, "\n## Layer %s\n\n%s\n\n| rule | lenient | default | strict |\n|---|---|---|---|\n", l.layer, l.about)
		for _, r := range Rules() {
			if r.Layer == l.layer {
				fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.ID, strings.ReplaceAll(string(r.ID), ".", ""),
					r.Severity(Lenient), r.Severity(Default), r.Severity(Strict))
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
