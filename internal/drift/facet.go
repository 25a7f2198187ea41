package drift

import (
	"encoding/json"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/schema"
)

// Facet is a row of the table of possible changes: a field of package schema, and the edits that it
// can undergo.
type Facet struct {
	Field string // such as "Shape.Enum"
	Name  string // in a [schema.Difference]; empty: never compared
	Edits []Edit

	// split turns a difference into changes; nil: it is one change, of the only edit.
	split func(d *difference, in *pair) []piece
}

// Edit is one way in which a facet changes, with its rule, or the reason why it has none.
type Edit struct {
	What   string
	Rule   finding.RuleID
	Reason string // why there is no rule
}

// piece is one of the changes of a difference.
type piece struct {
	rule     finding.RuleID
	old, new any // of the [schema.Difference], or an end of bounds; nil if that side has none
	end      bound
}

// bound is the end of an interval that a change is about.
type bound byte

const (
	noEnd bound = iota
	minEnd
	maxEnd
)

// Facets returns the table. Every field of a contract has a row.
func Facets() []Facet { return slices.Clone(facets) }

func one(what string, rule finding.RuleID) []Edit { return []Edit{{What: what, Rule: rule}} }

func not(what, reason string) []Edit { return []Edit{{What: what, Reason: reason}} }

var facets = []Facet{
	{Field: "Contract.Format", Edits: not("another form of the contract file", "the format is crcheck's, not the service's")},
	{Field: "Contract.Service", Edits: not("another name", "operations are paired by it: a service that only one side describes is named, and not compared")},
	{Field: "Contract.Operation", Edits: []Edit{
		{What: "an operation is added", Rule: finding.DriftOperationAdded},
		{What: "an operation is removed", Rule: finding.DriftOperationRemoved},
		{What: "an operation is renamed", Reason: "operations are paired by name: one is removed, another added"},
	}},
	{Field: "Contract.Version", Edits: not("another version", "it promises nothing")},
	{Field: "Contract.API", Name: "api", Edits: one("the API or its version changes", finding.DriftServiceChanged)},
	{Field: "Contract.Signing", Name: "signing", Edits: one("the signing name changes", finding.DriftServiceChanged)},
	{Field: "Contract.Protocol", Name: "protocol", Edits: protocolEdits},
	{Field: "Contract.Protocols", Name: "protocols", Edits: protocolEdits},
	{Field: "Contract.Target", Name: "target", split: splitTarget, Edits: []Edit{
		{What: "the operation in X-Amz-Target changes", Rule: finding.DriftRouteChanged},
		{What: "the prefix of X-Amz-Target changes", Reason: "its last part names the operation; models of one service disagree about the rest"},
	}},
	{Field: "Contract.Method", Name: "method", Edits: one("the method changes", finding.DriftRouteChanged)},
	{Field: "Contract.URI", Name: "uri", split: splitURI, Edits: []Edit{
		{What: "the URI changes", Rule: finding.DriftRouteChanged},
		{What: "a label is renamed", Reason: "labels are identified by position; their names are not on the wire"},
		{What: "a trailing slash of the path is added or removed", Reason: "services accept both, and models of one service disagree about it"},
	}},
	{Field: "Contract.Status", Name: "status", Edits: one("the status of success changes", finding.DriftStatusChanged)},
	{Field: "Contract.Readonly", Name: "readonly", Edits: one("it becomes read-only, or no longer is", finding.DriftReadonlyChanged)},
	{Field: "Contract.QueryCompatible", Name: "queryCompatible", Edits: one("errors also have their name of the query protocol, or no longer do", finding.DriftErrorChanged)},
	{Field: "Contract.Unsigned", Name: "unsigned", Edits: not("it takes requests without a signature, or no longer does", "sources state it of such operations only, so that the lack of it promises nothing")},
	{Field: "Contract.Bearer", Name: "bearer", Edits: not("it takes bearer tokens, or no longer does", "sources state it of such operations only, so that the lack of it promises nothing")},
	{Field: "Contract.Input", Edits: documentEdits},
	{Field: "Contract.Output", Edits: documentEdits},
	{Field: "Contract.InputUnstated", Edits: not("a source leaves the input out", "what one side does not state is not compared")},
	{Field: "Contract.Errors", Name: "error", Edits: []Edit{
		{What: "an error is added", Rule: finding.DriftErrorAdded},
		{What: "an error is removed", Rule: finding.DriftErrorRemoved},
		{What: "errors are reordered", Reason: "a response has one error, so the order has no meaning"},
	}},
	{Field: "Contract.Echoes", Edits: not("an echo is stated, or no longer", "only overlays state echoes: the lack of one promises nothing")},
	{Field: "Contract.Shapes", Edits: not("a shape is renamed, split or shared", "names of shapes are not on the wire: shapes are compared at their places")},
	{Field: "Contract.Origins", Edits: not("another source", "it promises nothing")},
	{Field: "Contract.Provenance", Edits: not("a fact comes from another source", "it promises nothing")},

	{Field: "Error.Name", Edits: not("an error is renamed", "errors are paired by name: one is removed, another added")},
	{Field: "Error.Status", Name: "error.status", Edits: one("the status of an error changes", finding.DriftErrorChanged)},
	{Field: "Error.Fault", Name: "error.fault", Edits: one("the fault of an error (client or server) changes", finding.DriftErrorChanged)},
	{Field: "Error.Code", Name: "error.code", Edits: one("the name of an error on the wire changes", finding.DriftErrorChanged)},
	{Field: "Error.Shape", Edits: not("the members of an error become known, or are no longer stated", "the other side leaves them unspecified")},

	{Field: "Member.Name", Name: "member", split: splitMember, Edits: []Edit{
		{What: "a member is added to a structure", Rule: finding.DriftMemberAdded},
		{What: "a member is removed from a structure", Rule: finding.DriftMemberRemoved},
		{What: "a member is added to a tagged union", Rule: finding.DriftUnionMemberAdded},
		{What: "a member is removed from a tagged union", Rule: finding.DriftUnionMemberRemoved},
		{What: "a member is renamed", Reason: "members are paired by name: one is removed, another added"},
	}},
	{Field: "Member.Shape", Edits: not("a member refers to another shape", "shapes are compared at their places, facet by facet")},
	{Field: "Member.Required", Name: "required", split: splitBool(finding.DriftRequiredAdded, finding.DriftRequiredRemoved), Edits: []Edit{
		{What: "a member becomes required", Rule: finding.DriftRequiredAdded},
		{What: "a member is no longer required", Rule: finding.DriftRequiredRemoved},
	}},
	{Field: "Member.Location", Name: "location", Edits: one("a member moves to another location", finding.DriftBindingChanged)},
	{Field: "Member.WireName", Name: "wireName", split: splitWireName, Edits: []Edit{
		{What: "the wire name of a member changes", Rule: finding.DriftBindingChanged},
		{What: "the label that a member fills is renamed", Reason: "the names of labels are not on the wire"},
	}},
	{Field: "Member.Token", Name: "idempotencyToken", Edits: one("a member becomes the idempotency token, or no longer is", finding.DriftTokenChanged)},

	{Field: "Shape.Name", Edits: not("a shape is renamed", "names of shapes are not on the wire")},
	{Field: "Shape.Type", Name: "type", split: splitType, Edits: append(one("the type changes", finding.DriftTypeChanged), documentEdits...)},
	{Field: "Shape.Members", Edits: not("members are reordered", "objects have no order; adding or removing a member is an edit of the member")},
	{Field: "Shape.Element", Edits: not("a list has other elements", "elements are compared facet by facet")},
	{Field: "Shape.Key", Edits: not("a map has other keys", "keys are compared facet by facet")},
	{Field: "Shape.Value", Edits: not("a map has other values", "values are compared facet by facet")},
	{Field: "Shape.Union", Name: "union", split: splitBool(finding.DriftUnionAdded, finding.DriftUnionRemoved), Edits: []Edit{
		{What: "a structure becomes a tagged union", Rule: finding.DriftUnionAdded},
		{What: "a tagged union becomes a structure", Rule: finding.DriftUnionRemoved},
	}},
	{Field: "Shape.EventStream", Name: "eventStream", Edits: one("a body becomes an event stream, or no longer is", finding.DriftStreamChanged)},
	{Field: "Shape.Streaming", Name: "streaming", Edits: one("a body becomes a stream of bytes, or no longer is", finding.DriftStreamChanged)},
	{Field: "Shape.Sparse", Name: "sparse", split: splitBool(finding.DriftSparseAdded, finding.DriftSparseRemoved), Edits: []Edit{
		{What: "a list or map may hold null", Rule: finding.DriftSparseAdded},
		{What: "a list or map may no longer hold null", Rule: finding.DriftSparseRemoved},
	}},
	{Field: "Shape.Unique", Name: "uniqueItems", Edits: not("the elements of a list must differ, or need not any longer", "sources state it of such lists only, so that the lack of it promises nothing")},
	{Field: "Shape.Enum", Name: "enum", split: splitEnum, Edits: []Edit{
		{What: "a value is added", Rule: finding.DriftEnumValueAdded},
		{What: "a value is removed", Rule: finding.DriftEnumValueRemoved},
		{What: "an enum becomes any string", Rule: finding.DriftEnumOpened},
		{What: "any string becomes an enum", Rule: finding.DriftEnumClosed},
		{What: "values are reordered", Reason: "an enum has no order"},
	}},
	{Field: "Shape.Length", Name: "length", split: splitBounds(finding.DriftLengthWidened, finding.DriftLengthNarrowed), Edits: []Edit{
		{What: "an end moves outward, or is lifted", Rule: finding.DriftLengthWidened},
		{What: "an end moves inward, or is set", Rule: finding.DriftLengthNarrowed},
		{What: "a minimum of zero is stated, or no longer", Reason: "no value is shorter"},
	}},
	{Field: "Shape.Range", Name: "range", split: splitBounds(finding.DriftRangeWidened, finding.DriftRangeNarrowed), Edits: []Edit{
		{What: "an end moves outward, or is lifted", Rule: finding.DriftRangeWidened},
		{What: "an end moves inward, or is set", Rule: finding.DriftRangeNarrowed},
	}},
	{Field: "Shape.Pattern", Name: "pattern", Edits: []Edit{
		{What: "the pattern changes, is added or removed", Rule: finding.DriftPatternChanged},
		{What: "the pattern is rewritten and matches the same strings", Reason: "patterns are compared by the strings that they match"},
	}},
	{Field: "Shape.Bits", Name: "bits", split: splitBits, Edits: []Edit{
		{What: "more bits", Rule: finding.DriftBitsWidened},
		{What: "fewer bits", Rule: finding.DriftBitsNarrowed},
	}},
	{Field: "Shape.Format", Name: "timestampFormat", Edits: one("the format of a timestamp changes", finding.DriftFormatChanged)},
	{Field: "Shape.Sensitive", Name: "sensitive", Edits: one("a value becomes sensitive, or no longer is", finding.DriftSensitiveChanged)},
}

var protocolEdits = []Edit{
	{What: "a protocol is removed", Rule: finding.DriftRouteChanged},
	{What: "another protocol is listed, or preferred while the old one is still listed", Reason: "old callers and readers do not notice"},
}

var documentEdits = []Edit{
	{What: "an operation gets an input or output document", Rule: finding.DriftDocumentAdded},
	{What: "an operation loses its input or output document", Rule: finding.DriftDocumentRemoved},
}

// facetNamed returns the row of a facet; nil if it is never compared.
func facetNamed(name string) *Facet {
	i := slices.IndexFunc(facets, func(f Facet) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &facets[i]
}

// pieces returns the changes of a difference.
func (f *Facet) pieces(d *difference, in *pair) []piece {
	if f.split == nil {
		return []piece{{rule: f.Edits[0].Rule, old: d.A, new: d.B}}
	}
	return f.split(d, in)
}

func splitBool(added, removed finding.RuleID) func(*difference, *pair) []piece {
	return func(d *difference, _ *pair) []piece {
		if d.B == true {
			return []piece{{rule: added, old: d.A, new: d.B}}
		}
		return []piece{{rule: removed, old: d.A, new: d.B}}
	}
}

// splitMember distinguishes members of unions from those of structures by the side that lacks the
// member, because the member is new to that side.
func splitMember(d *difference, _ *pair) []piece {
	switch added := d.A == nil; {
	case added && d.union:
		return []piece{{rule: finding.DriftUnionMemberAdded, new: d.described}}
	case added:
		return []piece{{rule: finding.DriftMemberAdded, new: d.described}}
	case d.union:
		return []piece{{rule: finding.DriftUnionMemberRemoved, old: d.described}}
	}
	return []piece{{rule: finding.DriftMemberRemoved, old: d.described}}
}

// typeText names the type of a shape as contracts do.
func typeText(s *schema.Shape) string {
	switch {
	case s.Union.Or(false):
		return "union"
	case s.Type == schema.Unstated:
		return "unstated"
	case len(s.Enum.Or(nil)) > 0:
		return "enum"
	}
	return string(s.Type)
}

func splitType(d *difference, _ *pair) []piece {
	switch {
	case d.A == nil:
		return []piece{{rule: finding.DriftDocumentAdded, new: d.B}}
	case d.B == nil:
		return []piece{{rule: finding.DriftDocumentRemoved, old: d.A}}
	}
	return []piece{{rule: finding.DriftTypeChanged, old: d.A, new: d.B}}
}

func splitEnum(d *difference, _ *pair) []piece {
	old, new := d.A.([]string), d.B.([]string)
	switch {
	case len(new) == 0:
		return []piece{{rule: finding.DriftEnumOpened, old: d.A, new: d.B}}
	case len(old) == 0:
		return []piece{{rule: finding.DriftEnumClosed, old: d.A, new: d.B}}
	}
	var all []piece
	for _, v := range new {
		if !slices.Contains(old, v) {
			all = append(all, piece{rule: finding.DriftEnumValueAdded, new: v})
		}
	}
	for _, v := range old {
		if !slices.Contains(new, v) {
			all = append(all, piece{rule: finding.DriftEnumValueRemoved, old: v})
		}
	}
	return all
}

func splitBounds(widened, narrowed finding.RuleID) func(*difference, *pair) []piece {
	return func(d *difference, _ *pair) []piece {
		old, new := d.A.(schema.Bounds), d.B.(schema.Bounds)
		var all []piece
		for _, e := range []struct {
			end      bound
			old, new json.Number
		}{{minEnd, old.Min, new.Min}, {maxEnd, old.Max, new.Max}} {
			at := piece{rule: widened, old: endOf(e.old), new: endOf(e.new), end: e.end}
			switch outward := moved(e.old, e.new, e.end); {
			case outward == 0, d.Facet == "length" && zeroOrOpen(e.old, e.end) && zeroOrOpen(e.new, e.end):
				continue
			case outward < 0:
				at.rule = narrowed
			}
			all = append(all, at)
		}
		return all
	}
}

// endOf returns an end of bounds; nil if it is open.
func endOf(n json.Number) any {
	if n == "" {
		return nil
	}
	return n
}

func zeroOrOpen(n json.Number, end bound) bool {
	return end == minEnd && (n == "" || isZero(n))
}

func isZero(n json.Number) bool { return decimal.Parse(nil, []byte(n)).Zero() }

// moved returns 1 if an end moved outward, -1 if inward, 0 if not at all.
func moved(old, new json.Number, end bound) int {
	switch {
	case old == "" && new == "":
		return 0
	case new == "":
		return 1
	case old == "":
		return -1
	}
	c := decimal.Compare(new, old)
	if end == minEnd {
		return -c
	}
	return c
}

func splitBits(d *difference, _ *pair) []piece {
	old, new := d.A.(int), d.B.(int)
	if old != 0 && (new == 0 || new > old) { // 0: of any size
		return []piece{{rule: finding.DriftBitsWidened, old: d.A, new: d.B}}
	}
	return []piece{{rule: finding.DriftBitsNarrowed, old: d.A, new: d.B}}
}
