package schema

import (
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Type is the kind of a shape.
type Type string

const (
	// Unstated is the type of a place that the source does not specify, such as a recursive reference
	// on a page that could mean several shapes. It accepts any value.
	Unstated  Type = ""
	Structure Type = "structure" // a union is a structure with the union facet
	List      Type = "list"
	Map       Type = "map"
	String    Type = "string" // an enum is a string with the enum facet
	Integer   Type = "integer"
	Float     Type = "float"
	Boolean   Type = "boolean"
	Timestamp Type = "timestamp"
	Blob      Type = "blob"
	Document  Type = "document"
)

var types = []Type{Structure, List, Map, String, Integer, Float, Boolean, Timestamp, Blob, Document}

// Shape is a named type, or an inline one.
type Shape struct {
	// Name is the source's name of an inline shape, if it has one. The name of a shape in
	// [Contract.Shapes] is its key.
	Name string `json:"name,omitempty"`
	Type Type   `json:"type,omitempty"`

	Members []Member `json:"members,omitempty"` // of a structure, in the order of the source
	Element *Ref     `json:"element,omitzero"`  // of a list
	Key     *Ref     `json:"key,omitzero"`      // of a map
	Value   *Ref     `json:"value,omitzero"`    // of a map

	Union       Known[bool] `json:"union,omitzero"`
	EventStream Known[bool] `json:"eventStream,omitzero"` // a union whose members arrive as events, not in a JSON body
	Streaming   Known[bool] `json:"streaming,omitzero"`   // a blob that is the HTTP body itself
	Sparse      Known[bool] `json:"sparse,omitzero"`      // a list or map that may hold null
	// Unique says that the elements of a list differ (Smithy,
	// constraint-traits.html#uniqueitems-trait). Sources state it of such lists only.
	Unique    Known[bool]     `json:"uniqueItems,omitzero"`
	Enum      Known[[]string] `json:"enum,omitzero"`            // empty: known not to be an enum
	Length    Known[Bounds]   `json:"length,omitzero"`          // code points, bytes, elements or entries
	Range     Known[Bounds]   `json:"range,omitzero"`           // of a number, inclusive
	Pattern   Known[string]   `json:"pattern,omitzero"`         // ECMA-262 search semantics; empty: known to have none
	Bits      Known[int]      `json:"bits,omitzero"`            // of an integer 8, 16, 32 or 64; of a float 32 or 64; 0: any size
	Format    Known[string]   `json:"timestampFormat,omitzero"` // epoch-seconds, date-time, http-date
	Sensitive Known[bool]     `json:"sensitive,omitzero"`
}

// Member is a member of a structure or union.
type Member struct {
	Name     string          `json:"name"`
	Shape    Ref             `json:"shape"`
	Required Known[bool]     `json:"required,omitzero"`
	Location Known[Location] `json:"location,omitzero"`
	WireName Known[string]   `json:"wireName,omitzero"`         // its name in the body or at its location
	Token    Known[bool]     `json:"idempotencyToken,omitzero"` // clients fill it with a random value
}

// Wire returns the name under which the member travels.
func (m Member) Wire() string { return m.WireName.Or(m.Name) }

// Ref refers to a shape: to a structure by name, or to an inline shape.
type Ref struct {
	Name   string
	Inline *Shape
}

// Named returns a reference to a shape of [Contract.Shapes].
func Named(name string) Ref { return Ref{Name: name} }

// Inline returns a reference to an inline shape.
func Inline(s Shape) Ref { return Ref{Inline: &s} }

// MarshalJSON writes a name as a string and an inline shape as an object.
func (r Ref) MarshalJSON() ([]byte, error) {
	if r.Inline != nil {
		return marshal(r.Inline)
	}
	return marshal(r.Name)
}

// MarshalJSONTo is [Ref.MarshalJSON] with the options of the encoder.
func (r Ref) MarshalJSONTo(e *jsontext.Encoder) error {
	if r.Inline != nil {
		return jsonv2.MarshalEncode(e, r.Inline)
	}
	return e.WriteToken(jsontext.String(r.Name))
}

// UnmarshalJSON reads what [Ref.MarshalJSON] writes.
func (r *Ref) UnmarshalJSON(text []byte) error { return jsonv2.Unmarshal(text, r) }

// UnmarshalJSONFrom is [Ref.UnmarshalJSON] under the options of the decoder.
func (r *Ref) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*r = Ref{}
	if d.PeekKind() == '"' {
		return jsonv2.UnmarshalDecode(d, &r.Name)
	}
	r.Inline = new(Shape)
	return jsonv2.UnmarshalDecode(d, r.Inline)
}

// Member returns the member with a name.
func (s *Shape) Member(name string) (*Member, bool) {
	for i := range s.Members {
		if s.Members[i].Name == name {
			return &s.Members[i], true
		}
	}
	return nil, false
}

// facets lists the shape's facets by name. Comparing, merging and overlays use this list.
func (s *Shape) facets() []namedSlot {
	return []namedSlot{
		{"union", &s.Union}, {"eventStream", &s.EventStream}, {"streaming", &s.Streaming},
		{"sparse", &s.Sparse}, {"uniqueItems", &s.Unique}, {"enum", &s.Enum}, {"length", &s.Length}, {"range", &s.Range},
		{"pattern", &s.Pattern}, {"bits", &s.Bits}, {"timestampFormat", &s.Format}, {"sensitive", &s.Sensitive},
	}
}

func (m *Member) facets() []namedSlot {
	return []namedSlot{{"required", &m.Required}, {"location", &m.Location}, {"wireName", &m.WireName}, {"idempotencyToken", &m.Token}}
}

type namedSlot struct {
	name string
	slot slot
}

func (s *Shape) clone() *Shape {
	if s == nil {
		return nil
	}
	d := *s
	d.Enum = s.Enum.clone()
	d.Members = slices.Clone(s.Members)
	for i := range d.Members {
		d.Members[i].Shape.Inline = d.Members[i].Shape.Inline.clone()
	}
	for _, r := range []**Ref{&d.Element, &d.Key, &d.Value} {
		if *r != nil {
			copied := Ref{(*r).Name, (*r).Inline.clone()}
			*r = &copied
		}
	}
	return &d
}
