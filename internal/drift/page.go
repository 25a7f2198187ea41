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
			rules = append(rules, fmt.Sprintf("`%s` (%s)", p.rule, plainness(p.rule)))
		}
		switch {
		case r.ID == finding.DriftTypeChanged:
			rules = append(rules, "or any finding below it")
		case r.ID == finding.DriftBindingChanged:
			rules = append(rules, "where a payload is wrapped or unwrapped any of these or `type.mismatch` below it")
		case r.ID == finding.DriftRouteChanged || r.ID == finding.DriftOperationRemoved:
			rules = append(rules, "a request that reaches no operation, or another one (error)")
		case len(rules) == 0:
			rules = append(rules, "nothing: it is an info")
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
| what does each of several sources state | ` + "`crcheck drift A B C`" + ` |
| what does traffic do that the contract does not state | ` + "`crcheck drift CONTRACT TRAFFIC…`" + ` |

A source is a built-in contract, a contract file, a botocore or Smithy model, a boto3 documentation page, the source folder of a
client of the AWS SDK for Go, or a folder of these. Anything else is traffic. The second argument decides which
of the three questions is asked; all later ones must be of the same kind. The first is always a source.

Only what both sides state is compared. A source of one operation, or of pages, says nothing about a service's other operations.
Services that only one side describes are named, not compared.

## Severity of a change

Severity is derived, never declared. A **breaking payload** proves a change: for a response, a document that the new contract accepts, without
any finding, and the old one rejects; for a request, one that the old contract accepts and the new one rejects. If the
rejecting contract's lenient profile calls the finding an error, the change is an error; if only default does, a warning; if only
strict does, an info. A change without a breaking payload is an info. Each payload has been confirmed by the walker and by the JSON Schema of both sides, and
nothing can be left out of it. A whole request or response, which the walker alone confirms, proves a change of a member's location or
form beside the body. A change that no document can be made for is *not tried*: review it yourself.

` + "`--payloads FOLDER`" + ` writes the breaking payloads as cassettes: replay them to your client, or validate them. Each is valid under the
contract that accepts it. A payload in the sdk encoding that proves nothing over HTTP does not count, and the report says so.

` + "`--baseline FILE`" + ` has [ignore rows](ignoring.md) for known and accepted changes, each with a reason; ` + "`--baseline-update`" + ` writes it. A
row that no longer matches anything fails the run. ` + "`value`" + ` is the value, type or bound that is accepted, ` + "`severity`" + ` the highest severity
of the change; a row without them accepts any. ` + "`--ignore FILE`" + ` takes rows that need not match.

## Several sources

The rows of the table are the places where the sources disagree, with a class: *undocumented member* (a model or the SDK has
it, the page does not), *docs lag* (the page states something that no model does), *docs ahead*, *model ahead of SDK*, *SDK ahead of model*,
*models differ* (they may be of different age), *docs and SDK differ*. A disagreement has no severity.

## Traffic

Findings are counted by rule and place, with the values, names or types that were seen and where each was seen first. The
severities are those of [rules](rules.md) under ` + "`--profile`" + `. ` + "`--propose FILE`" + ` writes an overlay under which the traffic has no
error; the rest, which no overlay can state, is listed. The memory that a run takes does not grow with the traffic. At most
100 details of each kind of observation are kept.

## Possible changes

Every field of a contract, and the edits that it can undergo.

| field | edit | rule |
|---|---|---|
`

const pageProofs = `
## Proofs

The findings of the refusing side at the changed place that prove a change, with the severity that follows.

| rule | proven by |
|---|---|
`
