package validate

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep values may nest; the decoder stops there.
const maxDepth = 10_000

// offset returns where the next token begins.
func (w *explainer) offset() int {
	return nextToken(w.sink.document, int(w.dec.InputOffset()))
}

// nextToken returns where the token after an offset begins.
func nextToken(document []byte, at int) int {
	for at < len(document) && strings.IndexByte(" \t\r\n,:", document[at]) >= 0 {
		at++
	}
	return at
}

// broken ends the walk on a syntax error.
func (w *explainer) broken(err error) bool {
	w.sink.cut = true
	at := int(w.dec.InputOffset())
	var syntax *jsontext.SyntacticError
	problem := err.Error()
	if errors.As(err, &syntax) {
		at, problem = int(syntax.ByteOffset), syntax.Err.Error()
	}
	at = min(at, len(w.sink.document))
	switch {
	case w.dec.StackDepth() >= maxDepth && at < len(w.sink.document) && strings.Contains(problem, "depth"):
		w.sink.addAt("", at, finding.Finding{Rule: finding.SyntaxTooDeep, Wanted: finding.Want{Bounds: finding.Bounds{Max: json.Number(strconv.Itoa(maxDepth))}}})
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		w.sink.add(at, finding.Finding{Rule: finding.SyntaxInvalid, Found: finding.Value{Kind: finding.KindEnd}})
	default:
		w.sink.add(at, finding.Finding{Rule: finding.SyntaxInvalid, Found: w.sink.character(at), Cause: problem})
	}
	return false
}

func (s *sink) character(at int) finding.Value {
	if at >= len(s.document) {
		return finding.Value{Kind: finding.KindEnd}
	}
	return finding.ValueOf(finding.KindCharacter, string([]rune(string(s.document[at:min(at+4, len(s.document))]))[:1]))
}

// mismatch notes that a value has another type, and reads it.
func (w *explainer) mismatch(n *node) bool {
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

// holdsSecret reports whether a value of another type, in place of a list, map or structure, may be
// a sensitive value that belongs inside.
func (n *node) holdsSecret() bool {
	for inner := n.element; inner != nil; inner = inner.element {
		if inner.sensitive || inner.key != nil && inner.key.sensitive {
			return true
		}
	}
	return n.key != nil && n.key.sensitive || slices.ContainsFunc(n.members, func(m member) bool { return m.node.sensitive })
}

// unknown notes a member that the contract does not know, and reads it.
func (w *explainer) unknown(n *node, entry *occurrence) bool {
	w.sink.unknown(n, entry)
	return w.skip()
}

func (s *sink) unknown(n *node, entry *occurrence) {
	s.add(entry.at, finding.Finding{Rule: finding.MemberUnknown, Names: []string{entry.name}, Found: s.value(entry.value), Wanted: finding.Want{OneOf: n.memberNames()}})
}

// mismatch notes a value of another type. What is not a value has a finding of the syntax.
func (s *sink) mismatch(n *node, at int) {
	if found := s.value(at); found.Kind != "" {
		s.add(at, finding.Finding{Rule: finding.TypeMismatch, Found: found, Wanted: n.wanted()})
	}
}

// wanted returns what a node accepts.
func (n *node) wanted() finding.Want {
	w := finding.Want{Type: string(n.kind)}
	switch {
	case n.union:
		w.Type, w.OneOf = "union", n.memberNames()
	case n.kind == schema.Integer:
		w.Bounds = n.limits.written
	case n.kind == schema.Timestamp:
		switch {
		case n.epoch && n.form != nil:
			w.Format = finding.TextOrEpoch
		case n.epoch:
			w.Format = "epoch-seconds"
		default:
			w.Format = string(n.form.(schema.TimestampText))
		}
	}
	return w
}

func (s *sink) null(n *node, at int) {
	f := finding.Finding{Rule: finding.TypeNull, Found: finding.Value{Kind: finding.KindNull}, Wanted: n.element.wanted()}
	if n.kind == schema.Map {
		f.Problem = finding.InMap
	}
	s.add(at, f)
}

// missingMember is [sink.missing] for a member of a body: in responses AWS omits empty lists and
// maps.
func (s *sink) missingMember(m member, opened int) {
	rule := finding.MemberMissing
	if s.response && (m.node.kind == schema.List || m.node.kind == schema.Map) {
		rule = finding.MemberMissingCollection
	}
	s.absent(rule, m.name, opened)
}

func (s *sink) missing(name string, opened int) { s.absent(finding.MemberMissing, name, opened) }

func (s *sink) absent(rule finding.RuleID, name string, opened int) {
	s.addAt(s.below(name), opened, finding.Finding{Rule: rule, Masked: s.maskedBelow(name), Names: []string{name}, Found: finding.Value{Kind: finding.KindAbsent}})
}

func (s *sink) length(n *node, size int, unit string, at int) {
	rule := finding.ConstraintLength
	if size == 0 && s.toleratesEmpty(n) {
		rule = finding.ConstraintEmpty
	}
	s.add(at, finding.Finding{Rule: rule, Found: finding.Value{Length: size, Unit: unit}, Wanted: finding.Want{Bounds: n.length.written}})
}

// toleratesEmpty reports whether responses of AWS may have an empty value of a shape although it
// requires at least one character, element or entry.
func (s *sink) toleratesEmpty(n *node) bool {
	minimum, ok := n.length.Min()
	return s.response && ok && minimum.Compare(one) == 0
}

var one = decimal.Parse(nil, []byte("1"))

func (s *sink) enum(n *node, text []byte, at int) {
	s.add(at, finding.Finding{Rule: finding.EnumUnknownValue, Found: textValue(string(text)), Wanted: finding.Want{OneOf: n.values}})
}

func (s *sink) form(n *node, text []byte, at int) {
	f := finding.Finding{Rule: finding.TypeMismatch, Problem: finding.NoForm, Found: textValue(string(text)), Wanted: n.wanted()}
	if t, ok := n.form.(schema.TimestampText); ok && s.hidden == 0 && !n.sensitive {
		f.Cause = t.Problem(text)
	}
	s.add(at, f)
}

func (s *sink) pattern(n *node, text []byte, err error, at int) {
	rule := finding.ConstraintPattern
	if len(text) == 0 && s.response {
		if s.toleratesEmpty(n) {
			return // the finding about the length is enough
		}
		if minimum, ok := n.length.Min(); !ok || minimum.Compare(one) < 0 {
			rule = finding.ConstraintEmpty // the pattern requires a character
		}
	}
	problem := finding.Problem("")
	if timeout := (*pattern.TimeoutError)(nil); errors.As(err, &timeout) {
		rule = finding.PatternTimeout
		if timeout.Exhausted {
			problem = finding.RunBudget
		}
	}
	s.add(at, finding.Finding{Rule: rule, Problem: problem, Found: textValue(string(text)), Wanted: finding.Want{Pattern: n.pattern.String()}})
}

// unfit notes a number that the type cannot hold.
func (s *sink) unfit(n *node, problem finding.Problem, raw []byte, at int) {
	s.add(at, finding.Finding{Rule: finding.TypeMismatch, Problem: problem, Found: numberValue(raw), Wanted: n.wanted()})
}

func (s *sink) outOfRange(n *node, raw []byte, at int) {
	s.add(at, finding.Finding{Rule: finding.ConstraintRange, Found: numberValue(raw), Wanted: finding.Want{Bounds: n.bounds.written}})
}

func (s *sink) numberForm(raw []byte, at int) {
	s.add(at, finding.Finding{Rule: finding.NumberForm, Found: numberValue(raw)})
}

func (s *sink) precision(raw []byte, at int) {
	s.add(at, finding.Finding{Rule: finding.NumberPrecision, Found: numberValue(raw)})
}

// utf8 notes a string with invalid UTF-8 or an unpaired surrogate escape.
func (s *sink) utf8(raw []byte, at int) {
	s.add(at+firstInvalid(raw), finding.Finding{Rule: finding.SyntaxUTF8})
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or of the first unpaired
// surrogate escape.
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
