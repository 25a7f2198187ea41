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
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/fault"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/plural"
	"github.com/crcheck/crcheck/internal/responses"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

const (
	maxBody     = 16 << 20 // bytes of a request
	maxSessions = 10_000   // open at a time; the oldest one is closed
	maxCounts   = 100_000  // identities whose responses a session counts
	maxLists    = 1_000    // lists of responses that are kept
	maxLog      = 5_000    // requests that are kept, the newest ones
)

// Server is a handler that responds as the service would. It is safe for concurrent use.
type Server struct {
	// Note, if not nil, is called for each request before its response begins, for one at a time. Set
	// it before the first request.
	Note func(Asked)
	// Pins are values that stay in the responses that nothing chooses, of the operations that have such
	// members. Set them before the first request.
	Pins map[string]any

	catalog  *schema.Catalog
	scenario *Scenario
	seed     uint64
	done     chan struct{} // closed when the server ends, which ends faults that hang
	close    sync.Once

	mu         sync.Mutex
	validators map[*schema.Contract]func() (*validate.Validator, error)
	lists      map[pinned]func() (*responses.List, error)
	sessions   map[string]*session
	opened     int // sessions
	oldest     int // all sessions up to this one are closed
	root       *session
	log        []Asked
	counts     Counts
}

// pinned names a list of responses.
type pinned struct {
	contract *schema.Contract
	pins     string // as JSON
}

// New returns a server of a catalog's operations, of which it uses each when it is first called. The
// scenario may be nil; an error says that it does not fit the contracts.
func New(catalog *schema.Catalog, scenario *Scenario, seed uint64) (*Server, error) {
	s := &Server{catalog: catalog, scenario: scenario, seed: seed, done: make(chan struct{}), root: newSession(""),
		validators: map[*schema.Contract]func() (*validate.Validator, error){}, lists: map[pinned]func() (*responses.List, error){}, sessions: map[string]*session{}}
	if scenario != nil {
		if err := scenario.fit(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close ends responses that hang or are delayed.
func (s *Server) Close() { s.close.Do(func() { close(s.done) }) }

// list returns the responses of an operation under pins.
func (s *Server) list(c *schema.Contract, pins map[string]any) (*responses.List, error) {
	text := ""
	if len(pins) > 0 {
		b, err := json.Marshal(pins) // sorted by name
		if err != nil {
			return nil, fmt.Errorf("the pins are not JSON values: %w", err)
		}
		text = string(b)
	}
	make := func() (*responses.List, error) {
		return responses.Of(c, responses.Options{Pins: pins, Seed: s.seed})
	}
	return once(s, s.lists, pinned{c, text}, maxLists, make)
}

// usual returns the responses of an operation under the pins of the server.
func (s *Server) usual(c *schema.Contract) (*responses.List, error) {
	list, err := s.list(c, nil)
	if err != nil {
		return nil, err
	}
	pins := map[string]any{}
	for name, value := range s.Pins {
		if list.Has(name) {
			pins[name] = value
		}
	}
	return s.list(c, pins)
}

// validator returns the validator of requests of an operation.
func (s *Server) validator(c *schema.Contract) (*validate.Validator, error) {
	make := func() (*validate.Validator, error) {
		return validate.Compile(c, validate.Options{Encoding: schema.HTTP})
	}
	return once(s, s.validators, c, s.catalog.Len(), make)
}

// once makes a value at its first use, without holding up those of other keys. It keeps a number of
// them: which ones are forgotten is left to chance.
func once[K comparable, V any](s *Server, all map[K]func() (V, error), key K, most int, make func() (V, error)) (V, error) {
	s.mu.Lock()
	made, ok := all[key]
	if !ok {
		for other := range all {
			if len(all) < most {
				break
			}
			delete(all, other)
		}
		made = sync.OnceValues(make)
		all[key] = made
	}
	s.mu.Unlock()
	return made()
}

// Asked is a request that the server received, and what it responded with.
type Asked struct {
	Session   string   `json:"session,omitempty"`
	Operation string   `json:"operation,omitempty"` // empty: of no contract
	Method    string   `json:"method"`
	Path      string   `json:"path"` // below the session
	Body      string   `json:"body,omitempty"`
	Response  string   `json:"response,omitempty"` // its ID
	Fault     string   `json:"fault,omitempty"`
	Status    int      `json:"status"`
	Findings  []string `json:"findings,omitempty"` // about the request
	Problem   string   `json:"problem,omitempty"`  // why unknown response of the service
	Invalid   bool     `json:"-"`
}

// String describes the request and its response in a line, and what is wrong with it in further ones.
func (a Asked) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", a.Status, cmp.Or(a.Operation, a.Method+" "+a.Path))
	if a.Session != "" {
		fmt.Fprintf(&b, " in %s", a.Session)
	}
	switch {
	case a.Problem != "":
		fmt.Fprintf(&b, ": %s", a.Problem)
	case a.Fault != "":
		fmt.Fprintf(&b, ": %s, fault %s", a.Response, a.Fault)
	default:
		fmt.Fprintf(&b, ": %s", a.Response)
	}
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "\n  %s", f)
	}
	return b.String()
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
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		http.Error(w, fmt.Sprintf("the request cannot be read: %v", err), status)
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
			return
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
		Body: fmt.Appendf(nil, `{"__type":%s,"message":%s}`, jsontree.Quote(code), jsontree.Quote(problem))}}
}

// answer decides what a request gets.
func (s *Server) answer(session *session, request *traffic.Request, asked *Asked) answer {
	received, problem := s.receive(request)
	if received == nil {
		return refusal(asked, http.StatusNotFound, "UnknownOperationException", problem)
	}
	asked.Operation = received.contract.Name()
	a, err := s.respond(session, request, received, asked)
	if preference := (*PreferenceError)(nil); errors.As(err, &preference) {
		a := refusal(asked, http.StatusBadRequest, "CrcheckMockException", err.Error())
		asked.Problem = preference.Brief()
		return a
	}
	if err != nil { // of the contract
		return refusal(asked, http.StatusInternalServerError, "CrcheckMockException", err.Error())
	}
	a.Header.Set("X-Amzn-Requestid", session.requestID())
	asked.Status = a.Status
	if a.fault != nil {
		asked.Fault = a.fault.Kind
	}
	return a
}

func (s *Server) respond(session *session, request *traffic.Request, received *received, asked *Asked) (answer, error) {
	found, invalid, err := s.check(request, received)
	if err != nil {
		return answer{}, err
	}
	for _, f := range found {
		asked.Findings = append(asked.Findings, f.String())
	}
	if invalid {
		asked.Invalid = true
		list, err := s.list(received.contract, nil)
		if err != nil {
			return answer{}, err
		}
		r, made, err := list.Invalid(invalidMessage(asked.Findings))
		asked.Response = r.ID
		return answer{Reply: fault.Reply(made)}, err
	}
	choice, err := s.choose(session, received)
	if err != nil {
		return answer{}, err
	}
	made, err := choice.make(received)
	if err != nil {
		return answer{}, err
	}
	asked.Response = choice.response.ID
	if choice.applied != "" {
		made.Header.Set("Preference-Applied", choice.applied)
	}
	return answer{fault.Reply(made), choice.fault, choice.delay}, nil
}

// invalidMessage says what is wrong with a request, as services do.
func invalidMessage(findings []string) string {
	return fmt.Sprintf("%s detected: %s", plural.Of(len(findings), "validation error"), strings.Join(findings, "; "))
}

// Counts is how many requests a server received.
type Counts struct {
	Requests int
	Invalid  int // they got the service's error
	Refused  int // they called no known operation, or had a preference that cannot be followed
}

// note keeps a request for the log.
func (s *Server) note(asked Asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Note != nil {
		s.Note(asked)
	}
	s.counts.Requests++
	switch {
	case asked.Problem != "":
		s.counts.Refused++
	case asked.Invalid:
		s.counts.Invalid++
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

// Counts returns how many requests came.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// bodyText is a body for the log, shortened.
func bodyText(body []byte) string {
	const most = 4 << 10
	if len(body) > most {
		body = append(body[:most:most], "…"...)
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
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
