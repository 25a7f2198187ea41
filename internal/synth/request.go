package synth

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/schema"
)

// Request is an HTTP request without host, date and signature.
type Request struct {
	Method string
	Path   string // escaped
	Query  string // encoded, without the question mark
	Header http.Header
	Body   []byte // nil: none

	// Echoes are the texts that the output repeats, by pointers into it, with the
	// names that its members have on the wire.
	Echoes map[jsontext.Pointer]string
}

// Target is path and query.
func (r Request) Target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// BindingError says that a contract does not state how a request or a response
// of it travels.
type BindingError struct {
	Contract string
	Problem  string
}

func (e *BindingError) Error() string {
	return fmt.Sprintf("no HTTP exchange of %s can be made: %s", e.Contract, e.Problem)
}

// contentTypes are the media types of the protocols' JSON bodies.
var contentTypes = map[string]string{
	"restJson1": "application/json", "awsJson1_0": "application/x-amz-json-1.0", "awsJson1_1": "application/x-amz-json-1.1",
}

func (s *Synth) protocol() (name string, rpc bool, err error) {
	name = s.contract.Protocol.Or("restJson1")
	switch {
	case contentTypes[name] == "":
		return "", false, &BindingError{s.contract.String(), "protocol " + name + " is not one of restJson1, awsJson1_0, awsJson1_1"}
	case s.projection != schema.Wire:
		return "", false, &BindingError{s.contract.String(), "the sdk encoding does not travel"}
	}
	return name, name != "restJson1", nil
}

// Request makes the request of a body, which is a document of the input, with
// those members bound to the URI and to headers that it must have. The error is
// a [*BindingError] or a [*Problem].
func (s *Synth) Request(body []byte) (Request, error) {
	all, err := s.bound(schema.InputPart, none, nil)
	if err != nil {
		return Request{}, err
	}
	return s.request(body, all)
}

// RandomRequest makes a request by chance: the same of the same seed.
func (s *Synth) RandomRequest(seed uint64) (Request, error) {
	body, err := s.Random(schema.InputPart, seed)
	if err != nil {
		return Request{}, err
	}
	random := newRandom(seed)
	all, err := s.bound(schema.InputPart, func(*schema.Member) bool { return random.IntN(2) == 0 }, random)
	if err != nil {
		return Request{}, err
	}
	return s.request(body, all)
}

// Requests yields the systematic requests: one of each systematic document of
// the input, then with the minimal body each text that a bound member may have.
// There are none where [Synth.Request] gives an error.
func (s *Synth) Requests() iter.Seq[Request] {
	return func(yield func(Request) bool) {
		for t := range s.RequestTrials() {
			if !yield(t.Request) {
				return
			}
		}
	}
}

func (s *Synth) request(body []byte, all []boundMember) (Request, error) {
	protocol, rpc, err := s.protocol()
	if err != nil {
		return Request{}, err
	}
	r := Request{Header: http.Header{}, Echoes: s.echoes(body, all)}
	if rpc {
		target, ok := s.contract.Target.Get()
		if !ok {
			return r, &BindingError{s.contract.String(), "its source does not state X-Amz-Target"}
		}
		r.Method, r.Path, r.Body = http.MethodPost, "/", body
		r.Header.Set("X-Amz-Target", target)
		r.Header.Set("Content-Type", contentTypes[protocol])
		return r, nil
	}
	method, ok := s.contract.Method.Get()
	uri, ok2 := s.contract.URI.Get()
	if !ok || !ok2 {
		return r, &BindingError{s.contract.String(), "its source does not state method and URI; an overlay can"}
	}
	r.Method = method
	path, literal, _ := strings.Cut(uri, "?")
	query := strings.FieldsFunc(literal, func(c rune) bool { return c == '&' })
	for _, b := range all {
		switch b.location {
		case "label":
			path = strings.ReplaceAll(path, "{"+b.member.Wire()+"}", escape(b.texts[0].text, false))
			path = strings.ReplaceAll(path, "{"+b.member.Wire()+"+}", escape(b.texts[0].text, true))
		case "query":
			for _, text := range b.texts {
				query = append(query, escape(text.name, false)+"="+escape(text.text, false))
			}
		default:
			b.header(r.Header)
		}
	}
	if strings.ContainsAny(path, "{}") {
		return r, &BindingError{s.contract.String(), "a label of " + uri + " is bound to no member"}
	}
	r.Path, r.Query = path, strings.Join(query, "&")
	r.Body, err = s.bodied(schema.InputPart, body, r.Header)
	return r, err
}

// escape percent-encodes all but unreserved characters (RFC 3986 section 2.3),
// as SigV4 has it; a greedy label keeps its slashes.
func escape(text string, greedy bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0, c == '/' && greedy:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// bodied returns the bytes that a document travels as, and sets their
// Content-Type, where no member is bound to that. An input without members in
// the body has none.
func (s *Synth) bodied(part schema.Part, document []byte, h http.Header) ([]byte, error) {
	protocol, rpc, err := s.protocol()
	if err != nil {
		return nil, err
	}
	t := s.tops[part]
	media := contentTypes[protocol]
	switch {
	case t.raw != nil:
		media = s.rawType(t.raw)
	case !rpc && part == schema.InputPart && (t.form == nil || t.form.shape.Type == schema.Structure && len(t.form.members) == 0):
		return nil, nil
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", media)
	}
	return document, nil
}

// rawType is the media type of a raw body (Smithy,
// http-bindings.html#httppayload-trait).
func (s *Synth) rawType(m *schema.Member) string {
	shape := s.contract.Resolve(m.Shape)
	switch {
	case shape.EventStream.Or(false):
		return "application/vnd.amazon.eventstream"
	case shape.Type == schema.String:
		return "text/plain"
	}
	return "application/octet-stream"
}

// echoes are the texts that the response to a request repeats.
func (s *Synth) echoes(body []byte, all []boundMember) map[jsontext.Pointer]string {
	echoes := map[jsontext.Pointer]string{}
	input, _ := s.contract.Root(schema.InputPart)
	for _, e := range s.contract.Echoes {
		m, ok := s.contract.Resolve(input).Member(e.Input)
		if !ok {
			continue
		}
		if s.contract.Location(m) == "body" {
			if start, end, ok := find(body, jsontext.Pointer("").AppendToken(m.Wire())); ok {
				echoes[s.wirePointer(e.Output)] = scalar(string(body[start:end])).text()
			}
		}
		for _, b := range all {
			if b.member.Name == m.Name && len(b.texts) == 1 {
				echoes[s.wirePointer(e.Output)] = b.texts[0].text
			}
		}
	}
	return echoes
}

// wirePointer leads into the body where a pointer leads into the output by the
// API's names.
func (s *Synth) wirePointer(pointer string) jsontext.Pointer {
	var wire jsontext.Pointer
	place := schema.Place{Part: schema.OutputPart}
	for token := range jsontext.Pointer(pointer).Tokens() {
		place = place.Child(token)
		_, m, _ := s.contract.At(place)
		switch {
		case m == nil:
			wire = wire.AppendToken(token)
		case place.Parent().Pointer != "" || s.contract.Location(m) != "payload":
			wire = wire.AppendToken(m.Wire())
		}
	}
	return wire
}

func (s *Synth) required(m *schema.Member) bool {
	return m.Required.Or(false) || s.contract.Location(m) == "label"
}

// boundMember is a member with the texts that it has outside of the body.
type boundMember struct {
	member   *schema.Member
	location string
	texts    []namedText
	list     bool // of strings
}

// namedText is the name and the value of a query parameter or a header.
type namedText struct{ name, text string }

func (s *Synth) boundMember(m *schema.Member, texts []namedText) boundMember {
	shape := s.contract.Resolve(m.Shape)
	strings := shape.Type == schema.List && s.contract.Resolve(*shape.Element).Type == schema.String
	return boundMember{m, s.contract.Location(m), texts, strings}
}

// header sets the member's header, or those of its prefix.
func (b boundMember) header(h http.Header) {
	var values []string
	for _, t := range b.texts {
		switch {
		case b.location == "headers":
			h[t.name] = []string{t.text} // the key is what follows the prefix, in its own case
		case b.list && strings.ContainsAny(t.text, `",`):
			values = append(values, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t.text)+`"`)
		default:
			values = append(values, t.text)
		}
	}
	if b.location == "header" {
		h.Set(b.member.Wire(), strings.Join(values, ", "))
	}
}

// bound returns the members of a part that are bound outside of the body: those
// that must be there, and those that are asked for. With a random source the
// texts are random.
func (s *Synth) bound(part schema.Part, asked func(*schema.Member) bool, random *rand.Rand) ([]boundMember, error) {
	var all []boundMember
	told := s.varied()
	for _, m := range s.outside(part) {
		if !s.required(m) && !asked(m) {
			continue
		}
		variants := s.boundTexts(m, random)
		if len(variants) > 0 {
			if random == nil {
				variants[0] = told.bound(s.forms[s.contract.Resolve(m.Shape)], s.contract.Location(m), variants[0])
			}
			all = append(all, s.boundMember(m, variants[0]))
		} else if s.required(m) {
			return nil, &Problem{s.contract.String(), schema.Place{Part: part}.Child(m.Name), "no text was found that can stand in its place, " + s.contract.Location(m)}
		}
	}
	return all, nil
}

func none(*schema.Member) bool { return false }

// outside returns the members of a part that travel beside the body; in the sdk
// projection none does.
func (s *Synth) outside(part schema.Part) []*schema.Member {
	root, _ := s.contract.Root(part)
	shape := s.contract.Resolve(root)
	var all []*schema.Member
	for i := range shape.Members {
		switch m := &shape.Members[i]; s.contract.Location(m) {
		case "body", "payload":
		default:
			if s.projection == schema.Wire {
				all = append(all, m)
			}
		}
	}
	return all
}

// boundVariant is the bound members of a part, of which one has the texts to try.
type boundVariant struct {
	member *schema.Member
	texts  []namedText
	all    []boundMember
}

// boundVariants yields the bound members of a part so that each text of each of
// them stands once.
func (s *Synth) boundVariants(part schema.Part) iter.Seq[boundVariant] {
	return func(yield func(boundVariant) bool) {
		base, err := s.bound(part, none, nil)
		if err != nil {
			return
		}
		for _, m := range s.outside(part) {
			for i, texts := range s.boundTexts(m, nil) {
				all := slices.DeleteFunc(slices.Clone(base), func(b boundMember) bool { return b.member == m })
				if i == 0 { // the usual one
					texts = s.varied(textsOf(all)...).bound(s.forms[s.contract.Resolve(m.Shape)], s.contract.Location(m), texts)
				}
				all = append(all, s.boundMember(m, texts))
				if !yield(boundVariant{m, texts, all}) {
					return
				}
			}
		}
	}
}
