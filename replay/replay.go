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

// Options are how to replay. The zero value gives every recorded answer once.
type Options struct {
	// Order is which answer a request gets that was recorded, or is asked, more than once.
	Order Order
	// Mask returns the body that a request is to be matched by, such as one without an idempotency
	// token that differs from run to run. It is called for recorded and for live requests, from
	// many goroutines, with bodies that are decoded by their Content-Encoding; it must not read
	// req.Body, nor change req or body.
	Mask func(req *http.Request, body []byte) []byte
	// Key is the text of the redaction key of the recordings, as in a key file. With it a client
	// may use its real identifiers: they are mapped to the recorded pseudonyms, and back in the
	// response. Recordings that name another key, or none, are played as they are. A request is
	// looked up as it is first; then in the terms of its session's recording or, without a session,
	// of one recording after the other until one knows it.
	Key string
	// All says that the recordings were redacted with every string replaced.
	All bool
	// Catalog has the contracts that the recordings were redacted by.
	Catalog *schema.Catalog
	// KeepOrder keeps which interactions were played in which order, for [Player.WritePlayed]. It
	// costs 4 bytes an answer.
	KeepOrder bool
}

// Player answers requests with recorded interactions. It is an [http.RoundTripper] and an
// [http.Handler], from any number of goroutines. Bodies of recorded answers must not be changed
// while it is in use.
type Player struct {
	opts        Options
	responses   []response
	keys        []key
	services    map[string]int32
	parts       []parts
	hash        partHash
	skipped     []Skip
	all         *index
	identifiers *identifiers       // nil: every request is taken as it is
	sources     map[string]*source // by the name in a session's URL

	requests sync.Pool // of *canonical

	mu       sync.Mutex
	root     *session
	sessions map[sessionKey]*session
	slots    int      // positions that sessions hold
	plays    []uint32 // by interaction, over all sessions
	misses   []Miss
	missed   int
}

// Skip is something that cannot be replayed, and was passed over.
type Skip struct {
	Source      string
	Interaction int // one-based; 0: the whole source
	Reason      string
}

// Of makes a sequence of interactions that are at hand.
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
	var err error
	if r.identifiers, err = r.learn(); err != nil {
		return nil, err
	}
	r.all = newIndex(r.keys, numbers)
	r.plays = make([]uint32, len(r.responses))
	r.root = newSession(r.all)
	return r, nil
}

// unplayable says why an interaction cannot be replayed; else c is its canonical request.
func (r *Player) unplayable(in *traffic.Interaction, c *canonical) string {
	if in.Request == nil {
		return "a bare body: no request was recorded"
	}
	if in.Response.Body.Missing {
		return "the body of the answer was not recorded"
	}
	// Below 200 there is no final answer (RFC 9110, section 15.2); net/http cannot send more than
	// three digits.
	if in.Response.Status < 200 || in.Response.Status > 999 {
		return fmt.Sprintf("status %d cannot be sent as an answer", in.Response.Status)
	}
	if err := c.recorded(in.Request, r.opts); err != nil {
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

// Len is the number of interactions that can be played.
func (r *Player) Len() int { return len(r.responses) }

// Skipped is what cannot be replayed, in the order of the sequence: bare bodies, for instance.
func (r *Player) Skipped() []Skip { return r.skipped }

// Played is the interactions that were given as an answer in any session, each once, in the order
// of the sequence.
func (r *Player) Played() []*traffic.Interaction { return r.interactions(true) }

// Unplayed is the interactions that no session was given, in the order of the sequence: what the
// client never asked for.
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

// Misses is the requests without an answer, in the order in which they came, at most [MaxMisses] of
// them.
func (r *Player) Misses() []Miss {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Miss(nil), r.misses...)
}

// Missed is the number of all misses.
func (r *Player) Missed() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missed
}
