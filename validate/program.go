package validate

import (
	"encoding/json"
	"math/bits"
	"slices"
	"strconv"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/pattern"
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
	tolerate []string // members that are neither known nor unknown here, besides __type

	element *node // list element or map value
	key     *node // map key
	sparse  bool

	enum    map[string]bool
	values  []string // of the enum, in the contract's order
	pattern *pattern.Pattern
	form    *pattern.Pattern // that the type itself demands of text; nil with epoch: no text
	epoch   bool             // a timestamp may be a number
	length  interval
	limits  interval // of the type: bits, years; open: numbers of any size
	bounds  interval // of the range facet
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

// interval is closed, but for an exclusive maximum; an end that is not set is open.
type interval struct {
	min, max       decimal
	hasMin, hasMax bool
	exclusive      bool // the maximum
	text           string
}

func intervalOf(b schema.Bounds) interval {
	i := interval{hasMin: b.Min != "", hasMax: b.Max != "", text: b.String()}
	if i.hasMin {
		i.min = parseDecimal(nil, []byte(b.Min))
	}
	if i.hasMax {
		i.max = parseDecimal(nil, []byte(b.Max))
	}
	return i
}

func (i *interval) open() bool { return !i.hasMin && !i.hasMax }

func (i *interval) holds(d decimal) bool {
	if i.hasMin && d.compare(i.min) < 0 {
		return false
	}
	if !i.hasMax {
		return true
	}
	c := d.compare(i.max)
	return c < 0 || c == 0 && !i.exclusive
}

// holdsInt is [interval.holds] for sizes and small integers.
func (i *interval) holdsInt(n int64) bool {
	if i.open() {
		return true
	}
	var digits, number [20]byte
	return i.holds(parseDecimal(digits[:0], strconv.AppendInt(number[:0], n, 10)))
}

type compiler struct {
	c          *schema.Contract
	projection schema.Projection
	structures map[string]*node
	timestamps string // the format of those whose shape states none
}

// document compiles the document of a part; nil: any object.
func (p *compiler) document(part schema.Part) *node {
	root, members, ok := p.projection.Document(p.c, part)
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
		if p.projection == schema.SDK {
			n.tolerate = append(n.tolerate, "Error", "ResponseMetadata")
		}
	} else if p.projection == schema.SDK && part == schema.OutputPart {
		n.tolerate = []string{"ResponseMetadata"}
	}
	return n
}

// whole returns the member that is the JSON body of a part.
func (p *compiler) whole(part schema.Part) *schema.Member {
	root, _ := p.c.Root(part)
	document, _, ok := p.projection.Document(p.c, part)
	if !ok || document == root {
		return nil
	}
	members := p.c.Resolve(root).Members
	i := slices.IndexFunc(members, func(m schema.Member) bool { return m.Location.Or("") == "payload" })
	return &members[i]
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
	return n
}

func (p *compiler) fill(n *node, shape *schema.Shape, members []schema.Member) {
	n.union, n.sensitive = shape.Union.Or(false), shape.Sensitive.Or(false)
	n.index = make(map[string]int, len(members))
	n.required = make(bitset, (len(members)+63)/64)
	for i := range members {
		m := &members[i]
		name := p.projection.MemberName(m)
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
		n.element, n.sparse = p.place(*s.Element), s.Sparse.Or(false)
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
			n.pattern, _ = pattern.Compile(source) // Contract.UnsupportedPatterns reports the error
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
		n.limits.exclusive = true
		n.epoch, n.form = timestampForms(s.Format.Or(p.timestamps), p.projection)
	case schema.Blob:
		if p.projection == schema.SDK {
			return &node{kind: schema.String, sensitive: n.sensitive}
		}
		n.form = mustCompile(schema.Base64Pattern)
	}
	return n
}

func boundsOf(low, high string) schema.Bounds {
	return schema.Bounds{Min: json.Number(low), Max: json.Number(high)}
}

// mustCompile compiles a pattern of this project's own.
func mustCompile(source string) *pattern.Pattern {
	p, err := pattern.Compile(source)
	if err != nil {
		panic(err)
	}
	return p
}

func timestampForms(format string, projection schema.Projection) (epoch bool, form *pattern.Pattern) {
	switch {
	case projection == schema.SDK:
		return true, mustCompile(schema.ISO8601Pattern)
	case format == "date-time":
		return false, mustCompile(schema.DateTimePattern)
	case format == "http-date":
		return false, mustCompile(schema.HTTPDatePattern)
	}
	return true, nil
}
