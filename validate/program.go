package validate

import (
	"encoding/json"
	"math/bits"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/accept"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/schema"
)

// node is a compiled shape. Nodes of a recursive contract refer to each other.
type node struct {
	kind      schema.Type
	shape     string // the structure's name
	union     bool
	sensitive bool

	members  []member       // structure
	index    map[string]int // of members by their name in the document
	required bitset
	tolerate []string       // members that are ignored here, as __type always is
	spelled  map[string]int // other spellings of members, which satisfy them; -1: of no member

	events  *node // an event stream as a list, which may take the place of the union
	padded  bool  // an event that AWS pads, see paddedServices
	element *node // list element or map value
	key     *node // map key
	sparse  bool
	unique  bool // the elements of a list differ

	enum    map[string]bool
	values  []string // of the enum, in the contract's order
	pattern *pattern.Pattern
	form    textForm // of a string of the type; nil with epoch: a string is not allowed
	epoch   bool     // a timestamp may be a number
	length  interval
	limits  interval // of the type: bits, years; open: numbers of any size
	bounds  interval // of the range facet

	filter *accept.Shape // see [compiler.filter]; nil if the node is never at the top
}

type member struct {
	name string // in the document
	node *node
	api  string // its name in the API
}

// bitset holds member indexes.
type bitset []uint64

func (b bitset) set(i int)   { b[i/64] |= 1 << (i % 64) }
func (b bitset) clear(i int) { b[i/64] &^= 1 << (i % 64) }
func (b bitset) count() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// interval is an interval, and its bounds as they are written.
type interval struct {
	decimal.Interval
	written finding.Bounds
}

func intervalOf(b schema.Bounds) interval {
	return interval{decimal.Between(b.Min, b.Max), finding.Bounds(b)}
}

type compiler struct {
	c          *schema.Contract
	encoding   schema.Encoding
	structures map[string]*node
	timestamps string // the format if a shape states none
	request    bool   // timestamps have the form of requests
	patterns   *patterns
}

// patterns are compiled once, because the shapes of many contracts share them. Their matches share a
// budget. It is safe for concurrent use.
type patterns struct {
	budget   pattern.Budget
	compiled sync.Map // source to *pattern.Pattern
}

// of returns nil if no engine supports the pattern; Contract.UnsupportedPatterns reports the error.
func (p *patterns) of(source string) *pattern.Pattern {
	known, ok := p.compiled.Load(source)
	if !ok {
		made, _ := pattern.Compile(source)
		known, _ = p.compiled.LoadOrStore(source, made.Within(&p.budget))
	}
	return known.(*pattern.Pattern)
}

// document compiles the document of a part.
func (p *compiler) document(part schema.Part) *node {
	root, members, ok := p.encoding.Document(p.c, part)
	switch {
	case !ok:
		return anyObject
	case root.Inline != nil:
		return p.place(root)
	}
	n := &node{kind: schema.Structure, shape: root.Name}
	p.fill(n, p.c.Resolve(root), members)
	if _, isError := part.ErrorName(); isError {
		n.tolerate = []string{"code", "Code"} // they may name the error
		if p.encoding == schema.SDK {
			n.tolerate = append(n.tolerate, "Error", "ResponseMetadata")
		}
		n.spell(p.encoding, part)
	} else if p.encoding == schema.SDK && part == schema.OutputPart {
		n.tolerate = []string{"ResponseMetadata"}
	}
	return n
}

// spell lets an error carry its message under either spelling.
func (n *node) spell(encoding schema.Encoding, part schema.Part) {
	n.spelled = map[string]int{}
	for _, name := range []string{"message", "Message"} {
		i, known := n.index[name]
		if !known {
			i = -1
		}
		for _, other := range encoding.Spellings(part, name) {
			_, member := n.index[other]
			if _, twice := n.spelled[other]; !member && (known || !twice) {
				n.spelled[other] = i
			}
		}
	}
}

func (p *compiler) place(ref schema.Ref) *node {
	shape := p.c.Resolve(ref)
	if ref.Inline != nil || shape.Type != schema.Structure {
		return p.shape(shape)
	}
	if n, ok := p.structures[ref.Name]; ok {
		return n
	}
	n := &node{kind: schema.Structure, shape: ref.Name}
	p.structures[ref.Name] = n
	p.fill(n, shape, shape.Members)
	if shape.EventStream.Or(false) && p.encoding == schema.SDK {
		collected := *n
		collected.events = &node{kind: schema.List, element: n}
		n, p.structures[ref.Name] = &collected, &collected
	}
	return n
}

func (p *compiler) fill(n *node, shape *schema.Shape, members []schema.Member) {
	n.union, n.sensitive = shape.Union.Or(false), shape.Sensitive.Or(false)
	n.index = make(map[string]int, len(members))
	n.required = make(bitset, (len(members)+63)/64)
	for i := range members {
		m := &members[i]
		name := p.encoding.MemberName(m)
		n.index[name] = i
		n.members = append(n.members, member{name, p.place(m.Shape), m.Name})
		if !n.union && m.Required.Or(false) {
			n.required.set(i)
		}
	}
}

func (p *compiler) shape(s *schema.Shape) *node {
	n := &node{kind: s.Type, sensitive: s.Sensitive.Or(false), length: intervalOf(s.Length.Or(schema.Bounds{}))}
	switch s.Type {
	case schema.List:
		n.element, n.sparse, n.unique = p.place(*s.Element), s.Sparse.Or(false), s.Unique.Or(false)
	case schema.Map:
		n.key, n.element, n.sparse = p.place(*s.Key), p.place(*s.Value), s.Sparse.Or(false)
	case schema.String:
		n.values = s.Enum.Or(nil)
		if len(n.values) > 0 {
			n.enum = make(map[string]bool, len(n.values))
			for _, v := range n.values {
				n.enum[v] = true
			}
		}
		if source := s.Pattern.Or(""); source != "" {
			n.pattern = p.patterns.of(source)
		}
	case schema.Integer:
		if bits := s.Bits.Or(64); bits > 0 {
			n.limits = intervalOf(boundsOf(schema.IntegerBounds(bits)))
		}
		n.bounds = intervalOf(s.Range.Or(schema.Bounds{}))
	case schema.Float:
		if bits := s.Bits.Or(64); bits > 0 {
			largest := schema.LargestFloat(bits)
			n.limits = intervalOf(boundsOf("-"+largest, largest))
		}
		n.bounds = intervalOf(s.Range.Or(schema.Bounds{}))
	case schema.Timestamp:
		n.limits = intervalOf(boundsOf(schema.EarliestTimestamp, schema.TimestampsEnd))
		n.limits.Interval = n.limits.Below()
		n.epoch, n.form = p.timestampForms(s.Format.Or(p.timestamps))
	case schema.Blob:
		if p.encoding == schema.SDK {
			return &node{kind: schema.String, sensitive: n.sensitive}
		}
		n.form = base64Text{}
	}
	return n
}

func boundsOf(low, high string) schema.Bounds {
	return schema.Bounds{Min: json.Number(low), Max: json.Number(high)}
}

// textForm is the form that a type requires of a string.
type textForm interface{ Match(text []byte) bool }

// base64Text is RFC 4648 section 4, with padding.
type base64Text struct{}

var base64Pattern = sync.OnceValue(func() *pattern.Pattern {
	p, err := pattern.Compile(schema.Base64Pattern)
	if err != nil {
		panic(err) // the pattern is a constant
	}
	return p
})

func (base64Text) Match(text []byte) bool {
	ok, _ := base64Pattern().Match(text) // linear: it never times out
	return ok
}

func (p *compiler) timestampForms(format string) (epoch bool, form textForm) {
	switch {
	case p.encoding == schema.SDK:
		return true, schema.ISO8601
	case format == string(schema.DateTime), format == string(schema.HTTPDate):
		if p.request {
			return false, schema.TimestampText(format).RequestForm()
		}
		return false, schema.TimestampText(format)
	}
	return true, nil
}
