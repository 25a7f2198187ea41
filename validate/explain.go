package validate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// deepest is how deep values may nest; the decoder stops there.
const deepest = 10_000

// offset is where the next token begins, for findings; an accepting walk has no
// use for it.
func (w *walker) offset() int {
	if w.sink == nil {
		return 0
	}
	return nextToken(w.sink.document, int(w.dec.InputOffset()))
}

// nextToken is where the token after an offset begins.
func nextToken(document []byte, at int) int {
	for at < len(document) && strings.IndexByte(" \t\r\n,:", document[at]) >= 0 {
		at++
	}
	return at
}

// broken ends the walk on a syntax error.
func (w *walker) broken(err error) bool {
	if w.sink == nil {
		return false
	}
	w.sink.cut = true
	at := int(w.dec.InputOffset())
	var syntax *jsontext.SyntacticError
	problem := err.Error()
	if errors.As(err, &syntax) {
		at, problem = int(syntax.ByteOffset), syntax.Err.Error()
	}
	at = min(at, len(w.sink.document))
	switch {
	case w.dec.StackDepth() >= deepest && at < len(w.sink.document) && strings.Contains(problem, "depth"):
		w.sink.addAt("", finding.SyntaxTooDeep, at, fmt.Sprintf("more than %d", deepest), fmt.Sprintf("at most %d", deepest),
			fmt.Sprintf("values nest more than %d deep", deepest))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		w.sink.add(finding.SyntaxInvalid, at, "end of input", "", "the JSON text ends in the middle")
	default:
		w.sink.add(finding.SyntaxInvalid, at, w.sink.character(at), "", "not JSON: "+problem)
	}
	return false
}

func (s *sink) character(at int) string {
	if at >= len(s.document) {
		return "end of input"
	}
	return quote(string([]rune(string(s.document[at:min(at+4, len(s.document))]))[:1]))
}

// mismatch says that a value is of another type, and reads it.
func (w *walker) mismatch(n *node) bool {
	if w.sink == nil {
		return false
	}
	if k := w.dec.PeekKind(); k == 0 || k == ']' || k == '}' {
		if _, err := w.dec.ReadToken(); err != nil {
			return w.broken(err)
		}
		return false // unreachable: such a token is an error where a value must begin
	}
	if n.holdsSecret() {
		w.sink.hidden++
		defer func() { w.sink.hidden-- }()
	}
	w.sink.mismatch(n, w.offset())
	return w.skip()
}

// holdsSecret reports whether the value in the place of a list, map or structure
// may be what is sensitive in it.
func (n *node) holdsSecret() bool {
	for inner := n.element; inner != nil; inner = inner.element {
		if inner.sensitive || inner.key != nil && inner.key.sensitive {
			return true
		}
	}
	return n.key != nil && n.key.sensitive || slices.ContainsFunc(n.members, func(m member) bool { return m.node.sensitive })
}

// unknown says that a structure has a member which the contract does not know,
// and reads it.
func (w *walker) unknown(n *node, entry *occurrence) bool {
	if w.sink == nil {
		return false
	}
	w.sink.unknown(n, entry)
	return w.skip()
}

func (s *sink) unknown(n *node, entry *occurrence) {
	want := "no member"
	if len(n.members) > 0 {
		want = "one of " + clip(n.memberNames())
	}
	s.add(finding.MemberUnknown, entry.at, quote(entry.name), want,
		"unknown member "+quote(entry.name))
}

// raw is the text of the value at an offset, clipped.
func (s *sink) raw(at int) string {
	text := s.document[at:]
	switch text[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		end := 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		return clip(string(text[:min(end+1, len(text))]))
	}
	if end := bytes.IndexAny(text, " \t\r\n,:]}"); end >= 0 {
		text = text[:end]
	}
	return clip(string(text))
}

func (s *sink) mismatch(n *node, at int) {
	want := n.description()
	got := s.raw(at)
	subject := "a withheld value"
	if s.hidden == 0 {
		subject = kindOf(got) + got
	}
	s.add(finding.TypeMismatch, at, got, want, fmt.Sprintf("got %s, want %s", subject, want))
}

// kindOf is the type of a value before its text, for messages: of a string or number, which
// its text alone may not tell.
func kindOf(raw string) string {
	switch jsontext.Value(raw).Kind() {
	case '"':
		return "string "
	case '0':
		return "number "
	}
	return ""
}

// description says what a node takes, with an article.
func (n *node) description() string {
	switch n.kind {
	case schema.Structure:
		if n.union {
			return "a union, an object with exactly one of " + clip(n.memberNames())
		}
		return "an object"
	case schema.List:
		return "an array"
	case schema.Map:
		return "an object of entries"
	case schema.Integer:
		return "an integer"
	case schema.Float:
		return `a number, or "NaN", "Infinity" or "-Infinity"`
	case schema.Boolean:
		return "true or false"
	case schema.Blob:
		return "base64 text"
	case encodedJSON:
		return "base64 of a JSON text"
	case schema.Timestamp:
		switch {
		case n.epoch && n.form != nil:
			return "a timestamp, as ISO 8601 text or epoch seconds"
		case n.epoch:
			return "a timestamp as a number of epoch seconds"
		case n.form == schema.HTTPDate:
			return "an HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT"
		}
		return "an RFC 3339 date-time such as 1994-11-06T08:49:37Z"
	}
	return "a string"
}

func (s *sink) null(n *node, at int) {
	what := "list"
	if n.kind == schema.Map {
		what = "map"
	}
	s.add(finding.TypeNull, at, "null", n.element.description(), fmt.Sprintf("null in a %s that is not sparse", what))
}

// missingMember is [sink.missing] for a member of a body, of which AWS leaves out
// empty lists and maps in responses.
func (s *sink) missingMember(m member, opened int) {
	rule := finding.MemberMissing
	if s.response && (m.node.kind == schema.List || m.node.kind == schema.Map) {
		rule = finding.MemberMissingCollection
	}
	s.absent(rule, m.name, opened)
}

func (s *sink) missing(name string, opened int) { s.absent(finding.MemberMissing, name, opened) }

func (s *sink) absent(rule finding.RuleID, name string, opened int) {
	s.addAt(s.below(name), rule, opened, "absent", "present", fmt.Sprintf("the required member %s is absent or null", quote(name)))
}

func (s *sink) length(n *node, size int, unit string, at int) {
	if size == 1 {
		unit = strings.TrimSuffix(strings.Replace(unit, "entries", "entry", 1), "s")
	}
	rule := finding.ConstraintLength
	if size == 0 && s.toleratesEmpty(n) {
		rule = finding.ConstraintEmpty
	}
	s.add(rule, at, fmt.Sprintf("%d %s", size, unit), n.length.text, fmt.Sprintf("%d %s; the contract allows %s", size, unit, n.length.text))
}

// toleratesEmpty reports a shape of which AWS's responses hold empty values although
// it demands at least one character, element or entry.
func (s *sink) toleratesEmpty(n *node) bool {
	least, ok := n.length.Min()
	return s.response && ok && least.Compare(one) == 0
}

var one = decimal.Parse(nil, []byte("1"))

func (s *sink) enum(n *node, text []byte, at int) {
	want := "one of " + strings.Join(n.values, ", ")
	if len(want) > 400 {
		want = fmt.Sprintf("one of %d values", len(n.values))
	}
	s.say(finding.EnumUnknownValue, at, text, want, "is not a value of the enum")
}

func (s *sink) form(n *node, text []byte, at int) {
	problem := ""
	if t, ok := n.form.(schema.TimestampText); ok && s.hidden == 0 && !n.sensitive {
		if problem = t.Problem(text); problem != "" {
			problem = ": " + problem
		}
	}
	got, subject := quote(string(text)), "a withheld value"
	if s.hidden == 0 {
		subject = got
	}
	s.add(finding.TypeMismatch, at, got, n.description(), fmt.Sprintf("got %s, want %s%s", subject, n.description(), problem))
}

func (s *sink) pattern(n *node, text []byte, err error, at int) {
	rule := finding.ConstraintPattern
	if len(text) == 0 && s.response {
		if s.toleratesEmpty(n) {
			return // that it is empty says it all
		}
		if least, ok := n.length.Min(); !ok || least.Compare(one) < 0 {
			rule = finding.ConstraintEmpty // the pattern demands a character
		}
	}
	if err != nil {
		s.say(finding.PatternTimeout, at, text, n.pattern.String(), "took too long to match against the pattern, so it was not checked")
		return
	}
	s.say(rule, at, text, n.pattern.String(), "does not match the pattern "+clip(n.pattern.String()))
}

// say notes a finding about a text.
func (s *sink) say(rule finding.RuleID, at int, text []byte, want, message string) {
	s.about(rule, at, quote(string(text)), want, message)
}

// number notes a finding about a number.
func (s *sink) number(rule finding.RuleID, at int, raw []byte, want, message string) {
	s.about(rule, at, clip(string(raw)), want, message)
}

// about notes a finding whose message begins with the value, which is withheld
// where it is sensitive.
func (s *sink) about(rule finding.RuleID, at int, got, want, message string) {
	subject := got
	if s.hidden > 0 {
		subject = "the value"
	}
	s.add(rule, at, got, want, subject+" "+message)
}

func (s *sink) notInteger(n *node, raw []byte, value decimal.Number, at int) {
	want, message := "an integer", "does not fit "+n.limits.text
	if !n.limits.Open() {
		want += ", " + n.limits.text
	}
	if !value.Integral() {
		message = "is not an integer"
	}
	s.number(finding.TypeMismatch, at, raw, want, message)
}

func (s *sink) tooLarge(n *node, raw []byte, at int) {
	message := "is beyond what the type can hold"
	if n.kind == schema.Timestamp {
		message = "epoch seconds are outside of the years 1 to 9999; are they milliseconds?"
	}
	s.number(finding.TypeMismatch, at, raw, n.description(), message)
}

func (s *sink) outOfRange(n *node, raw []byte, at int) {
	s.number(finding.ConstraintRange, at, raw, n.bounds.text, "is out of range; the contract allows "+n.bounds.text)
}

func (s *sink) numberForm(raw []byte, at int) {
	s.number(finding.NumberForm, at, raw, "plain digits", "is an integer written with a fraction or an exponent")
}

func (s *sink) precision(raw []byte, at int) {
	s.number(finding.NumberPrecision, at, raw, "at most 2^53 in magnitude", "is beyond 2^53: parsers that read doubles change its value")
}

// utf8 says that a string has bytes, or half a surrogate pair, that are not UTF-8.
func (s *sink) utf8(raw []byte, at int) {
	s.add(finding.SyntaxUTF8, at+firstInvalid(raw), "", "UTF-8", "the string holds bytes that are not UTF-8, or an escape of half a surrogate pair")
}

// firstInvalid is the offset of the first byte that is not UTF-8, or of the first
// escape of a lone surrogate.
func firstInvalid(raw []byte) int {
	for i := 0; i < len(raw); {
		if raw[i] == '\\' && i+1 < len(raw) {
			size := 2
			if r, ok := escapedUnit(raw[i:]); ok {
				size = 6
				if utf16.IsSurrogate(r) {
					low, _ := escapedUnit(raw[i+6:])
					if utf16.DecodeRune(r, low) == utf8.RuneError {
						return i
					}
					size = 12
				}
			}
			i += size
			continue
		}
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// escapedUnit reads a \uXXXX escape at the start of the text.
func escapedUnit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(unit), err == nil
}
