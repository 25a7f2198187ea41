package replay

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/redact"
)

// binder finds the recorded requests that a request may be if its names are those behind the
// pseudonyms. It is immutable and shared by sessions.
//
// A string of a recorded request that has a pseudonym makes its place open. Requests that have all
// but the strings at open places in common are a group. Each of its rows is the strings at those
// places, so that a request with other names is found by its group and its strings.
type binder struct {
	words  *redact.Words            // the pseudonyms of all recordings
	open   map[string]map[site]bool // by outline
	groups map[digest]*group
}

type group struct {
	rows []row

	once sync.Once
	by   []column // by string
}

// row is one recorded request.
type row struct {
	digest  digest
	number  int32 // of its first interaction
	strings []string
	from    *recording
}

// recording is the pseudonyms of one source.
type recording struct {
	words *redact.Words
	exact bool // the key at hand made them
}

// column finds the rows of a group by one of their strings.
type column struct {
	equal     map[string][]int32
	templates templates
}

// newBinder makes the binder of the interactions with these numbers.
func (r *Player) newBinder(numbers []int32) *binder {
	b := &binder{words: r.names.words, open: map[string]map[site]bool{}, groups: map[digest]*group{}}
	var first []int32 // of equal requests, if there is a pseudonym in them
	seen := map[digest]bool{}
	for _, number := range numbers {
		if !seen[r.keys[number].digest] && r.names.recordings[r.responses[number].interaction.Source] != nil {
			seen[r.keys[number].digest] = true
			first = append(first, number)
		}
	}
	// The names of members below an object count only if no name of the object is open, so an object
	// whose names turn out to be open is a reason to look again.
	var c canonical
	for again := true; again; {
		again = false
		first = slices.DeleteFunc(first, func(number int32) bool {
			in := r.responses[number].interaction
			if c.recorded(in.Request, r.opts, r.ignored) != nil {
				return true
			}
			opened, named := b.mark(outlineOf(&c), r.names.recordings[in.Source].words)
			again = again || named
			return !opened
		})
	}
	for _, number := range first {
		_ = c.recorded(r.responses[number].interaction.Request, r.opts, r.ignored) // it was read above
		o := outlineOf(&c)
		in, strings := o.group(b.open[o.outline])
		g := b.groups[in]
		if g == nil {
			g = &group{}
			b.groups[in] = g
		}
		g.rows = append(g.rows, row{r.keys[number].digest, number, strings, r.names.recordings[r.responses[number].interaction.Source]})
	}
	return b
}

// mark opens the sites of the strings that have a pseudonym. named reports whether the names of an
// object are among them that were not open before.
func (b *binder) mark(o outlined, words *redact.Words) (opened, named bool) {
	open := b.open[o.outline]
	add := func(at site) {
		if opened = true; open == nil {
			open = map[site]bool{}
			b.open[o.outline] = open
		}
		open[at] = true
	}
	o.each(func(at site, n *jsontree.Node) bool {
		if !open[at] && slices.ContainsFunc(n.Entries, func(e jsontree.Entry) bool { return len(words.Find(e.Name)) > 0 }) {
			add(at)
			named = true
		}
		return open[at]
	}, func(s placed) {
		if len(words.Find(s.text)) > 0 {
			add(s.at)
		}
	}, func(string) {})
	return opened, named
}

// group returns the group of a request and its strings at the open places.
func (o *outlined) group(open map[site]bool) (in digest, strings []string) {
	h := sha256.New()
	write := func(s string) {
		_, _ = h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		_, _ = h.Write([]byte(s))
	}
	write(o.outline)
	o.each(func(p site, _ *jsontree.Node) bool { return open[p] }, func(s placed) {
		if open[s.at] {
			write("open")
			strings = append(strings, s.text)
			return
		}
		write("string")
		write(s.text)
	}, write)
	return digest(h.Sum(nil)[:16]), strings
}

// columns indexes the rows by their strings.
func (g *group) columns() []column {
	g.once.Do(func() {
		g.by = make([]column, len(g.rows[0].strings))
		for i := range g.by {
			g.by[i].equal = map[string][]int32{}
			for n, row := range g.rows {
				s := row.strings[i]
				g.by[i].equal[s] = append(g.by[i].equal[s], int32(n))
				if t := templateOf(s, row.from.words); len(t.pseudonyms) > 0 {
					g.by[i].templates.add(t, int32(n))
				}
			}
		}
	})
	return g.by
}

// few is the number of rows up to which all of a group are compared.
const few = 8

// candidates returns the rows that a request with these strings may be: those that have a string that
// fits, for the string with the fewest.
func (g *group) candidates(s *bindings, texts []string) (best [][]int32) {
	size := len(g.rows)
	if size <= few {
		return nil
	}
	for i, column := range g.columns() {
		lists, n := [][]int32{column.equal[texts[i]]}, 0
		column.templates.find(texts[i], func(t *shaped) {
			values, ok := t.values(texts[i])
			if !ok {
				return
			}
			pseudonyms, all := s.translated(values, g.rows[t.rows[0]].from.exact)
			switch recorded := column.equal[t.with(pseudonyms)]; {
			case all && t.with(pseudonyms) != texts[i]:
				lists = append(lists, recorded)
			case !all:
				lists = append(lists, t.rows)
			}
		})
		for _, list := range lists {
			n += len(list)
		}
		if n < size || best == nil {
			size, best = n, lists
		}
	}
	return best
}

// match looks for the recorded request that a request with other names is, and binds them. It returns
// the first interactions of the candidates if there are several.
func (b *binder) match(s *bindings, c *canonical, req *http.Request, responses []response) (found *trial, several []int32) {
	o := outlineOf(c)
	open := b.open[o.outline]
	if open == nil {
		return nil, nil
	}
	in, texts := o.group(open)
	g := b.groups[in]
	if g == nil {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var similar, other []trial
	try := func(row *row) bool {
		t, fits := s.try(row, texts)
		switch {
		case !fits:
		case len(t.bound) == 0:
			similar, other = []trial{t}, nil
			return false
		case t.sameForm:
			similar = append(similar, t)
		case len(other) < 2:
			other = append(other, t)
		}
		return len(similar) < 2
	}
	if lists := g.candidates(s, texts); lists != nil {
		tried := map[int32]bool{}
	all:
		for _, list := range lists {
			for _, n := range list {
				if !tried[n] {
					tried[n] = true
					if !try(&g.rows[n]) {
						break all
					}
				}
			}
		}
	} else {
		for i := range g.rows {
			if !try(&g.rows[i]) {
				break
			}
		}
	}
	if len(similar) == 0 {
		similar = other
	}
	switch len(similar) {
	case 0:
		return nil, nil
	case 1:
		s.bind(similar[0])
		s.bindHeaders(similar[0].row, req, responses)
		return &similar[0], nil
	}
	for _, t := range similar {
		several = append(several, t.row.number)
	}
	return nil, several
}

// bindHeaders binds the names in the host and the headers, which do not decide a match, where they
// agree with the recorded ones.
func (s *bindings) bindHeaders(row *row, req *http.Request, responses []response) {
	recorded := responses[row.number].interaction.Request
	try := func(was, is string) {
		if t, ok := s.tryOne(row.from, was, is); ok {
			s.bind(t)
		}
	}
	if u, err := url.Parse(recorded.URL); err == nil {
		try(u.Host, cmp.Or(req.Host, req.URL.Host))
	}
	for name, values := range recorded.Header {
		if asked := req.Header.Values(name); len(asked) == len(values) {
			for i := range values {
				try(values[i], asked[i])
			}
		}
	}
}
