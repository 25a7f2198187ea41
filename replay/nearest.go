package replay

import (
	"cmp"
	"hash/maphash"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The search for the nearest interaction is bounded: each step looks more closely, at fewer.
const (
	maxWeighed   = 1 << 20 // interactions whose parts are weighed: five comparisons of numbers each
	maxMeasured  = 100_000 // of those of most weight, whose texts are measured
	maxRewritten = 10_000  // of those, if there are no more, whose bodies are put into canonical form for it
	maxOpened    = 32      // of those with most text in common, which are compared member by member
)

// parts are hashes of the parts of a recorded request: enough to weigh how near it is, without
// touching it.
type parts struct{ service, method, target, path, shape, query, body uint32 }

type partHash struct{ seed maphash.Seed }

// newPartHash: any two differ, but there is one for each Replay.
func newPartHash() partHash { return partHash{maphash.MakeSeed()} }

func (h partHash) of(c *canonical) parts {
	sum := func(b []byte) uint32 { return uint32(maphash.Bytes(h.seed, b)) }
	text := func(s string) uint32 { return uint32(maphash.String(h.seed, s)) }
	path := c.path()
	first, segments := 1, 0
	for i, b := range path {
		if b == '/' {
			segments++
		}
		if segments == 1 {
			first = i + 1
		}
	}
	return parts{
		service: text(c.service), method: text(c.method), target: text(c.target),
		path: sum(path), shape: sum(path[:first]) + uint32(segments), query: sum(c.query()), body: sum(c.body()),
	}
}

// weight is how much of a request equals a recorded one. A wrong label is a smaller error than
// another operation.
func (p *parts) weight(q *parts) int {
	w := 0
	for _, part := range [...]struct {
		same   bool
		weight int
	}{
		{p.target == q.target, 16}, {p.path == q.path, 8}, {p.shape == q.shape, 6}, {p.method == q.method, 4},
		{p.body == q.body, 3}, {p.query == q.query, 2}, {p.service == q.service, 1},
	} {
		if part.same {
			w += part.weight
		}
	}
	return w
}

// explain makes the miss of a request: which interaction is nearest, and how it differs.
func (r *Player) explain(in scope, c *canonical, end exhausted) *Miss {
	m := &Miss{Reason: NotRecorded, Cassette: in.key.cassette, Session: in.key.name}
	if end.last >= 0 {
		m.Reason = Exhausted
		m.Nearest = r.answers[end.last].interaction
		m.Compared = end.recorded
		m.Difference = Difference{PartOrder, "", strconv.Itoa(end.recorded + 1), strconv.Itoa(end.recorded)}
		return m
	}
	if r.Len() == 0 {
		m.Reason = NothingRecorded
		return m
	}
	if r.Missed() >= MaxMisses {
		return m
	}
	weighed, capped := r.weigh(in, c)
	heaviest, more := heaviest(weighed)
	m.Compared, m.Capped = len(weighed), capped || more
	if m.Capped {
		m.Compared = len(heaviest)
	}
	var fewest []Difference
	for _, number := range r.measure(c, heaviest) {
		recorded := r.answers[number].interaction
		var d canonical
		if d.recorded(recorded.Request, r.opts) != nil {
			continue // it could be read when it was loaded
		}
		if all := differences(c, &d); len(all) > 0 && (fewest == nil || len(all) < len(fewest)) {
			m.Nearest, fewest = recorded, all
		}
	}
	if len(fewest) > 0 {
		m.Difference, m.More = fewest[0], len(fewest)-1
	}
	return m
}

// scored is an interaction and how near it is.
type scored struct {
	number int32
	score  int
}

func (r *Player) weigh(in scope, c *canonical) (all []scored, capped bool) {
	asked := r.hash.of(c)
	n := len(r.parts)
	if in.source != nil {
		n = len(in.source.numbers)
	}
	all = make([]scored, min(n, maxWeighed))
	for i := range all {
		number := int32(i)
		if in.source != nil {
			number = in.source.numbers[i]
		}
		all[i] = scored{number, asked.weight(&r.parts[number])}
	}
	return all, n > len(all)
}

// heaviest keeps those of most weight, the first maxMeasured of them.
func heaviest(all []scored) (kept []scored, more bool) {
	most := 0
	for _, s := range all {
		most = max(most, s.score)
	}
	kept = all[:0]
	for _, s := range all {
		if s.score != most {
			continue
		}
		if len(kept) == maxMeasured {
			return kept, true
		}
		kept = append(kept, s)
	}
	return kept, false
}

// measure returns the numbers of those whose texts have most in common with the request, the
// nearest first.
func (r *Player) measure(c *canonical, among []scored) []int32 {
	path, body := string(c.path()), string(c.raw)
	rewrite := len(among) <= maxRewritten
	if rewrite {
		body = string(c.body())
	}
	var buffer []byte
	if query := c.query(); len(query) > 0 {
		path += "?" + string(query)
	}
	for i := range among {
		request := r.answers[among[i].number].interaction.Request
		among[i].score = common(path, pathOf(request.URL))
		if len(body) > 0 {
			recorded := request.Body.Bytes
			if rewrite {
				buffer, _ = appendBody(buffer[:0], recorded)
				recorded = buffer
			}
			among[i].score += common(body[:min(len(body), maxCommon)], recorded[:min(len(recorded), maxCommon)])
		}
	}
	slices.SortStableFunc(among, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	numbers := make([]int32, min(len(among), maxOpened))
	for i := range numbers {
		numbers[i] = among[i].number
	}
	return numbers
}

// maxCommon bounds how much of two bodies is measured.
const maxCommon = 4096

// common is the number of bytes that two texts share at their beginning and at their end.
func common[B string | []byte](a string, b B) int {
	n := min(len(a), len(b))
	start := 0
	for start < n && a[start] == b[start] {
		start++
	}
	end := 0
	for end < n-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return start + end
}

// pathOf is what follows the host of a URL.
func pathOf(raw string) string {
	_, rest, ok := strings.Cut(raw, "://")
	if !ok {
		rest = raw
	}
	slash := strings.IndexAny(rest, "/?")
	if slash < 0 {
		return "/"
	}
	return rest[slash:]
}

// similarNames are up to five names of cassettes that a wrong one may have meant.
func (r *Player) similarNames(wrong string) []string {
	if unescaped, err := url.PathUnescape(wrong); err == nil {
		wrong = unescaped
	}
	names := make([]string, 0, len(r.sources))
	for name := range r.sources {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(common(wrong, b), common(wrong, a)), cmp.Compare(a, b))
	})
	return names[:min(len(names), 5)]
}
