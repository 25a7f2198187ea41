package conformance

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/internal/fault"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

// Attempt is one request that arrived at the listener of a case, and its response.
type Attempt struct {
	Method string `json:"method"`
	Path   string `json:"path"`   // escaped, with its query
	Status int    `json:"status"` // 0: a fault replaced the response
	Fault  string `json:"fault,omitempty"`
	Miss   string `json:"miss,omitempty"` // why no recorded response was found
	// Headers and Body are the response, only of a case that failed or differs. A body that is not UTF-8
	// is Base64.
	Headers http.Header `json:"headers,omitempty"`
	Body    string      `json:"body,omitempty"`
	Base64  string      `json:"base64,omitempty"`
	Signed  bool        `json:"signed"` // it has a valid SigV4 signature, or needs none

	unsigned string // what is wrong with its signature; empty: nothing
	// When it arrived, and when its response was about to begin; no part of a report.
	arrived, responded time.Time

	request *traffic.Request // what arrived, of a generated case

	header http.Header // of the response
	body   []byte      // of the response; nil for a miss
}

func (a Attempt) String() string {
	switch {
	case a.Fault != "" && a.Status != 0:
		return fmt.Sprintf("%s %s → %d by %s", a.Method, a.Path, a.Status, a.Fault)
	case a.Fault != "":
		return fmt.Sprintf("%s %s → fault %s", a.Method, a.Path, a.Fault)
	case a.Miss != "":
		return fmt.Sprintf("%s %s → %d, not recorded", a.Method, a.Path, a.Status)
	}
	return fmt.Sprintf("%s %s → %d", a.Method, a.Path, a.Status)
}

// responder finds the response to a request, and notes in the attempt why there is
// none. It is called for one request at a time.
type responder func(*http.Request, *Attempt) (fault.Reply, error)

// replayed responds with what was recorded; the last response repeats, for attempts
// are bounded by the case.
func replayed(interactions []*traffic.Interaction) (responder, error) {
	replay, err := replay.New(replay.Of(interactions...), replay.Options{Order: replay.Sticky})
	if err != nil {
		return nil, err
	}
	return func(request *http.Request, a *Attempt) (fault.Reply, error) {
		misses := len(replay.Misses())
		asked := request.Clone(context.WithoutCancel(request.Context()))
		asked.URL.Scheme, asked.URL.Host = "http", request.Host
		response, err := replay.RoundTrip(asked)
		if err != nil {
			return fault.Reply{}, err
		}
		body, err := io.ReadAll(response.Body)
		if all := replay.Misses(); len(all) > misses {
			a.Miss = all[len(all)-1].String()
		}
		return fault.Reply{Status: response.StatusCode, Header: response.Header, Body: body}, err
	}, nil
}

// caseServer serves one case on a separate listener.
type caseServer struct {
	respond responder
	fault   *fault.Spec
	signing signing
	server  *http.Server
	gone    chan struct{} // closed when the case is over, which ends faults that hang

	mu       sync.Mutex
	attempts []Attempt
}

// newCaseServer listens on a free port of the loopback interface.
func newCaseServer(respond responder, injected *fault.Spec, signed signing) (*caseServer, string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	s := &caseServer{respond: respond, fault: injected, signing: signed, gone: make(chan struct{})}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) //nolint:errcheck // it ends with close
	return s, "http://" + listener.Addr().String(), nil
}

// close ends the case: connections are cut, so that nothing of this client
// reaches another case, and the attempts are final.
func (s *caseServer) close() []Attempt {
	close(s.gone)
	s.server.Close() //nolint:errcheck // the case is over
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// arrived returns the attempts so far.
func (s *caseServer) arrived() []Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.attempts)
}

// ServeHTTP responds to one attempt and logs it before the client can see the end
// of the response: when the client's result arrives, its attempts are all there.
func (s *caseServer) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if !awshttp.OwnHost(request) { // a web page after DNS rebinding, but not the client
		http.Error(w, "the header Host does not name this server", http.StatusMisdirectedRequest)
		return
	}
	whole, faulty, err := s.attempt(request)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case faulty:
		if err := s.fault.Inject(w, request, whole, s.gone); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	default:
		for name, values := range whole.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(whole.Status)
		w.Write(whole.Body) //nolint:errcheck // a client that breaks off is seen by what it reports
	}
}

// attempt finds the response to a request and logs both.
func (s *caseServer) attempt(request *http.Request) (whole fault.Reply, faulty bool, err error) {
	a := Attempt{Method: request.Method, Path: request.URL.RequestURI(), arrived: time.Now()}
	body, err := io.ReadAll(http.MaxBytesReader(nil, request.Body, replay.MaxBody))
	if err != nil {
		return fault.Reply{}, false, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	a.unsigned = s.signing.verify(request, body, a.arrived)
	a.Signed = a.unsigned == ""
	s.mu.Lock()
	defer s.mu.Unlock()
	whole, err = s.respond(request, &a)
	if err != nil {
		return fault.Reply{}, false, err
	}
	a.Status, a.header = whole.Status, whole.Header
	if a.Miss == "" {
		a.body = whole.Body
		if s.fault.Hits(len(s.attempts) + 1) {
			a.Fault = s.fault.Kind
			if kind, _ := s.fault.Find(); !kind.Whole {
				a.Status = 0
			}
		}
	}
	a.responded = time.Now()
	s.attempts = append(s.attempts, a)
	return whole, a.Fault != "", nil
}
