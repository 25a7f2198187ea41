package drift

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
)

// reach is where a finding proves a change, seen from the changed place.
type reach byte

const (
	atMember reach = iota // at the member itself
	atShape               // at the value there
	atEntry               // at an entry of the list or map
	atParent              // at the union around the member
	atChild               // at a member of it
	anywhere              // there, or below
)

// proof is a kind of finding that proves a change.
type proof struct {
	rule finding.RuleID
	at   reach
}

// proofs lists, by rule, the findings of the refusing side that prove a change. Changes of other
// rules have no breaking payload.
var proofs = map[finding.RuleID][]proof{
	finding.DriftDocumentAdded:      {{finding.MemberMissing, anywhere}},
	finding.DriftDocumentRemoved:    {{finding.MemberMissing, anywhere}},
	finding.DriftMemberAdded:        {{finding.MemberUnknown, atMember}, {finding.MemberMissing, atMember}},
	finding.DriftMemberRemoved:      {{finding.MemberUnknown, atMember}, {finding.MemberMissing, atMember}},
	finding.DriftUnionMemberAdded:   {{finding.UnionUnknownMember, atParent}},
	finding.DriftUnionMemberRemoved: {{finding.UnionUnknownMember, atParent}},
	finding.DriftRequiredAdded:      {{finding.MemberMissing, atMember}},
	finding.DriftRequiredRemoved:    {{finding.MemberMissing, atMember}},
	finding.DriftBindingChanged:     {{finding.MemberMissing, atMember}, {finding.MemberUnknown, atMember}, {finding.UnionUnknownMember, atParent}},
	finding.DriftTypeChanged:        {{finding.TypeMismatch, anywhere}, {finding.MemberMissing, anywhere}, {finding.MemberUnknown, anywhere}, {finding.NumberForm, anywhere}, {finding.EnumUnknownValue, anywhere}, {finding.ConstraintLength, anywhere}, {finding.ConstraintPattern, anywhere}, {finding.ConstraintRange, anywhere}, {finding.TypeNull, anywhere}, {finding.UnionNoMember, anywhere}, {finding.UnionUnknownMember, anywhere}, {finding.UnionMultipleMembers, anywhere}},
	finding.DriftUnionAdded:         {{finding.UnionNoMember, atShape}, {finding.UnionMultipleMembers, atShape}, {finding.UnionUnknownMember, atShape}, {finding.MemberMissing, atChild}},
	finding.DriftUnionRemoved:       {{finding.UnionNoMember, atShape}, {finding.UnionMultipleMembers, atShape}, {finding.UnionUnknownMember, atShape}, {finding.MemberMissing, atChild}},
	finding.DriftSparseAdded:        {{finding.TypeNull, atEntry}},
	finding.DriftSparseRemoved:      {{finding.TypeNull, atEntry}},
	finding.DriftEnumValueAdded:     {{finding.EnumUnknownValue, atShape}},
	finding.DriftEnumValueRemoved:   {{finding.EnumUnknownValue, atShape}},
	finding.DriftEnumOpened:         {{finding.EnumUnknownValue, atShape}},
	finding.DriftEnumClosed:         {{finding.EnumUnknownValue, atShape}},
	finding.DriftLengthWidened:      {{finding.ConstraintLength, atShape}},
	finding.DriftLengthNarrowed:     {{finding.ConstraintLength, atShape}},
	finding.DriftRangeWidened:       {{finding.ConstraintRange, atShape}},
	finding.DriftRangeNarrowed:      {{finding.ConstraintRange, atShape}},
	finding.DriftPatternChanged:     {{finding.ConstraintPattern, atShape}},
	finding.DriftBitsWidened:        {{finding.TypeMismatch, atShape}},
	finding.DriftBitsNarrowed:       {{finding.TypeMismatch, atShape}},
	finding.DriftFormatChanged:      {{finding.TypeMismatch, atShape}},
}

// claim is a change to be proved, and where in the contracts it is.
type claim struct {
	*Change
	way  *walk
	key  bool // the change is about the keys of a map
	best *candidate

	matcher *pattern.Pattern // of the refusing side
	tried   bool             // documents that may prove it were made
	untried error            // why none were
}

func newClaim(c *Change, old, new *schema.Contract) *claim {
	k := &claim{Change: c, way: newWalk(old, new, c.Part)}
	for _, token := range jsontree.Tokens(c.Pointer) {
		k.way.down(token, memberName)
		k.key = token == "*key"
	}
	return k
}

// evidence is a finding of the refusing side, and where in the contracts it is.
type evidence struct {
	finding.Finding
	way   *walk
	value *jsontree.Node // at the pointer; nil: none
	entry bool           // of a map
	key   string         // of the entry
	tag   string         // of a union's unknown member, by its name in the contract
}

// wrapped are the findings that prove that a body became the payload, or that the payload became a
// member of the body: then everything is elsewhere.
var wrapped = []proof{{finding.MemberMissing, anywhere}, {finding.MemberUnknown, anywhere}, {finding.TypeMismatch, anywhere},
	{finding.UnionUnknownMember, anywhere}, {finding.UnionNoMember, anywhere}, {finding.UnionMultipleMembers, anywhere}}

// wraps reports a member that is the payload on one side only.
func (c *claim) wraps() bool {
	return c.Rule == finding.DriftBindingChanged && (c.old == schema.LocationPayload) != (c.new == schema.LocationPayload)
}

// provenBy returns the findings that prove the change.
func (c *claim) provenBy() []proof {
	if c.wraps() {
		return slices.Concat(proofs[c.Rule], wrapped)
	}
	return proofs[c.Rule]
}

// proves reports whether the evidence proves the change.
func (e *evidence) proves(c *claim, refuser int) bool {
	for _, p := range c.provenBy() {
		if p.rule == e.Rule && e.reaches(p.at, c) && (p.at == anywhere || e.explains(c, refuser)) {
			return true
		}
	}
	return false
}

func (e *evidence) reaches(r reach, c *claim) bool {
	at, last := c.way.last(), e.way.last()
	switch r {
	case atMember:
		return last.member == at.member
	case atShape:
		if c.key { // findings about a key are at its entry
			return e.entry && at.shape == keySite(last.member)
		}
		return last.shape == at.shape
	case atEntry, atChild:
		return len(e.way.steps) > 1 && e.way.steps[len(e.way.steps)-2].shape == at.shape
	case atParent:
		return last.shape.child(e.tag) == at.member
	}
	for _, s := range e.way.steps {
		if s.shape == at.shape || s.member == at.member {
			return true
		}
	}
	if c.wraps() && len(e.way.steps) <= 2 {
		return true // at the top of the expected body
	}
	return c.key && e.entry && at.shape == keySite(last.member)
}

func (s site) child(token string) site {
	s.below += "/" + jsontree.Escape(token)
	return s
}

// keySite is the site of the keys of the map that has the entry.
func keySite(entry site) site {
	entry.below += "key" // the entry's own ends in "/*"
	return entry
}

// explains reports whether this change, and not another one at the same place, causes the finding:
// the same string or number breaks the very facet that changed.
func (e *evidence) explains(c *claim, refuser int) bool {
	promise := c.way.shape(refuser)
	text, isText := e.key, true
	if !c.key {
		text, isText = stringOf(e.value)
	}
	switch e.Rule {
	case finding.EnumUnknownValue:
		if !isText || slices.Contains(promise.Enum.Or(nil), text) {
			return false
		}
		switch c.Rule {
		case finding.DriftEnumValueAdded:
			return text == c.new
		case finding.DriftEnumValueRemoved:
			return text == c.old
		}
	case finding.ConstraintPattern:
		p, err := c.pattern(promise.Pattern.Or(""))
		if err != nil || !isText {
			return false
		}
		matched, err := p.Match([]byte(text))
		return err == nil && !matched
	case finding.ConstraintLength:
		size := e.Found.Length
		if promise.Type == schema.String {
			size = utf8.RuneCountInString(text)
		}
		return c.beyond(promise.Length, json.Number(strconv.Itoa(size)))
	case finding.ConstraintRange:
		return e.value != nil && c.beyond(promise.Range, json.Number(e.value.Text))
	case finding.TypeMismatch:
		return !c.key
	}
	return true
}

// pattern compiles the pattern of the refusing side once.
func (c *claim) pattern(source string) (p *pattern.Pattern, err error) {
	if c.matcher == nil || c.matcher.String() != source {
		c.matcher, err = pattern.Compile(source)
	}
	return c.matcher, err
}

// beyond reports a number beyond the end that the change moved.
func (c *claim) beyond(of schema.Known[schema.Bounds], n json.Number) bool {
	b := of.Or(schema.Bounds{})
	if !decimal.Valid(n) {
		return false
	}
	if c.end == minEnd {
		return b.Min != "" && decimal.Compare(n, b.Min) < 0
	}
	return b.Max != "" && decimal.Compare(n, b.Max) > 0
}

// stringOf returns the text of a string; ok is false for any other value, and for none.
func stringOf(n *jsontree.Node) (text string, ok bool) {
	if n == nil || n.Kind != '"' {
		return "", false
	}
	return n.Text, true
}
