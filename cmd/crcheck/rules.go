package main

import (
	"bufio"
	"fmt"

	"github.com/crcheck/crcheck/finding"
)

type rulesCommand struct {
	Rule     finding.RuleID `arg:"" optional:"" help:"One rule, to read all about it."`
	Markdown bool           `help:"Write the page docs/rules.md."`
}

// Run lists the rule table.
func (v *rulesCommand) Run(t *terminal) error {
	switch {
	case v.Markdown:
		_, err := fmt.Fprint(t.Out, finding.RulesPage())
		return err
	case v.Rule == "":
		out := bufio.NewWriter(t.Out)
		fmt.Fprintf(out, "%-30s  %-6s  %-7s  %-7s  %s\n", "RULE", "LAYER", "LENIENT", "DEFAULT", "STRICT")
		for _, r := range finding.Rules() {
			fmt.Fprintf(out, "%-30s  %-6s  %-7s  %-7s  %s\n", r.ID, r.Layer,
				r.Severity(finding.Lenient), r.Severity(finding.Default), r.Severity(finding.Strict))
		}
		return out.Flush()
	}
	r, ok := v.Rule.Lookup()
	if !ok {
		return fmt.Errorf("there is no rule %q: `crcheck rules` lists them", v.Rule)
	}
	_, err := fmt.Fprintf(t.Out, "%s, of the %s layer\n\n%s\n\n→ %s\n\nSeverity: %s under lenient, %s under default, %s under strict.\n",
		r.ID, r.Layer, r.Purpose, r.Remedy, r.Severity(finding.Lenient), r.Severity(finding.Default), r.Severity(finding.Strict))
	return err
}
