package coverage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// Kind is a kind of point.
type Kind string

const (
	Members      Kind = "members"
	Absent       Kind = "absent"
	UnionMembers Kind = "unionMembers"
	EnumValues   Kind = "enumValues"
	Entries      Kind = "entries"
	Empty        Kind = "empty"
	Errors       Kind = "errors"
	Statuses     Kind = "statuses"
	Nulls        Kind = "nulls"
)

// kinds is the table of kinds, in the order of a report.
var kinds = []struct {
	kind    Kind
	about   string // as a report writes it
	counted bool   // whether it counts in a percentage
}{
	{Members, "members", true},
	{Absent, "absent members", true},
	{UnionMembers, "union members", true},
	{EnumValues, "enum values", true},
	{Entries, "lists and maps with entries", true},
	{Empty, "empty lists and maps", true},
	{Errors, "errors", true},
	{Statuses, "statuses", true},
	{Nulls, "nulls", false},
}

// Plan holds the points of contracts. It is immutable and safe for concurrent use.
type Plan struct {
	catalog    *schema.Catalog
	contracts  []*schema.Contract // that count, in the order of the catalog
	operations map[*schema.Contract]*operation
}

// Compile lists the points of the contracts of a catalog: of every one, or of those whose operation
// is named, as in GetItem or dynamodb.GetItem. It returns an error for a contract that does not pass
// [schema.Contract.Check], and an [*UnknownOperationError].
func Compile(k *schema.Catalog, operations ...string) (*Plan, error) {
	chosen, err := choose(k.Contracts(), operations)
	if err != nil {
		return nil, err
	}
	p := &Plan{k, chosen, map[*schema.Contract]*operation{}}
	for _, c := range chosen {
		if err := c.Check(); err != nil {
			return nil, fmt.Errorf("contract %s cannot be used: %w", c, err)
		}
		p.operations[c] = compile(c)
	}
	return p, nil
}

// UnknownOperationError says that no contract has a named operation.
type UnknownOperationError struct {
	Name  string
	Known string // the same name in other letters; empty: there is none
}

func (e *UnknownOperationError) Error() string {
	if e.Known != "" {
		return fmt.Sprintf("no contract has the operation %q; did you mean %s?", e.Name, e.Known)
	}
	return fmt.Sprintf("no contract has the operation %q; name one as in dynamodb.GetItem, or add its contract with --contract", e.Name)
}

// choose returns the contracts of the named operations; all if none is named.
func choose(all []*schema.Contract, names []string) ([]*schema.Contract, error) {
	if len(names) == 0 {
		return all, nil
	}
	used := map[string]bool{}
	chosen := slices.DeleteFunc(slices.Clone(all), func(c *schema.Contract) bool {
		short, full := slices.Contains(names, c.Operation), slices.Contains(names, c.Name())
		used[c.Operation], used[c.Name()] = used[c.Operation] || short, used[c.Name()] || full
		return !short && !full
	})
	for _, name := range names {
		if used[name] {
			continue
		}
		unknown := &UnknownOperationError{Name: name}
		for _, c := range all {
			if strings.EqualFold(name, c.Operation) || strings.EqualFold(name, c.Name()) {
				unknown.Known = c.Name()
			}
		}
		return nil, unknown
	}
	return chosen, nil
}

// operation holds the points of a contract, and the compiled shapes that lead to them.
type operation struct {
	contract *schema.Contract
	points   []point
	counted  pointSet // those that count in a percentage
	parts    map[schema.Part]*part
	errors   map[string]int // points of errors, by name
	statuses map[int]int
}

type point struct {
	kind    Kind
	address string
	place   int // the length of the place in the address
}

// none is the index of no point.
const none = -1

// part is the compiled document of the output or of an error.
type part struct {
	body   *node           // nil: not JSON
	events *binding.Stream // the body is a stream of events; nil: it is not
	whole  *member         // the member that is the body; nil: the body is an object of members
	raw    bool            // the body is the member's bytes, not JSON
	bound  []boundMember
	table  *binding.Table
}

// boundMember is a member in a header or the status.
type boundMember struct {
	member
	in *binding.Member
}

// node is a compiled shape. A named shape has one node, wherever it occurs.
type node struct {
	kind    schema.Type
	union   bool
	stream  bool // a union whose members arrive as events
	members []member
	enum    map[string]int
	below   *node // the elements of a list, the values of a map
	key     *node

	entries, empty, null int
}

type member struct {
	wire                  string
	present, absent, null int
	node                  *node
}

func compile(c *schema.Contract) *operation {
	o := &operation{contract: c, parts: map[schema.Part]*part{}, errors: map[string]int{}, statuses: map[int]int{}}
	k := compiler{operation: o, nodes: map[string]*node{}}
	o.parts[schema.OutputPart] = k.part(schema.OutputPart)
	for _, e := range c.Errors {
		o.parts[schema.ErrorPart(e.Name)] = k.part(schema.ErrorPart(e.Name))
		o.errors[e.Name] = k.point(Errors, "", e.Name)
	}
	if !k.dynamicStatus() {
		k.status(c.Status.Or(http.StatusOK))
	}
	for _, e := range c.Errors {
		if status, ok := e.Status.Get(); ok {
			k.status(status)
		}
	}
	o.counted = newPointSet(len(o.points))
	for i, p := range o.points {
		for _, row := range kinds {
			if row.kind == p.kind && row.counted {
				o.counted.set(i)
			}
		}
	}
	return o
}

type compiler struct {
	*operation
	nodes  map[string]*node // of named shapes
	beside bool             // the body: an empty member there is absent
}

// point adds a point. Its address is its place, and what is there if that is not obvious.
func (k *compiler) point(kind Kind, place, what string) int {
	p := point{kind, place, len(place)}
	if what != "" {
		p.address = strings.TrimPrefix(place+" "+what, " ")
	}
	k.points = append(k.points, p)
	return len(k.points) - 1
}

func (k *compiler) status(status int) {
	if _, twice := k.statuses[status]; !twice {
		k.statuses[status] = k.point(Statuses, "", fmt.Sprint(status))
	}
}

// dynamicStatus reports an output that has the status as a member, so that any status may occur.
func (k *compiler) dynamicStatus() bool {
	return len(binding.Of(k.contract, schema.OutputPart).At(schema.LocationStatus)) > 0
}

func (k *compiler) part(name schema.Part) *part {
	p := &part{table: binding.Of(k.contract, name)}
	p.events, _ = binding.StreamOf(k.contract, name)
	root, ok := k.contract.Root(name)
	if !ok || root.Name == "" {
		return p
	}
	place, shape := schema.Place{Part: name}, k.contract.Resolve(root)
	raw, isRaw := k.contract.RawBody(name)
	p.raw = isRaw && p.events == nil
	body := *shape // the members in the body
	body.Members = nil
	for i := range shape.Members {
		m := &shape.Members[i]
		switch in, beside := p.table.Member(m.Name); {
		case p.events != nil && m == raw:
			body.Members = append(body.Members, *m)
		case isRaw && m == raw, k.contract.Location(m) == schema.LocationPayload:
			whole := k.member(place, m)
			p.whole, p.body = &whole, whole.node
		case !beside && p.events != nil && len(p.events.Initial) == 0: // its source does not say how it travels
		case !beside:
			body.Members = append(body.Members, *m)
		default:
			k.beside = true
			p.bound = append(p.bound, boundMember{k.member(place, m), in})
			k.beside = false
		}
	}
	switch {
	case p.whole != nil:
	case len(body.Members) == len(shape.Members):
		p.body = k.node(place, root)
	default:
		p.body = k.node(place, schema.Ref{Inline: &body})
	}
	return p
}

// member adds the points of a member of a structure.
func (k *compiler) member(above schema.Place, m *schema.Member) member {
	place := above.Child(m.Name)
	compiled := member{wire: m.Wire(), present: k.point(Members, place.String(), ""), absent: none, null: none}
	if location := k.contract.Location(m); !m.Required.Or(false) && location != schema.LocationStatus {
		compiled.absent = k.point(Absent, place.String(), "absent")
		if location == schema.LocationBody && m.InEvent() == "" && !k.contract.Resolve(m.Shape).Stream() {
			compiled.null = k.point(Nulls, place.String(), "null")
		}
	}
	compiled.node = k.node(place, m.Shape)
	return compiled
}

func (k *compiler) node(place schema.Place, ref schema.Ref) *node {
	if n, ok := k.nodes[ref.Name]; ok && ref.Inline == nil {
		return n
	}
	shape := k.contract.Resolve(ref)
	n := &node{kind: shape.Type, union: shape.Union.Or(false), stream: shape.EventStream.Or(false), entries: none, empty: none, null: none}
	if ref.Inline == nil {
		k.nodes[ref.Name] = n
	}
	if shape.Streaming.Or(false) {
		n.kind = schema.Unstated
		return n
	}
	for i := range shape.Members {
		m := &shape.Members[i]
		if !n.union {
			n.members = append(n.members, k.member(place, m))
			continue
		}
		below := place.Child(m.Name)
		compiled := member{wire: m.Wire(), present: k.point(UnionMembers, below.String(), ""), absent: none, null: none}
		compiled.node = k.node(below, m.Shape)
		n.members = append(n.members, compiled)
	}
	for _, value := range shape.Enum.Or(nil) {
		if n.enum == nil {
			n.enum = map[string]int{}
		}
		n.enum[value] = k.point(EnumValues, place.String(), value)
	}
	below := shape.Element
	if shape.Type == schema.Map {
		below = shape.Value
		n.key = k.node(place.Child("*key"), *shape.Key)
	}
	if below != nil {
		inner := place.Child("*")
		bounds := shape.Length.Or(schema.Bounds{})
		if bounds.Max != "0" {
			n.entries = k.point(Entries, inner.String(), "")
		}
		if strings.Trim(string(bounds.Min), "0") == "" && !k.beside {
			n.empty = k.point(Empty, place.String(), "empty")
		}
		if shape.Sparse.Or(false) {
			n.null = k.point(Nulls, inner.String(), "null")
		}
		n.below = k.node(inner, *below)
	}
	return n
}
