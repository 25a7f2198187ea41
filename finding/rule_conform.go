package finding

import "path"

// Rules of [LayerConform]: a client deviates from what a case of the conformance suite expects.
// Ignore rows for them name a case instead of a place, see [Expected.Case].
const (
	ConformFailed RuleID = "conform.failed"
	ConformFlaky  RuleID = "conform.flaky"
)

// LayerConform: a client against the conformance suite.
const LayerConform Layer = "conform"

var conformRules = []Rule{
	{ConformFailed, LayerConform,
		"A client fails a case of the conformance suite: it sends another request than the case asks for, or reports another outcome than the responses have.",
		"Fix the client or its adapter. Put what an SDK is known to get wrong into its list of expected failures, with a reason.", always},
	{ConformFlaky, LayerConform,
		"A client passes a case in one run and fails it in the next. Its outcome depends on chance, such as the order of a map.",
		"Make the outcome depend only on what the client receives. Put a case whose outcome is known to vary into the list of expected failures under this rule; it may then pass or fail.", always},
}

// MatchesCase reports whether a pattern of [path.Match] matches the name of a case
// or of a group above it: "union" and "union/*" both match "union/two".
func MatchesCase(pattern, name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if globMatch(pattern, name) {
			return true
		}
	}
	return false
}

// aboutCases reports whether ignore rows for the rule name cases.
func (id RuleID) aboutCases() bool {
	rule, ok := id.Lookup()
	return ok && rule.Layer == LayerConform
}
