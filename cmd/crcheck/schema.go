package main

import (
	"fmt"
	"io"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/jsonschema"
)

type schemaVerb struct {
	contractFlags
	Part       schema.Part       `default:"output" help:"output, input or error:NAME."`
	Projection schema.Projection `default:"wire" placeholder:"NAME" help:"wire, the HTTP body, or sdk, what boto3 and the AWS CLI hand over."`
	Output     string            `short:"o" placeholder:"PATH" help:"Write the schema to a file."`
}

// Run writes the JSON Schema of a part of a contract.
func (v *schemaVerb) Run(t *terminal) error {
	loaded, _, err := v.load()
	if err != nil {
		return err
	}
	if len(loaded) != 1 {
		return fmt.Errorf("a schema is of one contract, not of %d", len(loaded))
	}
	s, err := jsonschema.Generate(loaded[0], v.Part, v.Projection, jsonschema.Standard)
	if err != nil {
		return err
	}
	text, err := s.Encode()
	if err != nil {
		return err
	}
	return writeOutput(t, v.Output, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
