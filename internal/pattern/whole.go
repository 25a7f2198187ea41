package pattern

import "strings"

// Whole returns the search form of a pattern that a whole string must match, as
// those of botocore's models do. botocore derives them from search patterns: it
// takes the anchors away from both ends, and puts .* at an end that had none.
// Whole undoes that: X becomes ^X$, and .*X.* becomes X, which are the patterns
// that the models came from. An alternative at the top has the anchors put around
// all of it, ^(?:a|b)$, unless each alternative ends up anchored by itself, as in
// a$|^b.
//
// Strictly, .*X.* does not match text with a line feed outside of X, and X does.
func Whole(source string) string {
	if source == "" {
		return "" // a search for nothing finds it everywhere
	}
	if inner, ok := unwrapped(source); ok {
		return inner
	}
	whole := source
	if !startsAnchored(whole) {
		whole = "^" + whole
	}
	if !endsAnchored(whole) {
		whole += "$"
	}
	for _, alternative := range alternatives(whole) {
		if !startsAnchored(alternative) || !endsAnchored(alternative) {
			return "^(?:" + source + ")$"
		}
	}
	return whole
}

// unwrapped takes the .* away from both ends.
func unwrapped(source string) (inner string, ok bool) {
	const all = ".*"
	inner, front := strings.CutPrefix(source, all)
	inner, back := strings.CutSuffix(inner, all)
	if !front || !back || inner == "" || repeats(inner) || endsEscaped(inner) {
		return "", false
	}
	return inner, true
}

// startsAnchored reports whether the first character is the anchor ^ or \A, and no
// quantifier lets a match go without.
func startsAnchored(source string) bool {
	after, ok := strings.CutPrefix(source, "^")
	if !ok {
		after, ok = strings.CutPrefix(source, `\A`)
	}
	return ok && !repeats(after)
}

// endsAnchored reports whether the last character is the anchor $ or \z.
func endsAnchored(source string) bool {
	if before, ok := strings.CutSuffix(source, `\z`); ok {
		return !endsEscaped(before)
	}
	before, ok := strings.CutSuffix(source, "$")
	if !ok || endsEscaped(before) {
		return false
	}
	anchor := false
	scan(source, func(i, _ int) bool {
		anchor = i == len(source)-1 // and not in a character class
		return true
	})
	return anchor
}

// endsEscaped reports whether an expression ends in a backslash that escapes
// what comes next.
func endsEscaped(source string) bool {
	return (len(source)-len(strings.TrimRight(source, `\`)))%2 == 1
}

// alternatives splits an expression at its bars that stand in no group.
func alternatives(source string) []string {
	var found []string
	start := 0
	scan(source, func(i, depth int) bool {
		if depth == 0 && source[i] == '|' {
			found = append(found, source[start:i])
			start = i + 1
		}
		return true
	})
	return append(found, source[start:])
}
