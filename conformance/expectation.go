package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/crcheck/crcheck/schema"
)

// input is the input of the call, with the identifiers of this run.
func (c *planned) input(ids identifiers) json.RawMessage {
	return ids.replace(c.Call.Input.JSON)
}

// expectations resolves the alternatives for a call of a case, counted from 0.
func (c *planned) expectations(ids identifiers, call int) ([]expectation, error) {
	var all []expectation
	responses := ids.interactions(c.interactions)
	last := &responses[len(responses)-1].Response
	if c.Calls > 1 {
		last = &responses[min(call, len(responses)-1)].Response
	}
	for _, e := range c.Expect {
		made := expectation{expectSpec: e, corrected: func(_, got any) any { return got }}
		var err error
		switch {
		case e.Output.canonical():
			made.output, err = c.operation.output(schema.OutputPart, last)
			made.corrected = c.operation.corrected(schema.OutputPart)
		case e.Output.Stated():
			made.output, err = decode(ids.replace(e.Output.JSON))
			made.corrected = c.operation.corrected(schema.OutputPart)
		case e.Error != nil && e.Error.Fields.canonical():
			made.fields, err = c.operation.fields(e.Error.Code, last)
			made.corrected = c.operation.corrected(schema.ErrorPart(e.Error.Code))
		case e.Error != nil && e.Error.Fields.Stated():
			made.fields, err = decode(ids.replace(e.Error.Fields.JSON))
		}
		if err == nil && e.Error != nil && e.Error.Message == "canonical" {
			spec := *e.Error
			spec.Message, err = c.operation.message(last)
			made.Error = &spec
		}
		if err != nil {
			return nil, fmt.Errorf("cannot tell what to expect: %w; state it, or use another cassette", err)
		}
		all = append(all, made)
	}
	return all, nil
}

func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	return value, err
}
