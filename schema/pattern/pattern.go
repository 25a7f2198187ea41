// Package pattern matches strings against the patterns of AWS's models.
//
// The model: a pattern is an ECMA-262 regular expression with search
// semantics, as in Smithy's @pattern trait and in JSON Schema. It runs on RE2
// (package regexp), whose time is linear, wherever RE2 can compile it, and
// otherwise on regexp2, a backtracking engine, under a timeout.
//
// Deviations from ECMA-262: AWS's models were written for a Java engine over
// UTF-16, so a \uXXXX escape of a surrogate pair is read as its code point,
// and the garbled class range \uD800\uDBFF-\uDC00\uDFFF, which occurs in many of
// them, as every code point above U+FFFF. Java's POSIX classes, such as
// \p{Alnum}, are read as its documentation says. On RE2 \s is ASCII only and a dot
// excludes only line feed.
package pattern

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// Timeout bounds one match on the backtracking engine.
const Timeout = 250 * time.Millisecond

// Pattern is a compiled pattern, safe for concurrent use.
type Pattern struct {
	source string
	linear *regexp.Regexp  // or nil:
	back   *regexp2.Regexp // the backtracking engine
}

// UnsupportedError says that neither engine compiles a pattern.
type UnsupportedError struct {
	Source  string
	Problem string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("pattern %q compiles on neither regular expression engine: %s", e.Source, e.Problem)
}

// TimeoutError says that a match took longer than [Timeout].
type TimeoutError struct{ Source string }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("matching against %q took longer than %v", e.Source, Timeout)
}

// Compile compiles a pattern; the error is an [*UnsupportedError].
func Compile(source string) (*Pattern, error) {
	rewritten := translated(source)
	if linear, err := regexp.Compile(rewritten); err == nil {
		return &Pattern{source: source, linear: linear}, nil
	}
	back, err := regexp2.Compile(rewritten, regexp2.ECMAScript)
	if err != nil {
		return nil, &UnsupportedError{source, err.Error()}
	}
	back.MatchTimeout = Timeout
	return &Pattern{source: source, back: back}, nil
}

func (p *Pattern) String() string { return p.source }

// Match reports whether the pattern occurs in the text; the error is a
// [*TimeoutError].
func (p *Pattern) Match(text []byte) (bool, error) {
	if p.linear != nil {
		return p.linear.Match(text), nil
	}
	ok, err := p.back.MatchString(string(text))
	if err != nil {
		return false, &TimeoutError{p.source}
	}
	return ok, nil
}

// Portable rewrites a pattern so that RE2 and ECMA-262 engines both read it: a
// string matches when it matches must and, where refuse is not empty, does not
// match refuse. ok is false when it cannot be done.
func Portable(source string) (must, refuse string, ok bool) {
	rewritten := translated(source)
	if _, err := regexp.Compile(rewritten); err == nil {
		return rewritten, "", true
	}
	ahead, rest, ok := leadingRefusal(rewritten)
	if !ok {
		return "", "", false
	}
	refuse = "^(?:" + ahead + ")"
	for _, part := range []string{rest, refuse} {
		if _, err := regexp.Compile(part); err != nil {
			return "", "", false
		}
	}
	return rest, refuse, true
}

// leadingRefusal splits (?!ahead)rest where rest can only match at the start,
// so that the look-ahead says something about the whole string.
func leadingRefusal(source string) (ahead, rest string, ok bool) {
	source, anchored := strings.CutPrefix(source, "^")
	inner, found := strings.CutPrefix(source, "(?!")
	if !found {
		return "", "", false
	}
	end := closing(inner)
	if end < 0 {
		return "", "", false
	}
	ahead, rest = inner[:end], inner[end+1:]
	if repeats(rest) || alternates(rest) {
		return "", "", false
	}
	if anchored {
		return ahead, "^" + rest, true
	}
	return ahead, rest, begins(rest)
}

// begins reports whether an expression without alternatives can only match at
// the start of a string: it begins with an anchor, perhaps inside of groups,
// that no repetition or alternative lets a match go without, as (^a)?b and
// ((^a|b)) do.
func begins(source string) bool {
	inner, group := strings.CutPrefix(source, "(")
	if !group {
		after, anchored := strings.CutPrefix(source, "^")
		return anchored && !repeats(after)
	}
	end := closing(inner)
	return end >= 0 && !repeats(inner[end+1:]) && !alternates(inner[:end]) && begins(inner[:end])
}

// repeats reports whether an expression begins with a quantifier, which is about
// what stood before it.
func repeats(source string) bool { return source != "" && strings.IndexByte("*+?{", source[0]) >= 0 }

// closing returns the index of the parenthesis that closes the group which the
// text begins in, or -1.
func closing(source string) int {
	at := -1
	scan(source, func(i, depth int) bool {
		if depth < 0 {
			at = i
		}
		return at < 0
	})
	return at
}

func alternates(source string) bool {
	found := false
	scan(source, func(i, depth int) bool {
		found = found || depth == 0 && source[i] == '|'
		return !found
	})
	return found
}

// scan visits the bytes of an expression that are neither escaped nor inside a
// character class, with the depth of groups after the byte.
func scan(source string, visit func(i, depth int) bool) {
	depth, class := 0, false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
			continue
		case class:
			class = c != ']'
			continue
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
		if !visit(i, depth) {
			return
		}
	}
}
