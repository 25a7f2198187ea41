package coverage

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"net/url"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// Shown is the set of points of one contract that a response shows.
type Shown struct {
	Contract *schema.Contract
	// Readable says that the body is JSON or a stream of events, or need be neither.
	Readable bool

	of    *operation
	shows pointSet
}

// Len is how many points are shown.
func (s Shown) Len() int { return s.shows.len() }

// NotCountedError says why an interaction shows nothing. Many interactions share a reason.
type NotCountedError struct{ Reason string }

func (e *NotCountedError) Error() string { return e.Reason }

// Shown returns the points that an interaction shows. The request determines the contract; a body
// without a request is a success of the only contract. The error is a [*NotCountedError].
func (p *Plan) Shown(x *traffic.Interaction) (Shown, error) {
	c, why := p.contract(x)
	if why == "" {
		why = unread(&x.Response)
	}
	if why != "" {
		return Shown{}, &NotCountedError{why}
	}
	if p.operations[c] == nil {
		return Shown{}, &NotCountedError{"of operations that were not chosen"}
	}
	return p.Response(c, &x.Response), nil
}

func (p *Plan) contract(x *traffic.Interaction) (c *schema.Contract, why string) {
	if x.Request == nil {
		if x.Operation != "" && x.Encoding != traffic.EncodingSDK {
			if called := p.catalog.Named(x.Operation); len(called) == 1 {
				return called[0], ""
			}
			return nil, "without a contract for the operation"
		}
		if len(p.contracts) == 1 {
			return p.contracts[0], ""
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

// unread says why a response cannot be read, if that is not the service's fault.
func unread(r *traffic.Response) (why string) {
	if r.Body.Missing {
		return "body not recorded"
	}
	_, err := r.Document()
	if errors.Is(err, traffic.ErrUnknownCoding) {
		return "body in an unknown encoding"
	}
	return ""
}

// Response returns the points that a response shows. A response of a contract outside the plan
// shows nothing.
func (p *Plan) Response(c *schema.Contract, r *traffic.Response) Shown {
	o, ok := p.operations[c]
	if !ok {
		return Shown{Contract: c, of: &operation{contract: c}}
	}
	return o.response(r)
}

// response walks a response, which is a success or an error by its status, as for all SDKs.
func (o *operation) response(r *traffic.Response) Shown {
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
	case part.events != nil:
		document, err := part.events.Read(body.Bytes)
		shown.Readable = err == nil
		w.value(part.body, visit.Collected(o.contract, name, part.events, document))
	case part.raw && len(body.Bytes) > 0:
		w.mark(part.whole.present)
	case part.raw:
		w.mark(part.whole.absent)
	case len(body.Bytes) == 0:
		if part.whole != nil {
			w.mark(part.whole.absent)
		}
		shown.Readable = part.body == nil || part.whole != nil || len(part.body.members) == 0
	default:
		document, err := jsontree.Parse(body.Bytes)
		root, ok := visit.Root(o.contract, name, schema.HTTP, document)
		switch {
		case err != nil:
			shown.Readable = false
		case ok && part.whole != nil:
			w.member(part.whole, root)
		case ok:
			w.value(part.body, root)
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

// beside marks the members in headers or the status. Only their enums are checked.
func (w *walker) beside(p *part, r *traffic.Response) {
	m := binding.Message{Header: r.Header, Status: r.Status}
	for i := range p.bound {
		b := &p.bound[i]
		var values []string
		if v, ok := p.table.Read(&m, b.in); ok {
			values = b.in.Texts(v)
		}
		if len(values) == 0 && len(m.Texts(b.in)) == 0 { // a masked header is present
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
			w.text(enum, value)
		}
	}
}

// member marks a member of a structure; nil: it is absent.
func (w *walker) member(m *member, s *visit.Site) {
	switch {
	case s == nil:
		w.mark(m.absent)
	case s.Value.Null():
		w.mark(m.null)
	case w.value(m.node, s):
		w.mark(m.present)
	}
}

// value marks the points below a value, and reports whether the value has the type of its shape.
func (w *walker) value(n *node, s *visit.Site) bool {
	switch s.Value.Kind {
	case '{':
		return w.object(n, s)
	case '[':
		switch {
		case n.stream:
			for event := range s.Below() {
				w.value(n, event)
			}
		case n.kind != schema.List:
			return n.open()
		default:
			w.entries(n, s)
		}
		return true
	case '"':
		w.text(n, s.Value.Text)
		return n.kind == schema.String || n.kind == schema.Blob || n.kind == schema.Timestamp || n.kind == schema.Float || n.open()
	case '0':
		return n.kind == schema.Integer || n.kind == schema.Float || n.kind == schema.Timestamp || n.open()
	case 't', 'f':
		return n.kind == schema.Boolean || n.open()
	}
	return false
}

// open reports a place that accepts any value.
func (n *node) open() bool { return n.kind == schema.Document || n.kind == schema.Unstated }

// text marks the value of an enum.
func (w *walker) text(n *node, text string) {
	if i, ok := n.enum[text]; ok {
		w.mark(i)
	}
}

func (w *walker) object(n *node, s *visit.Site) bool {
	switch {
	case n.union:
		return w.union(n, s)
	case n.kind == schema.Map:
		w.entries(n, s)
		return true
	case n.kind != schema.Structure:
		return n.open()
	}
	for i := range n.members {
		w.member(&n.members[i], s.Child(n.members[i].wire))
	}
	return true
}

// entries marks the elements of a list, or the keys and values of a map.
func (w *walker) entries(n *node, s *visit.Site) {
	if len(s.Value.Entries) == 0 {
		w.mark(n.empty)
	}
	for entry := range s.Below() {
		if n.key != nil {
			w.text(n.key, entry.Key)
		}
		if entry.Value.Null() {
			w.mark(n.null)
		} else if w.value(n.below, entry) {
			w.mark(n.entries)
		}
	}
}

// union marks the one member that is set.
func (w *walker) union(n *node, s *visit.Site) bool {
	set := s.Set()
	if len(set) != 1 {
		return false
	}
	for i := range n.members {
		if m := &n.members[i]; m.wire == set[0].Key {
			if !w.value(m.node, set[0]) {
				return false
			}
			w.mark(m.present)
			return true
		}
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

// lenAnd returns how many points are in both sets.
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
