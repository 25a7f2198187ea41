package synth

import (
	"bytes"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// Response is an HTTP response without date and request ID.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // nil: none
}

// Response returns the response of a body, which is a document of the output or of an error, valid
// or not. Places of an output that echo the request get the request's values; with the zero Request
// the body stays as it is. An error is named by X-Amzn-Errortype, in awsJson by __type in the body.
// The error is a [*BindingError] or a [*Problem].
func (s *Synth) Response(part schema.Part, body []byte, to Request) (Response, error) {
	all, err := s.bound(part, none, nil)
	if err != nil {
		return Response{}, err
	}
	return s.response(part, body, to, all)
}

// RandomResponse returns a random response to a request from a seed.
func (s *Synth) RandomResponse(part schema.Part, seed uint64, to Request) (Response, error) {
	body, err := s.Random(part, seed)
	if err != nil {
		return Response{}, err
	}
	random := newRandom(seed)
	all, err := s.bound(part, func(*binding.Member) bool { return random.IntN(2) == 0 }, random)
	if err != nil {
		return Response{}, err
	}
	return s.response(part, body, to, all)
}

// Responses yields the systematic responses of a part to a request: one for each systematic
// document, then the minimal body with each text that a member bound to a header may have. There
// are none if [Synth.Response] returns an error.
func (s *Synth) Responses(part schema.Part, to Request) iter.Seq[Response] {
	return func(yield func(Response) bool) {
		for t := range s.ResponseTrials(part, to) {
			if !yield(t.Response) {
				return
			}
		}
	}
}

func (s *Synth) response(part schema.Part, body []byte, to Request, all []boundMember) (Response, error) {
	if err := s.travels(); err != nil {
		return Response{}, err
	}
	m := binding.Message{Header: http.Header{}}
	for _, b := range all {
		m.Write(b.Member, b.value)
	}
	r := Response{Header: m.Header}
	name, isError := part.ErrorName()
	switch {
	case isError:
		e, ok := s.contract.Error(name)
		if !ok {
			return r, &Problem{s.contract.String(), schema.Place{Part: part}, "the contract has no such part"}
		}
		r.Status = errorStatus(e)
		if s.tables[part].RPC() {
			body = typed(body, e.Code.Or(e.Name))
		} else {
			r.Header.Set("X-Amzn-Errortype", e.Code.Or(e.Name))
		}
	case part == schema.OutputPart:
		r.Status = s.contract.Status.Or(http.StatusOK)
		if s.bodiless() {
			return r, nil
		}
		for _, e := range s.contract.Echoes {
			if text, ok := to.Echoes[s.wirePointer(e.Output)]; ok {
				body = s.repeat(e.Output, text, body, r.Header)
			}
		}
	default:
		return r, &Problem{s.contract.String(), schema.Place{Part: part}, "not a part of a response"}
	}
	r.Body = s.bodied(part, body, r.Header)
	return r, nil
}

// bodiless reports whether a successful response has no body.
func (s *Synth) bodiless() bool {
	rpc := strings.HasPrefix(s.contract.Protocol.Or(""), "awsJson")
	return s.contract.Output == "" && !rpc || s.contract.Status.Or(http.StatusOK) == http.StatusNoContent
}

// repeat writes a text into an output at a pointer: into the body, or into the header that the
// member is bound to. A status cannot be chosen.
func (s *Synth) repeat(pointer, text string, body []byte, h http.Header) []byte {
	output, _ := s.contract.Root(schema.OutputPart)
	tokens := slices.Collect(jsontext.Pointer(pointer).Tokens())
	m, _ := s.contract.Resolve(output).Member(tokens[0])
	switch location := s.contract.Location(m); {
	case location == schema.LocationHeader:
		h.Set(m.Wire(), text)
		return body
	case s.tops[schema.OutputPart].events != nil:
		return body
	case location == schema.LocationPayload && s.tops[schema.OutputPart].raw != nil:
		return []byte(text)
	}
	if start, end, ok := find(body, s.wirePointer(pointer)); ok {
		place := schema.Place{Part: schema.OutputPart, Pointer: pointer}
		switch shape, _, _ := s.contract.At(place); shape.Type {
		case schema.Integer, schema.Boolean:
		case schema.Float:
			if slices.Contains(schema.NonNumericFloats, text) {
				text = jsontree.Quote(text)
			}
		default:
			text = jsontree.Quote(text)
		}
		return slices.Concat(body[:start], []byte(text), body[end:])
	}
	return body
}

// errorStatus returns the status of an error, or one that its fault suggests.
func errorStatus(e *schema.Error) int {
	if status, ok := e.Status.Get(); ok {
		return status
	}
	if e.Fault.Or("client") == "server" {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// typed puts __type before the members of an object.
func typed(body []byte, name string) []byte {
	rest, ok := bytes.CutPrefix(body, []byte("{"))
	if !ok {
		return body // an invalid variant of the root
	}
	start := `{"__type":` + jsontree.Quote(name)
	if !bytes.HasPrefix(rest, []byte("}")) {
		start += ","
	}
	return append([]byte(start), rest...)
}

// find returns the scalar at a pointer in a document.
func find(document []byte, pointer jsontext.Pointer) (start, end int, ok bool) {
	n, err := jsontree.Find(document, string(pointer))
	if err != nil || n == nil || strings.IndexByte("{[n", byte(n.Kind)) >= 0 {
		return 0, 0, false
	}
	return n.Start, n.End, true
}
