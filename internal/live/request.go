package live

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// contentTypes are the media types of the protocols' JSON bodies.
var contentTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

// Request writes an input down as the request of a contract's operation, not yet
// signed. The endpoint is scheme and host. The error is an [*InputError] or a
// [*ContractError].
func Request(c *schema.Contract, endpoint *url.URL, input []byte) (*http.Request, error) {
	w, err := newWriter(c, input)
	if err != nil {
		return nil, err
	}
	if err := w.input(); err != nil {
		return nil, err
	}
	target := *endpoint
	if err := w.address(&target); err != nil {
		return nil, err
	}
	body := w.content()
	r, err := http.NewRequest(w.method, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &ContractError{c.String(), err.Error(), byOverlay}
	}
	r.Header = w.header
	return r, nil
}

// writer writes one input down as a request.
type writer struct {
	contract *schema.Contract
	protocol string
	method   string
	uri      string
	members  *schema.Shape  // the input; an empty structure where there is none
	raw      *schema.Member // that is the body as it is; nil: none

	text []byte // the input
	d    *jsontext.Decoder
	from int // where the token that was read last begins, or what is before it

	labels map[string]string // of the URI, as they will stand there
	query  url.Values
	extra  url.Values // from a map, whose entries give way to members
	header http.Header
	body   []byte // of body members, an object without its end
	whole  []byte // the payload
	paid   bool   // there is a payload
	given  map[string]bool
}

func newWriter(c *schema.Contract, input []byte) (*writer, error) {
	w := &writer{contract: c, protocol: c.Protocol.Or("restJson1"), text: input, members: &schema.Shape{Type: schema.Structure},
		labels: map[string]string{}, query: url.Values{}, extra: url.Values{}, header: http.Header{}, given: map[string]bool{}}
	if contentTypes[w.protocol] == "" {
		return nil, &ContractError{c.String(), "its protocol is " + w.protocol, "only operations of restJson1 and awsJson are"}
	}
	w.d = jsontext.NewDecoder(bytes.NewBuffer(input))
	if root, ok := c.Root(schema.InputPart); ok && root.Name != "" {
		w.members = c.Resolve(root)
	}
	w.raw, _ = c.RawBody(schema.InputPart)
	if w.raw != nil && c.Resolve(w.raw.Shape).EventStream.Or(false) {
		return nil, &ContractError{c.String(), "its input is a stream of events", "call it with an SDK through crcheck record"}
	}
	return w, w.operation()
}

// operation settles what says which operation is called.
func (w *writer) operation() error {
	c := w.contract
	if w.protocol != "restJson1" {
		target, ok := c.Target.Get()
		if !ok {
			return silent(c, "X-Amz-Target")
		}
		w.method, w.uri = http.MethodPost, "/"
		w.header.Set("X-Amz-Target", target)
		return nil
	}
	method, ok := c.Method.Get()
	uri, stated := c.URI.Get()
	if !ok || !stated {
		return silent(c, "its method and URI")
	}
	w.method, w.uri = method, uri
	return nil
}

// input reads the input, member by member.
func (w *writer) input() error {
	if w.d.PeekKind() != '{' {
		return w.wrong("an object with the operation's input")
	}
	err := w.object(func(name string) error {
		m, ok := w.members.Member(name)
		if !ok {
			return w.fail("the operation has no such input; it has " + names(w.members))
		}
		if w.d.PeekKind() == 'n' {
			return w.skip()
		}
		w.given[name] = true
		return w.member(m)
	})
	if err != nil {
		return err
	}
	w.from = int(w.d.InputOffset())
	switch _, err := w.d.ReadToken(); err {
	case io.EOF:
	case nil:
		return w.fail("more follows the object")
	default:
		return w.syntax(err)
	}
	return w.absent()
}

func names(s *schema.Shape) string {
	var all []string
	for _, m := range s.Members {
		all = append(all, m.Name)
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// absent fills idempotency tokens in, and holds that the labels are there: a
// path without them would be another operation's.
func (w *writer) absent() error {
	for i := range w.members.Members {
		m := &w.members.Members[i]
		switch {
		case w.given[m.Name]:
		case m.Token.Or(false):
			w.d = jsontext.NewDecoder(strings.NewReader(`"` + uuid() + `"`))
			if err := w.member(m); err != nil {
				return err
			}
		case w.contract.Location(m) == schema.LocationLabel:
			return &InputError{Pointer: string(jsontext.Pointer("").AppendToken(m.Name)), Problem: "it is missing, and the request's path needs it"}
		}
	}
	return nil
}

// uuid is a random one (RFC 9562 section 5.4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// member writes a member where it travels.
func (w *writer) member(m *schema.Member) (err error) {
	switch location := w.contract.Location(m); {
	case w.raw != nil && m.Name == w.raw.Name:
		w.paid = true
		w.whole, err = w.rawBody(w.contract.Resolve(m.Shape))
	case location == schema.LocationPayload:
		w.paid = true
		w.whole, err = w.value(nil, w.contract.Resolve(m.Shape))
	case location == schema.LocationBody:
		if w.body = append(w.body, ','); len(w.body) == 1 {
			w.body[0] = '{'
		}
		w.body = append(quoted(w.body, m.Wire()), ':')
		w.body, err = w.value(w.body, w.contract.Resolve(m.Shape))
	default:
		err = w.bound(m, location)
	}
	return err
}

// content returns the body, and says in the headers what it is.
func (w *writer) content() []byte {
	body, media := w.json(), contentTypes[w.protocol]
	if w.raw != nil {
		body, media = w.whole, "application/octet-stream"
		if w.contract.Resolve(w.raw.Shape).Type == schema.String {
			media = "text/plain"
		}
		if !w.paid {
			return nil
		}
	}
	if body != nil && w.header.Get("Content-Type") == "" {
		w.header.Set("Content-Type", media)
	}
	return body
}

// json is the JSON body: a payload, or the object of the members in the body;
// nil where the input has neither.
func (w *writer) json() []byte {
	if w.paid {
		return w.whole
	}
	if w.body != nil {
		return append(w.body, '}')
	}
	inBody := func(m schema.Member) bool { return w.contract.Location(&m) == schema.LocationBody }
	structured := func(m schema.Member) bool {
		s := w.contract.Resolve(m.Shape)
		return w.contract.Location(&m) == schema.LocationPayload && s.Type == schema.Structure && !s.Union.Or(false)
	}
	if w.protocol != "restJson1" || slices.ContainsFunc(w.members.Members, inBody) || slices.ContainsFunc(w.members.Members, structured) {
		return []byte("{}")
	}
	return nil
}

// address gives the URL its path and query.
func (w *writer) address(u *url.URL) error {
	path, literal, _ := strings.Cut(w.uri, "?")
	for label, text := range w.labels {
		path = strings.ReplaceAll(strings.ReplaceAll(path, "{"+label+"}", escape(text)), "{"+label+"+}", strings.ReplaceAll(escape(text), "%2F", "/"))
	}
	decoded, err := url.PathUnescape(path)
	if err != nil || strings.ContainsAny(path, "{}") {
		return &ContractError{w.contract.String(), "a label of " + w.uri + " is bound to no member", byOverlay}
	}
	u.Path, u.RawPath = decoded, path
	fixed, err := url.ParseQuery(literal)
	if err != nil {
		return &ContractError{w.contract.String(), "the query of " + w.uri + " cannot be read", byOverlay}
	}
	for _, more := range []url.Values{w.query, w.extra} {
		for name, values := range more {
			if _, there := fixed[name]; !there {
				fixed[name] = values
			}
		}
	}
	u.RawQuery = strings.ReplaceAll(fixed.Encode(), "+", "%20")
	return nil
}

// escape percent-encodes all but unreserved characters (RFC 3986 section 2.3).
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
