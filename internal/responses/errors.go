package responses

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// commonError is an error that the contract does not have.
type commonError struct {
	name    string
	status  int // of restJson1; awsJson has 400 for errors of the client
	message string
}

// commonErrors are errors that any operation of AWS may return, then one that nobody knows.
var commonErrors = []commonError{
	{"ThrottlingException", 429, "Rate exceeded"},
	{"InternalServerException", 500, "An internal error occurred."},
	{"ServiceUnavailableException", 503, "The service is unavailable."},
	{"ValidationException", 400, "The request is not valid."},
	{"AccessDeniedException", 403, "You are not authorized to perform this operation."},
	{"ExpiredTokenException", 403, "The security token included in the request is expired"},
	{"UnrecognizedClientException", 403, "The security token included in the request is invalid."},
}

var unknownError = commonError{"CrcheckUnknownException", 400, "An error that no client knows."}

func (e *commonError) response(c *schema.Contract) synth.Response {
	r := synth.Response{Status: e.status, Header: http.Header{}}
	protocol := c.Protocol.Or("restJson1")
	media, _ := binding.MediaType(protocol)
	r.Header.Set("Content-Type", media)
	if strings.HasPrefix(protocol, "awsJson") {
		if r.Status < http.StatusInternalServerError {
			r.Status = http.StatusBadRequest
		}
		r.Body = fmt.Appendf(nil, `{"__type":%q,"message":%q}`, e.name, e.message)
		return r
	}
	r.Header.Set("X-Amzn-Errortype", e.name)
	r.Body = fmt.Appendf(nil, `{"message":%q}`, e.message)
	return r
}

// errors adds the errors of the contract, then those that any operation may return.
func (l *List) errors() {
	for i := range l.contract.Errors {
		e := &l.contract.Errors[i]
		part := schema.ErrorPart(e.Name)
		if _, _, err := l.synth.SampleResponse(part, synth.Request{}); err != nil {
			continue
		}
		l.add(Response{ID: "error=" + e.Name, Kind: Error, Error: e.Name, make: plan{part: part}})
		m := l.message(part)
		if strings.Contains(e.Name, "Throttl") && m != "" {
			l.all[len(l.all)-1].make.choices = []synth.Choice{{Pointer: "/" + m, Text: `"Rate exceeded"`}} // as all services say
		}
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
	for place, here := range l.places() {
		values := here.shape.Enum.Or(nil)
		if here.shape.Type != schema.String || strings.Contains(place.Pointer, "*") {
			continue
		}
		var underway []string
		ends := map[synth.Progress]string{}
		for _, v := range values {
			switch p := synth.ProgressOf(v); {
			case p == synth.Underway && !leadsElsewhere(v):
				underway = append(underway, v)
			case p == synth.Succeeded || p == synth.Failed:
				if ends[p] == "" || strings.Contains(strings.ToLower(v), "fail") { // rather than one that was cancelled
					ends[p] = v
				}
			}
		}
		if len(underway) == 0 || ends[synth.Succeeded] == "" {
			continue
		}
		name := l.name(place.Pointer)
		for _, p := range []synth.Progress{synth.Succeeded, synth.Failed} {
			if ends[p] == "" {
				continue
			}
			steps := append(append([]string{}, underway...), ends[p])
			r := Response{ID: name + "=" + strings.Join(steps, " then "), Kind: Sequence}
			for _, v := range steps {
				id := name + "=" + v
				i, ok := l.byID[id]
				if !ok {
					return // pinned
				}
				r.Sequence, r.Pointer = append(r.Sequence, id), l.all[i].Pointer
			}
			r.Value, _ = json.Marshal(ends[p])
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
