// Package binding is the codec of HTTP bindings: it reads and writes the members of a request or a
// response that are not in its body (Smithy, http-bindings.html).
//
// The model: a part of a contract has a [Table] of the members outside of its body. A value has
// three forms:
//
//	JSON       the value in the sdk encoding                   {"tags":["a","b,c"]}
//	[Value]    its texts, in the format of its location        ["a" "b,c"]
//	[Message]  the texts in the message                        X-Tags: a, "b,c"
//
// [Scalar.Text] and [Member.AppendJSON] convert between JSON and texts. [Message.Write] and
// [Table.Read] convert between texts and the message. [Table.Path] and [Table.RawQuery] write the
// target of a request. Reading what was written returns the same value. A text that does not have
// the format of its member becomes a JSON string, which validation then reports.
//
// The body of a part may be a stream of events, whose members travel in headers, too: [Stream] reads
// and writes it.
package binding

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// Table has the members of a part that are not in its body. It is immutable.
type Table struct {
	// Members are in the order of the source.
	Members []Member

	contract *schema.Contract
	part     schema.Part
	literals url.Values      // of the URI
	queries  map[string]bool // names of parameters that are not entries of a map
	headers  map[string]bool // names in lower case that are not entries of a map
}

// Member is a member outside of the body.
type Member struct {
	*schema.Member
	Location schema.Location
	Wire     string      // the name at the location; the prefix for [schema.LocationHeaders]
	Type     schema.Type // List, Map or the type of the scalar
	Scalar   Scalar      // the format of its texts
	Lists    bool        // the values of the map are lists
}

// Message is the parts of an HTTP message other than its body.
type Message struct {
	Labels map[string]string // of the URI, decoded
	Query  url.Values
	Header http.Header // names in any case
	Status int         // of a response; 0: not known
}

// Value has the texts of a member.
type Value struct {
	Text    string   // of a scalar
	List    []string // of a list
	Entries []Entry  // of a map, sorted by name when read
}

// Entry is an entry of a map. It has one text, or those of a list.
type Entry struct {
	Name  string
	Texts []string
}

// Texts returns the texts of a value. For a map, it concatenates those of the entries.
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
	t.literals, _ = url.ParseQuery(literals) // a malformed query has no literals
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

// Member returns the member with a name.
func (t *Table) Member(name string) (*Member, bool) {
	i := slices.IndexFunc(t.Members, func(b Member) bool { return b.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Members[i], true
}

// At returns the members at a location.
func (t *Table) At(location schema.Location) []Member {
	return slices.DeleteFunc(slices.Clone(t.Members), func(b Member) bool { return b.Location != location })
}

// Find returns the member that a label, a query parameter or a header belongs to: the member with
// that name, or else the map that has it as an entry.
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

// takes reports whether a parameter or header is an entry of a map. A map of the query has all
// parameters except those of a signature, of the URI, and of other members, which precede it
// (Smithy, http-bindings.html#httpqueryparams-trait). A map of headers has those with its prefix.
// If the prefix is empty, it has all headers except those of other members, HTTP and AWS.
func (t *Table) takes(b *Member, name string) bool {
	lower := strings.ToLower(name)
	if b.Location == schema.LocationQuery {
		return !t.queries[name] && !strings.HasPrefix(lower, "x-amz-")
	}
	return len(name) >= len(b.Wire) && strings.EqualFold(name[:len(b.Wire)], b.Wire) && !t.headers[lower] && (b.Wire != "" || !ownHeader(lower))
}

// Literal reports whether a query parameter is a literal of the URI.
func (t *Table) Literal(name string) bool { return t.literals.Has(name) }
