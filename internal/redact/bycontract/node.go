package bycontract

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
)

// identifiers are the ends of the names of members for a bucket, a key, an ARN and the like, in
// lower case.
var identifiers = []string{
	"arn", "arns", "bucket", "bucketname", "keyprefix", "loggroup", "loggroupname", "loggroupnames", "logstreamname", "objectkey", "queuename",
	"queueurl", "queueurls", "s3key", "s3location", "s3path", "s3prefix", "s3uri", "s3url",
}

// identifier reports whether a member has such a name.
func identifier(m schema.Member) bool {
	name := strings.ToLower(m.Name)
	return slices.ContainsFunc(identifiers, func(end string) bool { return strings.HasSuffix(name, end) })
}

// compiler compiles the shapes of a contract to nodes.
type compiler struct {
	contract *schema.Contract
	nodes    map[nodeKey]*redact.Node // of structures
	budget   *pattern.Budget          // of all contracts
}

// nodeKey is a structure and what its place adds to it.
type nodeKey struct {
	name string
	at   context
}

// context is what the place of a shape adds to it: whether it is below a sensitive shape, below the
// value of a map, or the value of a member named like an identifier.
type context struct{ sensitive, value, identifier bool }

func (at context) marked() bool { return at.sensitive || at.value || at.identifier }

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
		b.places[m.Name] = k.outside(*m.Member, context{sensitive: sensitive, identifier: identifier(*m.Member)})
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
	p := redact.Place{Class: n.Class, Otherwise: n.Otherwise} // several values may share one string
	if is := n.Is; is != nil {
		p.Is = func(s string) bool {
			return is(s) || !slices.ContainsFunc(strings.Split(s, ","), func(value string) bool { return !is(strings.Trim(value, ` "`)) })
		}
	}
	return p
}

func (k *compiler) node(ref schema.Ref, at context) *redact.Node {
	shape := k.contract.Resolve(ref)
	at.sensitive = at.sensitive || shape.Sensitive.Or(false)
	switch shape.Type {
	case schema.Structure:
		return k.structure(ref, shape, at)
	case schema.List:
		n := &redact.Node{Element: k.node(*shape.Element, at)}
		n.Place = n.Element.Place
		return n
	case schema.Map:
		return k.mapping(shape, at)
	case schema.Document, schema.Unstated:
		if at.marked() {
			return anything(at.sensitive)
		}
		return &redact.Node{}
	}
	n := &redact.Node{Place: k.place(shape, at)}
	if at.marked() {
		n.Element = n // for a value of another type
		n.Key.Class = redact.Whole
	}
	return n
}

// anything returns the node of a value of any type. In a sensitive one, numbers are masked, too.
func anything(sensitive bool) *redact.Node {
	n := &redact.Node{Place: redact.Place{Class: redact.Whole}, Key: redact.Place{Class: redact.Whole}}
	if sensitive {
		n.Mask = redact.Mask
	}
	n.Element = n
	return n
}

func (k *compiler) structure(ref schema.Ref, shape *schema.Shape, at context) *redact.Node {
	at.identifier = false
	key := nodeKey{ref.Name, at}
	if n, ok := k.nodes[key]; ok && ref.Inline == nil {
		return n
	}
	n := &redact.Node{Members: make(map[string]*redact.Node, len(shape.Members))}
	if ref.Inline == nil {
		k.nodes[key] = n
	}
	if at.marked() {
		n.Element, n.Class = anything(at.sensitive), redact.Whole // members that the contract does not know
	}
	for _, m := range shape.Members {
		if m.InBody() {
			n.Members[m.Wire()] = k.node(m.Shape, context{sensitive: at.sensitive, value: at.value, identifier: identifier(m)})
		}
	}
	return n
}

func (k *compiler) mapping(shape *schema.Shape, at context) *redact.Node {
	n := &redact.Node{Element: k.node(*shape.Value, context{sensitive: at.sensitive, value: true})}
	n.Class = redact.Whole // for a value of another type
	if key := k.contract.Resolve(*shape.Key); key != nil {
		n.Key = k.place(key, context{sensitive: at.sensitive})
	}
	return n
}

// place returns the place of a scalar.
func (k *compiler) place(shape *schema.Shape, at context) redact.Place {
	p := redact.Place{Blob: shape.Type == schema.Blob}
	if at.marked() {
		p.Class = redact.Whole
	}
	if is := only(shape); is != nil {
		_, enum := shape.Enum.Get()
		if at.sensitive && !enum && shape.Type != schema.Boolean { // even a birthday identifies somebody
			p.Class, p.Otherwise, p.Is, p.Accepts, p.Constant = redact.Keep, redact.Whole, isSpecial, is, shape.Type == schema.Timestamp
		} else {
			p.Class, p.Otherwise, p.Is = redact.Keep, p.Class, is
		}
	} else if !p.Blob {
		p.Accepts = accepts(shape, k.budget)
	} else if p.Class == redact.Whole {
		p.Accepts = isBase64
	}
	if m, ok := mask(shape, p.Accepts); ok {
		p.Mask = m
	} else {
		p.Unmaskable = true
	}
	return p
}

// only returns the check of a type whose values identify nobody: an enum, a number, a boolean or a
// timestamp. It returns nil for other types.
func only(shape *schema.Shape) func(string) bool {
	values, _ := shape.Enum.Get()
	switch {
	case len(values) > 0:
		return func(s string) bool { return slices.Contains(values, s) }
	case shape.Type == schema.Integer, shape.Type == schema.Float:
		return isNumber
	case shape.Type == schema.Boolean:
		return func(s string) bool { return s == "true" || s == "false" }
	case shape.Type == schema.Timestamp:
		return func(s string) bool {
			return isNumber(s) || slices.ContainsFunc([]schema.TimestampText{schema.DateTime, schema.ISO8601, schema.HTTPDate}, func(f schema.TimestampText) bool { return f.Match([]byte(s)) })
		}
	}
	return nil
}

// isNumber reports whether a text is a number as in JSON, or one of the texts for other floats.
func isNumber(s string) bool {
	v := jsontext.Value(s)
	return isSpecial(s) || v.Kind() == '0' && v.IsValid()
}

func isSpecial(s string) bool { return s == "NaN" || s == "Infinity" || s == "-Infinity" }

func isBase64(s string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil
}

// accepts returns the check of a string against a shape, or nil if there is none. As in validation,
// an unsupported pattern is not checked. A length is not checked either, since pseudonyms are as
// long as names.
func accepts(shape *schema.Shape, budget *pattern.Budget) func(string) bool {
	source := shape.Pattern.Or("")
	if source == "" {
		return nil
	}
	form, err := pattern.Compile(source)
	if err != nil {
		return nil
	}
	form = form.Within(budget)
	return func(s string) bool {
		ok, err := form.Match([]byte(s))
		return ok && err == nil
	}
}
