package pattern

import "strings"

// Whole converts a pattern of a botocore model, which a whole string must match, to the equivalent
// search pattern. botocore derives its patterns from search patterns: it removes the anchors from
// both ends, and adds .* at an end without one. Whole undoes this: X becomes ^X$, and .*X.* becomes
// X. Alternatives at the top level are anchored together, as in ^(?:a|b)$, unless adding the
// anchors leaves each alternative anchored, as for a$|^b.
//
// Strictly, .*X.* does not match a text with a line feed outside of X, but X does.
func Whole(source string) string {
	if source == "" {
		return "" // the empty search pattern matches every text
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

// unwrapped removes the .* from both ends.
func unwrapped(source string) (inner string, ok bool) {
	const all = ".*"
	inner, front := strings.CutPrefix(source, all)
	inner, back := strings.CutSuffix(inner, all)
	if !front || !back || inner == "" || repeats(inner) || endsEscaped(inner) {
		return "", false
	}
	return inner, true
}

// startsAnchored reports whether the expression begins with the anchor ^ or \A, without a
// quantifier that makes it optional.
func startsAnchored(source string) bool {
	after, ok := strings.CutPrefix(source, "^")
	if !ok {
		after, ok = strings.CutPrefix(source, `\A`)
	}
	return ok && !repeats(after)
}

// endsAnchored reports whether the expression ends with the anchor $ or \z.
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
		anchor = i == len(source)-1 // false for a $ in a character class
		return true
	})
	return anchor
}

// endsEscaped reports whether an expression ends in a backslash that escapes the next character.
func endsEscaped(source string) bool {
	return (len(source)-len(strings.TrimRight(source, `\`)))%2 == 1
}

// alternatives splits an expression at the bars outside of groups.
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
