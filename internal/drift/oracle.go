package drift

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/validate"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
)

// oracle is the second opinion on a witness: the exported JSON Schema of both sides.
type oracle struct {
	allowing, refusing *schema.Contract
	part               schema.Part
	projection         schema.Projection
	compiled           [2]*v5.Schema
}

// ContestedError says that the JSON Schema does not see a document as the walker does.
type ContestedError struct {
	Contract string
	Accepts  bool // the JSON Schema
}

func (e *ContestedError) Error() string {
	return fmt.Sprintf("the JSON Schema of %s accepts the document: %t; the walker: %t", e.Contract, e.Accepts, !e.Accepts)
}

// confirm reports whether the JSON Schemas see a candidate as the walkers do. The
// allowing side's accepts it. The refusing side's rejects it, unless the finding
// is one that JSON Schema has no word for: an unknown member, the form of a number.
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
	s, err := jsonschema.Generate(side, j.part, j.projection, jsonschema.Extended)
	if err != nil {
		return nil, err
	}
	j.compiled[i], err = validate.CompileSchema(s)
	return j.compiled[i], err
}
