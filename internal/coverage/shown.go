package coverage

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"net/url"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/binding"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Shown is the points of one contract that an answer shows.
type Shown struct {
	Contract *schema.Contract
	// Readable says that the body is JSON, or need not be.
	Readable bool

	of    *operation
	shows pointSet
}

// Len is how many points are shown.
func (s Shown) Len() int { return s.shows.len() }

// NotCountedError says why an interaction shows nothing. Many share a reason.
type NotCountedError struct{ Reason string }

func (e *NotCountedError) Error() string { return e.Reason }

// Shown returns the points that an interaction shows. It finds its contract by
// its request; a body without a request is a success of the only contract. The
// error is a [*NotCountedError].
func (p *Plan) Shown(x *traffic.Interaction) (Shown, error) {
	c, why := p.contract(x)
	if why == "" {
		why = unread(&x.Response)
	}
	if why != "" {
		return Shown{}, &NotCountedError{why}
	}
	return p.Answer(c, &x.Response), nil
}

func (p *Plan) contract(x *traffic.Interaction) (c *schema.Contract, why string) {
	if x.Request == nil {
		if all := p.catalog.Contracts(); len(all) == 1 {
			return all[0], ""
		}
		return nil, "bare body of an unknown operation"
	}
	u, err := url.Parse(x.Request.URL)
	if err != nil {
		return nil, "the request's URL is malformed"
	}
	route, unrouted := p.catalog.Route(schema.Request{Method: x.Request.Method, URL: u, Header: x.Request.Header, Body: x.Request.Body.Bytes})
	if unrouted != nil {
		return nil, unrouted.String()
	}
	if why, ok := route.NotJSON(); ok {
		return nil, why
	}
	return route.Contract, ""
}

// unread says why an answer cannot be read, which is not the fault of the service.
func unread(r *traffic.Response) (why string) {
	if r.Body.Missing {
		return "body not recorded"
	}
	_, err := r.Document()
	if coding := (*traffic.EncodingError)(nil); errors.As(err, &coding) && coding.Err == nil {
		return "body in an unknown encoding"
	}
	return ""
}

// Answer returns the points that an answer shows. The contract is one of the
// plan's; of another it shows nothing.
func (p *Plan) Answer(c *schema.Contract, r *traffic.Response) Shown {
	o, ok := p.operations[c]
	if !ok {
		return Shown{Contract: c, of: &operation{contract: c}}
	}
	return o.answer(r)
}

// answer walks an answer, which is a success or an error by its status, as all
// SDKs take it.
func (o *operation) answer(r *traffic.Response) Shown {
	w := walker{newPointSet(len(o.points))}
	body, err := r.Document()
	shown := Shown{Contract: o.contract, Readable: err == nil, of: o, shows: w.seen}
	if i, ok := o.statuses[r.Status]; ok {
		w.seen.set(i)
	}
	name := schema.OutputPart
	if r.Status >= 300 {
		e, ok := o.contract.Error(validate.ErrorName(r.Header, body.Bytes))
		if !ok {
			return shown
		}
		w.seen.set(o.errors[e.Name])
		name = schema.ErrorPart(e.Name)
	}
	part := o.parts[name]
	w.beside(part, r)
	switch {
	case err != nil:
	case part.raw:
		w.member(part.whole, len(body.Bytes) > 0, "")
	case len(body.Bytes) == 0:
		if part.whole != nil {
			w.member(part.whole, false, nil)
		}
		shown.Readable = part.body == nil || part.whole != nil || len(part.body.members) == 0
	default:
		tree, err := validate.Tree(body.Bytes)
		switch {
		case err != nil:
			shown.Readable = false
		case part.whole != nil:
			w.member(part.whole, true, tree)
		case part.body != nil:
			w.value(part.body, tree)
		}
	}
	return shown
}

type walker struct{ seen pointSet }

func (w *walker) mark(i int) {
	if i != none {
		w.seen.set(i)
	}
}

// beside marks the members that travel in headers or as the status. Of what they
// hold only enums are looked at.
func (w *walker) beside(p *part, r *traffic.Response) {
	m := binding.Message{Header: r.Header, Status: r.Status}
	for i := range p.bound {
		b := &p.bound[i]
		var values []string
		if v, ok := p.table.Read(&m, b.in); ok {
			values = b.in.Texts(v)
		}
		if len(values) == 0 && len(m.Texts(b.in)) == 0 { // a header that is masked is there
			w.mark(b.absent)
			continue
		}
		w.mark(b.present)
		enum := b.node
		if enum.below != nil {
			w.mark(enum.entries)
			enum = enum.below
		}
		for _, value := range values {
			if i, ok := enum.enum[value]; ok {
				w.mark(i)
			}
		}
	}
}

// member marks a member of a structure.
func (w *walker) member(m *member, there bool, value any) {
	switch {
	case !there:
		w.mark(m.absent)
	case value == nil:
		w.mark(m.null)
	case w.value(m.node, value):
		w.mark(m.present)
	}
}

// value marks what is below a value, and reports whether it is of its type.
func (w *walker) value(n *node, value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return w.object(n, value)
	case []any:
		if n.kind != schema.List {
			return n.open()
		}
		if len(value) == 0 {
			w.mark(n.empty)
		}
		for _, element := range value {
			w.entry(n, element)
		}
		return true
	case string:
		if i, ok := n.enum[value]; ok {
			w.mark(i)
		}
		return n.kind == schema.String || n.kind == schema.Blob || n.kind == schema.Timestamp || n.kind == schema.Float || n.open()
	case json.Number:
		return n.kind == schema.Integer || n.kind == schema.Float || n.kind == schema.Timestamp || n.open()
	case bool:
		return n.kind == schema.Boolean || n.open()
	}
	return false
}

// open reports a place that takes any value.
func (n *node) open() bool { return n.kind == schema.Document || n.kind == schema.Unstated }

func (w *walker) object(n *node, value map[string]any) bool {
	switch {
	case n.union:
		return w.union(n, value)
	case n.kind == schema.Map:
		if len(value) == 0 {
			w.mark(n.empty)
		}
		for key, entry := range value {
			w.value(n.key, key)
			w.entry(n, entry)
		}
		return true
	case n.kind != schema.Structure:
		return n.open()
	}
	for i := range n.members {
		m := &n.members[i]
		child, there := value[m.wire]
		w.member(m, there, child)
	}
	return true
}

// entry marks an element of a list or a value of a map.
func (w *walker) entry(n *node, value any) {
	if value == nil {
		w.mark(n.null)
	} else if w.value(n.below, value) {
		w.mark(n.entries)
	}
}

// union marks the one member that is set; __type is none (Smithy,
// aws-restjson1-protocol.html#shape-serialization).
func (w *walker) union(n *node, value map[string]any) bool {
	var set *member
	others := len(value)
	for i := range n.members {
		m := &n.members[i]
		if child, there := value[m.wire]; there {
			others--
			if child == nil {
				continue
			}
			if set != nil {
				return false
			}
			set = m
		}
	}
	if others > 0 && n.strangers(value) || set == nil || !w.value(set.node, value[set.wire]) {
		return false
	}
	w.mark(set.present)
	return true
}

// strangers reports a member that is set and not known.
func (n *node) strangers(value map[string]any) bool {
next:
	for name, child := range value {
		if child == nil || name == "__type" {
			continue
		}
		for i := range n.members {
			if n.members[i].wire == name {
				continue next
			}
		}
		return true
	}
	return false
}

// pointSet is a set of points.
type pointSet []uint64

func newPointSet(n int) pointSet { return make(pointSet, (n+63)/64) }

func (s pointSet) set(i int)      { s[i/64] |= 1 << (i % 64) }
func (s pointSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s pointSet) add(t pointSet) {
	for i := range s {
		s[i] |= t[i]
	}
}

func (s pointSet) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// lenAnd is how many points both sets have.
func (s pointSet) lenAnd(t pointSet) int {
	n := 0
	for i, word := range s {
		n += bits.OnesCount64(word & t[i])
	}
	return n
}

// key is the set as the key of a map.
func (s pointSet) key() string {
	key := make([]byte, 0, 8*len(s))
	for _, word := range s {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	return string(key)
}
