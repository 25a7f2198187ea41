package replay

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// ignored is what never decides a match: the members of [Options.Ignore], and those that the
// contract of an operation marks as idempotency tokens. An SDK invents a token for each call.
type ignored struct {
	always  *ignoredMembers
	catalog *schema.Catalog // nil: no contracts

	mu         sync.Mutex
	byContract map[*schema.Contract]*ignoredMembers
}

// ignoredMembers is what is ignored in a request, or in a value of its body. Values may be recursive,
// and so is this. Members of a header are not in it because a request is not matched by its headers.
type ignoredMembers struct {
	all     bool                       // the whole value
	members map[string]*ignoredMembers // by name; "*": any member or element

	// Of a request:
	any    bool            // there are some
	query  map[string]bool // names of parameters
	fields map[string]bool // names of fields of a form, in lower case
	labels []int           // segments of the path; from its end if negative
}

func newIgnored(opts *Options) (*ignored, error) {
	g := &ignored{always: newIgnoredMembers(), catalog: opts.Catalog, byContract: map[*schema.Contract]*ignoredMembers{}}
	for _, pointer := range opts.Ignore {
		if !strings.HasPrefix(pointer, "/") {
			return nil, fmt.Errorf("replay: %q cannot be ignored: write a JSON Pointer into the request, such as /clientToken", pointer)
		}
		tokens := jsontree.Tokens(pointer)
		if len(tokens) == 1 {
			g.always.query[tokens[0]], g.always.fields[strings.ToLower(tokens[0])] = true, true
		}
		at := g.always
		for _, token := range tokens {
			at = at.add(token)
		}
		at.all, g.always.any = true, true
	}
	return g, nil
}

func newIgnoredMembers() *ignoredMembers {
	return &ignoredMembers{query: map[string]bool{}, fields: map[string]bool{}}
}

// add returns what is ignored in a member.
func (m *ignoredMembers) add(name string) *ignoredMembers {
	if m.members == nil {
		m.members = map[string]*ignoredMembers{}
	}
	if m.members[name] == nil {
		m.members[name] = new(ignoredMembers)
	}
	return m.members[name]
}

// in returns what is ignored in a member or element, or nil.
func (m *ignoredMembers) in(name string) *ignoredMembers {
	if below := m.members[name]; below != nil {
		return below
	}
	return m.members["*"]
}

// without returns the path, query and body of a request without what is ignored.
func (g *ignored) without(r schema.Request) (path, query string, body []byte) {
	path, query, body = r.URL.EscapedPath(), r.URL.RawQuery, r.Body
	for _, m := range g.of(r) {
		path, query = m.withoutLabels(path), m.withoutParameters(query)
		if text := bytes.TrimLeft(body, " \t\r\n"); len(text) == 0 {
			continue
		} else if text[0] == '{' || text[0] == '[' {
			body = m.withoutMembers(body)
		} else if text[0] == '<' {
			body = m.withoutElements(body)
		} else if strings.HasPrefix(awshttp.Value(r.Header, "Content-Type"), formType) {
			body = []byte(m.withoutFields(string(body)))
		}
	}
	return path, query, body
}

const formType = "application/x-www-form-urlencoded"

// of returns what is ignored in a request. Where several contracts may be meant, it is what any of
// them marks.
func (g *ignored) of(r schema.Request) (all []*ignoredMembers) {
	if g.always.any {
		all = append(all, g.always)
	}
	if g.catalog == nil {
		return all
	}
	for _, c := range g.contracts(r) {
		g.mu.Lock()
		m, ok := g.byContract[c]
		if !ok {
			m = tokensOf(c)
			g.byContract[c] = m
		}
		g.mu.Unlock()
		if m.any {
			all = append(all, m)
		}
	}
	return all
}

// contracts returns the contracts that a request may be for. A catalog does not route the query
// protocols, whose requests name the operation in the form.
func (g *ignored) contracts(r schema.Request) (all []*schema.Contract) {
	routes, unrouted := g.catalog.Candidates(r)
	for _, route := range routes {
		all = append(all, route.Contract)
	}
	if unrouted == nil || !strings.HasPrefix(awshttp.Value(r.Header, "Content-Type"), formType) {
		return all
	}
	form, err := url.ParseQuery(string(r.Body))
	if action := form.Get("Action"); err == nil && action != "" {
		for _, c := range g.catalog.Named(action) {
			if _, ok := c.NotJSON(); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

// tokensOf returns the idempotency tokens in the input of a contract.
func tokensOf(c *schema.Contract) *ignoredMembers {
	m := newIgnoredMembers()
	root, ok := c.Root(schema.InputPart)
	if !ok || root.Name == "" {
		return m
	}
	t := tokenReader{c, m, map[string]*ignoredMembers{}}
	for _, member := range c.Resolve(root).Members {
		switch location := c.Location(&member); {
		case location == schema.LocationPayload:
			t.members(member.Shape, m)
		case location == schema.LocationBody:
			t.member(&member, m)
			if member.Token.Or(false) {
				m.fields[strings.ToLower(member.Wire())] = true
			}
		case member.Token.Or(false) && location == schema.LocationQuery:
			m.query[member.Wire()], m.any = true, true
		case member.Token.Or(false) && location == schema.LocationLabel:
			m.labels, m.any = append(m.labels, segmentsOf(c, member.Wire())...), true
		}
	}
	return m
}

// segmentsOf returns the segment of the path that has a label. Behind a greedy label, it is counted
// from the end.
func segmentsOf(c *schema.Contract, label string) []int {
	path, _, _ := strings.Cut(c.URI.Or(""), "?")
	segments := strings.Split(path, "/")
	greedy := false
	for i, segment := range segments {
		switch {
		case segment == "{"+label+"}" && greedy:
			return []int{i - len(segments)}
		case segment == "{"+label+"}":
			return []int{i}
		}
		greedy = greedy || strings.HasSuffix(segment, "+}")
	}
	return nil
}

type tokenReader struct {
	contract *schema.Contract
	input    *ignoredMembers
	shapes   map[string]*ignoredMembers // by name, which ends recursion
}

func (t *tokenReader) member(member *schema.Member, in *ignoredMembers) {
	if member.Token.Or(false) {
		in.add(member.Wire()).all, t.input.any = true, true
		return
	}
	if member.Shape.Name != "" {
		below, seen := t.shapes[member.Shape.Name]
		if !seen {
			below = new(ignoredMembers)
			t.shapes[member.Shape.Name] = below
			t.members(member.Shape, below)
		}
		in.add(member.Wire())
		in.members[member.Wire()] = below
		return
	}
	t.members(member.Shape, in.add(member.Wire()))
}

// members reads the tokens in a value.
func (t *tokenReader) members(ref schema.Ref, in *ignoredMembers) {
	shape := t.contract.Resolve(ref)
	for i := range shape.Members {
		t.member(&shape.Members[i], in)
	}
	for _, element := range []*schema.Ref{shape.Element, shape.Value} {
		if element != nil {
			t.member(&schema.Member{Name: "*", Shape: *element}, in)
		}
	}
}

// withoutLabels returns a path with the same text for each ignored label.
func (m *ignoredMembers) withoutLabels(path string) string {
	if len(m.labels) == 0 {
		return path
	}
	segments := strings.Split(path, "/")
	for _, i := range m.labels {
		if i < 0 {
			i += len(segments)
		}
		if 0 <= i && i < len(segments) {
			segments[i] = "-"
		}
	}
	return strings.Join(segments, "/")
}

// withoutParameters returns a query without ignored parameters.
func (m *ignoredMembers) withoutParameters(query string) string {
	if len(m.query) == 0 || query == "" {
		return query
	}
	return withoutPieces(query, func(name string) bool { return m.query[name] })
}

// withoutFields returns a form without ignored fields. EC2 begins the names of fields with a capital
// letter, which models do not.
func (m *ignoredMembers) withoutFields(form string) string {
	return withoutPieces(form, func(name string) bool { return m.fields[strings.ToLower(name)] })
}

func withoutPieces(text string, ignored func(name string) bool) string {
	var kept []string
	for piece := range strings.SplitSeq(text, "&") {
		name, _, _ := strings.Cut(piece, "=")
		if !ignored(awshttp.Unescape(name, true)) {
			kept = append(kept, piece)
		}
	}
	return strings.Join(kept, "&")
}

// withoutElements returns an XML body without ignored elements, which have only text.
func (m *ignoredMembers) withoutElements(body []byte) []byte {
	for name, below := range m.members {
		if !below.all {
			continue
		}
		before, rest, begins := bytes.Cut(body, []byte("<"+name+">"))
		if _, after, ends := bytes.Cut(rest, []byte("</"+name+">")); begins && ends {
			body = bytes.Join([][]byte{before, after}, nil)
		}
	}
	return body
}

// withoutMembers returns a JSON body without ignored members, or the body itself if it is not JSON.
func (m *ignoredMembers) withoutMembers(body []byte) []byte {
	if m.members == nil {
		return body
	}
	var text bytes.Buffer
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true))
	e := jsontext.NewEncoder(&text, jsontext.AllowDuplicateNames(true))
	if copyWithout(e, d, m) != nil {
		return body
	}
	if rest := body[d.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		return body
	}
	return text.Bytes()
}

// copyWithout copies the next value without ignored members. The decoder bounds its depth.
func copyWithout(e *jsontext.Encoder, d *jsontext.Decoder, m *ignoredMembers) error {
	kind := d.PeekKind()
	if m == nil || m.members == nil || kind != '{' && kind != '[' {
		v, err := d.ReadValue()
		if err != nil {
			return err
		}
		return e.WriteValue(v)
	}
	if err := copyToken(e, d); err != nil {
		return err
	}
	for d.PeekKind() == '"' && kind == '{' || kind == '[' && d.PeekKind() != ']' {
		below := m.members["*"]
		if kind == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			text := name.String()
			if below = m.in(text); below != nil && below.all {
				if err := d.SkipValue(); err != nil {
					return err
				}
				continue
			}
			if err := e.WriteToken(jsontext.String(text)); err != nil {
				return err
			}
		}
		if err := copyWithout(e, d, below); err != nil {
			return err
		}
	}
	return copyToken(e, d)
}

func copyToken(e *jsontext.Encoder, d *jsontext.Decoder) error {
	t, err := d.ReadToken()
	if err != nil {
		return err
	}
	return e.WriteToken(t)
}

// hosted returns the URL of a request with its host, which a server keeps apart. The host may tell the
// service.
func hosted(u *url.URL, host string) *url.URL {
	if u.Host != "" {
		return u
	}
	full := *u
	full.Host = host
	return &full
}
