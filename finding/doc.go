// Package finding defines the results of every check of crcheck.
//
// The model: a check looks at a response, a request or another document, and returns a [Set] of
// [Finding] values. A finding names the [Rule] that was broken, the place, and the value at that
// place. The check does not decide the severity: the rule table gives each rule one [Severity] for
// each [Profile], and [Profile.Grade] sets it in the set. [Expected] rows accept known findings,
// each with a reason; a row that no longer matches as it should is reported.
//
// All types but [Ledger] and [Scope] are plain values. The package has no state.
package finding
