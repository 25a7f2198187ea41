package binding

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
)

// Texts returns the texts of a scalar or a list in a message. It does not split a list in a header.
func (m *Message) Texts(b *Member) []string {
	switch b.Location {
	case schema.LocationStatus:
		if m.Status != 0 {
			return []string{strconv.Itoa(m.Status)}
		}
	case schema.LocationLabel:
		if text, ok := m.Labels[b.Wire]; ok {
			return []string{text}
		}
	case schema.LocationQuery:
		return m.Query[b.Wire]
	case schema.LocationHeader:
		return awshttp.Values(m.Header, b.Wire)
	}
	return nil
}

// Read returns the value of a member in a message, or false if the message does not have it. A
// required map without entries is empty. A header that a recorder masked is absent.
func (t *Table) Read(m *Message, b *Member) (v Value, ok bool) {
	switch {
	case b.Location == schema.LocationHeaders:
		return t.readHeaders(m.Header, b)
	case b.Location == schema.LocationQuery && b.Type == schema.Map:
		return t.readQuery(m.Query, b)
	}
	texts := m.Texts(b)
	switch {
	case len(texts) == 0, b.Location == schema.LocationHeader && slices.ContainsFunc(texts, awshttp.Masked):
		return Value{}, false
	case b.Type != schema.List:
		return Value{Text: texts[0]}, true
	case b.Location == schema.LocationHeader:
		return Value{List: Split(strings.Join(texts, ","), b.Scalar)}, true
	}
	return Value{List: texts}, true
}

func (t *Table) readQuery(query url.Values, b *Member) (v Value, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		texts := query[name]
		if !t.takes(b, name) || len(texts) == 0 {
			continue
		}
		if !b.Lists {
			texts = texts[:1]
		}
		v.Entries = append(v.Entries, Entry{name, texts})
	}
	return v, len(v.Entries) > 0 || b.Required.Or(false)
}

// readHeaders reads a map of headers. Names that differ only in case are the same entry.
func (t *Table) readHeaders(h http.Header, b *Member) (v Value, ok bool) {
	found, spelled := map[string][]string{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if !t.takes(b, name) {
			continue
		}
		lower := strings.ToLower(name)
		if _, again := spelled[lower]; !again {
			spelled[lower] = name[len(b.Wire):]
		}
		found[spelled[lower]] = append(found[spelled[lower]], h[name]...)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		v.Entries = append(v.Entries, Entry{name, []string{strings.Join(found[name], ", ")}})
	}
	return v, len(found) > 0 || b.Required.Or(false)
}

// ownHeaders are headers that models should not bind (Smithy,
// http-bindings.html#restricted-http-headers), and those that clients, servers and proxies add to
// every message.
var ownHeaders = []string{
	"authorization", "connection", "content-length", "expect", "host", "max-forwards", "proxy-authenticate", "server", "te", "trailer",
	"transfer-encoding", "upgrade", "user-agent", "www-authenticate", "x-forwarded-for",
	"accept", "accept-encoding", "content-encoding", "content-type", "date", "keep-alive", "via",
}

// ownHeader reports whether a header, in lower case, is not an entry of a map of all headers.
func ownHeader(lower string) bool {
	return slices.Contains(ownHeaders, lower) || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "x-amzn-") || strings.HasPrefix(lower, "amz-sdk-")
}

// Write adds the value of a member to a message, and creates maps that are nil. The caller checks
// texts with [Problem] first. The case of the names of prefixed headers is kept.
func (m *Message) Write(b *Member, v Value) {
	switch b.Location {
	case schema.LocationLabel:
		if m.Labels == nil {
			m.Labels = map[string]string{}
		}
		m.Labels[b.Wire] = v.Text
	case schema.LocationQuery:
		if m.Query == nil {
			m.Query = url.Values{}
		}
		m.writeQuery(b, v)
	case schema.LocationHeader, schema.LocationHeaders:
		if m.Header == nil {
			m.Header = http.Header{}
		}
		m.writeHeader(b, v)
	case schema.LocationStatus:
		m.Status, _ = strconv.Atoi(v.Text)
	}
}

// writeQuery writes parameters in any order: other members take precedence over the entries of a
// map.
func (m *Message) writeQuery(b *Member, v Value) {
	switch b.Type {
	case schema.Map:
		for _, e := range v.Entries {
			if _, taken := m.Query[e.Name]; !taken {
				m.Query[e.Name] = e.Texts
			}
		}
	case schema.List:
		delete(m.Query, b.Wire)
		if len(v.List) > 0 {
			m.Query[b.Wire] = v.List
		}
	default:
		m.Query[b.Wire] = []string{v.Text}
	}
}

func (m *Message) writeHeader(b *Member, v Value) {
	switch {
	case b.Location == schema.LocationHeaders:
		for _, e := range v.Entries {
			m.Header[b.Wire+e.Name] = e.Texts
		}
	case b.Type == schema.List:
		m.Header.Set(b.Wire, Join(v.List, b.Scalar))
	default:
		m.Header.Set(b.Wire, v.Text)
	}
}

// Problem returns why a location cannot have a text, or "".
func Problem(at schema.Location, text string) string {
	switch at {
	case schema.LocationLabel:
		if text == "" {
			return "it is empty, but the request's path needs it"
		}
		for segment := range strings.SplitSeq(text, "/") {
			if segment == "." || segment == ".." {
				return "it has the path segment \".\" or \"..\", which would lead to another operation"
			}
		}
	case schema.LocationHeader, schema.LocationHeaders: // RFC 9110 section 5.5
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return "it has control characters, which a header cannot contain"
		}
	}
	return ""
}

// Visible reports whether a text has only visible ASCII and spaces, which every implementation of
// HTTP accepts in a header (RFC 9110 section 5.5).
func Visible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// HeaderName reports whether a text is a valid name of a header (RFC 9110 section 5.6.2).
func HeaderName(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// Path returns the escaped path of the URI with the values of its labels. It returns false if a
// label has no value. It does not escape slashes in a greedy label.
func (t *Table) Path(labels map[string]string) (escaped string, ok bool) {
	if t.RPC() {
		return "/", true
	}
	path, _, _ := strings.Cut(t.contract.URI.Or(""), "?")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		name, isLabel := strings.CutPrefix(segment, "{")
		name, closed := strings.CutSuffix(name, "}")
		if !isLabel || !closed {
			continue
		}
		name, greedy := strings.CutSuffix(name, "+")
		text, there := labels[name]
		if !there {
			return "", false
		}
		keep := ""
		if greedy {
			keep = "/"
		}
		segments[i] = awshttp.Escape(text, keep)
	}
	path = strings.Join(segments, "/")
	return path, !strings.ContainsAny(path, "{}")
}

// RawQuery returns the query of a request: the literals of the URI unchanged, then the other
// parameters sorted by name.
func (t *Table) RawQuery(query url.Values) string {
	_, literals, _ := strings.Cut(t.contract.URI.Or(""), "?")
	pieces := strings.FieldsFunc(literals, func(c rune) bool { return c == '&' })
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if t.Literal(name) {
			continue
		}
		for _, text := range query[name] {
			pieces = append(pieces, awshttp.Escape(name, "")+"="+awshttp.Escape(text, ""))
		}
	}
	return strings.Join(pieces, "&")
}
