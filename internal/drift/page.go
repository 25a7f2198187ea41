package drift

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
)

// Page returns the table of edits as a page of Markdown, docs/drift.md.
func Page() string {
	var b strings.Builder
	b.WriteString(pageStart)
	for _, f := range facets {
		for _, e := range f.Edits {
			outcome := "not reported: " + e.Reason
			if e.Rule != "" {
				outcome = fmt.Sprintf("[%s](rules.md#%s)", e.Rule, strings.ReplaceAll(string(e.Rule), ".", ""))
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Field, e.What, outcome)
		}
	}
	b.WriteString(pageProofs)
	for _, r := range finding.Rules() {
		if r.Layer != finding.LayerDrift {
			continue
		}
		var rules []string
		for _, p := range proofs[r.ID] {
			if r.ID == finding.DriftTypeChanged && p.rule != finding.TypeMismatch {
				continue
			}
			rules = append(rules, fmt.Sprintf("`%s` (%s)", p.rule, severity(p.rule)))
		}
		switch {
		case r.ID == finding.DriftTypeChanged:
			rules = append(rules, "or any finding below it")
		case r.ID == finding.DriftBindingChanged:
			rules = append(rules, "where a payload is wrapped or unwrapped any of these or `type.mismatch` below it")
		case r.ID == finding.DriftRouteChanged || r.ID == finding.DriftOperationRemoved:
			rules = append(rules, "a request that leads nowhere, or to another operation (error)")
		case len(rules) == 0:
			rules = append(rules, "nothing: it weighs an info")
		}
		fmt.Fprintf(&b, "| %s | %s |\n", r.ID, strings.Join(rules, ", "))
	}
	return b.String()
}

const pageStart = `# Drift

` + "`crcheck drift`" + ` shows what changed between two contracts, and proves that it matters. This page is generated: ` + "`go generate ./docs`" + `.

| question | command |
|---|---|
| what changed from one source to another | ` + "`crcheck drift OLD NEW`" + ` |
| which of several sources says what | ` + "`crcheck drift A B C`" + ` |
| what does traffic do that the contract does not say | ` + "`crcheck drift CONTRACT TRAFFIC…`" + ` |

A source is a built-in contract, a contract file, a botocore or Smithy model, a boto3 documentation page, the source folder of a
client of the AWS SDK for Go, or a folder of these. What begins like none of them is traffic. The second argument decides which
of the three it is; all after it must be like it. The first is always a source.

Only what both sides state is compared. A source of one operation, or of pages, says nothing of a service's other operations; and
services that only one side describes are named, not compared.

## What a change weighs

Severity is derived, never declared. A **breaking payload** proves a change: for a response, a document that the new contract accepts, without
any finding, and the old one rejects; for a request, one that the old contract accepts and the new one rejects. A payload that the
rejecting contract's lenient profile calls an error makes the change an error; one that only default calls so, a warning; only strict,
an info. A change without a breaking payload is an info. Each payload has been confirmed by the walker and by the JSON Schema of both sides, and
nothing can be left out of it. Where or in which form a member travels beside the body is proved by a whole request or response, which
the walker alone confirms. What no document can be made for is *not tried*: look at such a change yourself.

` + "`--witness FOLDER`" + ` writes the breaking payloads as cassettes: replay them to your client, or validate them. Each is valid under the
contract that accepts it. A payload in the sdk encoding that proves nothing over HTTP does not count, and the report says so.

` + "`--baseline FILE`" + ` has [ignore rows](ignoring.md) for what is known and accepted, each with a reason; ` + "`--baseline-update`" + ` writes it. A
row that no longer matches anything fails the run. ` + "`value`" + ` is the value, type or bound that is accepted, ` + "`severity`" + ` the highest severity
of the change; a row without them accepts any. ` + "`--ignore FILE`" + ` takes rows that need not match.

## Several sources

Rows of the table say where sources that speak do not agree, and what that looks like: *undocumented member* (a model or the SDK has
it, the page does not), *docs lag* (the page states what no model does), *docs ahead*, *model ahead of SDK*, *SDK ahead of model*,
*models differ* (they may be of different age), *docs and SDK differ*. A disagreement weighs nothing.

## Traffic

What the contract does not explain is counted by rule and place, with the values, names or types that were seen and where first. The
severities are those of [rules](rules.md) under ` + "`--profile`" + `. ` + "`--propose FILE`" + ` writes an overlay under which the traffic has no
error; what no overlay can state is listed. The memory that a run takes does not grow with the traffic. ` + "`--shard I/N`" + ` looks at every
Nth interaction; ` + "`--merge`" + ` puts the JSON results of all shards together, to the same bytes that one run over everything writes. Of one
kind of observation 100 details are kept.

## What can change

Every field of a contract, and the edits that it can undergo.

| field | edit | rule |
|---|---|---|
`

const pageProofs = `
## What proves it

The findings of the refusing side that prove a change, at the very place, and what the change then weighs.

| rule | proven by |
|---|---|
`
