package schema

import (
	"fmt"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
)

// statement is the value that an overlay states for a facet.
type statement struct {
	value slot
	of    *Overlay
	line  int
}

// remember records the statements of an overlay that was applied before.
func (a *application) remember(o *Overlay) {
	for i := range o.entries {
		e := &o.entries[i]
		for j, key := range a.c.identify(e) {
			if f := e.facets()[j]; !f.slot.Silent() {
				a.said[key] = statement{f.slot, o, e.Line}
			}
		}
	}
}

// say records a statement, and reports it if it contradicts an earlier one.
func (a *application) say(e *entry, f namedSlot, key string) {
	if was, ok := a.said[key]; ok && !was.value.sameAs(f.slot) {
		a.report(finding.Finding{
			Rule: finding.SourceConflict, Problem: finding.OfOverlay, Line: e.Line, Column: e.column, Pointer: e.At.Pointer,
			Found: finding.Value{Text: f.slot.String()}, Wanted: finding.Want{Text: was.value.String()},
			Names: []string{f.name, e.At.String()}, Between: []string{fmt.Sprintf("line %d of %s", was.line, was.of.Name)},
		})
	}
	a.said[key] = statement{f.slot, a.o, e.Line}
}

// identify returns a key for each facet of an entry's place, in the order of [entry.facets]. Places
// on different paths to the same member have the same keys. It returns nil for a place that does not
// exist.
func (c *Contract) identify(e *entry) []string {
	shape, member := e.At.String(), ""
	if _, isError := e.At.Part.ErrorName(); e.At.Part != ContractPlace.Part && (!isError || e.At.Pointer != "") {
		root, ok := c.Root(e.At.Part)
		if !ok || root.Name == "" {
			return nil
		}
		ref := &root
		shape = "#" + jsontree.Escape(root.Name)
		for _, token := range jsontree.Tokens(e.At.Pointer) {
			if ref, _ = c.Resolve(*ref).step(token); ref == nil {
				return nil
			}
			member = shape + "/" + jsontree.Escape(token)
			shape = member
			if ref.Inline == nil {
				shape = "#" + jsontree.Escape(ref.Name)
			}
		}
	}
	var keys []string
	for i, f := range e.facets() {
		of := shape
		if i >= len(e.shape.facets()) && member != "" {
			of = member
		}
		keys = append(keys, of+":"+f.name)
	}
	return keys
}
