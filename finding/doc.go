// Package finding is the vocabulary in which every check of crcheck speaks.
//
// The model: a check looks at something (a response, a request, a document)
// and says what it noticed as a [Set] of [Finding] values. A finding names the
// [Rule] that was broken, the place where it was broken and what stood there.
// How much a finding weighs is not the check's business: the rule table gives
// each rule one [Severity] for each [Profile], and [Profile.Grade] writes it
// into the set. What is known and accepted is stated as [Expected] patterns,
// each with a reason; a pattern that no longer matches exactly what it was
// written for is itself reported.
//
// All types are plain values; nothing in this package holds state.
package finding
