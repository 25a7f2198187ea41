package responses

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// commonError is an error that the contract does not have.
type commonError struct {
	name    string
	status  int // of restJson1; awsJson has 400 for errors of the client
	message string
}

var validationError = commonError{"ValidationException", 400, "The request is not valid."}

// commonErrors are errors that any operation of AWS may return, then one that nobody knows.
var commonErrors = []commonError{
	{"ThrottlingException", 429, "Rate exceeded"},
	{"InternalServerException", 500, "An internal error occurred."},
	{"ServiceUnavailableException", 503, "The service is unavailable."},
	validationError,
	{"AccessDeniedException", 403, "You are not authorized to perform this operation."},
	{"ExpiredTokenException", 403, "The security token included in the request is expired"},
	{"UnrecognizedClientException", 403, "The security token included in the request is invalid."},
}

var unknownError = commonError{"CrcheckUnknownException", 400, "An error that no client knows."}

func (e *commonError) response(c *schema.Contract, message string) synth.Response {
	r := synth.Response{Status: e.status, Header: http.Header{}}
	protocol := c.Protocol.Or("restJson1")
	media, _ := binding.MediaType(protocol)
	r.Header.Set("Content-Type", media)
	if strings.HasPrefix(protocol, "awsJson") {
		if r.Status < http.StatusInternalServerError {
			r.Status = http.StatusBadRequest
		}
		r.Body = fmt.Appendf(nil, `{"__type":%s,"message":%s}`, jsontree.Quote(e.name), jsontree.Quote(message))
		return r
	}
	r.Header.Set("X-Amzn-Errortype", e.name)
	r.Body = fmt.Appendf(nil, `{"message":%s}`, jsontree.Quote(message))
	return r
}

// Invalid returns the response to an invalid request, which is the service's own error if the
// contract has one. The message says what is wrong with the request.
func (l *List) Invalid(message string) (Response, synth.Response, error) {
	id := "error=" + validationError.name
	for i := range l.contract.Errors {
		if name := l.contract.Errors[i].Name; strings.Contains(name, "Validation") || strings.Contains(name, "InvalidParameter") || strings.Contains(name, "InvalidRequest") {
			id = "error=" + name
			break
		}
	}
	r, err := l.Find(id)
	if err != nil || r.make.common != nil {
		return r, validationError.response(l.contract, message), nil
	}
	p := r.make
	if m := l.message(p.part); m != "" {
		p.choices = []synth.Choice{{Pointer: schema.Place{}.Child(m).Pointer, Text: jsontree.Quote(message)}}
	}
	prepared, err := l.prepare(p)
	if err != nil {
		return r, synth.Response{}, err
	}
	made, err := prepared.Response(synth.Request{})
	return r, made, err
}

// errors adds the errors of the contract, then those that any operation may return.
func (l *List) errors() {
	for i := range l.contract.Errors {
		e := &l.contract.Errors[i]
		part := schema.ErrorPart(e.Name)
		if _, err := l.synth.Prepare(part); err != nil {
			continue
		}
		made, m := plan{part: part}, l.message(part)
		if m != "" && strings.Contains(e.Name, "Throttl") {
			made.choices = []synth.Choice{{Pointer: "/" + m, Text: `"Rate exceeded"`}} // as all services say
		}
		l.add(Response{ID: "error=" + e.Name, Kind: Error, Error: e.Name, make: made})
		if m != "" {
			choice := synth.Choice{Pointer: "/" + m, Absent: true}
			l.add(Response{ID: "error=" + e.Name + " without message", Kind: Error, Pointer: "/" + m, Error: e.Name, make: plan{part: part, choices: []synth.Choice{choice}}})
		}
		if status := e.Status.Or(0); status >= 500 || status == http.StatusTooManyRequests || e.Fault.Or("") == "server" || strings.Contains(e.Name, "Throttl") {
			l.thenSuccess(e.Name)
		}
	}
	for i := range commonErrors {
		e := &commonErrors[i]
		if l.add(Response{ID: "error=" + e.name, Kind: Error, Error: e.name, make: plan{common: e}}) && e.status != http.StatusBadRequest && e.status != http.StatusForbidden {
			l.thenSuccess(e.name)
		}
	}
	l.add(Response{ID: "error=<unknown error>", Kind: Error, Error: unknownError.name, make: plan{common: &unknownError}})
}

func (l *List) thenSuccess(name string) {
	l.add(Response{ID: "error=" + name + " then success", Kind: Sequence, Error: name, Sequence: []string{"error=" + name, "full"}})
}

// message returns the name of the member of an error that is its message, or an empty one.
func (l *List) message(part schema.Part) string {
	root, ok := l.contract.Root(part)
	if !ok {
		return ""
	}
	for _, m := range l.contract.Resolve(root).Members {
		if strings.EqualFold(m.Name, "message") {
			return m.Name
		}
	}
	return ""
}

// sequences adds the ways to a final status: of the first enum whose values say that they are
// on the way, and that they have arrived.
func (l *List) sequences() {
	for i := range l.places {
		p := &l.places[i]
		values := p.shape.Enum.Or(nil)
		if p.shape.Type != schema.String || strings.Contains(p.pointer, "*") {
			continue
		}
		var underway []string
		ends := map[synth.Progress]string{}
		for _, v := range values {
			switch progress := synth.ProgressOf(v); {
			case progress == synth.Underway && !leadsElsewhere(v):
				underway = append(underway, v)
			case progress == synth.Succeeded || progress == synth.Failed:
				if ends[progress] == "" || strings.Contains(strings.ToLower(v), "fail") { // rather than one that was cancelled
					ends[progress] = v
				}
			}
		}
		if len(underway) == 0 || ends[synth.Succeeded] == "" {
			continue
		}
		for _, progress := range []synth.Progress{synth.Succeeded, synth.Failed} {
			end := ends[progress]
			if end == "" {
				continue
			}
			steps := append(slices.Clone(underway), end)
			r := Response{ID: p.name + "=" + strings.Join(steps, " then "), Kind: Sequence}
			for _, v := range steps {
				id := p.name + "=" + v
				step, ok := l.byID[id]
				if !ok {
					return // pinned
				}
				r.Sequence, r.Pointer = append(r.Sequence, id), l.all[step].Pointer
			}
			r.Value, _ = json.Marshal(end)
			l.add(r)
		}
		return
	}
}

// leadsElsewhere reports whether a status is not on the way from creation to success.
func leadsElsewhere(status string) bool {
	lower := strings.ToLower(status)
	for _, word := range []string{"cancel", "delet", "stop", "updat", "rollback", "terminat"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}
