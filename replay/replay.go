package replay

import (
	"fmt"
	"iter"
	"net/http"
	"path/filepath"
	"sync"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// Options configure a [Player]. The zero value plays every recorded response once.
type Options struct {
	// Order selects the response to a request that is repeated.
	Order Order
	// Mask returns the body by which a request is matched, such as one without an idempotency
	// token that differs from run to run. It is called for recorded and for live requests, from
	// many goroutines, with bodies that are decoded by their Content-Encoding; it must not read
	// req.Body, nor change req or body.
	Mask func(req *http.Request, body []byte) []byte
	// Key is the text of the redaction key of the recordings, as in a key file.
	Key string
	// Names is how the names of a client are compared with the pseudonyms of a recording: [NamesExact]
	// or [NamesBind]; see the package comment. Empty: exact for recordings that Key made, else bind.
	Names string
	// Catalog has the contracts of the recordings. Members that they mark as idempotency tokens
	// never decide a match.
	Catalog *schema.Catalog
	// Ignore are JSON Pointers to further members that never decide a match; "*" is any element of a
	// list or map. A pointer with one name is also the query parameter or the form field of that
	// name.
	Ignore []string
	// KeepOrder records the order in which interactions are played, for [Player.WritePlayed]. It
	// costs 4 bytes a response.
	KeepOrder bool
}

// Player responds to requests with recorded interactions. It is an [http.RoundTripper] and an
// [http.Handler], from any number of goroutines. Bodies of recorded responses must not be changed
// while it is in use.
type Player struct {
	opts      Options
	ignored   *ignored
	responses []response
	keys      []key
	services  map[string]int32
	parts     []parts
	hash      partHash
	skipped   []Skip
	all       *index
	binder    func() *binder     // of all
	names     *identifiers       // nil: every request is taken as it is
	sources   map[string]*source // by the name in a session's URL

	requests sync.Pool // of *canonical

	mu       sync.Mutex
	root     *session
	sessions map[sessionKey]*session
	slots    int      // positions that sessions hold
	plays    []uint32 // by interaction, over all sessions
	misses   []Miss
	missed   int
}

// Skip is an interaction or source that cannot be replayed, and why.
type Skip struct {
	Source      string
	Interaction int // one-based; 0: the whole source
	Reason      string
}

// Of returns the interactions as a sequence for [New].
func Of(interactions ...*traffic.Interaction) iter.Seq2[*traffic.Interaction, error] {
	return func(yield func(*traffic.Interaction, error) bool) {
		for _, in := range interactions {
			if !yield(in, nil) {
				return
			}
		}
	}
}

// New replays interactions, such as those of [traffic.Read]. The name of a cassette in a
// session's URL is the [traffic.Interaction.Source]. An error of the sequence is returned as it is;
// see [Player.Skipped] for what cannot be replayed.
func New(interactions iter.Seq2[*traffic.Interaction, error], opts Options) (*Player, error) {
	return newPlayer(interactions, filepath.ToSlash, opts)
}

func newPlayer(interactions iter.Seq2[*traffic.Interaction, error], name func(source string) string, opts Options) (*Player, error) {
	r := &Player{
		opts:     opts,
		services: map[string]int32{"": anyService},
		sources:  map[string]*source{},
		sessions: map[sessionKey]*session{},
	}
	var err error
	if r.ignored, err = newIgnored(&opts); err != nil {
		return nil, err
	}
	r.requests.New = func() any { return new(canonical) }
	var c canonical
	var numbers []int32
	made := responseBuilder{known: map[string]string{}}
	r.hash = newPartHash()
	for in, err := range interactions {
		if err != nil {
			return nil, err
		}
		if reason := r.unplayable(in, &c); reason != "" {
			r.skipped = append(r.skipped, Skip{in.Source, in.Index + 1, reason})
			continue
		}
		number := int32(len(r.responses))
		r.responses = append(r.responses, made.make(in))
		r.keys = append(r.keys, key{c.digest(), r.number(c.service)})
		r.parts = append(r.parts, r.hash.of(&c))
		numbers = append(numbers, number)
		r.source(name(in.Source), in.Source).add(number)
	}
	if r.names, err = r.identify(); err != nil {
		return nil, err
	}
	r.all = newIndex(r.keys, numbers)
	r.plays = make([]uint32, len(r.responses))
	r.root = newSession(r.all, r.names)
	r.binder = sync.OnceValue(func() *binder { return r.newBinder(numbers) })
	return r, nil
}

// unplayable returns why an interaction cannot be replayed. If it is empty, c is the canonical
// request.
func (r *Player) unplayable(in *traffic.Interaction, c *canonical) string {
	if in.Request == nil {
		return "a bare body: no request was recorded"
	}
	if in.Response.Body.Missing {
		return "the body of the response was not recorded"
	}
	// Below 200 there is no final response (RFC 9110, section 15.2); net/http cannot send more than
	// three digits.
	if in.Response.Status < 200 || in.Response.Status > 999 {
		return fmt.Sprintf("status %d cannot be sent as a response", in.Response.Status)
	}
	if err := c.recorded(in.Request, r.opts, r.ignored); err != nil {
		return fmt.Sprintf("the URL of the request cannot be read: %v", err)
	}
	return ""
}

func (r *Player) number(service string) int32 {
	n, ok := r.services[service]
	if !ok {
		n = int32(len(r.services))
		r.services[service] = n
	}
	return n
}

// Len returns the number of interactions that can be played.
func (r *Player) Len() int { return len(r.responses) }

// Skipped returns the interactions that cannot be replayed, such as bare bodies, in the order of the
// sequence.
func (r *Player) Skipped() []Skip { return r.skipped }

// Names returns how the names of the client are compared with the pseudonyms of the recordings,
// [NamesExact] or [NamesBind], and how many names were bound in all sessions. It returns "" if no
// recording has pseudonyms.
func (r *Player) Names() (mode string, bound int) {
	if r.names == nil {
		return "", 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	bound = r.root.names.count()
	for _, s := range r.sessions {
		bound += s.names.count()
	}
	return r.names.mode, bound
}

// Played is the interactions that were given as a response in any session, each once, in the order
// of the sequence.
func (r *Player) Played() []*traffic.Interaction { return r.interactions(true) }

// Unplayed returns the interactions that no session got, in the order of the sequence: the client
// never sent their requests.
func (r *Player) Unplayed() []*traffic.Interaction { return r.interactions(false) }

func (r *Player) interactions(played bool) (list []*traffic.Interaction) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, n := range r.plays {
		if (n > 0) == played {
			list = append(list, r.responses[i].interaction)
		}
	}
	return list
}

// Misses is the requests without a response, in the order in which they came, at most [MaxMisses] of
// them.
func (r *Player) Misses() []Miss {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Miss(nil), r.misses...)
}

// Missed returns the number of all misses.
func (r *Player) Missed() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}
