// Package pattern matches strings against the patterns of AWS's models.
//
// The model: a pattern is an ECMA-262 regular expression with search
// semantics, as in Smithy's @pattern trait and in JSON Schema. It is parsed into a
// tree, which knows what the models borrow from java.util.regex: \p{Alnum},
// \p{IsAlphabetic}, \p{InGreek}, \p{script=Greek} and \p{javaLowerCase}, possessive
// quantifiers and atomic groups, \x{…}, \h, \R, \Q…\E, \A and \z, inline flags,
// nested classes and their intersection. The tree is written for RE2 (package
// regexp), whose time is linear, wherever a finite automaton can decide it, with
// repetitions above RE2's 1,000 written as several in a row; and otherwise for
// regexp2, a backtracking engine, under a timeout. Neither form grows beyond a
// bound, however repetitions are nested.
//
// Deviations from ECMA-262: AWS's models were written for a Java engine over
// UTF-16, so a \uXXXX escape of a surrogate pair is read as its code point,
// and the garbled class range \uD800\uDBFF-\uDC00\uDFFF, which occurs in many of
// them, as every code point above U+FFFF. What both dialects know and mean
// differently is read as Java reads it: [a[bc]] is one class, && in a class
// intersects (unless nothing would be left), and x{2}{3} is x{2}. \s and \S are
// ASCII's white space without the vertical tab, as RE2 has it; a dot excludes only
// line feed.
//
// Not supported: Java's flag U, \G, \X, \N, \K, \C, \V, and properties that
// package unicode has no table for, such as emoji and script extensions.
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
	tree, foreign, err := parse(source)
	if err != nil {
		return nil, &UnsupportedError{source, err.Error()}
	}
	if linear, _ := compileLinear(tree, portableText(tree, source, foreign)); linear != nil {
		return &Pattern{source: source, linear: linear}, nil
	}
	back, err := regexp2.Compile(tree.write(backtracking), regexp2.ECMAScript)
	if err != nil {
		return nil, &UnsupportedError{source, err.Error()}
	}
	back.MatchTimeout = Timeout
	return &Pattern{source: source, back: back}, nil
}

// Check returns the error of [Compile], at the cost of reading the pattern.
func Check(source string) error {
	tree, _, err := parse(source)
	if err == nil && !tree.regular() {
		_, err = regexp2.Compile(tree.write(backtracking), regexp2.ECMAScript)
	}
	if err != nil {
		return &UnsupportedError{source, err.Error()}
	}
	return nil // what is regular compiles on either engine
}

// compileLinear compiles for RE2, and returns the text that it took; nil: the
// pattern cannot run there, or is too large to.
func compileLinear(tree *node, text string) (*regexp.Regexp, string) {
	if !tree.regular() {
		return nil, ""
	}
	if linear, err := regexp.Compile(text); err == nil {
		return linear, text
	}
	text, ok := tree.unrolled()
	if !ok {
		return nil, ""
	}
	linear, err := regexp.Compile(text)
	if err != nil {
		return nil, ""
	}
	return linear, text
}

// portableText is the source, where RE2 and ECMA-262 read it as it is meant.
func portableText(tree *node, source string, foreign bool) string {
	if !foreign {
		return source
	}
	return tree.write(portable)
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
// match refuse. ok is false when it cannot be done; must is then how ECMA-262
// alone comes nearest.
func Portable(source string) (must, refuse string, ok bool) {
	tree, foreign, err := parse(source)
	if err != nil {
		return "", "", false
	}
	text := portableText(tree, source, foreign)
	if linear, text := compileLinear(tree, text); linear != nil {
		return text, "", true
	}
	ahead, rest, ok := leadingRefusal(text)
	if !ok {
		return text, "", false
	}
	must, ok = portablePart(rest)
	refuse, also := portablePart("^(?:" + ahead + ")")
	if !ok || !also {
		return text, "", false
	}
	return must, refuse, true
}

func portablePart(source string) (text string, ok bool) {
	tree, foreign, err := parse(source)
	if err != nil {
		return "", false
	}
	linear, text := compileLinear(tree, portableText(tree, source, foreign))
	return text, linear != nil
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
