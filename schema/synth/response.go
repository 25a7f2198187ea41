package synth

import (
	"bytes"
	"iter"
	"net/http"
	"slices"

	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// Response is an HTTP response without date and request ID.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // nil: none
}

// Response makes the response of a body, which is a document of the output or
// of an error, valid or not. Of an output, places that the contract says repeat
// the request's members do; with the zero Request the body stays as it is. An
// error is named by X-Amzn-Errortype, in awsJson by __type in the body. The
// error is a [*BindingError] or a [*Problem].
func (s *Synth) Response(part schema.Part, body []byte, to Request) (Response, error) {
	all, err := s.bound(part, none, nil)
	if err != nil {
		return Response{}, err
	}
	return s.response(part, body, to, all)
}

// RandomResponse makes a response by chance: the same of the same seed and
// request.
func (s *Synth) RandomResponse(part schema.Part, seed uint64, to Request) (Response, error) {
	body, err := s.Random(part, seed)
	if err != nil {
		return Response{}, err
	}
	random := newRandom(seed)
	all, err := s.bound(part, func(*schema.Member) bool { return random.IntN(2) == 0 }, random)
	if err != nil {
		return Response{}, err
	}
	return s.response(part, body, to, all)
}

// Responses yields the systematic responses of a part to a request: one of each
// systematic document, then with the minimal body each text that a member bound
// to a header may have. There are none where [Synth.Response] gives an error.
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
	_, rpc, err := s.protocol()
	if err != nil {
		return Response{}, err
	}
	r := Response{Header: http.Header{}}
	for _, b := range all {
		b.header(r.Header)
	}
	name, isError := part.ErrorName()
	switch {
	case isError:
		e, ok := s.contract.Error(name)
		if !ok {
			return r, &Problem{s.contract.String(), schema.Place{Part: part}, "the contract has no such part"}
		}
		r.Status = errorStatus(e)
		if rpc {
			body = typed(body, e.Code.Or(e.Name))
		} else {
			r.Header.Set("X-Amzn-Errortype", e.Code.Or(e.Name))
		}
	case part == schema.OutputPart:
		r.Status = s.contract.Status.Or(http.StatusOK)
		if s.contract.Output == "" && !rpc || r.Status == http.StatusNoContent {
			return r, nil
		}
		for pointer, text := range to.Echoes {
			if start, end, ok := find(body, pointer); ok {
				body = slices.Concat(body[:start], []byte(quote(text)), body[end:])
			}
		}
	default:
		return r, &Problem{s.contract.String(), schema.Place{Part: part}, "it is no part of a response"}
	}
	r.Body, err = s.bodied(part, body, r.Header)
	return r, err
}

// errorStatus is the status of an error, or what its fault suggests.
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
		return body // a near-miss of the top
	}
	start := `{"__type":` + quote(name)
	if !bytes.HasPrefix(rest, []byte("}")) {
		start += ","
	}
	return append([]byte(start), rest...)
}

// find returns where the string at a pointer stands in a document.
func find(document []byte, pointer jsontext.Pointer) (start, end int, ok bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(document))
	for d.PeekKind() != 0 {
		kind, count := d.StackIndex(d.StackDepth())
		named := kind == '{' && count%2 == 0 // what comes next is a name
		before := int(d.InputOffset())
		token, err := d.ReadToken()
		if err != nil {
			break
		}
		if token.Kind() == '"' && !named && d.StackPointer() == pointer {
			start := before + bytes.IndexByte(document[before:], '"') // past a colon or comma
			return start, int(d.InputOffset()), true
		}
	}
	return 0, 0, false
}
