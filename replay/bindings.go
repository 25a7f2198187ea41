package replay

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/redact"
)

// The values of [Options.Names].
const (
	NamesExact = "exact"
	NamesBind  = "bind"
)

// identifiers are the pseudonyms of the recordings.
type identifiers struct {
	words      *redact.Words         // of all recordings
	recordings map[string]*recording // by source; those without pseudonyms have none
	guesser    redact.Guesser
	mode       string // NamesExact if the key made all of them
}

// identify collects the pseudonyms of the recordings. It returns nil if there are none.
func (r *Player) identify() (*identifiers, error) {
	i := &identifiers{words: redact.NewWords(nil), recordings: map[string]*recording{}, mode: NamesExact}
	var id string
	if r.opts.Key != "" && r.opts.Names != NamesBind {
		key, err := redact.ParseKey(r.opts.Key)
		if err != nil {
			return nil, err
		}
		id, i.guesser = key.ID(), key.Guesser()
	}
	if r.opts.Names == NamesExact && id == "" {
		return nil, fmt.Errorf("replay: exact names need the redaction key of the recordings; set it, or bind the names")
	}
	last := map[string]string{}
	for _, a := range r.responses {
		in := a.interaction
		if in.Meta.RedactionKey == "" {
			continue
		}
		from := i.recordings[in.Source]
		if from == nil {
			from = &recording{words: redact.NewWords(nil), exact: in.Meta.RedactionKey == id}
			i.recordings[in.Source] = from
		}
		switch list := in.Meta.Pseudonyms; {
		case list == last[in.Source] && list != "":
			continue
		case list != "":
			last[in.Source] = list
			from.words.Add(in.Meta.ListPseudonyms()...)
			i.words.Add(in.Meta.ListPseudonyms()...)
		}
	}
	for _, a := range r.responses { // an earlier crcheck wrote no list
		in := a.interaction
		if from := i.recordings[in.Source]; from != nil && last[in.Source] == "" {
			from.exact = false
			var c canonical
			if c.recorded(in.Request, r.opts, r.ignored) != nil {
				continue
			}
			o := outlineOf(&c)
			o.each(func(site, *jsontree.Node) bool { return true }, func(s placed) {
				from.words.Add(redact.Formatted(s.text)...)
				i.words.Add(redact.Formatted(s.text)...)
			}, func(string) {})
		}
	}
	if len(i.recordings) == 0 {
		return nil, nil
	}
	for source, from := range i.recordings {
		if r.opts.Names == NamesExact && !from.exact {
			return nil, fmt.Errorf("replay: the names of %s cannot be exact: the key did not make it; set the key of the recording, or bind the names", source)
		}
		if !from.exact {
			i.mode = NamesBind
		}
	}
	return i, nil
}

// bindings are the names of one session, by their pseudonyms and back. All names of a form that has
// few of them share a constant, which is bound by each request for its own response.
type bindings struct {
	names *identifiers

	mu         sync.RWMutex
	pseudonyms map[string]string // by name
	nameOf     map[string]string // names by pseudonym
	constants  map[string]string // names by constant; "" if there are several
}

func newBindings(names *identifiers) *bindings {
	return &bindings{names: names, pseudonyms: map[string]string{}, nameOf: map[string]string{}, constants: map[string]string{}}
}

// translated returns the pseudonyms of values. all is false if one is not known yet.
func (s *bindings) translated(values []string, exact bool) (pseudonyms []string, all bool) {
	all = true
	for _, v := range values {
		p, ok := s.pseudonyms[v]
		switch {
		case ok:
		case s.names.words.Has(v): // which a response has given to the client
			p = v
		case exact:
			if p, ok = s.names.guesser.Find(v, s.names.words); !ok {
				p = v
			}
		default:
			all = false
		}
		all = all && !redact.Constant(p)
		pseudonyms = append(pseudonyms, p)
	}
	return pseudonyms, all
}

// trial is what a row would bind.
type trial struct {
	row       *row
	bound     map[string]string // new names by pseudonym
	taken     map[string]bool   // those names
	known     map[string]string // names by pseudonym that the key confirms
	constants map[string]string
	sameForm  bool
}

// try reports whether a request with these strings may be the row: all that differs are names, whose
// binding is one-to-one.
func (s *bindings) try(row *row, texts []string) (t trial, ok bool) {
	t = trial{row: row, sameForm: true}
	for i, recorded := range row.strings {
		if recorded != texts[i] && !s.fits(&t, row.from, recorded, texts[i]) {
			return t, false
		}
	}
	return t, true
}

func (s *bindings) tryOne(from *recording, recorded, text string) (t trial, ok bool) {
	t.sameForm = true
	return t, s.fits(&t, from, recorded, text)
}

func (s *bindings) fits(t *trial, from *recording, recorded, text string) bool {
	template := templateOf(recorded, from.words)
	values, ok := template.values(text)
	if !ok {
		return false
	}
	for i, p := range template.pseudonyms {
		if !s.fit(t, from, p, values[i]) {
			return false
		}
	}
	return true
}

func (s *bindings) fit(t *trial, from *recording, pseudonym, value string) bool {
	add := func(to *map[string]string) bool {
		if *to == nil {
			*to = map[string]string{}
		}
		(*to)[pseudonym] = value
		return true
	}
	switch {
	case value == pseudonym, pseudonym == redact.Mask:
		return true
	case redact.Constant(pseudonym):
		return redact.SameForm(value, pseudonym) && add(&t.constants)
	case s.nameOf[pseudonym] != "":
		return s.nameOf[pseudonym] == value
	case s.names.words.Has(value):
		return false
	case from.exact:
		return s.names.guesser.Is(value, pseudonym) && add(&t.known)
	case t.bound[pseudonym] != "":
		return t.bound[pseudonym] == value
	case s.pseudonyms[value] != "", t.taken[value]:
		return false
	}
	if t.taken == nil {
		t.taken = map[string]bool{}
	}
	t.taken[value] = true
	t.sameForm = t.sameForm && redact.SameForm(value, pseudonym)
	return add(&t.bound)
}

func (s *bindings) bind(t trial) {
	for _, names := range []map[string]string{t.bound, t.known} {
		for p, name := range names {
			s.nameOf[p], s.pseudonyms[name] = name, p
		}
	}
	for p, name := range t.constants {
		if before, ok := s.constants[p]; ok && before != name {
			name = ""
		}
		s.constants[p] = name
	}
}

func (s *bindings) count() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.nameOf)
}

// restored is a response with the names of the client. The request may have named constants.
func (s *bindings) restored(a *response, request *trial) *response {
	from := s.names.recordings[a.interaction.Source]
	if from == nil {
		return a
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.nameOf)+len(s.constants) == 0 {
		return a
	}
	changed := false
	recorded := *a.interaction
	recorded.Response = from.words.Response(recorded.Response, func(p string) (string, bool) {
		name := s.nameOf[p]
		if name == "" && strings.ContainsFunc(p, unicode.IsLetter) { // otherwise it is a number, not a name
			name = s.constants[p]
			if request != nil {
				name = cmp.Or(request.constants[p], name)
			}
		}
		changed = changed || name != ""
		return name, name != ""
	})
	if !changed {
		return a
	}
	made := (&responseBuilder{known: map[string]string{}}).make(&recorded)
	made.interaction = a.interaction
	return &made
}
