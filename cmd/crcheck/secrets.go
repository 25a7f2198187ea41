package main

import (
	"bytes"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// secrets withholds lines of a source that hold values which a contract calls
// sensitive: the excerpt of a finding shows its neighbours, too. A line goes by
// the names of members in it, which may withhold more than it must. Its zero
// value is ready.
type secrets struct {
	names map[*schema.Contract][][]byte

	// of the line asked for last: one line may have thousands of findings
	interaction *traffic.Interaction
	number      int
	text        []byte
}

// line is the text of a line of an interaction's source; nil where there is
// none, or none to be shown.
func (s *secrets) line(c *schema.Contract, x *traffic.Interaction, number int) []byte {
	if s.interaction == x && s.number == number {
		return s.text
	}
	text, _ := x.Response.Body.Line(number)
	for _, name := range s.of(c) {
		if bytes.Contains(text, name) {
			text = nil
		}
	}
	s.interaction, s.number, s.text = x, number, text
	return text
}

// of returns how the sensitive members of a contract begin in JSON, and in JSON
// inside of a quoted scalar of YAML.
func (s *secrets) of(c *schema.Contract) [][]byte {
	names, ok := s.names[c]
	if ok {
		return names
	}
	for _, shape := range c.Shapes {
		for _, m := range shape.Members {
			if holdsSecret(c, m.Shape) {
				names = append(names, []byte(`"`+m.Wire()+`"`), []byte(`"`+m.Wire()+`\"`), []byte(`"`+m.Name+`"`), []byte(`"`+m.Name+`\"`))
			}
		}
	}
	if s.names == nil {
		s.names = map[*schema.Contract][][]byte{}
	}
	s.names[c] = names
	return names
}

// holdsSecret looks through lists and maps; a structure has members of its own.
func holdsSecret(c *schema.Contract, r schema.Ref) bool {
	shape := c.Resolve(r)
	if shape.Sensitive.Or(false) {
		return true
	}
	for _, below := range []*schema.Ref{shape.Element, shape.Key, shape.Value} {
		if below != nil && holdsSecret(c, *below) {
			return true
		}
	}
	return false
}
