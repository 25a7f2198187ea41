package replay

import (
	"net/url"
	"strings"
	"sync"
)

// MaxPositions bounds what all sessions together remember: each needs one for every different
// request of its cassette. A session beyond is refused with a miss.
const MaxPositions = 16 << 20

// sessionPrefix begins the path of a request that belongs to a session.
const sessionPrefix = "/_c/"

type sessionKey struct{ cassette, name string }

// session is how far the requests of one user of an index have got.
type session struct {
	index  *index
	at     []uint32 // by chain, how many of its answers were given
	played []int32  // in order; only with [Options.KeepOrder]
}

func newSession(x *index) *session { return &session{index: x, at: make([]uint32, len(x.chains))} }

// source is the interactions that a session may name.
type source struct {
	path    string // as in Interaction.Source
	also    string // another source of that name: neither can be meant
	numbers []int32

	once  sync.Once
	built *index
}

func (s *source) add(number int32) { s.numbers = append(s.numbers, number) }

func (s *source) index(keys []key) *index {
	s.once.Do(func() { s.built = newIndex(keys, s.numbers) })
	return s.built
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

// scope is what a request may be answered from.
type scope struct {
	key    sessionKey // zero: the session of requests without a prefix
	source *source    // nil: all of them
	rest   string     // the path below the prefix
}

// scopeOf takes the prefix of a session off an encoded path. A cassette's name may stand there with
// its slashes as they are, so it is the shortest run of segments that names one: a file is no
// folder.
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

// session is that of a scope; false if there is no room for another one. The caller holds r.mu.
func (r *Player) session(s scope, x *index) (*session, bool) {
	if s.source == nil {
		return r.root, true
	}
	if known, ok := r.sessions[s.key]; ok {
		return known, true
	}
	// An empty session is not free either.
	cost := len(x.chains) + 64
	if r.slots+cost > MaxPositions {
		return nil, false
	}
	r.slots += cost
	created := newSession(x)
	r.sessions[s.key] = created
	return created, true
}
