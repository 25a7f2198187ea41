package drift

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/finding"
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

	end bound
}

// Place is where the contracts differ.
func (c *Change) Place() schema.Place { return schema.Place{Part: c.Part, Pointer: c.Pointer} }

// Finding returns the change as a finding, for ignore rows and reports.
func (c *Change) Finding() finding.Finding {
	part := string(c.Part)
	if c.Part == schema.OutputPart {
		part = ""
	}
	return finding.Finding{Rule: c.Rule, Severity: c.Severity, Operation: c.Operation, Part: part, Pointer: c.Pointer,
		Got: c.got(), Want: c.Old, Message: c.Message}
}

// got is what the change comes to. It differs from what others of its rule at its
// place come to.
func (c *Change) got() string {
	end := map[bound]string{minEnd: "minimum ", maxEnd: "maximum "}[c.end]
	switch {
	case c.New != "":
		return end + c.New
	case c.end != noEnd:
		return "no " + strings.TrimSpace(end)
	case c.Old != "":
		return "no " + c.Old
	}
	return ""
}

// message says in one line what changed.
func (c *Change) message() string {
	switch {
	case c.Rule == finding.DriftOperationAdded, c.Rule == finding.DriftErrorAdded:
		return "it is new"
	case c.Rule == finding.DriftOperationRemoved, c.Rule == finding.DriftErrorRemoved:
		return "it is gone"
	case c.Rule == finding.DriftEnumValueAdded:
		return c.New + " is a new value"
	case c.Rule == finding.DriftEnumValueRemoved:
		return c.Old + " is no value any more"
	case c.Facet == "member" && c.Old == "":
		return "a new member, of type " + plain(c.New)
	case c.Facet == "member":
		return "the member, of type " + plain(c.Old) + ", is gone"
	case c.end == minEnd:
		return fmt.Sprintf("the minimum of the %s was %s and is %s", c.Facet, orOpen(c.Old), orOpen(c.New))
	case c.end == maxEnd:
		return fmt.Sprintf("the maximum of the %s was %s and is %s", c.Facet, orOpen(c.Old), orOpen(c.New))
	}
	return fmt.Sprintf("%s was %s and is %s", c.Facet, orAbsent(c.Old), orAbsent(c.New))
}

func plain(text string) string {
	if value, ok := unquote(text); ok {
		return value
	}
	return text
}

func orOpen(end string) string {
	if end == "" {
		return "open"
	}
	return end
}

func orAbsent(value string) string {
	switch value {
	case "":
		return "absent"
	case `""`, "[]":
		return "none"
	}
	return value
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
