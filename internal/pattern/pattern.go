// Package pattern matches strings against the patterns of AWS's models.
//
// # Model
//
// A pattern is an ECMA-262 regular expression with search semantics, as in Smithy's @pattern trait
// and in JSON Schema. The parser also reads what the models borrow from java.util.regex: \p{Alnum},
// \p{IsAlphabetic}, \p{InGreek}, \p{script=Greek} and \p{javaLowerCase}, possessive quantifiers and
// atomic groups, \x{…}, \h, \R, \Q…\E, \A and \z, inline flags, nested classes and their
// intersection.
//
// The resulting tree is printed for one of two engines. RE2 (package regexp) runs in linear time
// and takes every pattern that a finite automaton can decide; a repetition above RE2's limit of
// 1,000 is printed as several in a row. Every other pattern runs on regexp2, a backtracking engine,
// under a timeout and, where a [Budget] is set, a limit for all matches of a run. The printed form is bounded for both engines, however deep repetitions nest.
//
// # Deviations from ECMA-262
//
// The patterns of AWS's models were written for a Java engine over UTF-16. A \uXXXX escape of a
// surrogate pair is therefore one code point, and the garbled class range
// \uD800\uDBFF-\uDC00\uDFFF, which many models contain, is every code point above U+FFFF. Where a
// construct has a meaning in both dialects, Java's wins: [a[bc]] is one class, && in a class is an
// intersection (unless the intersection is empty), and x{2}{3} is x{2}. \s and \S are ASCII white
// space without the vertical tab, as in RE2. A dot matches everything but a line feed.
//
// # Not supported
//
// Java's flag U, \G, \X, \N, \K, \C, \V, and properties for which package unicode has no table,
// such as emoji and script extensions.
package pattern

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
)

// Timeout limits the time of one match on the backtracking engine.
const Timeout = 250 * time.Millisecond

// Pattern is a compiled pattern, safe for concurrent use.
type Pattern struct {
	source string
	linear *regexp.Regexp  // RE2; nil if the pattern needs the backtracking engine
	back   *regexp2.Regexp // nil if linear is set
	budget *Budget         // of matches by back; may be nil

	matches atomic.Int32
	quick   atomic.Pointer[quick] // nil until the pattern was matched often
}

// Budget is the time that the matches of a run may take together on the backtracking engine, beyond what
// an ordinary match takes. Without it, a pattern that backtracks on every value of a recording would
// take a [Timeout] for each. The engine does not count its steps, so the budget is one of time. Its
// zero value allows [RunTimeout]. It is safe for concurrent use.
type Budget struct {
	Limit time.Duration // 0: RunTimeout
	mu    sync.Mutex
	spent time.Duration
}

// RunTimeout is the usual limit of a [Budget].
const RunTimeout = 5 * time.Second

// ordinary is the time of a match that does not count. Of a million matches, some wait for a processor
// for longer, but these few do not exhaust a budget.
const ordinary = 2 * time.Millisecond

func (b *Budget) exhausted() bool {
	if b == nil {
		return false
	}
	limit := b.Limit
	if limit == 0 {
		limit = RunTimeout
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent >= limit
}

func (b *Budget) spend(match time.Duration) {
	if b != nil && match > ordinary {
		b.mu.Lock()
		b.spent += match
		b.mu.Unlock()
	}
}

// Within returns the pattern with a budget.
func (p *Pattern) Within(b *Budget) *Pattern {
	if p == nil || p.back == nil {
		return p
	}
	return &Pattern{source: p.source, back: p.back, budget: b}
}

// quick is what decides the texts of a pattern that is matched often; both may be nil.
type quick struct {
	runs  runs
	plain bool // see [runs.plain]
	table *dfa
}

// match decides a text. ok is false if only the engine of the pattern can.
func (q *quick) match(text []byte) (matched, ok bool) {
	switch {
	case q.runs != nil:
		return q.runs.match(text)
	case q.table != nil:
		return q.table.match(text)
	}
	return false, false
}

// UnsupportedError reports a pattern that neither engine compiles.
type UnsupportedError struct {
	Source  string
	Problem string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("pattern %q is not supported by either regular expression engine: %s", e.Source, e.Problem)
}

// TimeoutError reports a match that took longer than [Timeout], or was not tried because the [Budget]
// was exhausted.
type TimeoutError struct {
	Source    string
	Exhausted bool
}

func (e *TimeoutError) Error() string {
	if e.Exhausted {
		return fmt.Sprintf("the text was not matched against %q: patterns like it have used up the time of this run", e.Source)
	}
	return fmt.Sprintf("matching against %q took longer than %v", e.Source, Timeout)
}

// Compile compiles a pattern. The error is an [*UnsupportedError].
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

// Check returns the error of [Compile], but only parses a pattern that RE2 can run.
func Check(source string) error {
	tree, _, err := parse(source)
	if err == nil && !tree.regular() {
		_, err = regexp2.Compile(tree.write(backtracking), regexp2.ECMAScript)
	}
	if err != nil {
		return &UnsupportedError{source, err.Error()}
	}
	return nil // a regular pattern compiles on one engine or the other
}

// compileLinear compiles for RE2 and returns the text that RE2 accepted. The result is nil if the
// pattern needs backtracking or is too large for RE2.
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

// portableText returns the source itself if RE2 and ECMA-262 engines read it as this package does,
// and otherwise a form that they do.
func portableText(tree *node, source string, foreign bool) string {
	if !foreign {
		return source
	}
	return tree.write(portable)
}

func (p *Pattern) String() string { return p.source }

// Match reports whether the text contains a match of the pattern. The error is a [*TimeoutError].
func (p *Pattern) Match(text []byte) (bool, error) {
	if q := p.quick.Load(); q != nil {
		if matched, ok := q.match(text); ok {
			return matched, nil
		}
	} else if p.matches.Add(1) == warm {
		q = &quick{runs: newRuns(p.source)}
		if q.plain = q.runs != nil && q.runs.plain(); q.runs == nil {
			q.table = newDFA(p.source)
		}
		p.quick.Store(q)
	}
	if p.linear != nil {
		return p.linear.Match(text), nil
	}
	if p.budget.exhausted() {
		return false, &TimeoutError{p.source, true}
	}
	began := time.Now()
	ok, err := p.back.MatchString(string(text))
	p.budget.spend(time.Since(began))
	if err != nil {
		return false, &TimeoutError{p.source, false}
	}
	return ok, nil
}

// Matches reports whether the text certainly contains a match. It is the fast path of [Pattern.Match].
func (p *Pattern) Matches(text []byte) bool {
	if q := p.quick.Load(); q != nil && q.runs != nil && q.runs.matches(text) {
		return true
	}
	ok, err := p.Match(text)
	return ok && err == nil
}

// End finds the end of a string of JSON whose contents begin at an offset. If it returns the offset of
// a quotation mark, the contents are ASCII without escapes, and match the pattern. Any other result says
// nothing. Eight zero bytes follow the document.
func (p *Pattern) End(padded []byte, at int) int {
	if q := p.quick.Load(); q != nil && q.plain {
		return q.runs.end(padded, at)
	}
	return -1
}

// Portable rewrites a pattern for engines of both RE2 and ECMA-262. A string matches the pattern if
// it matches must and, unless refuse is empty, does not match refuse. If ok is false, no such form
// exists, and must is the closest form for ECMA-262 alone.
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

// leadingRefusal splits (?!ahead)rest if rest can only match at the start of a string. The
// look-ahead is then a condition on the whole string.
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
	return ahead, rest, anchoredAtStart(rest)
}

// anchoredAtStart reports whether an expression without alternatives can only match at the start of
// a string. It then begins with an anchor, possibly in groups, which no repetition or alternative
// makes optional, as in (^a)?b and ((^a|b)).
func anchoredAtStart(source string) bool {
	inner, group := strings.CutPrefix(source, "(")
	if !group {
		after, anchored := strings.CutPrefix(source, "^")
		return anchored && !repeats(after)
	}
	end := closing(inner)
	return end >= 0 && !repeats(inner[end+1:]) && !alternates(inner[:end]) && anchoredAtStart(inner[:end])
}

// repeats reports whether an expression begins with a quantifier for what precedes it.
func repeats(source string) bool { return source != "" && strings.IndexByte("*+?{", source[0]) >= 0 }

// closing returns the index of the parenthesis that closes the group in which the text begins, or
// -1.
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

// alternates reports whether an expression has a bar outside of groups.
func alternates(source string) bool {
	found := false
	scan(source, func(i, depth int) bool {
		found = found || depth == 0 && source[i] == '|'
		return !found
	})
	return found
}

// scan calls visit for each byte of an expression that is neither escaped nor in a character class,
// with the depth of groups after that byte. It ends when visit returns false.
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
