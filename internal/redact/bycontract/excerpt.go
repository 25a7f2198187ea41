package bycontract

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/traffic"
)

// Excerpts withholds lines of a source that hold values which a contract calls
// sensitive: the excerpt of a finding shows its neighbours, too. It goes by where
// such values may stand, which may withhold more than it must. Its zero value is
// ready.
type Excerpts struct {
	places map[*schema.Contract]*secretPlaces

	// of the line asked for last: one line may have thousands of findings
	interaction *traffic.Interaction
	number      int
	text        []byte

	withheld [2][]stretch // of the interaction asked for last: of its request's body, and its response's
}

// Line is the text of a line of an interaction's source; nil where there is
// none, or none to be shown.
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

// secretPlaces are where the sensitive values of a contract stand.
type secretPlaces struct {
	members map[string]bool      // names of members
	names   [][]byte             // how members begin in JSON, and in JSON inside of a quoted scalar of YAML
	headers [][]byte             // names of headers and beginnings of such, in lower case
	url     bool                 // in the URL, where labels have no name
	bodies  map[schema.Part]bool // those that are a value, without a name before it
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

// payload reports a structure one of whose members is the body, and sensitive.
// Events may be, as soon as anything is.
func (p *secretPlaces) payload(c *schema.Contract, root schema.Ref) bool {
	return slices.ContainsFunc(c.Resolve(root).Members, func(m schema.Member) bool {
		shape := c.Resolve(m.Shape)
		return (c.Location(&m) == schema.LocationPayload || shape.Stream()) && (holdsSecret(c, m.Shape) || shape.EventStream.Or(false) && len(p.names) > 0)
	})
}

// on reports whether a sensitive value may stand on a line of an interaction, by
// the line alone: it may be one of a body that cannot be followed, or of another
// interaction that the line holds, too.
func (p *secretPlaces) on(text []byte, x *traffic.Interaction, number int) bool {
	if x.Request != nil && (p.url || p.in(x.Request.Body, p.bodies[schema.InputPart], number)) || p.in(x.Response.Body, p.answers(x), number) {
		return true
	}
	if slices.ContainsFunc(p.names, func(name []byte) bool { return bytes.Contains(text, name) }) {
		return true
	}
	lower := bytes.ToLower(text)
	return slices.ContainsFunc(p.headers, func(name []byte) bool { return bytes.Contains(lower, name) })
}

// in reports whether a line holds a sensitive value of a body that no name in
// the line tells: one that is such a value, or one in base64. Where a body ends
// that cannot be followed is not known.
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

// answers reports whether the body of the answer may be a sensitive value. One
// without a request may be of any part.
func (p *secretPlaces) answers(x *traffic.Interaction) bool {
	for part := range p.bodies {
		_, isError := part.ErrorName()
		if x.Request == nil || part != schema.InputPart && isError == (x.Response.Status >= 300) {
			return true
		}
	}
	return false
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

// stretch is some lines of a source, from the first to the last.
type stretch struct{ first, last int }

// covers looks a line up in stretches that are in order.
func covers(all []stretch, number int) bool {
	i, _ := slices.BinarySearchFunc(all, number, func(s stretch, number int) int { return s.last - number })
	return i < len(all) && all[i].first <= number
}

// stretches are the lines of a body that hold a sensitive member, from its name
// to the end of its value. What follows on broken JSON may be anything: it is
// withheld, from the last such name on.
func (p *secretPlaces) stretches(b traffic.Body) []stretch {
	if len(p.members) == 0 || b.Position(0) == b.Position(len(b.Bytes)) {
		return nil // as the line tells
	}
	text := bytes.TrimPrefix(b.Bytes, []byte("\ufeff"))
	start := len(b.Bytes) - len(text)
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	line := func(offset int64) int { return b.Position(start + int(offset)).Line }
	var all []stretch
	for from := 0; ; {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // one that is cut off holds no more
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

// isName reports whether the token read last is the name of a member.
func isName(d *jsontext.Decoder) bool {
	kind, length := d.StackIndex(d.StackDepth())
	return kind == jsontext.KindBeginObject && length%2 == 1
}
