package drift

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// reach says where, seen from a changed place, a finding proves the change.
type reach byte

const (
	atMember reach = iota // at the member itself
	atShape               // at what stands there
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

// proofs says by which findings of the refusing side each rule's changes are
// proven. Rules without any have no witness.
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

// claim is a change that wants proof, and where in the contracts it is.
type claim struct {
	*Change
	way  *walk
	key  bool // it is about the keys of a map
	best *candidate

	tried   bool  // documents that may show it were made
	untried error // why none were
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
	value jsontext.Value // what stands there; nil: nothing
	entry bool           // of a map
	key   string         // of the entry
	tag   string         // of a union's unknown member, by its name in the contract
}

// wrapped are the findings that prove that a body became the payload, or that the
// payload became a member of the body: all of it stands elsewhere.
var wrapped = []proof{{finding.MemberMissing, anywhere}, {finding.MemberUnknown, anywhere}, {finding.TypeMismatch, anywhere},
	{finding.UnionUnknownMember, anywhere}, {finding.UnionNoMember, anywhere}, {finding.UnionMultipleMembers, anywhere}}

// wraps reports a member that is the payload on one side alone.
func (c *claim) wraps() bool {
	return c.Rule == finding.DriftBindingChanged && (c.old == schema.LocationPayload) != (c.new == schema.LocationPayload)
}

// proves reports whether the evidence is of the change.
func (e *evidence) proves(c *claim, refuser int) bool {
	by := proofs[c.Rule]
	if c.wraps() {
		by = slices.Concat(by, wrapped)
	}
	for _, p := range by {
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
		if c.key { // findings about a key stand at its entry
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
		return true // at the top of the body that is looked for
	}
	return c.key && e.entry && at.shape == keySite(last.member)
}

func (s site) child(token string) site {
	s.below += "/" + jsontree.Escape(token)
	return s
}

// keySite is the site of the keys of the map that an entry is of.
func keySite(entry site) site {
	entry.below += "key" // the entry's own ends in "/*"
	return entry
}

// explains reports whether this change, and not another one at the same place,
// makes the finding: the same text or number breaks this very promise.
func (e *evidence) explains(c *claim, refuser int) bool {
	promise := c.way.shape(refuser)
	text, isText := unquote(string(e.value))
	if c.key {
		text, isText = e.key, true
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
		p, err := pattern.Compile(promise.Pattern.Or(""))
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
		return c.beyond(promise.Range, json.Number(e.value))
	case finding.TypeMismatch:
		return !c.key
	}
	return true
}

// beyond reports a number beyond the end that the change is about.
func (c *claim) beyond(of schema.Known[schema.Bounds], n json.Number) bool {
	b := of.Or(schema.Bounds{})
	if c.end == minEnd {
		return b.Min != "" && rational(n).Cmp(rational(b.Min)) < 0
	}
	return b.Max != "" && rational(n).Cmp(rational(b.Max)) > 0
}

// valueAt returns the value at a pointer into a document, nil where there is none.
func valueAt(document []byte, pointer string) jsontext.Value {
	value := jsontext.Value(document)
	for _, token := range jsontree.Tokens(pointer) {
		if value = below(value, token); value == nil {
			return nil
		}
	}
	return bytes.TrimSpace(value)
}

// below returns the member or element that a token names; of repeated names the
// last.
func below(value jsontext.Value, token string) (found jsontext.Value) {
	d := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	open, err := d.ReadToken()
	if err != nil || open.Kind() != '{' && open.Kind() != '[' {
		return nil
	}
	for i := 0; d.PeekKind() != '}' && d.PeekKind() != ']' && d.PeekKind() != 0; i++ {
		name := strconv.Itoa(i)
		if open.Kind() == '{' {
			t, err := d.ReadToken()
			if err != nil {
				return found
			}
			name = t.String()
		}
		v, err := d.ReadValue()
		if err != nil {
			return found
		}
		if name == token {
			found = v.Clone()
			if open.Kind() == '[' {
				return found
			}
		}
	}
	return found
}
