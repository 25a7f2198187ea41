package replay

import (
	"net/url"
	"strings"
	"sync"
)

// MaxPositions bounds the positions of all sessions together: each has one for every distinct
// request of its cassette. Requests of further sessions are misses.
const MaxPositions = 16 << 20

// sessionPrefix begins the path of a request that belongs to a session.
const sessionPrefix = "/_c/"

type sessionKey struct{ cassette, name string }

// session holds the position of each request of one user of an index.
type session struct {
	index  *index
	at     []uint32 // by chain, how many of its responses were given
	played []int32  // in order; only with [Options.KeepOrder]
	names  *bindings
}

func newSession(x *index, names *identifiers) *session {
	s := &session{index: x, at: make([]uint32, len(x.chains))}
	if names != nil {
		s.names = newBindings(names)
	}
	return s
}

// source is the interactions of one file, which a session may name.
type source struct {
	path    string // as in Interaction.Source
	also    string // another source of this name, which makes it ambiguous
	numbers []int32

	once  sync.Once
	built *index

	binding sync.Once
	bound   *binder
}

func (s *source) add(number int32) { s.numbers = append(s.numbers, number) }

func (s *source) index(keys []key) *index {
	s.once.Do(func() { s.built = newIndex(keys, s.numbers) })
	return s.built
}

func (s *source) binder(r *Player) *binder {
	s.binding.Do(func() { s.bound = r.newBinder(s.numbers) })
	return s.bound
}

func (r *Player) source(name, path string) *source {
	s, ok := r.sources[name]
	if !ok {
		s = &source{path: path}
		r.sources[name] = s
	}
	if s.path != path {
		s.also = path
	}
	return s
}

// scope is the set of interactions that a request may match.
type scope struct {
	key    sessionKey // zero: the session of requests without a prefix
	source *source    // nil: all of them
	rest   string     // the path below the prefix
}

// scopeOf removes the prefix of a session from an encoded path. The name of a cassette may contain
// slashes, so it is the shortest run of segments that names one: a file is not a folder.
func (r *Player) scopeOf(path string) (scope, *Miss) {
	below, ok := strings.CutPrefix(path, sessionPrefix)
	if !ok {
		return scope{rest: path}, nil
	}
	for end := 0; end < len(below); end++ {
		slash := strings.IndexByte(below[end:], '/')
		if slash < 0 {
			break
		}
		end += slash
		name, err := url.PathUnescape(below[:end])
		s := r.sources[name]
		if err != nil || s == nil {
			continue
		}
		label, rest, _ := strings.Cut(below[end+1:], "/")
		session, err := url.PathUnescape(label)
		if err != nil || session == "" {
			break
		}
		key := sessionKey{name, session}
		if s.also != "" {
			return scope{}, &Miss{Reason: Ambiguous, Cassette: name, Session: session, Sources: []string{s.path, s.also}}
		}
		return scope{key, s, "/" + rest}, nil
	}
	return scope{}, &Miss{Reason: UnknownCassette, Cassette: below, Sources: r.similarNames(below)}
}

// session returns the session of a scope, or false if there is no room for another one. The caller
// holds r.mu.
func (r *Player) session(s scope, x *index) (*session, bool) {
	if s.source == nil {
		return r.root, true
	}
	if known, ok := r.sessions[s.key]; ok {
		return known, true
	}
	// An empty session takes memory too.
	cost := len(x.chains) + 64
	if r.slots+cost > MaxPositions {
		return nil, false
	}
	r.slots += cost
	created := newSession(x, r.names)
	r.sessions[s.key] = created
	return created, true
}
