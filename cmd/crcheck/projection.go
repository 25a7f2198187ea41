package main

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// auto chooses the encoding of each bare body.
const auto = "auto"

// encodingFlag is an encoding, or "auto".
type encodingFlag string

// Validate refuses what is not an encoding.
func (p encodingFlag) Validate() error {
	if p == auto || new(schema.Projection).UnmarshalText([]byte(p)) == nil {
		return nil
	}
	return fmt.Errorf("%q is not an encoding: use auto, http or sdk", string(p))
}

// compileAuto prepares contracts for documents of the chosen encoding.
func compileAuto(catalog *schema.Catalog, choice encodingFlag, options validate.Options) (*validate.Auto, error) {
	if choice == auto {
		return validate.CompileAuto(catalog, options)
	}
	if err := options.Projection.UnmarshalText([]byte(choice)); err != nil {
		return nil, err
	}
	return validate.CompileFixed(catalog, options)
}

// taken counts the bare bodies that auto took, by encoding.
type taken struct {
	bodies   [2]int
	unproven int // of them taken as HTTP bodies without evidence
}

func (n *taken) count(choice encodingFlag, x *traffic.Interaction, c *validate.Checked) {
	if choice != auto || x.Request != nil || c.Contract == nil {
		return
	}
	n.bodies[c.Projection]++
	if c.Projection == schema.Wire && !c.Settled {
		n.unproven++
	}
}

// announce says on standard error which encodings auto chose.
func (n *taken) announce(t *terminal) {
	switch wire, sdk := n.bodies[schema.Wire], n.bodies[schema.SDK]; {
	case sdk > 0 && wire > 0:
		fmt.Fprintf(t.Err, "encoding: took %s as http (HTTP bodies), %d as sdk (what boto3 and the AWS CLI hand over); override with --encoding\n", report.Number(wire, "document"), sdk)
	case sdk > 0:
		fmt.Fprintln(t.Err, "encoding: sdk (what boto3 and the AWS CLI hand over); override with --encoding")
	case n.unproven > 0:
		fmt.Fprintln(t.Err, "encoding: http (HTTP bodies); for what boto3 or the AWS CLI handed over use --encoding sdk")
	}
}

// originFlags say who sent the responses.
type originFlags struct {
	From finding.Origin `placeholder:"WHO" help:"Who sent the responses: aws, emulator or fixtures. Decides the advice, and whether known deviations of AWS apply. Without it: what the cassette states."`
}

// origin is who responded: what the flag says, else what the recording does.
func (f *originFlags) origin(x *traffic.Interaction) finding.Origin {
	from := f.From
	if from == finding.OriginUnknown {
		_ = from.UnmarshalText([]byte(x.Meta.From)) // text that is not an origin leaves it unknown
	}
	return from
}
