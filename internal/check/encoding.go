package check

import (
	"fmt"
	"io"

	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Auto detects the encoding of each bare body.
const Auto = "auto"

// Encoding is an encoding, or "auto".
type Encoding string

// Validate returns an error for other values.
func (e Encoding) Validate() error {
	if e == Auto || new(schema.Encoding).UnmarshalText([]byte(e)) == nil {
		return nil
	}
	return fmt.Errorf("%q is not an encoding: use auto, http or sdk%s", string(e), spelling.Hint(string(e), []string{"auto", "http", "sdk"}, ""))
}

// Compile prepares contracts for documents of the chosen encoding.
func Compile(catalog *schema.Catalog, choice Encoding, options validate.Options) (*validate.Auto, error) {
	if choice == Auto {
		return validate.CompileAuto(catalog, options)
	}
	if err := options.Encoding.UnmarshalText([]byte(choice)); err != nil {
		return nil, err
	}
	return validate.CompileFixed(catalog, options)
}

// taken counts the bare bodies whose encoding auto detected, by encoding.
type taken struct {
	bodies   [2]int
	unproven int // bodies that were read as HTTP bodies without evidence
}

func (n *taken) count(choice Encoding, x *traffic.Interaction, c *validate.Checked) {
	if choice != Auto || x.Request != nil || c.Contract == nil {
		return
	}
	n.add(c, 1)
}

func (n *taken) add(c *validate.Checked, bodies int) {
	n.bodies[c.Encoding] += bodies
	if c.Encoding == schema.HTTP && !c.Settled {
		n.unproven += bodies
	}
}

// announce says which encodings auto detected.
func (n *taken) announce(stderr io.Writer) {
	switch wire, sdk := n.bodies[schema.HTTP], n.bodies[schema.SDK]; {
	case sdk > 0 && wire > 0:
		fmt.Fprintf(stderr, "encoding: read %s as http (HTTP bodies), %d as sdk (output of boto3 or the AWS CLI); override with --encoding\n", plural.Of(wire, "document"), sdk)
	case sdk > 0:
		fmt.Fprintln(stderr, "encoding: sdk (output of boto3 or the AWS CLI); override with --encoding")
	case n.unproven > 0:
		fmt.Fprintln(stderr, "encoding: http (HTTP bodies); for output of boto3 or the AWS CLI use --encoding sdk")
	}
}
