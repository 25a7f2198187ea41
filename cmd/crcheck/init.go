package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/project"
)

type initCommand struct {
	AcceptCurrent bool `help:"Accept today's errors and warnings: write an ignore row for each into crcheck.ignore.yaml."`
}

// Help returns the text above the flags of --help.
func (*initCommand) Help() string {
	return `For example:

  crcheck init

Looks for recorded traffic in this folder and below, and for its services in the installed botocore. Writes crcheck.yaml, and pins the contracts of the operations that the traffic uses (crcheck.lock and .crcheck/contracts). Existing files are never overwritten.

  crcheck init --accept-current`
}

// Run writes the project file of this folder.
func (c *initCommand) Run(ctx context.Context, t *terminal) error {
	found, err := project.Init(ctx, project.Options{File: project.FileName, Today: time.Now(), Stderr: t.Err}, c.AcceptCurrent)
	if err != nil {
		return err
	}
	switch {
	case len(found.Traffic) == 0:
		fmt.Fprintln(t.Out, "found no recorded traffic; name some under traffic in crcheck.yaml")
	default:
		fmt.Fprintf(t.Out, "traffic: %s\n", strings.Join(found.Traffic, ", "))
	}
	switch {
	case len(found.Sources) > 0:
		fmt.Fprintf(t.Out, "contracts: %s\n", strings.Join(found.Sources, ", "))
	case found.Missing != "":
		fmt.Fprintf(t.Out, "contracts: the built-in one only, because %s; name models under contracts in crcheck.yaml, then run `crcheck update`\n", found.Missing)
	}
	written := "crcheck.yaml"
	if len(found.Sources) > 0 {
		written += ", crcheck.lock and .crcheck/contracts"
	}
	if c.AcceptCurrent && len(found.Traffic) > 0 {
		written += fmt.Sprintf(", and crcheck.ignore.yaml with %s", plural.Of(found.Accepted, "row"))
	}
	fmt.Fprintf(t.Out, "wrote %s\n", written)
	if len(found.Traffic) > 0 {
		fmt.Fprintln(t.Out, "next: crcheck check")
	}
	return nil
}
