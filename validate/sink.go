package validate

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
)

// mostFindings bounds what is said of one document. The last finding then says
// that there is more.
const mostFindings = 10_000

// sink collects what an explaining walk finds.
type sink struct {
	document []byte
	path     []string // tokens of the pointer to the current value
	shape    string   // of the current value, as [finding.Finding] has it
	hidden   int      // how many sensitive shapes stand around the current value
	response bool     // the document is a response, or a part of one
	found    []located
	full     bool
	cut      bool // the walk ended before the document did
}

type located struct {
	finding.Finding
	offset int
	void   bool // retracted: a repetition of the name replaced the value
}

// pushKey pushes the key of a map, which is withheld where the map is sensitive.
func (s *sink) pushKey(key string) {
	if s.hidden > 0 {
		key = "*"
	}
	s.push(key)
}

func (s *sink) push(token string)     { s.path = append(s.path, token) }
func (s *sink) pushIndex(i int)       { s.path = append(s.path, strconv.Itoa(i)) }
func (s *sink) pop()                  { s.path = s.path[:len(s.path)-1] }
func (s *sink) below(t string) string { return s.pointer() + "/" + jsontree.Escape(t) }

func (s *sink) pointer() string {
	var b strings.Builder
	for _, token := range s.path {
		b.WriteByte('/')
		b.WriteString(jsontree.Escape(token))
	}
	return b.String()
}

// add notes a finding at the current value.
func (s *sink) add(rule finding.RuleID, offset int, got, want, message string) {
	s.addAt(s.pointer(), rule, offset, got, want, message)
}

func (s *sink) addAt(pointer string, rule finding.RuleID, offset int, got, want, message string) {
	if s.full {
		return
	}
	f := finding.Finding{Rule: rule, Pointer: pointer, Shape: s.shape, Got: got, Want: want, Message: message}
	if s.hidden > 0 {
		f.Sensitive = true
		if got != "" {
			f.Got = "(withheld: sensitive)"
		}
	}
	if len(s.found) == mostFindings-1 {
		s.full = true
		f.Message += fmt.Sprintf(" (and more: only the first %d findings of a document are reported)", mostFindings)
	}
	s.found = append(s.found, located{Finding: f, offset: offset})
}

// memberShape is where findings about a member of a structure are, known or not.
func (n *node) memberShape(i int, known bool, name string) string {
	if known {
		name = n.members[i].api
	}
	return joinShape(n.shape, name)
}

// joinShape is SHAPE$MEMBER; empty where the structure has no name.
func joinShape(shape, member string) string {
	if shape == "" {
		return ""
	}
	return shape + "$" + member
}

// occurrence is a member of an object, as the walk met it last.
type occurrence struct {
	name     string
	at       int  // offset of the name
	from, to int  // the findings inside its value
	counts   bool // it is present for a union: not null, not __type
}

// seenNames are the members of one object, by name.
type seenNames map[string]*occurrence

// names is nil for an accepting walk: there the decoder itself refuses to meet
// a name twice.
func (w *walker) names() seenNames {
	if w.sink == nil {
		return nil
	}
	return seenNames{}
}

// meet notes a name. Met again, what was found in its earlier value is
// retracted, but for what is wrong with the bytes.
func (n seenNames) meet(s *sink, name string, at int) (entry *occurrence, again bool) {
	entry, again = n[name]
	if !again {
		entry = &occurrence{name: name}
		n[name] = entry
	} else {
		for i := entry.from; i < entry.to; i++ {
			if rule, _ := s.found[i].Rule.Lookup(); rule.Layer != finding.LayerBytes || rule.ID == finding.NumberForm || rule.ID == finding.NumberPrecision {
				s.found[i].void = true
			}
		}
		place, subject, message := s.below(name), quote(name), "duplicate member name "+quote(name)
		if s.hidden > 0 {
			place, subject, message = s.below("*"), "that is withheld", "duplicate member name (withheld)"
		}
		s.addAt(place, finding.SyntaxDuplicateMember, at, subject, "each name once",
			message+"; the last value counts here, other parsers may take the first")
	}
	entry.at, entry.from = at, len(s.found)
	return entry, again
}

func (o *occurrence) close(s *sink, counts bool) { o.to, o.counts = len(s.found), counts }

// union says what is wrong with the members that a union has.
func (s *sink) union(n *node, seen seenNames, opened int) {
	var members []*occurrence
	known := 0
	for _, o := range seen {
		if o.counts {
			members = append(members, o)
			if _, ok := n.index[o.name]; ok {
				known++
			}
		}
	}
	slices.SortFunc(members, func(a, b *occurrence) int { return cmp.Compare(a.at, b.at) })
	var names []string
	for _, m := range members {
		names = append(names, m.name)
	}
	want := "exactly one of " + n.memberNames()
	outer := s.shape
	defer func() { s.shape = outer }()
	s.shape = cmp.Or(n.shape, outer)
	switch {
	case len(members) > 1:
		s.add(finding.UnionMultipleMembers, members[1].at, strings.Join(names, ", "), want,
			fmt.Sprintf("the union has %d members, %s; exactly one may be set", len(names), joinAnd(names)))
	case len(members) == 0:
		s.add(finding.UnionNoMember, opened, "none", want, "the union has no member; exactly one must be set")
	case known == 0:
		tag := s.unknownTag(members[0])
		s.shape = cmp.Or(joinShape(n.shape, tag), outer)
		s.add(finding.UnionUnknownMember, members[0].at, tag, want,
			fmt.Sprintf("the union's only member is %s, which the contract does not know", quote(tag)))
	}
}

func joinAnd(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func (n *node) memberNames() string {
	names := make([]string, len(n.members))
	for i, m := range n.members {
		names[i] = m.name
	}
	return strings.Join(names, ", ")
}

// unknownTag is the name of an unknown union member: in the sdk projection it
// stands inside SDK_UNKNOWN_MEMBER.
func (s *sink) unknownTag(o *occurrence) string {
	if o.name != "SDK_UNKNOWN_MEMBER" {
		return o.name
	}
	value := s.document[o.at:]
	if _, after, ok := bytes.Cut(value, []byte(`"name"`)); ok {
		if parts := bytes.SplitN(after, []byte(`"`), 3); len(parts) == 3 && string(bytes.TrimSpace(parts[0])) == ":" {
			return string(parts[1])
		}
	}
	return o.name
}

// clip shortens what a message quotes.
func clip(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + fmt.Sprintf("… (%d bytes)", len(text))
}

func quote(text string) string { return strconv.Quote(clip(text)) }
