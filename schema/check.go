package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema/pattern"
	"math/big"
	"slices"
)

// Check reports what makes a contract unusable: names that resolve to nothing,
// unknown types, shapes without what their type needs. Readers return only
// contracts that pass; a contract file edited by hand may not.
func (c *Contract) Check() error {
	var problems []error
	report := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if c.Format != Format {
		report("crcheckContract is %d: this version reads format %d", c.Format, Format)
	}
	if c.Service == "" || c.Operation == "" {
		report("the contract does not name its service and operation")
	}
	for _, part := range c.Parts() {
		root, _ := c.Root(part)
		if root.Name == "" {
			continue
		}
		if s, ok := c.Shapes[root.Name]; !ok {
			report("%s: no shape %q", part, root.Name)
		} else if s == nil || s.Type != Structure {
			report("%s: shape %q is no structure", part, root.Name)
		}
	}
	for name, s := range c.Shapes {
		if s == nil {
			report("shape %q is null", name)
			continue
		}
		c.checkShape(name, s, report)
	}
	slices.SortFunc(problems, func(a, b error) int { return slices.Compare([]byte(a.Error()), []byte(b.Error())) })
	return errors.Join(problems...)
}

func (c *Contract) checkShape(where string, s *Shape, report func(string, ...any)) {
	if s.Type != Unstated && !slices.Contains(types, s.Type) {
		report("%s: no type %q", where, s.Type)
	}
	if s.Type == List && s.Element == nil {
		report("%s: a list without element", where)
	}
	if s.Type == Map && (s.Key == nil || s.Value == nil) {
		report("%s: a map without key or value", where)
	}
	for _, facet := range []Known[Bounds]{s.Length, s.Range} {
		bounds := facet.Or(Bounds{})
		for _, end := range []json.Number{bounds.Min, bounds.Max} {
			if _, ok := new(big.Rat).SetString(string(end)); end != "" && (!ok || len(end) > 40) {
				report("%s: %q is no bound", where, end)
			}
		}
	}
	names := map[string]bool{}
	s.children(func(token string, ref *Ref, member *Member) {
		below := where + "/" + Escape(token)
		if member != nil && names[token] {
			report("%s: the member stands twice", below)
		}
		names[token] = member != nil
		if ref.Inline != nil && ref.Inline.Type == Structure {
			report("%s: a structure stands inline; structures are named", below)
		}
		if ref.Inline != nil {
			if len(below) > 10_000 {
				report("%.60s…: nested too deep", below)
				return
			}
			c.checkShape(below, ref.Inline, report)
		} else if shape, ok := c.Shapes[ref.Name]; !ok {
			report("%s: no shape %q", below, ref.Name)
		} else if shape != nil && shape.Type != Structure {
			report("%s: shape %q is no structure; only structures are named", below, ref.Name)
		}
	})
}

// Parse reads the JSON form of a contract and checks it.
func Parse(text []byte) (*Contract, error) {
	var c Contract
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("contract %s: %w", &c, err)
	}
	return &c, nil
}

// Encode writes the JSON form of a contract: indented, keys in a fixed order,
// ending in a newline.
func (c *Contract) Encode() ([]byte, error) {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// UnsupportedPatterns reports the patterns that no regular expression engine
// here compiles. Strings are not held against them.
func (c *Contract) UnsupportedPatterns() finding.Set {
	var found []finding.Finding
	c.Walk(func(place Place, s *Shape, _ *Member) {
		source := s.Pattern.Or("")
		if source == "" {
			return
		}
		if _, err := pattern.Compile(source); err != nil {
			found = append(found, finding.Finding{Rule: finding.PatternUnsupported, Operation: c.Name(), Pointer: place.Pointer,
				Got: source, Message: place.String() + ": " + err.Error()})
		}
	})
	return finding.NewSet(found...)
}
