package synth

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// Request is an HTTP request without host, date and signature.
type Request struct {
	Method string
	Path   string // escaped
	Query  string // encoded, without the question mark
	Header http.Header
	Body   []byte // nil: none

	// Echoes are the texts that the output repeats, by pointers into it with wire names.
	Echoes map[jsontext.Pointer]string
}

// Target returns path and query.
func (r Request) Target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// BindingError says that a contract does not state how its requests or responses travel.
type BindingError struct {
	Contract string
	Problem  string
}

func (e *BindingError) Error() string {
	return fmt.Sprintf("no HTTP exchange of %s can be made: %s", e.Contract, e.Problem)
}

// travels returns an error if documents of the contract cannot travel.
func (s *Synth) travels() error {
	protocol := s.contract.Protocol.Or("")
	switch _, ok := binding.MediaType(protocol); {
	case !ok && protocol != "":
		return &BindingError{s.contract.String(), "protocol " + protocol + " is not one of restJson1, awsJson1_0, awsJson1_1"}
	case s.encoding != schema.HTTP:
		return &BindingError{s.contract.String(), "the sdk encoding does not travel"}
	}
	return nil
}

// Request returns the request of a body, which is a document of the input, with the required
// members bound to the URI and to headers. The error is a [*BindingError] or a [*Problem].
func (s *Synth) Request(body []byte) (Request, error) {
	all, err := s.bound(schema.InputPart, none, nil)
	if err != nil {
		return Request{}, err
	}
	return s.request(body, all)
}

// RandomRequest returns a random request from a seed.
func (s *Synth) RandomRequest(seed uint64) (Request, error) {
	body, err := s.Random(schema.InputPart, seed)
	if err != nil {
		return Request{}, err
	}
	random := newRandom(seed)
	all, err := s.bound(schema.InputPart, func(*binding.Member) bool { return random.IntN(2) == 0 }, random)
	if err != nil {
		return Request{}, err
	}
	return s.request(body, all)
}

// Requests yields the systematic requests: one for each systematic document of the input, then the
// minimal body with each text that a bound member may have. There are none if [Synth.Request]
// returns an error.
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
	if err := s.travels(); err != nil {
		return Request{}, err
	}
	table := s.tables[schema.InputPart]
	r := Request{Echoes: s.echoes(body, all)}
	m := binding.Message{Header: http.Header{}}
	method, err := table.Operation(m.Header)
	if unstated := (*binding.UnstatedError)(nil); errors.As(err, &unstated) {
		return r, &BindingError{s.contract.String(), "its source does not state " + unstated.What + "; an overlay can"}
	}
	for _, b := range all {
		m.Write(b.Member, b.value)
	}
	path, ok := table.Path(m.Labels)
	if !ok {
		return r, &BindingError{s.contract.String(), "a label of " + s.contract.URI.Or("") + " is bound to no member"}
	}
	r.Method, r.Path, r.Query, r.Header = method, path, table.RawQuery(m.Query), m.Header
	r.Body = s.bodied(schema.InputPart, body, r.Header)
	return r, nil
}

// bodied returns the bytes of a document, and sets their Content-Type unless a member is bound to
// it. An input without members in the body has none.
func (s *Synth) bodied(part schema.Part, document []byte, h http.Header) []byte {
	t, table := s.tops[part], s.tables[part]
	if t.raw == nil && part == schema.InputPart && !table.RPC() &&
		(t.form == nil || t.form.shape.Type == schema.Structure && len(t.form.members) == 0) {
		return nil
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", table.MediaType())
	}
	return document
}

// echoes returns the texts that the response to a request repeats.
func (s *Synth) echoes(body []byte, all []boundMember) map[jsontext.Pointer]string {
	return s.repeated(func(m *schema.Member) (string, bool) {
		for _, b := range all {
			if texts := b.Texts(b.value); b.Name == m.Name && len(texts) == 1 {
				return texts[0], true
			}
		}
		return TextAt(body, m)
	})
}

// Received returns what a response repeats of a request that was received.
func (s *Synth) Received(m *binding.Message, body []byte) Request {
	table := s.tables[schema.InputPart]
	return Request{Echoes: s.repeated(func(member *schema.Member) (string, bool) {
		if b, ok := table.Member(member.Name); ok {
			texts := m.Texts(b)
			return strings.Join(texts, ","), len(texts) == 1
		}
		return TextAt(body, member)
	})}
}

// repeated returns the texts that the output repeats of the members of an input.
func (s *Synth) repeated(text func(m *schema.Member) (string, bool)) map[jsontext.Pointer]string {
	echoes := map[jsontext.Pointer]string{}
	input, _ := s.contract.Root(schema.InputPart)
	for _, e := range s.contract.Echoes {
		if m, ok := s.contract.Resolve(input).Member(e.Input); ok {
			if is, ok := text(m); ok {
				echoes[s.wirePointer(e.Output)] = is
			}
		}
	}
	return echoes
}

// TextAt returns the text of a member in a body: that of a scalar, else its JSON text.
func TextAt(body []byte, m *schema.Member) (string, bool) {
	n, err := jsontree.Find(body, string(jsontext.Pointer("").AppendToken(m.Wire())))
	if err != nil || n == nil || n.Kind == 'n' {
		return "", false
	}
	return scalar(string(body[n.Start:n.End])).text(), true
}

// wirePointer converts a pointer into the output by the API's names to one into the body.
func (s *Synth) wirePointer(pointer string) jsontext.Pointer {
	var wire jsontext.Pointer
	place := schema.Place{Part: schema.OutputPart}
	for token := range jsontext.Pointer(pointer).Tokens() {
		place = place.Child(token)
		_, m, _ := s.contract.At(place)
		switch {
		case m == nil:
			wire = wire.AppendToken(token)
		case place.Parent().Pointer != "" || s.contract.Location(m) != schema.LocationPayload:
			wire = wire.AppendToken(m.Wire())
		}
	}
	return wire
}

func required(b *binding.Member) bool {
	return b.Required.Or(false) || b.Location == schema.LocationLabel
}

// boundMember is a member outside of the body with its value there.
type boundMember struct {
	*binding.Member
	value binding.Value
}

// bound returns the members of a part outside of the body: the required ones, and those in wanted.
// With a random source the texts are random.
func (s *Synth) bound(part schema.Part, asked func(*binding.Member) bool, random *rand.Rand) ([]boundMember, error) {
	var all []boundMember
	told := s.varied()
	for b := range s.outside(part) {
		if !required(b) && !asked(b) {
			continue
		}
		variants := s.boundValues(b, random)
		if len(variants) > 0 {
			if random == nil {
				variants[0] = told.bound(s.forms[s.contract.Resolve(b.Shape)], b, variants[0])
			}
			all = append(all, boundMember{b, variants[0]})
		} else if required(b) {
			return nil, &Problem{s.contract.String(), schema.Place{Part: part}.Child(b.Name), "no text was found that can stand in its place, " + string(b.Location)}
		}
	}
	return all, nil
}

func none(*binding.Member) bool { return false }

// outside returns the members of a part beside the body; there are none in the sdk encoding.
func (s *Synth) outside(part schema.Part) iter.Seq[*binding.Member] {
	return func(yield func(*binding.Member) bool) {
		table, ok := s.tables[part]
		if !ok || s.encoding != schema.HTTP {
			return
		}
		for i := range table.Members {
			if !yield(&table.Members[i]) {
				return
			}
		}
	}
}

// boundVariant is the bound members of a part, one of which has the value to try.
type boundVariant struct {
	boundMember
	all []boundMember
}

// boundVariants yields the bound members of a part so that each value of each of them occurs once.
func (s *Synth) boundVariants(part schema.Part) iter.Seq[boundVariant] {
	return func(yield func(boundVariant) bool) {
		base, err := s.bound(part, none, nil)
		if err != nil {
			return
		}
		for b := range s.outside(part) {
			for i, v := range s.boundValues(b, nil) {
				all := slices.DeleteFunc(slices.Clone(base), func(other boundMember) bool { return other.Member == b })
				if i == 0 { // the usual one
					v = s.varied(textsOf(all)...).bound(s.forms[s.contract.Resolve(b.Shape)], b, v)
				}
				tried := boundMember{b, v}
				if !yield(boundVariant{tried, append(all, tried)}) {
					return
				}
			}
		}
	}
}
