package bycontract

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Excerpts withholds lines of a source with values that a contract calls sensitive, because the
// excerpt of a finding also shows adjacent values. It goes by the places where such values may be,
// which may withhold more than necessary. Its zero value is ready.
type Excerpts struct {
	places map[*schema.Contract]*secretPlaces

	// of the last line, because one line may have thousands of findings
	interaction *traffic.Interaction
	number      int
	text        []byte

	withheld [2][]stretch // of the last interaction: of the bodies of its request and its response
}

// Line returns the text of a line of an interaction's source; nil if there is none, or if it is
// withheld.
func (s *Excerpts) Line(c *schema.Contract, x *traffic.Interaction, number int) []byte {
	if s.interaction == x && s.number == number {
		return s.text
	}
	p := s.of(c)
	if s.interaction != x {
		s.withheld = [2][]stretch{1: p.stretches(x.Response.Body)}
		if x.Request != nil {
			s.withheld[0] = p.stretches(x.Request.Body)
		}
	}
	text, _ := x.Response.Body.Line(number)
	if p.on(text, x, number) || covers(s.withheld[0], number) || covers(s.withheld[1], number) {
		text = nil
	}
	s.interaction, s.number, s.text = x, number, text
	return text
}

func (s *Excerpts) of(c *schema.Contract) *secretPlaces {
	if s.places[c] == nil {
		if s.places == nil {
			s.places = map[*schema.Contract]*secretPlaces{}
		}
		s.places[c] = newSecretPlaces(c)
	}
	return s.places[c]
}

// secretPlaces are the places of the sensitive values of a contract.
type secretPlaces struct {
	members map[string]bool      // names of members
	names   [][]byte             // names as written in JSON, and in JSON inside of a quoted scalar of YAML
	headers [][]byte             // names and prefixes of headers, in lower case
	url     bool                 // in the URL, where labels have no names
	bodies  map[schema.Part]bool // bodies that are a sensitive value, without a name before it
}

func newSecretPlaces(c *schema.Contract) *secretPlaces {
	p := &secretPlaces{members: map[string]bool{}, bodies: map[schema.Part]bool{}}
	for _, shape := range c.Shapes {
		for _, m := range shape.Members {
			if !holdsSecret(c, m.Shape) {
				continue
			}
			for _, name := range []string{m.Wire(), m.Name} {
				p.members[name] = true
				p.names = append(p.names, []byte(`"`+name+`"`), []byte(`"`+name+`\"`))
			}
		}
	}
	for _, part := range c.Parts() {
		root, _ := c.Root(part)
		whole := holdsSecret(c, root)
		for _, m := range binding.Of(c, part).Members {
			if !whole && !holdsSecret(c, m.Shape) {
				continue
			}
			switch m.Location {
			case schema.LocationHeader, schema.LocationHeaders:
				p.headers = append(p.headers, bytes.ToLower([]byte(m.Wire)))
			case schema.LocationLabel, schema.LocationQuery:
				p.url = true
			}
		}
		if whole || p.payload(c, root) {
			p.bodies[part] = true
		}
	}
	return p
}

// payload reports a structure with a sensitive member that is the body. Any event may be sensitive
// if the contract has sensitive members.
func (p *secretPlaces) payload(c *schema.Contract, root schema.Ref) bool {
	return slices.ContainsFunc(c.Resolve(root).Members, func(m schema.Member) bool {
		shape := c.Resolve(m.Shape)
		return (c.Location(&m) == schema.LocationPayload || shape.Stream()) && (holdsSecret(c, m.Shape) || shape.EventStream.Or(false) && len(p.names) > 0)
	})
}

// on reports whether a sensitive value may be on a line of an interaction, by the line alone. The
// value may be of a body without known places, or of another interaction on the same line.
func (p *secretPlaces) on(text []byte, x *traffic.Interaction, number int) bool {
	if x.Request != nil && (p.url || p.in(x.Request.Body, p.bodies[schema.InputPart], number)) || p.in(x.Response.Body, p.sensitiveResponse(x), number) {
		return true
	}
	if slices.ContainsFunc(p.names, func(name []byte) bool { return bytes.Contains(text, name) }) {
		return true
	}
	lower := bytes.ToLower(text)
	return slices.ContainsFunc(p.headers, func(name []byte) bool { return bytes.Contains(lower, name) })
}

// in reports whether a line has a sensitive value of a body without a name in the line: a body that
// is such a value, or one in base64. The end of a body without known places is unknown.
func (p *secretPlaces) in(b traffic.Body, secret bool, number int) bool {
	from, to := b.Position(0), b.Position(len(b.Bytes))
	switch {
	case len(b.Bytes) == 0 || number < from.Line:
		return false
	case from == to:
		return secret || number == from.Line && len(p.names) > 0
	}
	return secret && number <= to.Line
}

// sensitiveResponse reports whether the body of the response may be a sensitive value. A response
// without a request may be of any part.
func (p *secretPlaces) sensitiveResponse(x *traffic.Interaction) bool {
	for part := range p.bodies {
		_, isError := part.ErrorName()
		if x.Request == nil || part != schema.InputPart && isError == (x.Response.Status >= 300) {
			return true
		}
	}
	return false
}

// holdsSecret looks through lists and maps, but not into structures, whose members have their own
// names.
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

// stretch is a range of lines of a source, both ends included.
type stretch struct{ first, last int }

// covers reports whether a line is in one of the stretches, which are in order.
func covers(all []stretch, number int) bool {
	i, _ := slices.BinarySearchFunc(all, number, func(s stretch, number int) int { return s.last - number })
	return i < len(all) && all[i].first <= number
}

// stretches returns the lines of a body that have a sensitive member, from its name to the end of
// its value. In broken JSON, everything after the last such name is withheld, or everything after
// the error if there is none.
func (p *secretPlaces) stretches(b traffic.Body) []stretch {
	if len(p.members) == 0 || b.Position(0) == b.Position(len(b.Bytes)) {
		return nil // the line alone decides
	}
	text := bytes.TrimPrefix(b.Bytes, []byte("\ufeff"))
	start := len(b.Bytes) - len(text)
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	line := func(offset int64) int { return b.Position(start + int(offset)).Line }
	var all []stretch
	for from := 0; ; {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // a cut-off body has no more
			return all
		case err == nil && !(isName(d) && p.members[token.String()]):
			continue
		case err == nil:
			from = line(d.InputOffset())
			err = d.SkipValue()
		case len(all) == 0:
			from = line(d.InputOffset())
		}
		if err != nil {
			return append(all, stretch{from, line(int64(len(text)))})
		}
		all = append(all, stretch{from, line(d.InputOffset() - 1)})
	}
}

// isName reports whether the last token is the name of a member.
func isName(d *jsontext.Decoder) bool {
	kind, length := d.StackIndex(d.StackDepth())
	return kind == jsontext.KindBeginObject && length%2 == 1
}
