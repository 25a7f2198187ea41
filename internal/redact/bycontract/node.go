package bycontract

import (
	"encoding/base64"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
)

// buckets are the names of members for a bucket, in lower case.
var buckets = map[string]bool{"bucket": true, "bucketname": true, "s3bucket": true, "s3bucketname": true, "outputbucket": true}

// compiler compiles the shapes of a contract to nodes.
type compiler struct {
	contract *schema.Contract
	nodes    map[nodeKey]*redact.Node // of structures
}

// nodeKey is a structure and whether it is below a sensitive shape.
type nodeKey struct {
	name      string
	sensitive bool
}

// context is what the place of a shape adds to it.
type context struct{ sensitive, value, bucket bool }

func (k *compiler) part(part schema.Part) (b bound) {
	b = bound{table: binding.Of(k.contract, part), places: map[string]redact.Place{}}
	root, ok := k.contract.Root(part)
	if !ok || root.Name == "" {
		return b
	}
	if m, ok := k.contract.RawBody(part); ok && k.contract.Resolve(m.Shape).EventStream.Or(false) {
		b.body = &redact.Node{Stream: k.stream(root, m)}
	} else {
		b.body = k.node(root, context{})
	}
	sensitive := k.contract.Resolve(root).Sensitive.Or(false)
	for _, m := range b.table.Members {
		b.places[m.Name] = k.outside(*m.Member, context{sensitive: sensitive, bucket: buckets[strings.ToLower(m.Name)]})
	}
	if m, ok := k.contract.Payload(part); ok && b.body.Stream == nil {
		b.body = k.node(m.Shape, context{sensitive: sensitive})
	}
	return b
}

// outside returns the place of a member outside of the body, as text. For lists and maps, it is
// that of their elements.
func (k *compiler) outside(m schema.Member, at context) redact.Place {
	n := k.node(m.Shape, at)
	if n.Element == nil || n.Element == n {
		return n.Place
	}
	for n.Element != nil && n.Element != n {
		n = n.Element
	}
	return redact.Place{Class: n.Class} // several values may share one string
}

func (k *compiler) node(ref schema.Ref, at context) *redact.Node {
	shape := k.contract.Resolve(ref)
	at.sensitive = at.sensitive || shape.Sensitive.Or(false)
	switch shape.Type {
	case schema.Structure:
		return k.structure(ref, shape, at)
	case schema.List:
		n := &redact.Node{Element: k.node(*shape.Element, at)}
		n.Class = n.Element.Class
		return n
	case schema.Map:
		return k.mapping(shape, at)
	case schema.Document, schema.Unstated:
		if at.sensitive || at.value {
			return anything()
		}
		return &redact.Node{}
	}
	n := &redact.Node{Place: place(shape, at)}
	if at.sensitive {
		n.Element = n // for a value of another type
		n.Key.Class = redact.Whole
	}
	return n
}

// anything returns the node of a sensitive value of any type.
func anything() *redact.Node {
	n := &redact.Node{Place: redact.Place{Class: redact.Whole}, Key: redact.Place{Class: redact.Whole}}
	n.Element = n
	return n
}

func (k *compiler) structure(ref schema.Ref, shape *schema.Shape, at context) *redact.Node {
	key := nodeKey{ref.Name, at.sensitive}
	if n, ok := k.nodes[key]; ok && ref.Inline == nil {
		return n
	}
	n := &redact.Node{Members: make(map[string]*redact.Node, len(shape.Members))}
	if ref.Inline == nil {
		k.nodes[key] = n
	}
	if at.sensitive {
		n.Element, n.Class = anything(), redact.Whole // members that the contract does not know
	}
	for _, m := range shape.Members {
		if m.InBody() {
			n.Members[m.Wire()] = k.node(m.Shape, context{sensitive: at.sensitive, bucket: buckets[strings.ToLower(m.Name)]})
		}
	}
	return n
}

func (k *compiler) mapping(shape *schema.Shape, at context) *redact.Node {
	n := &redact.Node{Element: k.node(*shape.Value, context{sensitive: at.sensitive, value: true})}
	if at.sensitive {
		n.Class = redact.Whole
	}
	if key := k.contract.Resolve(*shape.Key); key != nil {
		n.Key = place(key, context{sensitive: at.sensitive})
	}
	return n
}

// place returns the place of a scalar.
func place(shape *schema.Shape, at context) redact.Place {
	values, _ := shape.Enum.Get()
	switch {
	case shape.Type != schema.String && shape.Type != schema.Blob, len(values) > 0:
		return redact.Place{Class: redact.Keep}
	case shape.Type == schema.Blob:
		p := redact.Place{Blob: true}
		if at.sensitive || at.value {
			p = redact.Place{Class: redact.Whole, Blob: true, Accepts: func(s string) bool {
				_, err := base64.StdEncoding.Strict().DecodeString(s)
				return err == nil
			}}
		}
		return p
	case at.sensitive || at.value || at.bucket:
		return redact.Place{Class: redact.Whole, Accepts: accepts(shape)}
	}
	return redact.Place{Accepts: accepts(shape)}
}

// accepts returns the check of a string against a shape, or nil if there is none. As in validation,
// an unsupported pattern is not checked. A length is not checked either, since pseudonyms are as
// long as names.
func accepts(shape *schema.Shape) func(string) bool {
	source := shape.Pattern.Or("")
	if source == "" {
		return nil
	}
	form, err := pattern.Compile(source)
	if err != nil {
		return nil
	}
	return func(s string) bool {
		ok, err := form.Match([]byte(s))
		return ok && err == nil
	}
}
