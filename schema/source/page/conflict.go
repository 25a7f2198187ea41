package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/place"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// maxConflicts is the maximum number of findings for a page.
const maxConflicts = 1000

// conflicts collects the differences between the two descriptions of a page.
type conflicts struct {
	operation string
	part      schema.Part
	path      []pathStep
	found     []finding.Finding
}

// report reports that at the current path, or below it, the member list has got and the syntax has
// want.
func (c *conflicts) report(at position, got, want, message string, below ...string) {
	if len(c.found) > maxConflicts {
		return
	}
	var pointer strings.Builder
	for _, s := range c.path {
		pointer.WriteString("/" + jsontree.Escape(s.token))
	}
	for _, token := range below {
		pointer.WriteString("/" + jsontree.Escape(token))
	}
	f := finding.Finding{
		Rule: finding.SourceConflict, Severity: finding.SourceConflict.Severity(finding.Default), Operation: c.operation,
		Pointer: pointer.String(), Line: at.line, Column: at.column, Found: finding.Value{Text: place.Excerpt(got)}, Wanted: finding.Want{Text: want},
		Cause: fmt.Sprintf("%s: %s", c.part, message),
	}
	if len(c.found) == maxConflicts {
		f.Pointer, f.Found, f.Wanted = "", finding.Value{}, finding.Want{}
		f.Cause = fmt.Sprintf("the page contradicts itself in more than %d places; the others are not listed", maxConflicts)
	}
	c.found = append(c.found, f.Rendered())
}

// omitted reports a missing member list.
func (c *conflicts) omitted(at position, title string) {
	c.report(at, "", "", "the page omits its "+title+" because it is too large to render: "+
		"which structures are unions, and all else that only the member list states, is unspecified")
}

// unstated reports a part that is unspecified because its section is missing.
func (c *conflicts) unstated(left *schema.DocumentError) {
	c.report(position{left.Line, left.Column}, "", "", "the page omits its "+left.Place+" because it is too large to render: the "+string(c.part)+" is unspecified")
}

// agree compares the two words for a type.
func (b *builder) agree(l *literal, i *item) {
	if !slices.Contains(l.form.words, i.word) {
		b.conflicts.report(i.at, i.word, l.form.words[0],
			fmt.Sprintf("the member list says (%s) where the syntax shows %s", place.Excerpt(i.word), l.form))
	}
	if i.union != nil && (l.form != dictForm && l.form != streamForm && l.form != recursiveForm || l.isMap(i)) {
		b.conflicts.report(i.union.at, "tagged union", l.form.words[0],
			"the member list marks a tagged union where the syntax shows "+l.form.String())
	}
}

// agreeUnion compares the members of the note with the syntax.
func (b *builder) agreeUnion(l *literal, note *unionNote) {
	shown := make([]string, len(l.entries))
	for at, e := range l.entries {
		shown[at] = e.keys[0]
	}
	if !slices.Equal(shown, note.members) {
		b.conflicts.report(note.at, strings.Join(note.members, ", "), strings.Join(shown, ", "),
			"the note on the tagged union and the syntax differ in their members or the order of these")
	}
}

// match returns the item of each member of a structure, or nil for members without one.
func (b *builder) match(l *literal, i *item) []*item {
	described := make([]*item, len(l.entries))
	if i == nil {
		return described
	}
	items := map[string]*item{}
	for _, child := range i.children {
		switch {
		case child.name == "":
			b.conflicts.report(child.at, child.word, "a member", "an entry of the member list, among the members of a structure, has no name")
		case items[child.name] != nil:
			b.conflicts.report(child.at, "", "", "the member list has the member twice", child.name)
		default:
			items[child.name] = child
		}
	}
	var shared []*item
	for at, e := range l.entries {
		name := e.keys[0]
		if described[at] = items[name]; described[at] == nil {
			b.conflicts.report(e.at, "", e.value.form.words[0], "the member is in the syntax but not in the member list", name)
			continue
		}
		shared = append(shared, described[at])
		delete(items, name)
	}
	for _, child := range i.children {
		if items[child.name] == child {
			b.conflicts.report(child.at, child.word, "", "the member is in the member list but not in the syntax", child.name)
		}
	}
	for at := 1; at < len(shared); at++ {
		if shared[at].isBefore(shared[at-1]) {
			b.conflicts.report(shared[at].at, shared[at].name+" first", shared[at-1].name+" first", "the member list and the syntax differ in the order of the members")
			break
		}
	}
	return described
}

func (i *item) isBefore(j *item) bool { return i.at.line < j.at.line }

// only returns the entry that describes an element, a key or a value, which has no name. It reports
// other entries.
func (b *builder) only(items []*item, at position) *item {
	if len(items) == 0 {
		b.conflicts.report(at, "", "", "the member list does not describe what the syntax shows here")
		return nil
	}
	if items[0].name != "" {
		b.nothing(items, "the syntax does not show a structure")
		return nil
	}
	b.nothing(items[1:], "the member list has more than one entry for one value")
	return items[0]
}

// nothing reports entries that do not describe anything.
func (b *builder) nothing(items []*item, why string) {
	for _, i := range items {
		if i.name == "" {
			b.conflicts.report(i.at, i.word, "", why)
		} else {
			b.conflicts.report(i.at, i.word, "", why, i.name)
		}
	}
}
