package drift

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/validate"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
)

// oracle is the second opinion on a breaking payload: the exported JSON Schema of both sides.
type oracle struct {
	allowing, refusing *schema.Contract
	part               schema.Part
	encoding           schema.Encoding
	compiled           [2]*v5.Schema
}

// ContestedError says that the JSON Schema and the walker disagree on a document.
type ContestedError struct {
	Contract string
	Accepts  bool // whether the JSON Schema does
}

func (e *ContestedError) Error() string {
	return fmt.Sprintf("the JSON Schema of %s accepts the document: %t; the walker: %t", e.Contract, e.Accepts, !e.Accepts)
}

// confirm returns an error if the JSON Schemas and the walkers disagree on a candidate. The
// allowing side's schema must accept it. The refusing side's must reject it, unless JSON Schema
// cannot express the finding: an unknown member, or the form of a number.
func (j *oracle) confirm(c *candidate) error {
	tree, err := validate.Tree(c.document)
	if err != nil {
		return err
	}
	for i, side := range []*schema.Contract{j.allowing, j.refusing} {
		compiled, err := j.schema(i, side)
		if err != nil {
			return err
		}
		accepts := compiled.Validate(tree) == nil
		rule, _ := c.evidence.Rule.Lookup()
		visible := rule.Layer == finding.LayerSchema && rule.ID != finding.MemberUnknown
		if i == 0 && !accepts || i == 1 && accepts && visible {
			return &ContestedError{side.String(), accepts}
		}
	}
	return nil
}

func (j *oracle) schema(i int, side *schema.Contract) (*v5.Schema, error) {
	if j.compiled[i] != nil {
		return j.compiled[i], nil
	}
	s, err := jsonschema.GenerateExtended(side, j.part, j.encoding)
	if err != nil {
		return nil, err
	}
	j.compiled[i], err = validate.CompileSchema(s)
	return j.compiled[i], err
}
