// Package binding is the codec of HTTP bindings: it reads and writes what travels beside the body
// of a request or a response (Smithy, http-bindings.html), and knows what its body is.
//
// The model: a part of a contract has a [Table] of the members beside its body. A value travels in
// three steps, in either direction:
//
//	JSON       the value as the SDK has it                     {"tags":["a","b,c"]}
//	[Value]    its texts, in the form of its location          ["a" "b,c"]
//	[Message]  the texts where they travel                     X-Tags: a, "b,c"
//
// [Scalar.Text] and [Member.AppendJSON] lead from JSON to texts and back, [Message.Write] and
// [Table.Read] from texts to the message and back, [Table.Path] and [Table.RawQuery] from there to
// the request's target. What is written is read back as the same value. What is read may be
// anything: what does not have its form becomes a JSON string, for validation to find.
package binding

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// Table says where the members of a part travel. It is not changed once it is made.
type Table struct {
	// Members travel beside the body, in the order of the source.
	Members []Member

	contract *schema.Contract
	part     schema.Part
	literals url.Values      // of the URI
	queries  map[string]bool // names of parameters that a map of the query leaves out
	headers  map[string]bool // names in lower case that a map of headers leaves out
}

// Member is a member that travels beside the body.
type Member struct {
	*schema.Member
	Location schema.Location
	Wire     string      // its name there; of [schema.LocationHeaders] the prefix
	Type     schema.Type // List, Map or that of the scalar
	Scalar   Scalar      // the form of its texts
	Lists    bool        // the values of the map are lists
}

// Message is the parts of an HTTP message that members beside the body travel in.
type Message struct {
	Labels map[string]string // of the URI, decoded
	Query  url.Values
	Header http.Header // names in any case
	Status int         // of a response; 0: not known
}

// Value is the texts of a member.
type Value struct {
	Text    string   // of a scalar
	List    []string // of a list
	Entries []Entry  // of a map, sorted by name when read
}

// Entry is an entry of a map: its texts are one, or those of a list.
type Entry struct {
	Name  string
	Texts []string
}

// Texts returns the texts of a value, those of a map's entries one after the other.
func (b *Member) Texts(v Value) []string {
	switch b.Type {
	case schema.List:
		return v.List
	case schema.Map:
		var all []string
		for _, e := range v.Entries {
			all = append(all, e.Texts...)
		}
		return all
	}
	return []string{v.Text}
}

// Of returns the table of a part. A part that the contract does not state has no members.
func Of(c *schema.Contract, part schema.Part) *Table {
	t := &Table{contract: c, part: part, queries: map[string]bool{}, headers: map[string]bool{}}
	_, literals, _ := strings.Cut(c.URI.Or(""), "?")
	t.literals, _ = url.ParseQuery(literals) // what is malformed is not a literal
	for name := range t.literals {
		t.queries[name] = true
	}
	root, ok := c.Root(part)
	if !ok || root.Name == "" {
		return t
	}
	members := c.Resolve(root).Members
	for i := range members {
		location := c.Location(&members[i])
		if location.InBody() {
			continue
		}
		b := memberOf(c, &members[i], location)
		switch {
		case location == schema.LocationHeader:
			t.headers[strings.ToLower(b.Wire)] = true
		case location == schema.LocationQuery && b.Type != schema.Map:
			t.queries[b.Wire] = true
		}
		t.Members = append(t.Members, b)
	}
	return t
}

func memberOf(c *schema.Contract, m *schema.Member, location schema.Location) Member {
	shape := c.Resolve(m.Shape)
	b := Member{Member: m, Location: location, Wire: m.Wire(), Type: shape.Type}
	switch shape.Type {
	case schema.List:
		shape = c.Resolve(*shape.Element)
	case schema.Map:
		if shape = c.Resolve(*shape.Value); shape.Type == schema.List {
			b.Lists, shape = true, c.Resolve(*shape.Element)
		}
	}
	b.Scalar = scalarOf(shape, location)
	return b
}

// Member returns the member of that name.
func (t *Table) Member(name string) (*Member, bool) {
	i := slices.IndexFunc(t.Members, func(b Member) bool { return b.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Members[i], true
}

// At returns the members that travel at a location.
func (t *Table) At(location schema.Location) []Member {
	return slices.DeleteFunc(slices.Clone(t.Members), func(b Member) bool { return b.Location != location })
}

// Find returns the member that a label, a parameter of the query or a header belongs to: one of
// that name, else the map that takes it.
func (t *Table) Find(at schema.Location, name string) (found *Member, ok bool) {
	for i := range t.Members {
		switch b := &t.Members[i]; {
		case b.Location == schema.LocationHeaders && at == schema.LocationHeader,
			b.Location == schema.LocationQuery && at == b.Location && b.Type == schema.Map:
			if t.takes(b, name) {
				found = b
			}
		case b.Location == at && (b.Wire == name || at == schema.LocationHeader && strings.EqualFold(b.Wire, name)):
			return b, true
		}
	}
	return found, found != nil
}

// takes reports whether a map has an entry of that name in a message. Of the query it takes all
// parameters but those of a signature, of other members, which go first (Smithy,
// http-bindings.html#httpqueryparams-trait), and of the URI; of headers those with its prefix. An
// empty prefix takes all that no other member has and that HTTP and AWS do not have of their own.
func (t *Table) takes(b *Member, name string) bool {
	lower := strings.ToLower(name)
	if b.Location == schema.LocationQuery {
		return !t.queries[name] && !strings.HasPrefix(lower, "x-amz-")
	}
	return len(name) >= len(b.Wire) && strings.EqualFold(name[:len(b.Wire)], b.Wire) && !t.headers[lower] && (b.Wire != "" || !ownHeader(lower))
}

// Literal reports a parameter of the query that the URI itself has.
func (t *Table) Literal(name string) bool { return t.literals.Has(name) }
