package page

import (
	"strings"

	"github.com/crcheck/crcheck/schema/source/internal/place"
)

// item is an entry of a member list: a member, the element of a list, or the
// key or value of a map.
type item struct {
	at       position
	name     string // empty for elements, keys and values
	word     string // the member list's word for the type
	required bool
	union    *unionNote
	prose    string // the documentation, verbatim
	joined   string // the result of documentation
	children []*item
}

// unionNote is the note that marks a tagged union.
type unionNote struct {
	at      position
	members []string
}

// memberList reads nested bullets. Prose may contain bullets too, so a bullet is an item only two
// columns to the right of an open item. The open item at index i is at column base + 2i.
type memberList struct {
	base  int
	open  []*item
	first int // the level of the outermost bullets
	start int // offset of the last item's prose
	text  string
	names interner
}

const step = 2 // columns by which a level is indented

// readStructure reads the member list of a response. Its first item describes the response itself.
// The caller reports any others.
func readStructure(list section, names interner) *item {
	m := memberList{base: 4 - step, first: 1, open: []*item{{}}, text: list.text, names: names}
	rest := list.lines()
	for l, ok := rest.next(); ok; l, ok = rest.next() {
		m.read(l, rest.offset)
	}
	return m.close()
}

// readParameters reads the member list of a request, whose top level has fields:
//
//	:type NAME: WORD
//	:param NAME: **[REQUIRED]**
func readParameters(list section, names interner) (*item, error) {
	m := memberList{first: 2, open: []*item{{at: position{list.line, 1}, word: "dict"}}, text: list.text, names: names}
	rest := list.lines()
	for l, ok := rest.next(); ok; l, ok = rest.next() {
		field, isField := strings.CutPrefix(l.text, "  :type ")
		if !isField {
			m.read(l, rest.offset)
			continue
		}
		name, word, isWhole := strings.Cut(field, ": ")
		next, _ := rest.next()
		text, isParam := strings.CutPrefix(next.text, "  :param "+name+":")
		if !isWhole || !isParam || name == "" || len(name) > maxNameLength {
			return nil, broken(l.number, 3, "expected :type and :param of one argument, got "+place.Excerpt(l.text))
		}
		i := &item{at: l.at(), name: names.of(name), word: strings.TrimSpace(word)}
		m.add(i, 1, l.start, next.start+len(next.text)-len(text))
	}
	return m.close(), nil
}

// read reads a line, which is an item or prose. end is the start of the next line.
func (m *memberList) read(l line, end int) {
	indent := l.indent()
	text := l.text[indent:]
	level := (indent - m.base) / step
	if note, isNote := strings.CutPrefix(text, ".. note::"); isNote {
		m.readNote(l, note)
		return
	}
	if !strings.HasPrefix(text, "- ") || (indent-m.base)%step != 0 || level < m.first || level > len(m.open) {
		return
	}
	i, rest, ok := m.parse(text)
	if !ok {
		return
	}
	i.at = l.at()
	m.add(i, level, l.start, l.start+len(l.text)-len(rest))
}

// parse reads "- **NAME** *(WORD) --* " or, for words that are links,
// "- **NAME** (WORD) -- ". The name may be missing.
func (m *memberList) parse(text string) (i *item, rest string, ok bool) {
	i, rest = &item{}, text[len("- "):]
	if name, after, isNamed := strings.Cut(strings.TrimPrefix(rest, "**"), "** "); isNamed && strings.HasPrefix(rest, "**") {
		if name == "" || len(name) > maxNameLength {
			return nil, "", false
		}
		i.name, rest = m.names.of(name), after
	}
	for _, brackets := range [...]struct{ open, close string }{{"*(", ") --*"}, {"(", ") --"}} {
		word, after, isWhole := strings.Cut(strings.TrimPrefix(rest, brackets.open), brackets.close)
		if strings.HasPrefix(rest, brackets.open) && isWhole && len(word) <= maxNameLength {
			i.word = m.names.of(word)
			return i, after, true
		}
	}
	return nil, "", false
}

// add opens an item at a level. start is the start of its line, which ends the prose of the
// previous item; prose is the start of its own.
func (m *memberList) add(i *item, level, start, prose int) {
	m.endProse(start)
	parent := m.open[level-1]
	parent.children = append(parent.children, i)
	m.open = append(m.open[:level], i)
	m.start = prose
}

// endProse assigns the text since the last item to that item, without a mark at its beginning.
func (m *memberList) endProse(end int) {
	last := m.open[len(m.open)-1]
	if len(m.open) == 1 {
		return // text before the first item
	}
	prose := strings.TrimSpace(m.text[min(m.start, end):end])
	last.prose, last.required = cutMark(prose)
}

func cutMark(prose string) (rest string, required bool) {
	rest, required = strings.CutPrefix(prose, "**[REQUIRED]**")
	return strings.TrimSpace(rest), required
}

func (m *memberList) close() *item {
	m.endProse(len(m.text))
	return m.open[0]
}

// readNote reads the generator's note "This is a Tagged Union structure. Only one
// of the following top level keys will be set: “a“, “b“." A request says "can".
func (m *memberList) readNote(l line, text string) {
	last, level := m.open[len(m.open)-1], len(m.open)
	if !strings.HasPrefix(strings.TrimSpace(text), "This is a Tagged Union structure.") || l.indent() != m.base+step*level || level == 1 {
		return
	}
	_, keys, _ := strings.Cut(text, "be set: ")
	note := &unionNote{at: l.at()}
	for {
		key, isKey := strings.CutPrefix(keys, "``")
		key, after, isWhole := strings.Cut(key, "``")
		if !isKey || !isWhole {
			break
		}
		note.members = append(note.members, m.names.of(key))
		keys = strings.TrimPrefix(after, ", ")
	}
	last.union = note
}

// documentation returns the item's prose on one line, for comparison: the same text may be indented
// differently elsewhere.
func (i *item) documentation() string {
	if i.joined == "" && i.prose != "" {
		i.joined = strings.Join(strings.Fields(i.prose), " ")
	}
	return i.joined
}
