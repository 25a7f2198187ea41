package drift

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// Change is one difference of two contracts.
type Change struct {
	Rule      finding.RuleID   `json:"rule"`
	Severity  finding.Severity `json:"severity"`
	Operation string           `json:"operation"`
	Part      schema.Part      `json:"part"`    // "contract" for the operation as a whole
	Pointer   string           `json:"pointer"` // into the part's shapes, as in [schema.Place]
	// Shape is what changed: a shape by its name, a member as STRUCTURE$MEMBER, or an error. It is
	// empty for a change of the operation itself. Part and Pointer are one place of it.
	Shape      string   `json:"shape,omitempty"`
	Places     int      `json:"places"`     // where the change shows, in all operations
	Operations []string `json:"operations"` // where the change shows, in the order of the older source
	Facet      string   `json:"facet"`
	Old        string   `json:"old,omitempty"` // JSON of the facet, the value or the end; empty: none
	New        string   `json:"new,omitempty"`
	Message    string   `json:"message"`
	// Witness is the breaking payload that proves the change; nil if none was found, or if no
	// document can prove such a change.
	Witness *Witness `json:"witness,omitempty"`
	// Contested says why a document that seemed to break one side was discarded: the walker and the
	// oracle disagree on it.
	Contested string `json:"contested,omitempty"`
	// Untried says why no document was validated against both sides, where one might prove the
	// change.
	Untried string `json:"untried,omitempty"`
	// Recorded is the number of recorded requests that the new contract refuses because of the
	// change, and the old one does not.
	Recorded int `json:"recorded,omitempty"`

	piece // Old and New are its values as JSON
}

// Place is where the contracts differ.
func (c *Change) Place() schema.Place { return schema.Place{Part: c.Part, Pointer: c.Pointer} }

// Where is the place for people: one place and, if there are more, how many, of which shape, in how
// many operations.
func (c *Change) Where() string {
	where := c.Place().String() + " of " + c.Operation
	if c.Places < 2 {
		return where
	}
	of := ""
	if c.Shape != "" {
		of = " of " + c.Shape
	}
	return fmt.Sprintf("%s, %s%s in %s", where, plural.Of(c.Places, "place"), of, plural.Of(len(c.Operations), "operation"))
}

// Finding returns the change as a finding, for ignore rows and reports.
func (c *Change) Finding() finding.Finding {
	return finding.Finding{Rule: c.Rule, Severity: c.Severity, Operation: c.Operation, Part: tallies.PartText(c.Part), Pointer: c.Pointer, Shape: c.Shape,
		Problem: map[bound]finding.Problem{minEnd: finding.Minimum, maxEnd: finding.Maximum}[c.end],
		Names:   []string{c.Facet}, Found: facetJSON(c.new), Was: facetJSON(c.old)}.Rendered()
}

// facetJSON returns the value of a facet, a string or JSON.
func facetJSON(value any) finding.Value {
	if text, ok := plainText(value); ok {
		return finding.Value{Kind: finding.KindString, Text: text}
	}
	return finding.Value{Text: schema.ValueText(value)}
}

func plainText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case schema.Type:
		return string(v), true
	}
	return "", false
}

// unquoted returns a value without quotes.
func unquoted(value any) string {
	if text, ok := plainText(value); ok {
		return text
	}
	return schema.ValueText(value)
}

// Remedy is what to do about a change: nothing, if documents that could have proved it were tried
// and none did.
func (c *Change) Remedy() string {
	if c.Witness == nil && c.Untried == "" && c.Contested == "" && proofs[c.Rule] != nil {
		return "No action needed: no payload was found that breaks either version."
	}
	rule, _ := c.Rule.Lookup()
	return rule.Remedy
}
