package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/crcheck/crcheck/internal/output"
	"github.com/crcheck/crcheck/internal/project"
)

type updateCommand struct {
	projectFlags
	Output output.Path `short:"o" placeholder:"PATH" help:"Write the changes to this file, as the text of a pull request in Markdown. Default: standard output."`
}

// Help returns the text above the flags of --help.
func (*updateCommand) Help() string {
	return `For example:

  crcheck update

Reads the newest documents of the project's contracts, and pins the operations in use: it rewrites crcheck.lock and .crcheck/contracts, and writes what changed as Markdown. It prints changed=true|false and breaking=true|false, also to the file that GITHUB_OUTPUT names. The exit status is 0 whatever changed.

  crcheck update -o pull-request.md`
}

// Run pins the newest contracts.
func (c *updateCommand) Run(ctx context.Context, t *terminal) error {
	file, options, err := c.open(ctx, t, &c.Output)
	if err != nil {
		return err
	}
	var outputs io.WriteCloser // opened before anything changes, since a second update would report no change
	if path := os.Getenv("GITHUB_OUTPUT"); path != "" {
		if outputs, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644); err != nil {
			return fmt.Errorf("GITHUB_OUTPUT: %w", err)
		}
		defer outputs.Close() //nolint:errcheck // what it wrote is checked
	}
	u, err := project.Update(ctx, file, options)
	if err != nil {
		return err
	}
	if err := c.Output.Write(t.Out, u.Markdown); err != nil {
		return err
	}
	lines := fmt.Sprintf("changed=%t\nbreaking=%t\n", u.Changed, u.Breaking)
	if c.Output.IsStandard() {
		fmt.Fprintln(t.Out)
	}
	if outputs != nil {
		if _, err := io.WriteString(outputs, lines); err != nil {
			return fmt.Errorf("GITHUB_OUTPUT: %w", err)
		}
	}
	_, err = io.WriteString(t.Out, lines)
	return err
}
