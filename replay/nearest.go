package replay

import (
	"cmp"
	"hash/maphash"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxCompared bounds how many recorded requests are compared member by member with one that misses.
const maxCompared = 256

// parts are hashes of the parts of a recorded request, for a quick estimate of its similarity.
type parts struct{ service, method, target, path, shape, query, body uint32 }

type partHash struct{ seed maphash.Seed }

// newPartHash returns a hash with a random seed, one for each [Player].
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

// weight is the similarity of a request and a recorded one. A wrong label counts less than another
// operation.
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
		m.Nearest = r.responses[end.last].interaction
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
	var fewest []Difference
	for _, number := range r.candidates(in, c) {
		recorded := r.responses[number].interaction
		var d canonical
		if d.recorded(recorded.Request, r.opts, r.ignored) != nil {
			continue // cannot happen: New has read it
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

// candidates returns the interactions with the highest weight and, among them, the fewest differing
// path segments, at most maxCompared.
func (r *Player) candidates(in scope, c *canonical) (numbers []int32) {
	asked, segments := r.hash.of(c), strings.Split(string(c.path()), "/")
	best, fewest := -1, 0
	n := len(r.parts)
	if in.source != nil {
		n = len(in.source.numbers)
	}
	for i := range n {
		number := int32(i)
		if in.source != nil {
			number = in.source.numbers[i]
		}
		weight := asked.weight(&r.parts[number])
		if weight < best {
			continue
		}
		differing := 0
		if r.parts[number].path != asked.path {
			differing = differingSegments(segments, pathOf(r.responses[number].interaction.Request.URL))
		}
		if weight > best || differing < fewest {
			best, fewest, numbers = weight, differing, numbers[:0]
		}
		if differing == fewest && len(numbers) < maxCompared {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

func differingSegments(segments []string, path string) (n int) {
	path, _, _ = strings.Cut(path, "?")
	for _, segment := range segments {
		var other string
		other, path, _ = strings.Cut(path, "/")
		if segment != other {
			n++
		}
	}
	return n
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

// similarNames returns up to five names of cassettes that resemble an unknown one.
func (r *Player) similarNames(wrong string) []string {
	if unescaped, err := url.PathUnescape(wrong); err == nil {
		wrong = unescaped
	}
	names := make([]string, 0, len(r.sources))
	for name := range r.sources {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(prefix(wrong, b), prefix(wrong, a)), cmp.Compare(a, b))
	})
	return names[:min(len(names), 5)]
}

// prefix is the length of the common prefix of two names.
func prefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
