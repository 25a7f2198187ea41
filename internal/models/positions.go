package models

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Positions finds where a JSON document defines the places of its contracts: a botocore or Smithy
// model, or a contract.
type Positions struct {
	path       string
	text       []byte
	lines      []int                      // where each line begins
	shapes     map[string]*jsontree.Entry // by name without the namespace
	operations map[string]*jsontree.Entry
}

// ReadPositions reads the positions of a document. It returns nil for other documents, folders and
// names: their places have no position.
func ReadPositions(path string) *Positions {
	text, err := readFile(path)
	if err != nil {
		return nil
	}
	packed := len(text)
	if text, err = Decompressed(text); err != nil || len(text) != packed {
		return nil // lines of a compressed file help nobody
	}
	p := &Positions{path: path, text: text, lines: []int{0}}
	if p.shapes = p.entries("/shapes"); p.shapes == nil {
		return nil
	}
	p.operations = p.entries("/operations")
	for i, c := range text {
		if c == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

// entries returns the members of an object by name, without namespaces.
func (p *Positions) entries(pointer string) map[string]*jsontree.Entry {
	node, err := jsontree.Find(p.text, pointer)
	if err != nil || node == nil || node.Kind != '{' {
		return nil
	}
	all := map[string]*jsontree.Entry{}
	for i := range node.Entries {
		name := node.Entries[i].Name
		all[name[strings.LastIndexByte(name, '#')+1:]] = &node.Entries[i]
	}
	return all
}

// Of returns the file, line and column that define a place of a contract: its member, else its
// shape, else its operation. The file is empty if there is none.
func (p *Positions) Of(c *schema.Contract, at schema.Place) (file string, line, column int) {
	if p == nil {
		return "", 0, 0
	}
	offset := -1
	for _, operations := range []map[string]*jsontree.Entry{p.shapes, p.operations} {
		if e := operations[c.Operation]; e != nil {
			offset = e.Start
		}
	}
	ref, ok := c.Root(at.Part)
	for tokens := jsontree.Tokens(at.Pointer); ok; tokens = tokens[1:] {
		shape := c.Resolve(ref)
		name := ref.Name
		if name == "" {
			name = shape.Name
		}
		entry := p.shapes[name]
		if entry != nil {
			offset = entry.Start
		}
		if len(tokens) == 0 {
			break
		}
		i := slices.IndexFunc(shape.Members, func(m schema.Member) bool { return m.Name == tokens[0] })
		switch {
		case i >= 0:
			if member := memberOf(entry, tokens[0]); member != nil {
				offset = member.Start
				if len(tokens) == 1 {
					return p.at(offset)
				}
			}
			ref = shape.Members[i].Shape
		case tokens[0] == "*key" && shape.Key != nil:
			ref = *shape.Key
		case tokens[0] == "*" && shape.Element != nil:
			ref = *shape.Element
		case tokens[0] == "*" && shape.Value != nil:
			ref = *shape.Value
		default:
			ok = false
		}
	}
	if offset < 0 {
		return "", 0, 0
	}
	return p.at(offset)
}

// memberOf returns a member of a structure in a model.
func memberOf(shape *jsontree.Entry, name string) *jsontree.Entry {
	if shape == nil {
		return nil
	}
	for i := range shape.Value.Entries {
		if members := &shape.Value.Entries[i]; members.Name == "members" {
			for j := range members.Value.Entries {
				if members.Value.Entries[j].Name == name {
					return &members.Value.Entries[j]
				}
			}
		}
	}
	return nil
}

func (p *Positions) at(offset int) (file string, line, column int) {
	line, found := slices.BinarySearch(p.lines, offset)
	if found {
		line++
	}
	return p.path, line, 1 + utf8.RuneCount(p.text[p.lines[line-1]:offset])
}

// Place returns the findings with their positions in the document, where they have none.
func (p *Positions) Place(findings finding.Set, contracts []*schema.Contract) finding.Set {
	if p == nil {
		return findings
	}
	byName := map[string]*schema.Contract{}
	for _, c := range contracts {
		byName[c.Name()] = c
	}
	placed := slices.Clone(findings)
	for i := range placed {
		f := &placed[i]
		if c := byName[f.Operation]; c != nil && f.Source == "" {
			part := cmp.Or(schema.Part(f.Part), schema.OutputPart)
			f.Source, f.Line, f.Column = p.Of(c, schema.Place{Part: part, Pointer: f.Pointer})
		}
	}
	return placed
}
