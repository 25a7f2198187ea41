package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/check"
	"github.com/crcheck/crcheck/internal/input"
	"github.com/crcheck/crcheck/internal/partial"
	"github.com/crcheck/crcheck/internal/project"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

type validateCommand struct {
	findingFlags
	mapFlag
	coresFlag
	partialFlags
	Config    string         `placeholder:"PATH" help:"A project file (crcheck.yaml), of which profile, fail-on, rules and ignore apply. Flags take precedence."`
	Encoding  check.Encoding `default:"auto" placeholder:"NAME" help:"The encoding of the documents: http for HTTP bodies, sdk for what boto3 and the AWS CLI return, or auto (the default) to detect it for each bare body."`
	Operation string         `placeholder:"NAME" help:"The operation that bare bodies belong to, if there are several contracts."`
	namesFlag
	Part   schema.Part `xor:"bare" placeholder:"PART" help:"The part that bare bodies are: output, input or error:NAME."`
	Status int         `xor:"bare" placeholder:"CODE" help:"The HTTP status of bare bodies. From 300 on, they are errors."`
	Files  []string    `arg:"" optional:"" help:"JSON, NDJSON or HAR files, cassettes, or folders of these; - is standard input. Default: the embedded cassettes."`
}

// Help returns the text above the flags of --help.
func (*validateCommand) Help() string {
	return `For example:

  crcheck validate recordings/ --contract botocore:dynamodb

The request of an interaction decides its contract. A document without a request is a bare body: unless flags say otherwise, a successful response of the only contract. In a folder, an index.yaml lists the findings to expect.

  aws cleanrooms get-protected-job ... | crcheck validate --encoding sdk -

  crcheck validate error.json --status 404 --format json -o report.json`
}

// Validate refuses a status that HTTP does not have.
func (c *validateCommand) Validate() error {
	if c.Status != 0 && (c.Status < 100 || c.Status > 599) {
		return fmt.Errorf("--status: got %d, want an HTTP status from 100 to 599", c.Status)
	}
	return nil
}

// Run validates recorded responses against contracts.
func (c *validateCommand) Run(ctx context.Context, t *terminal, line *kong.Context) error {
	if err := c.check(c.Files); err != nil {
		return err
	}
	inForce, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	inForce.Announce(t.notes())
	if len(c.Files) == 0 {
		fmt.Fprintln(t.notes(), "no files named: checking the embedded cassettes")
	}
	inputs, err := c.gather(t, c.Files)
	if err != nil {
		return err
	}
	expected := inputs.Expected
	if c.pieces() {
		expected = nil // the index of a folder says nothing about its pieces
	}
	options := c.options(t, inForce)
	if options.Names, err = check.ReadNames(ctx, c.Names, inputs, t.notes()); err != nil {
		return err
	}
	options.Encoding, options.Map, options.Cores = c.Encoding, c.Map, int(c.Cores)
	options.Bare = validate.Bare{Operation: c.Operation, Part: c.Part, Status: c.Status}
	if c.Config != "" {
		err = c.configure(ctx, line, expected, &options)
	} else {
		options.Accept, err = c.acceptance(ctx, expected)
	}
	if err != nil {
		return err
	}
	if c.Config != "" {
		fmt.Fprintf(t.notes(), "settings: %s\n", strings.ToValidUTF8(c.Config, "\uFFFD"))
	}
	r, err := c.result(ctx, t, inputs, options)
	if err != nil || r == nil {
		return err
	}
	if err := c.write(t, &report.Results{Command: "validate", Traffic: r.Report}); err != nil {
		return err
	}
	switch {
	case r.Interrupted:
		return context.Canceled
	case r.Nothing != "":
		fmt.Fprintf(t.Err, "crcheck: nothing was checked: %s\n", r.Nothing)
	}
	return verdict(r.Report)
}

// result validates the traffic or merges tallies; it is nil after a tally was written.
func (c *validateCommand) result(ctx context.Context, t *terminal, inputs *input.Traffic, options check.Options) (*check.Result, error) {
	if !c.pieces() {
		return check.Traffic(ctx, inputs, options)
	}
	counter, err := partial.NewCounter(partial.Validation, options)
	tally, err := c.tally(ctx, t, counter, err, inputs)
	if err != nil || tally == nil {
		return nil, err
	}
	missing(t, tally)
	return tally.Validation(c.FailOn, c.FailOnStale), nil
}

// configure takes what flags do not say from the project file.
func (c *validateCommand) configure(ctx context.Context, line *kong.Context, expected []finding.Expected, options *check.Options) error {
	o := project.Options{Ignore: c.Ignore, ListHidden: c.Hidden, Today: time.Now()}
	if given(line, "profile") {
		o.Profile = &c.Profile
	}
	if given(line, "fail-on") {
		o.FailOn = &c.FailOn
	}
	if given(line, "deviations") {
		o.Deviations = &c.Deviations
	}
	settings, err := project.LoadSettings(ctx, c.Config, expected, o)
	if err != nil {
		return err
	}
	options.Profile, options.FailOn, options.Accept = settings.Profile, settings.FailOn, settings.Accept
	options.Accept.ResponsesOnly = options.Accept.ResponsesOnly || c.ResponsesOnly
	return nil
}

// given reports whether a command line has a flag, which may have a default.
func given(line *kong.Context, flag string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == flag })
}
