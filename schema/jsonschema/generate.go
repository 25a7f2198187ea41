package jsonschema

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/schema"
)

// PartError says why a part of a contract has no schema.
type PartError struct {
	Contract string
	Part     schema.Part
	Known    []schema.Part
	// Raw is the member that is the whole body of a known part. Such a body is not JSON, so it has
	// a schema in the sdk encoding only.
	Raw string
	// Protocol is set where no HTTP body of the contract is JSON; see [schema.Contract.NotJSON].
	Protocol string
}

func (e *PartError) Error() string {
	switch {
	case e.Protocol != "":
		return fmt.Sprintf("%s: the HTTP bodies of its protocol, %s, are %s, not JSON; for what boto3 and the AWS CLI return, use --encoding sdk", e.Contract, e.Protocol, bodies(e.Protocol))
	case e.Raw != "":
		return fmt.Sprintf("the %s of %s is not JSON in the http encoding: its member %s is the whole body; use the sdk encoding", e.Part, e.Contract, e.Raw)
	}
	known := make([]string, len(e.Known))
	for i, part := range e.Known {
		known[i] = string(part)
	}
	return fmt.Sprintf("%s has no part %q: use one of %s%s", e.Contract, e.Part, strings.Join(known, ", "), spelling.Hint(string(e.Part), known, ""))
}

// bodies names the format of the HTTP bodies of a protocol that [schema.Contract.NotJSON] returns.
func bodies(protocol string) string {
	switch protocol {
	case "query", "ec2":
		return "form data in requests and XML in responses"
	case "rpc-v2-cbor":
		return "CBOR"
	}
	return "XML"
}

// Generate returns the schema of a part of a contract, with the keywords of draft 2020-12 only.
//
// The error is a [*PartError]. A part whose members the contract does not state accepts any object;
// one whose body is raw (see [schema.Contract.RawBody]) has no schema in the http encoding.
func Generate(c *schema.Contract, part schema.Part, encoding schema.Encoding) (*Schema, error) {
	return build(c, part, encoding, false)
}

// GenerateExtended is [Generate] with [UnionKeyword], [PatternKeyword] and [TimestampKeyword] in
// addition.
func GenerateExtended(c *schema.Contract, part schema.Part, encoding schema.Encoding) (*Schema, error) {
	return build(c, part, encoding, true)
}

func build(c *schema.Contract, part schema.Part, encoding schema.Encoding, extended bool) (*Schema, error) {
	if _, ok := c.Root(part); !ok {
		return nil, &PartError{Contract: c.String(), Part: part, Known: c.Parts()}
	}
	if raw, ok := c.RawBody(part); ok && encoding == schema.HTTP {
		return nil, &PartError{Contract: c.String(), Part: part, Known: c.Parts(), Raw: raw.Name}
	}
	g := generator{c: c, encoding: encoding, request: part == schema.InputPart, extended: extended, defined: map[string]bool{}}
	top := &Schema{Type: "object"}
	root, members, ok := encoding.Document(c, part)
	shape := c.Resolve(root)
	switch {
	case !ok:
		top.Comment = "The contract's source does not state the members of this document."
	case len(members) == len(shape.Members) && !g.spelled(part, members):
		top = g.place(root, false)
	default: // the document does not have all members; places that refer back to its root do
		g.fill(top, shape, members)
		if len(members) == 0 {
			top.Comment = "No member is in the JSON body: see the sdk encoding."
		}
		g.respell(top, part, members)
	}
	top.Dialect = "https://json-schema.org/draft/2020-12/schema"
	top.ID = ID(c, part, encoding)
	top.Title = fmt.Sprintf("%s, %s, %s encoding", c, part, encoding)
	top.Defs = g.defs
	return top, nil
}

// ID returns the stable identifier of a schema.
func ID(c *schema.Contract, part schema.Part, encoding schema.Encoding) string {
	version := c.Version
	if version == "" {
		version = "unversioned"
	}
	name := url.PathEscape(string(part))
	if e, isError := part.ErrorName(); isError {
		name = "error/" + url.PathEscape(e)
	}
	return fmt.Sprintf("urn:crcheck:%s:%s/%s/%s", url.PathEscape(c.Name()), url.PathEscape(version), encoding, name)
}

// spellings returns the other names that satisfy a required member of a document, see
// [schema.Encoding.Spellings].
func (g *generator) spellings(part schema.Part, members []schema.Member, m *schema.Member) []string {
	if !m.Required.Or(false) {
		return nil
	}
	return slices.DeleteFunc(g.encoding.Spellings(part, g.encoding.MemberName(m)), func(name string) bool {
		return slices.ContainsFunc(members, func(other schema.Member) bool { return g.encoding.MemberName(&other) == name })
	})
}

func (g *generator) spelled(part schema.Part, members []schema.Member) bool {
	return slices.ContainsFunc(members, func(m schema.Member) bool { return len(g.spellings(part, members, &m)) > 0 })
}

// respell lets other spellings satisfy a required member.
func (g *generator) respell(top *Schema, part schema.Part, members []schema.Member) {
	for i := range members {
		m := &members[i]
		others := g.spellings(part, members, m)
		if len(others) == 0 {
			continue
		}
		name := g.encoding.MemberName(m)
		top.Required = slices.DeleteFunc(top.Required, func(r string) bool { return r == name })
		for i := range top.Properties {
			if top.Properties[i].Name == name {
				top.Properties[i].Schema = g.place(m.Shape, true)
			}
		}
		any := &Schema{}
		for _, n := range append([]string{name}, others...) {
			any.AnyOf = append(any.AnyOf, &Schema{Required: []string{n}, Properties: Named{{n, &Schema{Not: &Schema{Type: "null"}}}}})
		}
		top.AllOf = append(top.AllOf, any)
	}
}

type generator struct {
	c        *schema.Contract
	encoding schema.Encoding
	request  bool // timestamps have the form of requests
	extended bool
	defs     Named
	defined  map[string]bool
}

// define adds the definition of a structure, before those that it refers to.
func (g *generator) define(name string) {
	if g.defined[name] {
		return
	}
	g.defined[name] = true
	s := &Schema{Type: "object"}
	g.defs = append(g.defs, Named{{name, s}}...)
	shape := g.c.Resolve(schema.Named(name))
	g.fill(s, shape, shape.Members)
}

// fill adds to the schema of an object what a structure with these members requires.
func (g *generator) fill(s *Schema, shape *schema.Shape, members []schema.Member) {
	union := shape.Union.Or(false)
	for i := range members {
		m := &members[i]
		wire := g.encoding.MemberName(m)
		required := !union && m.Required.Or(false)
		if required {
			s.Required = append(s.Required, wire)
		}
		property := g.place(m.Shape, !required)
		if required && g.anything(m.Shape) {
			property.Not = &Schema{Type: "null"} // null means absent, although it is a document
		}
		s.Properties = append(s.Properties, Named{{wire, property}}...)
	}
	if union {
		g.union(s)
	}
}

// union makes a schema with the members of a union require exactly one of them.
func (g *generator) union(s *Schema) {
	if len(s.Properties) == 0 {
		s.Not = &Schema{} // no document is valid
		return
	}
	if g.extended {
		for _, p := range s.Properties {
			s.Union = append(s.Union, p.Name)
		}
		return
	}
	ignored := true
	for _, p := range s.Properties {
		ignored = ignored && p.Name != "__type"
		s.OneOf = append(s.OneOf, &Schema{
			Required:   []string{p.Name},
			Properties: Named{{p.Name, &Schema{Not: &Schema{Type: "null"}}}},
		})
	}
	if ignored {
		s.Properties = append(s.Properties, Named{{"__type", &Schema{}}}...)
	}
	s.AdditionalProperties = &Schema{Type: "null"}
}

// place returns the schema for a reference.
func (g *generator) place(ref schema.Ref, nullable bool) *Schema {
	var s *Schema
	shape := g.c.Resolve(ref)
	if ref.Inline == nil && shape.Type == schema.Structure {
		g.define(ref.Name)
		pointer := url.URL{Fragment: "/$defs/" + jsontree.Escape(ref.Name)} // RFC 6901 section 6
		s = &Schema{Ref: pointer.String()}
		if shape.EventStream.Or(false) && g.encoding == schema.SDK { // a client that collects the events has a list
			s = &Schema{AnyOf: []*Schema{s, {Type: "array", Items: s}}}
		}
	} else {
		s = g.shape(shape)
	}
	if !nullable || g.anything(ref) {
		return s
	}
	return &Schema{AnyOf: []*Schema{s, {Type: "null"}}}
}

// anything reports whether a reference accepts any value, including null.
func (g *generator) anything(ref schema.Ref) bool {
	t := g.c.Resolve(ref).Type
	return t == schema.Document || t == schema.Unstated
}

func (g *generator) shape(s *schema.Shape) *Schema {
	length := s.Length.Or(schema.Bounds{})
	switch s.Type {
	case schema.List:
		return &Schema{Type: "array", Items: g.place(*s.Element, s.Sparse.Or(false)), UniqueItems: s.Unique.Or(false), MinItems: length.Min, MaxItems: length.Max}
	case schema.Map:
		return &Schema{Type: "object", PropertyNames: g.place(*s.Key, false),
			AdditionalProperties: g.place(*s.Value, s.Sparse.Or(false)), MinProperties: length.Min, MaxProperties: length.Max}
	case schema.String:
		text := &Schema{Type: "string", Enum: s.Enum.Or(nil), MinLength: length.Min, MaxLength: length.Max}
		return g.pattern(text, s.Pattern.Or(""))
	case schema.Integer:
		return integer(s)
	case schema.Float:
		return float(s)
	case schema.Boolean:
		return &Schema{Type: "boolean"}
	case schema.Timestamp:
		return g.timestamp(s.Format.Or("epoch-seconds"))
	case schema.Blob:
		if g.encoding == schema.SDK {
			return &Schema{Type: "string"}
		}
		return blob(length)
	}
	return &Schema{} // document and unstated
}
