package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/crcheck/crcheck/schema"
)

// input is the input of the call: what the case states, or the labels of the
// first request, with the identifiers of this run.
func (c *planned) input(ids identifiers) (json.RawMessage, error) {
	if c.Call.Input.Stated() {
		return ids.replace(c.Call.Input.JSON), nil
	}
	text, err := json.Marshal(c.labels)
	if err != nil {
		return nil, err
	}
	return ids.replace(text), nil
}

// expectations makes out what the alternatives of a case expect.
func (p *Plan) expectations(c *planned, ids identifiers) ([]expectation, error) {
	var all []expectation
	for _, e := range c.Expect {
		made := expectation{Expect: e, corrected: func(_, got any) any { return got }}
		var err error
		switch {
		case string(e.Output.JSON) == `"canonical"`:
			last := c.interactions[len(c.interactions)-1].Response.Body.Bytes
			made.output, err = Canonical(p.contract, schema.OutputPart, ids.replace(last))
			made.corrected = p.corrected(schema.OutputPart)
		case e.Output.Stated():
			made.output, err = decode(ids.replace(e.Output.JSON))
		case e.Error != nil && string(e.Error.Fields.JSON) == `"canonical"`:
			last := c.interactions[len(c.interactions)-1].Response.Body.Bytes
			made.fields, err = p.errorFields(e.Error.Code, ids.replace(last))
			made.corrected = p.corrected(schema.ErrorPart(e.Error.Code))
		case e.Error != nil && e.Error.Fields.Stated():
			made.fields, err = decode(ids.replace(e.Error.Fields.JSON))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		all = append(all, made)
	}
	return all, nil
}

// corrected takes back what a client may have made up of a part.
func (p *Plan) corrected(part schema.Part) func(want, got any) any {
	return func(want, got any) any { return uncorrected(p.contract, part, want, got) }
}

// errorFields are the canonical members of an error but its message.
func (p *Plan) errorFields(code string, body []byte) (any, error) {
	fields, err := Canonical(p.contract, schema.ErrorPart(code), body)
	if members, ok := fields.(map[string]any); ok {
		delete(members, "message")
	}
	return fields, err
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	return value, err
}
