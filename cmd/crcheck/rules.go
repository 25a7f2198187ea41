package main

import (
	"bufio"
	"fmt"

	"github.com/crcheck/crcheck/finding"
)

type rulesCommand struct {
	Rule     finding.RuleID `arg:"" optional:"" help:"A rule to explain. Default: list all rules."`
	Markdown bool           `help:"Print the page docs/rules.md."`
}

// Help returns the text above the flags of --help.
func (*rulesCommand) Help() string {
	return `For example:

  crcheck rules type.null`
}

// Run lists the rules, or explains one.
func (c *rulesCommand) Run(t *terminal) error {
	switch {
	case c.Markdown:
		_, err := fmt.Fprint(t.Out, finding.RulesPage())
		return err
	case c.Rule == "":
		out := bufio.NewWriter(t.Out)
		fmt.Fprintf(out, "%-30s  %-6s  %-7s  %-7s  %s\n", "RULE", "LAYER", "LENIENT", "DEFAULT", "STRICT")
		for _, r := range finding.Rules() {
			fmt.Fprintf(out, "%-30s  %-6s  %-7s  %-7s  %s\n", r.ID, r.Layer,
				r.Severity(finding.Lenient), r.Severity(finding.Default), r.Severity(finding.Strict))
		}
		return out.Flush()
	}
	r, ok := c.Rule.Lookup()
	if !ok {
		return finding.UnknownRule(c.Rule)
	}
	_, err := fmt.Fprintf(t.Out, "%s (%s layer)\n\n%s\n\n→ %s\n\nSeverity: %s under lenient, %s under default, %s under strict.\n",
		r.ID, r.Layer, r.Purpose, r.Remedy, r.Severity(finding.Lenient), r.Severity(finding.Default), r.Severity(finding.Strict))
	return err
}
