package live

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// Request returns an input as the unsigned request of a contract's operation. The endpoint has
// scheme and host. The error is an [*InputError] or a [*ContractError].
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
	for name, values := range w.message.Header {
		r.Header[http.CanonicalHeaderKey(name)] = values // as the signer looks it up
	}
	return r, nil
}

// writer writes one input as a request.
type writer struct {
	contract *schema.Contract
	table    *binding.Table
	media    string // of the body
	method   string
	members  *schema.Shape  // the input; an empty structure if there is none
	raw      *schema.Member // the member that is the raw body; nil: none

	text []byte // the input
	d    *jsontext.Decoder
	from int // the start of the last token, or of the blanks before it

	message binding.Message // the members beside the body
	body    []byte          // the members in the body: an object without its end
	whole   []byte          // the payload
	paid    bool            // whether there is a payload
	given   map[string]bool
}

func newWriter(c *schema.Contract, input []byte) (*writer, error) {
	w := &writer{contract: c, table: binding.Of(c, schema.InputPart), text: input, members: &schema.Shape{Type: schema.Structure}, given: map[string]bool{}}
	w.message.Header = http.Header{}
	if w.media = w.table.MediaType(); w.media == "" {
		return nil, &ContractError{c.String(), "its protocol is " + c.Protocol.Or(""), "only operations of restJson1 and awsJson are"}
	}
	w.d = jsontext.NewDecoder(bytes.NewBuffer(input))
	if root, ok := c.Root(schema.InputPart); ok && root.Name != "" {
		w.members = c.Resolve(root)
	}
	w.raw, _ = c.RawBody(schema.InputPart)
	if w.raw != nil && c.Resolve(w.raw.Shape).EventStream.Or(false) {
		return nil, &ContractError{c.String(), "its input is a stream of events", "call it with an SDK through crcheck record"}
	}
	method, err := w.table.Operation(w.message.Header)
	if unstated := (*binding.UnstatedError)(nil); errors.As(err, &unstated) {
		return nil, &ContractError{c.String(), "its source does not state " + unstated.What, byOverlay}
	}
	w.method = method
	return w, nil
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

// absent fills in idempotency tokens, and checks that all labels are present: a path without one
// would be another operation's.
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

// uuid returns a random UUID (RFC 9562 section 5.4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// member writes a member at its location.
func (w *writer) member(m *schema.Member) (err error) {
	switch b, beside := w.table.Member(m.Name); {
	case beside:
		err = w.bound(b)
	case w.raw != nil && m.Name == w.raw.Name:
		w.paid = true
		w.whole, err = w.rawBody(w.contract.Resolve(m.Shape))
	case w.contract.Location(m) == schema.LocationPayload:
		w.paid = true
		w.whole, err = w.value(nil, w.contract.Resolve(m.Shape))
	default:
		if w.body = append(w.body, ','); len(w.body) == 1 {
			w.body[0] = '{'
		}
		w.body = append(append(w.body, jsontree.Quote(m.Wire())...), ':')
		w.body, err = w.value(w.body, w.contract.Resolve(m.Shape))
	}
	return err
}

// content returns the body, and sets the headers that describe it.
func (w *writer) content() []byte {
	body := w.json()
	if w.raw != nil {
		body = w.whole
		if !w.paid {
			return nil
		}
	}
	if body != nil && w.message.Header.Get("Content-Type") == "" {
		w.message.Header.Set("Content-Type", w.media)
	}
	return body
}

// json returns the JSON body: a payload, or the object of the members in the body; nil if the input
// has neither.
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
	if w.table.RPC() || slices.ContainsFunc(w.members.Members, inBody) || slices.ContainsFunc(w.members.Members, structured) {
		return []byte("{}")
	}
	return nil
}

// address sets the path and query of the URL.
func (w *writer) address(u *url.URL) error {
	path, ok := w.table.Path(w.message.Labels)
	decoded, err := url.PathUnescape(path)
	if !ok || err != nil {
		return &ContractError{w.contract.String(), "a label of " + w.contract.URI.Or("") + " is bound to no member", byOverlay}
	}
	u.Path, u.RawPath, u.RawQuery = decoded, path, w.table.RawQuery(w.message.Query)
	return nil
}
