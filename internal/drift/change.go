package drift

import (
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
)

// Change is one difference of two contracts.
type Change struct {
	Rule      finding.RuleID   `json:"rule"`
	Severity  finding.Severity `json:"severity"`
	Operation string           `json:"operation"`
	Part      schema.Part      `json:"part"`    // "contract" for what is of the operation as a whole
	Pointer   string           `json:"pointer"` // into the part's shapes, as in [schema.Place]
	Facet     string           `json:"facet"`
	Old       string           `json:"old,omitempty"` // JSON of the facet, the value or the end; empty: none
	New       string           `json:"new,omitempty"`
	Message   string           `json:"message"`
	// Witness proves the change; nil: none was found, or the change is none of
	// documents.
	Witness *Witness `json:"witness,omitempty"`
	// Contested says why a document that seemed to prove the change is no
	// witness: the walker and the judge do not agree on it.
	Contested string `json:"contested,omitempty"`
	// Untried says why no document was held against both sides where one might
	// prove the change.
	Untried string `json:"untried,omitempty"`

	piece // what Old and New are the JSON of
}

// Place is where the contracts differ.
func (c *Change) Place() schema.Place { return schema.Place{Part: c.Part, Pointer: c.Pointer} }

// Finding returns the change as a finding, for ignore rows and reports.
func (c *Change) Finding() finding.Finding {
	return finding.Finding{Rule: c.Rule, Severity: c.Severity, Operation: c.Operation, Part: tallies.PartText(c.Part), Pointer: c.Pointer,
		Problem: map[bound]finding.Problem{minEnd: finding.Minimum, maxEnd: finding.Maximum}[c.end],
		Names:   []string{c.Facet}, Found: facetJSON(c.new), Was: facetJSON(c.old)}.Rendered()
}

// facetJSON is a value of a facet: a string, or JSON.
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

func plain(text string) string {
	if value, ok := unquote(text); ok {
		return value
	}
	return text
}

// unquoted is a value without quotes.
func unquoted(value any) string {
	if text, ok := plainText(value); ok {
		return text
	}
	return schema.ValueText(value)
}

// Remedy is what to do about a change: of one that documents could prove, were
// tried, and none does, nothing.
func (c *Change) Remedy() string {
	if c.Witness == nil && c.Untried == "" && c.Contested == "" && proofs[c.Rule] != nil {
		return "No action needed: no payload was found that breaks either version."
	}
	rule, _ := c.Rule.Lookup()
	return rule.Remedy
}
