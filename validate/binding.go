package validate

import (
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// bound is the members of a part that travel beside the body. They are written down as one JSON
// object, by their API names, which is then validated against a structure of them: what is said of
// a member in a header is what is said of it in a body.
type bound struct {
	node  *node
	table *binding.Table
}

// encodedJSON is the kind of a document in a header: base64 of its JSON text.
const encodedJSON schema.Type = "encoded JSON"

// newBound compiles the bound members of a part; nil: there are none.
func newBound(c *schema.Contract, part schema.Part, shared *patterns) *bound {
	table := binding.Of(c, part)
	members := table.Members
	if len(members) == 0 {
		return nil
	}
	root, _ := c.Root(part)
	b := &bound{table: table, node: &node{kind: schema.Structure, shape: root.Name, sensitive: c.Resolve(root).Sensitive.Or(false),
		index: map[string]int{}, required: make(bitset, (len(members)+63)/64)}}
	for i := range members {
		m := &members[i]
		m.Scalar.Opaque = true
		format, _ := m.Location.TimestampFormat()
		p := &compiler{c: c, structures: map[string]*node{}, timestamps: format, request: part == schema.InputPart, patterns: shared}
		n := p.place(m.Shape)
		for _, n := range []*node{n, n.element} {
			if n != nil && n.kind == schema.Document {
				n.kind = encodedJSON
			}
		}
		b.node.members = append(b.node.members, member{m.Name, n, m.Name})
		b.node.index[m.Name] = i
		if m.Required.Or(false) {
			b.node.required.set(i)
		}
	}
	filtered(b.node)
	return b
}

// has reports whether a member is bound to a header of that name.
func (b *bound) has(header string) bool {
	return b != nil && slices.ContainsFunc(b.table.At(schema.LocationHeader), func(m binding.Member) bool { return strings.EqualFold(m.Wire, header) })
}

// dynamicStatus reports whether a member is bound to the status: then no status
// is the operation's own.
func (b *bound) dynamicStatus() bool { return b != nil && len(b.table.At(schema.LocationStatus)) > 0 }

// message is a request or an answer as it travelled.
type message struct {
	binding.Message
	part schema.Part
	kept bool // a header that is not there was not sent
	body traffic.Body
}

// unknowable reports a member of which nothing says whether it travelled.
func (m *message) unknowable(b *binding.Member) bool {
	switch b.Location {
	case schema.LocationStatus:
		return m.Status == 0
	case schema.LocationHeader:
		values := awshttp.Values(m.Header, b.Wire)
		return len(values) == 0 && !m.kept || slices.ContainsFunc(values, awshttp.Masked)
	case schema.LocationHeaders:
		return !m.kept
	}
	return false
}

// documents are buffers for the documents of bound members.
var documents = sync.Pool{New: func() any { return new([]byte) }}

// boundTo validates the bound members of a message against their shapes. Their findings have the
// place where the body begins, because the position of a header is not known.
func (d *document) boundTo(m *message) []located {
	if d.bound == nil {
		return nil
	}
	buffer := documents.Get().(*[]byte)
	defer documents.Put(buffer)
	text := d.bound.table.AppendDocument((*buffer)[:0], &m.Message)
	*buffer = text
	if accepts(d.bound.node, text) {
		return nil
	}
	var found []located
	beside := document{part: d.part, node: d.bound.node}
	for _, f := range beside.explain(text) {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/"), "/")
		i := slices.IndexFunc(d.bound.table.Members, func(b binding.Member) bool { return jsontree.Escape(b.Name) == name })
		if i < 0 {
			continue
		}
		member := &d.bound.table.Members[i]
		if f.Rule.General() == finding.MemberMissing && m.unknowable(member) {
			continue
		}
		f.Beside = carrier(member)
		f.offset = 0
		found = append(found, f)
	}
	return found
}

// carrier says where a member travels.
func carrier(b *binding.Member) finding.Carrier {
	if b.Location == schema.LocationQuery && b.Type == schema.Map {
		return finding.Carrier{In: string(b.Location)}
	}
	return finding.Carrier{In: string(b.Location), Name: b.Wire}
}
