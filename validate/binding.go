package validate

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// bound is the members of a part that travel beside the body (Smithy,
// http-bindings.html). They are written down as one JSON object, by their API
// names, which is then held against a structure of them: what is said of a
// member in a header is what is said of it in a body.
type bound struct {
	node    *node
	members []binding
	taken   taken
}

// taken are the names that a map of all of a query, or of headers, leaves to
// others: to members of their own and to the literals of the URI.
type taken struct {
	queries map[string]bool
	headers map[string]bool // in lower case
}

// binding says where a member travels.
type binding struct {
	name     string // the member's
	location string // header, headers, query, label, status
	at       string // name, or prefix, at that location
	node     *node
	required bool
}

// encodedJSON is the kind of a document in a header: base64 of its JSON text.
const encodedJSON schema.Type = "encoded JSON"

// newBound compiles the bound members of a part; nil: there are none.
func newBound(c *schema.Contract, part schema.Part) *bound {
	members := c.Bound(part)
	if len(members) == 0 {
		return nil
	}
	root, _ := c.Root(part)
	b := &bound{node: &node{kind: schema.Structure, shape: root.Name, sensitive: c.Resolve(root).Sensitive.Or(false),
		index: map[string]int{}, required: make(bitset, (len(members)+63)/64)}}
	b.taken = taken{map[string]bool{}, map[string]bool{}}
	_, literals, _ := strings.Cut(c.URI.Or(""), "?")
	query, _ := url.ParseQuery(literals) // what is malformed is no literal
	for name := range query {
		b.taken.queries[name] = true
	}
	for i, m := range members {
		location := c.Location(&m)
		p := &compiler{c: c, structures: map[string]*node{}, timestamps: "date-time"}
		if location == "header" || location == "headers" {
			p.timestamps = "http-date" // Smithy, http-bindings.html#httpheader-serialization-rules
		}
		n := p.place(m.Shape)
		switch {
		case location == "header":
			b.taken.headers[strings.ToLower(m.Wire())] = true
		case location == "query" && n.kind != schema.Map:
			b.taken.queries[m.Wire()] = true
		}
		for _, n := range []*node{n, n.element} {
			if n != nil && n.kind == schema.Document {
				n.kind = encodedJSON
			}
		}
		b.members = append(b.members, binding{m.Name, location, m.Wire(), n, m.Required.Or(false)})
		b.node.members = append(b.node.members, member{m.Name, n, m.Name})
		b.node.index[m.Name] = i
		if m.Required.Or(false) {
			b.node.required.set(i)
		}
	}
	return b
}

// has reports whether a member is bound to a header of that name.
func (b *bound) has(header string) bool {
	return b != nil && slices.ContainsFunc(b.members, func(m binding) bool {
		return m.location == "header" && strings.EqualFold(m.at, header)
	})
}

// dynamicStatus reports whether a member is bound to the status: then no status
// is the operation's own.
func (b *bound) dynamicStatus() bool {
	return b != nil && slices.ContainsFunc(b.members, func(m binding) bool { return m.location == "status" })
}

// message is a request or an answer as it travelled.
type message struct {
	part   schema.Part
	header http.Header
	kept   bool // a header that is not there was not sent
	body   traffic.Body
	status int               // of an answer; 0: not recorded
	labels map[string]string // of a request
	query  url.Values        // of a request
}

// unknowable reports a member of which nothing says whether it travelled.
func (b *binding) unknowable(m *message) bool {
	switch b.location {
	case "status":
		return m.status == 0
	case "header":
		values := awshttp.Values(m.header, b.at)
		return len(values) == 0 && !m.kept || masked(values)
	case "headers":
		return !m.kept
	}
	return false
}

// masked reports the values of a header that a recorder has replaced.
func masked(values []string) bool { return slices.ContainsFunc(values, awshttp.Masked) }

// document writes the bound members of a message as a JSON object.
func (b *bound) document(m *message) []byte {
	text := make([]byte, 0, 256)
	text = append(text, '{')
	for i := range b.members {
		member := &b.members[i]
		before := len(text)
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(appendQuoted(text, member.name), ':')
		value, ok := member.value(text, m, &b.taken)
		if !ok {
			value = text[:before]
		}
		text = value
	}
	return append(text, '}')
}

// value appends the member's value; ok is false where it has none.
func (b *binding) value(text []byte, m *message, t *taken) (_ []byte, ok bool) {
	switch b.location {
	case "status":
		return strconv.AppendInt(text, int64(m.status), 10), m.status != 0
	case "label":
		value, ok := m.labels[b.at]
		return appendText(text, b.node, value), ok
	case "query":
		return b.queryValue(text, m.query, t)
	case "headers":
		return b.prefixed(text, m.header, t)
	}
	values := awshttp.Values(m.header, b.at)
	switch {
	case len(values) == 0, masked(values):
		return text, false
	case b.node.kind == schema.List:
		return appendList(text, b.node.element, headerList(b.node.element, strings.Join(values, ","))), true
	}
	return appendText(text, b.node, values[0]), true
}

// queryValue appends a query parameter: of a list all its values, of a map all
// parameters but those of a signature, of other members, which go first (Smithy,
// http-bindings.html#httpqueryparams-trait), and of the URI itself.
func (b *binding) queryValue(text []byte, query url.Values, t *taken) (_ []byte, ok bool) {
	values := query[b.at]
	switch b.node.kind {
	case schema.List:
		return appendList(text, b.node.element, values), len(values) > 0
	case schema.Map:
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(query)), func(name string) bool {
			return t.queries[name] || strings.HasPrefix(strings.ToLower(name), "x-amz-")
		})
		return appendMap(text, names, func(text []byte, name string) []byte {
			if n := b.node.element; n.kind == schema.List {
				return appendList(text, n.element, query[name])
			}
			return appendText(text, b.node.element, query[name][0])
		}), len(names) > 0 || b.required
	}
	if len(values) == 0 {
		return text, false
	}
	return appendText(text, b.node, values[0]), true
}

// prefixed appends the headers whose names begin with the member's prefix as a
// map. Names are one whatever their case. An empty prefix takes all that no other
// member has and that HTTP and AWS do not have of their own.
func (b *binding) prefixed(text []byte, h http.Header, t *taken) (_ []byte, ok bool) {
	found, spelled := map[string][]string{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if len(name) < len(b.at) || !strings.EqualFold(name[:len(b.at)], b.at) {
			continue
		}
		lower := strings.ToLower(name)
		if t.headers[lower] || b.at == "" && ownHeader(lower) {
			continue
		}
		if _, again := spelled[lower]; !again {
			spelled[lower] = name[len(b.at):]
		}
		found[spelled[lower]] = append(found[spelled[lower]], h[name]...)
	}
	return appendMap(text, slices.Sorted(maps.Keys(found)), func(text []byte, name string) []byte {
		return appendText(text, b.node.element, strings.Join(found[name], ", "))
	}), len(found) > 0 || b.required
}

// ownHeaders are those that models should not bind (Smithy,
// http-bindings.html#restricted-http-headers), and what clients, servers and
// proxies add of themselves to every message.
var ownHeaders = []string{
	"authorization", "connection", "content-length", "expect", "host", "max-forwards", "proxy-authenticate", "server", "te", "trailer",
	"transfer-encoding", "upgrade", "user-agent", "www-authenticate", "x-forwarded-for",
	"accept", "accept-encoding", "content-encoding", "content-type", "date", "keep-alive", "via",
}

// ownHeader reports a header, in lower case, that is no entry of a map of all headers.
func ownHeader(lower string) bool {
	return slices.Contains(ownHeaders, lower) || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "x-amzn-") || strings.HasPrefix(lower, "amz-sdk-")
}

// appendText writes a value that stands as plain text, as JSON: a number or a
// boolean that is none becomes a string, which is none there either.
func appendText(text []byte, n *node, value string) []byte {
	plain := false
	switch n.kind {
	case schema.Integer, schema.Float:
		plain = decimal.Valid(value)
	case schema.Boolean:
		plain = value == "true" || value == "false"
	case schema.Timestamp:
		plain = n.epoch && decimal.Valid(value)
	case encodedJSON:
		if decoded, err := base64.StdEncoding.DecodeString(value); err == nil && jsontext.Value(decoded).IsValid() {
			return append(text, "true"...)
		}
	}
	if plain {
		return append(text, value...)
	}
	return appendQuoted(text, value)
}

func appendList(text []byte, n *node, values []string) []byte {
	text = append(text, '[')
	for i, value := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendText(text, n, value)
	}
	return append(text, ']')
}

func appendMap(text []byte, names []string, value func([]byte, string) []byte) []byte {
	text = append(text, '{')
	for i, name := range names {
		if i > 0 {
			text = append(text, ',')
		}
		text = value(append(appendQuoted(text, name), ':'), name)
	}
	return append(text, '}')
}

// appendQuoted writes text as a JSON string and leaves bytes that are no UTF-8
// as they are, for the walk to find.
func appendQuoted(text []byte, value string) []byte {
	text = append(text, '"')
	for i := range len(value) {
		switch c := value[i]; {
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c < ' ':
			text = fmt.Appendf(text, `\u%04x`, c)
		default:
			text = append(text, c)
		}
	}
	return append(text, '"')
}

// boundTo holds the bound members of a message against their shapes. Findings
// stand where the body begins: nothing that is read says where a header stands.
func (d *document) boundTo(m *message) []located {
	if d.bound == nil {
		return nil
	}
	text := d.bound.document(m)
	if accepts(d.bound.node, text) {
		return nil
	}
	var found []located
	beside := document{part: d.part, node: d.bound.node}
	for _, f := range beside.explain(text) {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/"), "/")
		i := slices.IndexFunc(d.bound.members, func(b binding) bool { return jsontree.Escape(b.name) == name })
		if i < 0 || f.Rule.General() == finding.MemberMissing && d.bound.members[i].unknowable(m) {
			continue
		}
		f.Message = d.bound.members[i].place() + ": " + f.Message
		f.offset = 0
		found = append(found, f)
	}
	return found
}

// place says where the member travels.
func (b *binding) place() string {
	switch b.location {
	case "headers":
		return "headers " + b.at + "*"
	case "query":
		if b.node.kind == schema.Map {
			return "the query"
		}
		return "query parameter " + b.at
	case "status":
		return "the status"
	}
	return b.location + " " + b.at
}
