package mock

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/crcheck/crcheck/internal/responses"
)

// controlPrefix begins the paths of the mock itself.
const controlPrefix = "/_crcheck/"

// maxControl bounds the body of a request to the mock itself.
const maxControl = 1 << 20

// Opening is the body of POST /_crcheck/sessions. Without an operation, the session gives every
// operation its usual response.
type Opening struct {
	Operation string `json:"operation,omitempty"`
	Reaction
}

// Opened is the response to it.
type Opened struct {
	ID       string              `json:"id"`
	Endpoint string              `json:"endpoint"` // the URL for the client
	Response *responses.Response `json:"response,omitempty"`
}

// Listing is the response to GET /_crcheck/responses?operation=NAME: the responses of an operation,
// without those that the pins of the query, as in pin.status="SUCCESS", exclude.
type Listing struct {
	Operation string               `json:"operation"`
	Responses []responses.Response `json:"responses"`
}

// control serves the paths of the mock itself.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, controlPrefix)
	id, one := strings.CutPrefix(path, "sessions/")
	switch {
	case path == "sessions" && r.Method == http.MethodPost:
		s.controlOpen(w, r)
	case one && r.Method == http.MethodDelete:
		if !s.shut(id) {
			fail(w, http.StatusNotFound, fmt.Errorf("unknown session %q", id))
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case path == "responses" && r.Method == http.MethodGet:
		s.controlList(w, r)
	case path == "requests" && r.Method == http.MethodGet:
		s.controlLog(w, r)
	default:
		fail(w, http.StatusNotFound, fmt.Errorf("the mock has POST %[1]ssessions, DELETE %[1]ssessions/ID, GET %[1]sresponses?operation=NAME and GET %[1]srequests?session=ID", controlPrefix))
	}
}

func (s *Server) controlOpen(w http.ResponseWriter, r *http.Request) {
	var opening Opening
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	d.DisallowUnknownFields()
	err := d.Decode(&opening)
	if err == nil && d.More() {
		err = errors.New("there is more than one JSON value")
	}
	if err != nil && err != io.EOF { // an empty body is an opening without a reaction
		fail(w, http.StatusBadRequest, fmt.Errorf("the body is not a session: %w; write {\"operation\": NAME, \"response\": ID}", err))
		return
	}
	if opening.Operation == "" && opening.Reaction.usual() {
		session := s.open(nil, nil)
		reply(w, http.StatusCreated, Opened{ID: session.id, Endpoint: endpoint(r, session)})
		return
	}
	c, err := Operation(s.catalog, opening.Operation)
	if err == nil {
		err = opening.check(s, c)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	session := s.open(c, &opening.Reaction)
	opened := Opened{ID: session.id, Endpoint: endpoint(r, session)}
	if len(opening.Sequence) == 0 {
		if list, err := s.list(c, opening.Pin); err == nil {
			if found, err := list.Find(cmp.Or(opening.Response, "full")); err == nil {
				opened.Response = &found
			}
		}
	}
	reply(w, http.StatusCreated, opened)
}

func endpoint(r *http.Request, s *session) string { return "http://" + r.Host + sessionPrefix + s.id }

func (s *Server) controlList(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	c, err := Operation(s.catalog, query.Get("operation"))
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	pins := map[string]any{}
	for key, values := range query {
		member, ok := strings.CutPrefix(key, "pin.")
		if !ok {
			continue
		}
		pins[member] = PinValue(values[0])
	}
	list, err := s.list(c, pins)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	reply(w, http.StatusOK, Listing{c.Name(), list.All()})
}

// PinValue reads the value of a pin: JSON, or a text without quotes.
func PinValue(text string) any {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	return value
}

func (s *Server) controlLog(w http.ResponseWriter, r *http.Request) {
	of := r.URL.Query().Get("session")
	all := []Asked{}
	for _, a := range s.Log() {
		if of == "" || a.Session == of {
			all = append(all, a)
		}
	}
	reply(w, http.StatusOK, all)
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(value) //nolint:errcheck // the client may be gone
}

// fail responds with an error and, for an unknown ID, with those that there are.
func fail(w http.ResponseWriter, status int, err error) {
	body := struct {
		Message string   `json:"message"`
		Known   []string `json:"known,omitempty"`
	}{Message: err.Error()}
	if unknown := (*responses.UnknownError)(nil); errors.As(err, &unknown) {
		body.Known = unknown.Known
	}
	reply(w, status, body)
}
