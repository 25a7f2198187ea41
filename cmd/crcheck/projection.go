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
	return fmt.Errorf("%q is no projection: use auto, wire or sdk", string(p))
}

// projections holds documents against the same contracts under the chosen
// projection. Under auto, an interaction is an HTTP exchange, thus wire; a bare
// body is taken as the projection under which there is less to say of it, as
// wire where that is the same.
type projections struct {
	choice    projectionChoice
	wire, sdk *validate.Catalog
	taken     map[schema.Projection]int // bare bodies under auto
}

func newProjections(catalog *schema.Catalog, choice projectionChoice, profile finding.Profile) (*projections, error) {
	p := &projections{choice: choice, taken: map[schema.Projection]int{}}
	var err error
	if p.wire, err = validate.CompileCatalog(catalog, validate.Options{Projection: schema.Wire, Profile: profile}); err != nil {
		return nil, err
	}
	p.sdk, err = validate.CompileCatalog(catalog, validate.Options{Projection: schema.SDK, Profile: profile})
	return p, err
}

func (p *projections) check(x *traffic.Interaction, bare validate.Bare) (validate.Outcome, error) {
	if p.choice == projectionChoice(schema.SDK.String()) {
		return p.sdk.Check(x, bare)
	}
	wire, err := p.wire.Check(x, bare)
	if err != nil || p.choice != auto || x.Request != nil {
		return wire, err
	}
	if len(wire.Findings) > 0 {
		sdk, err := p.sdk.Check(x, bare)
		if err == nil && len(sdk.Findings) < len(wire.Findings) {
			p.taken[schema.SDK]++
			return sdk, nil
		}
	}
	p.taken[schema.Wire]++
	return wire, nil
}

// announce says on standard error which projections auto chose.
func (p *projections) announce(t *terminal) {
	switch wire, sdk := p.taken[schema.Wire], p.taken[schema.SDK]; {
	case sdk > 0 && wire > 0:
		fmt.Fprintf(t.Err, "projection: took %d documents as wire (HTTP bodies), %d as sdk (what boto3 and the AWS CLI hand over); --projection settles it\n", wire, sdk)
	case sdk > 0:
		fmt.Fprintln(t.Err, "projection: sdk (what boto3 and the AWS CLI hand over); --projection settles it")
	case wire > 0:
		fmt.Fprintln(t.Err, "projection: wire (HTTP bodies); --projection settles it")
	}
}
