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
	b.WriteString(pageLeftOut)
	for _, l := range leftOut {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", l.fact, l.stated, l.reason)
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
			rules = append(rules, fmt.Sprintf("`%s`", p.rule))
		}
		switch {
		case r.ID == finding.DriftTypeChanged:
			rules = append(rules, "or any finding below it")
		case r.ID == finding.DriftBindingChanged:
			rules = append(rules, "where a payload is wrapped or unwrapped any of these or `type.mismatch` below it")
		case r.ID == finding.DriftRouteChanged || r.ID == finding.DriftOperationRemoved:
			rules = append(rules, "a request that reaches no operation, or another one")
		case r.ID == finding.DriftStatusChanged || r.ID == finding.DriftErrorAdded || r.ID == finding.DriftErrorChanged:
			for _, id := range aboutResponses {
				rules = append(rules, fmt.Sprintf("`%s`", id))
			}
		case len(rules) == 0:
			rules = append(rules, "nothing: it is an info")
		}
		of := effects[r.ID]
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, of.request.text(), of.response.text(), strings.Join(rules, ", "))
	}
	return b.String()
}

// leftOut are the facts of models that contracts do not have.
var leftOut = []struct{ fact, stated, reason string }{
	{"the default of a member", "Smithy's `default`", "a service fills in what a caller leaves out, and an SDK what a response lacks: no document shows it, and no model of botocore states it. Making a member required, or no longer, is reported"},
	{"deprecation and documentation", "`deprecated`, `documentation`, `since`", "old calls still work"},
	{"pagination, waiters, retries", "`paginated`, `waitable`, `retryable`, botocore's `paginators-1.json`", "they tell SDKs how to call; the members that they name are compared"},
	{"endpoints", "`endpointRuleSet`, `hostPrefix`, `endpoint`", "they depend on the region, and routes are compared within a service"},
	{"checksums and compression of bodies", "`httpChecksum`, `requestCompression`", "they concern the bytes of a body, not the document"},
}

// text returns the effect for people.
func (e *effect) text() string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("%s: %s", e.severity, e.why)
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

Only what both sides state is compared. Operations are added or removed where the other source describes the whole service: a model,
or a folder with all contracts of one. Pages, and single contracts, say nothing about other operations.
Services that only one side describes are named, not compared.

## Severity of a change

A **breaking payload** proves a change: for a response, a document that the new contract accepts, without any finding, and the old one
rejects; for a request, one that the old contract accepts and the new one rejects; or a whole request or response whose route, status, error or
members beside the body only one side knows. The severity of a proven change depends on whom it breaks, and how:

| side | what happens | severity |
|---|---|---|
| request | old calls are refused: a newly required member, a removed value or member, another type, location or route, a removed operation, a removed protocol | error |
| request | old calls may be refused: a narrower bound or pattern, which AWS often enforced before it was documented | warning; error if it refuses a request of ` + "`--used-by`" + ` |
| response | readers get what they cannot read: another type or location, a member that is not guaranteed any more, another status or name of an error | error; another status of 2xx: warning |
| response | readers get what they have not seen: a new value of an enum, member of a union, or error | warning |
| both | old callers and readers do not notice | info, or nothing |

A member that is removed from requests is an error although it was optional: some services refuse it, others ignore what it asks for.

A change without a breaking payload is an info. A change that no document can be made for is *not tried*: review it yourself. The names of
labels, a trailing slash, the prefix of X-Amz-Target, and another protocol while the old one is still listed do not count as changes. Facets that follow from the
protocol are not compared across protocols. Routes are compared within a service.

A change is reported once, at the shape where it happened, with one of its places and the number of all places and operations
where it shows; JSON reports name the operations. If it shows in requests and in responses, the worse of the two decides. Text
reports join the values that one enum gained or lost. ` + "`--min-severity`" + ` leaves out less severe changes and counts them, ` + "`--operation`" + ` (repeatable) chooses operations, and
` + "`--used-by TRAFFIC`" + ` compares only the operations that recorded traffic calls. In a project, ` + "`crcheck check`" + ` does so with its traffic.

## What JSON Schema confirms

Each payload is confirmed by crcheck's walker and by the JSON Schema of both sides, which santhosh-tekuri/jsonschema validates. The
schemas have only what the payload needs: members that are absent from it, and that nothing requires, are left out, because they cannot change the verdict.

- It can confirm what a document shows: types, missing members, unions, enums, lengths, ranges, patterns, in bodies and in the events of streams (in the
  sdk encoding).
- It cannot see unknown members and the form of a number (` + "`4.0`" + `), which JSON Schema allows, nor anything beside the body: routes, status, headers, the name of an error. There the walker alone decides.
- No schema says that a service enforces a bound, or that it ever sends a value. A payload proves that the contracts differ, not that the service does.
- Bodies of restXml, query, ec2 and CBOR are not JSON: payloads of these protocols are in the sdk encoding.

` + "`--payloads FOLDER`" + ` writes the breaking payloads as cassettes: replay them to your client, or validate them. Each is valid under the
contract that accepts it. A payload in the sdk encoding that proves nothing over HTTP does not count, and the report says so.

` + "`--baseline FILE`" + ` has [ignore rows](ignoring.md) for known and accepted changes, each with a reason; ` + "`--baseline-update`" + ` writes it. A
row that no longer matches anything fails the run. ` + "`value`" + ` is the value, type or bound that is accepted, ` + "`severity`" + ` the highest severity
of the change; a row without them accepts any. New rows are about shapes, so that a change stays accepted at other places. ` + "`--ignore FILE`" + ` takes rows that need not match.

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

const pageLeftOut = `
Facts of models that a contract does not have, so that no change of them is reported:

| fact | stated as | why it is left out |
|---|---|---|
`

const pageProofs = `
## Proofs

What a proven change does to requests and to responses, and the findings of the refusing side at the changed place that prove it. An
empty column: no document can prove it there.

| rule | request | response | proven by |
|---|---|---|---|
`
