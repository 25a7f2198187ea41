// Package mock serves any operation of its contracts without a recording.
//
//	request ──▶ its operation ──▶ is it valid? ──▶ which response ──▶ a fault, a delay ──▶ response
//	                                  │                 │
//	                       the error of the service     Prefer, session, scenario, or the full one
//
// A response comes from package responses: by default the full one, which repeats the identifiers
// of the request. In this order, a header Prefer, the session of the URL and the rows of a scenario
// choose another one. An invalid request gets a ValidationException, as from the service, and its
// findings are kept. A list ends after two pages: a request with a token for the next page gets a
// response without one.
//
// Same contracts, same seed, same requests in a session: same bytes.
package mock

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/fault"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

const (
	maxBody     = 16 << 20 // bytes of a request
	maxSessions = 10_000   // open at a time; the oldest one is closed
	maxLog      = 10_000   // requests that are kept, the newest ones
)

// Server is a handler that responds as the service would. It is safe for concurrent use.
type Server struct {
	catalog  *schema.Catalog
	checks   *validate.Catalog
	scenario *Scenario
	seed     uint64
	done     chan struct{} // closed when the server ends, which ends faults that hang

	mu       sync.Mutex
	lists    map[string]*lists // by contract and pins
	sessions map[string]*session
	order    []string // of sessions
	opened   int
	root     *session
	log      []Asked
	asked    int
	invalid  int
	unrouted int
}

// lists is the responses of an operation, made when they are first needed.
type lists struct {
	once sync.Once
	list *responses.List
	err  error
}

// New returns a server of a catalog's operations. The scenario may be nil. An error says that a
// contract cannot be used, or that the scenario does not fit the contracts.
func New(catalog *schema.Catalog, scenario *Scenario, seed uint64) (*Server, error) {
	checks, err := validate.CompileCatalog(catalog, validate.Options{})
	if err != nil {
		return nil, err
	}
	s := &Server{catalog: catalog, checks: checks, scenario: scenario, seed: seed, done: make(chan struct{}),
		lists: map[string]*lists{}, sessions: map[string]*session{}, root: newSession("")}
	if scenario != nil {
		if err := scenario.fit(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close ends responses that hang.
func (s *Server) Close() { close(s.done) }

// list returns the responses of an operation under pins.
func (s *Server) list(c *schema.Contract, pins map[string]any) (*responses.List, error) {
	key := c.String() + fmt.Sprint(pins) // maps print in the order of their keys
	s.mu.Lock()
	l, ok := s.lists[key]
	if !ok {
		l = &lists{}
		s.lists[key] = l
	}
	s.mu.Unlock()
	l.once.Do(func() { l.list, l.err = responses.Of(c, responses.Options{Pins: pins, Seed: s.seed}) })
	return l.list, l.err
}

// Asked is a request that the server received, and what it responded with.
type Asked struct {
	Session   string      `json:"session,omitempty"`
	Operation string      `json:"operation,omitempty"` // empty: of no contract
	Method    string      `json:"method"`
	Path      string      `json:"path"` // below the session
	Body      string      `json:"body,omitempty"`
	Response  string      `json:"response,omitempty"` // its ID
	Fault     string      `json:"fault,omitempty"`
	Status    int         `json:"status"`
	Findings  []string    `json:"findings,omitempty"` // about the request
	Problem   string      `json:"problem,omitempty"`  // why there is no response of the service
	found     finding.Set // the findings
}

// ServeHTTP responds to a request of a client, or to one of the mock's own.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !awshttp.OwnHost(r) { // a web page after DNS rebinding, but not the client
		http.Error(w, "the header Host does not name this server", http.StatusMisdirectedRequest)
		return
	}
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.control(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, fmt.Sprintf("the request cannot be read: %v", err), http.StatusBadRequest)
		return
	}
	session, target, err := s.sessionOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	request := &traffic.Request{Method: r.Method, URL: "http://" + r.Host + target, Header: r.Header, Body: traffic.BodyOf(body)}
	asked := Asked{Session: session.id, Method: r.Method, Path: target, Body: bodyText(body)}
	a := s.answer(session, request, &asked)
	s.note(asked)
	if a.delay > 0 {
		select {
		case <-time.After(a.delay):
		case <-s.done:
		case <-r.Context().Done():
			return
		}
	}
	if a.fault != nil {
		if err := a.fault.Inject(w, r, a.Reply, s.done); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	w.Write(a.Body) //nolint:errcheck // the client may be gone
}

// answer is what the server sends.
type answer struct {
	fault.Reply
	fault *fault.Spec
	delay time.Duration
}

// refusal is a response of the mock itself, not of the service.
func refusal(asked *Asked, status int, code, problem string) answer {
	asked.Status, asked.Problem = status, problem
	return answer{Reply: fault.Reply{Status: status, Header: http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {code}},
		Body: fmt.Appendf(nil, `{"__type":%q,"message":%q}`, code, problem)}}
}

// answer decides what a request gets.
func (s *Server) answer(session *session, request *traffic.Request, asked *Asked) answer {
	c, received, problem := s.receive(request)
	if c == nil {
		return refusal(asked, http.StatusNotFound, "UnknownOperationException", problem)
	}
	asked.Operation = c.Name()
	choice, err := s.choose(session, c, received, request)
	if err != nil {
		return refusal(asked, http.StatusBadRequest, "CrcheckMockException", err.Error())
	}
	if asked.found = s.check(request, choice, received); len(asked.found) > 0 {
		for _, f := range asked.found {
			asked.Findings = append(asked.Findings, f.String())
		}
		if choice, err = s.rejected(c); err != nil {
			return refusal(asked, http.StatusInternalServerError, "CrcheckMockException", err.Error())
		}
	}
	response, err := choice.make(received)
	if err != nil {
		return refusal(asked, http.StatusInternalServerError, "CrcheckMockException", err.Error())
	}
	if response.Header == nil {
		response.Header = http.Header{}
	}
	response.Header.Set("X-Amzn-Requestid", session.requestID())
	for name, value := range choice.applied {
		response.Header.Set(name, value)
	}
	asked.Response, asked.Status = choice.response.ID, response.Status
	a := answer{Reply: fault.Reply{Status: response.Status, Header: response.Header, Body: response.Body}, fault: choice.fault, delay: choice.delay}
	if a.fault != nil {
		asked.Fault = a.fault.Kind
	}
	return a
}

// note keeps a request for the log.
func (s *Server) note(asked Asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	switch {
	case asked.Operation == "":
		s.unrouted++
	case len(asked.found) > 0:
		s.invalid++
	}
	s.log = append(s.log, asked)
	if len(s.log) > 2*maxLog {
		s.log = slices.Clone(s.log[maxLog:])
	}
}

// Log returns the newest requests in the order in which they came.
func (s *Server) Log() []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log[max(0, len(s.log)-maxLog):])
}

// Counts returns how many requests came, how many of them were invalid, and how many called no
// known operation.
func (s *Server) Counts() (asked, invalid, unrouted int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.invalid, s.unrouted
}

// Findings returns the findings about requests in the log.
func (s *Server) Findings() finding.Set {
	var all finding.Set
	for _, a := range s.Log() {
		all = append(all, a.found...)
	}
	return all
}

// bodyText is a body for the log, shortened.
func bodyText(body []byte) string {
	const most = 4 << 10
	if len(body) > most {
		return string(body[:most]) + "…"
	}
	return string(body)
}

// Operation returns the contract of an operation that a user named; an empty name means the only
// one.
func Operation(catalog *schema.Catalog, name string) (*schema.Contract, error) {
	if name == "" && catalog.Len() == 1 {
		return catalog.Contracts()[0], nil
	}
	found := catalog.Named(name)
	switch len(found) {
	case 0:
		return nil, catalog.UnknownOperation(name)
	case 1:
		return found[0], nil
	}
	var names []string
	for _, c := range found {
		names = append(names, c.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("several services have the operation %s: write one of %s", name, strings.Join(names, ", "))
}
