package mock

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/schema"
)

// sessionPrefix begins the path of a request that belongs to a session: /_c/ID/…
const sessionPrefix = "/_c/"

// session is one user of the mock: its reactions, and how often each was given. The root session,
// without an ID, is that of requests without a prefix.
type session struct {
	id string

	mu        sync.Mutex
	reactions map[string]*Reaction // by contract
	counts    map[string]int
	responses int
}

func newSession(id string) *session {
	return &session{id: id, reactions: map[string]*Reaction{}, counts: map[string]int{}}
}

// asked returns what the session's user asked an operation to respond, or nil.
func (s *session) asked(c *schema.Contract) *Reaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reactions[c.String()]
}

// count counts a response, from 1. After very many different keys, it starts over.
func (s *session) count(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.counts) >= maxCounts {
		clear(s.counts)
	}
	s.counts[key]++
	return s.counts[key]
}

// requestID returns the ID of the next response, which follows from the session's requests alone.
func (s *session) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.responses++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.responses)
}

// sessionOf returns the session of a request, and its path and query below the session.
func (s *Server) sessionOf(r *http.Request) (*session, string, error) {
	target := r.URL.RequestURI()
	below, ok := strings.CutPrefix(target, sessionPrefix)
	if !ok {
		return s.root, target, nil
	}
	end := strings.IndexAny(below, "/?")
	if end < 0 {
		end = len(below)
	}
	id, rest := below[:end], below[end:]
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.sessions[id]
	if !ok {
		return nil, "", fmt.Errorf("unknown session %q: open one with POST %ssessions", id, controlPrefix)
	}
	return session, rest, nil
}

// Open opens a session in which an operation reacts so. The path begins the URLs of its requests.
func (s *Server) Open(c *schema.Contract, reaction *Reaction) (id, path string, err error) {
	if err := reaction.check(s, c); err != nil {
		return "", "", err
	}
	id = s.open(c, reaction).id
	return id, sessionPrefix + id, nil
}

// LogOf returns the newest requests of a session.
func (s *Server) LogOf(id string) []Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Asked
	for i := range s.log {
		if s.log[i].Session == id {
			all = append(all, s.log[i])
		}
	}
	return all
}

// open opens a session.
func (s *Server) open(c *schema.Contract, reaction *Reaction) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened++
	session := newSession(sessionID(s.opened))
	if reaction != nil {
		session.reactions[c.String()] = reaction
	}
	s.sessions[session.id] = session
	for len(s.sessions) > maxSessions {
		s.oldest++
		delete(s.sessions, sessionID(s.oldest))
	}
	return session
}

func sessionID(number int) string { return fmt.Sprintf("s%d", number) }

// shut closes a session, and reports whether there was one.
func (s *Server) shut(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.sessions[id]
	delete(s.sessions, id)
	return ok
}
