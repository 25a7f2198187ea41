package main

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// auto chooses the projection of each bare body.
const auto = "auto"

// projectionChoice is a projection, or "auto".
type projectionChoice string

// Validate refuses what is no projection.
func (p projectionChoice) Validate() error {
	if p == auto || new(schema.Projection).UnmarshalText([]byte(p)) == nil {
		return nil
	}
	return fmt.Errorf("%q is not a projection: use auto, wire or sdk", string(p))
}

// compileAuto prepares contracts for documents of the chosen projection.
func compileAuto(catalog *schema.Catalog, choice projectionChoice, options validate.Options) (*validate.Auto, error) {
	if choice == auto {
		return validate.CompileAuto(catalog, options)
	}
	if err := options.Projection.UnmarshalText([]byte(choice)); err != nil {
		return nil, err
	}
	return validate.CompileFixed(catalog, options)
}

// taken counts the bare bodies that auto took, by projection.
type taken struct {
	bodies   [2]int
	unproven int // of them taken as HTTP bodies without evidence
}

func (n *taken) count(choice projectionChoice, x *traffic.Interaction, c *validate.Checked) {
	if choice != auto || x.Request != nil || c.Contract == nil {
		return
	}
	n.bodies[c.Projection]++
	if c.Projection == schema.Wire && !c.Settled {
		n.unproven++
	}
}

// announce says on standard error which projections auto chose.
func (n *taken) announce(t *terminal) {
	switch wire, sdk := n.bodies[schema.Wire], n.bodies[schema.SDK]; {
	case sdk > 0 && wire > 0:
		fmt.Fprintf(t.Err, "projection: took %d documents as wire (HTTP bodies), %d as sdk (what boto3 and the AWS CLI hand over); override with --projection\n", wire, sdk)
	case sdk > 0:
		fmt.Fprintln(t.Err, "projection: sdk (what boto3 and the AWS CLI hand over); override with --projection")
	case n.unproven > 0:
		fmt.Fprintln(t.Err, "projection: wire (HTTP bodies); for what boto3 or the AWS CLI handed over use --projection sdk")
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
