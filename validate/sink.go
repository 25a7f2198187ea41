package validate

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
)

// maxShown is how many bytes of a text an outcome or error shows.
const maxShown = 80

// maxFindings bounds the findings of one document. The last finding then says that there are more.
const maxFindings = 10_000

// sink collects what an explaining walk finds.
type sink struct {
	document []byte
	path     []string // tokens of the pointer to the current value
	keys     []int    // which of them are keys of maps
	shape    shapeName
	hidden   int  // how many sensitive shapes enclose the current value
	response bool // the document is a response, or a part of one
	key      bool // the current value is the key of the entry at the path
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
	s.keys = append(s.keys, len(s.path))
	s.push(key)
}

func (s *sink) push(token string)     { s.path = append(s.path, token) }
func (s *sink) pushIndex(i int)       { s.path = append(s.path, strconv.Itoa(i)) }
func (s *sink) below(t string) string { return s.pointer() + "/" + jsontree.Escape(t) }

func (s *sink) pop() {
	s.path = s.path[:len(s.path)-1]
	if n := len(s.keys); n > 0 && s.keys[n-1] == len(s.path) {
		s.keys = s.keys[:n-1]
	}
}

func (s *sink) pointer() string { return pointerOf(s.path) }

// masked returns the pointer with * in place of the keys of maps.
func (s *sink) masked() string {
	path := slices.Clone(s.path)
	for _, i := range s.keys {
		path[i] = "*"
	}
	return pointerOf(path)
}

// maskedBelow is [sink.below] of a member, with * in place of the keys of maps.
func (s *sink) maskedBelow(name string) string { return s.masked() + "/" + jsontree.Escape(name) }

func pointerOf(path []string) string {
	var b strings.Builder
	for _, token := range path {
		b.WriteByte('/')
		b.WriteString(jsontree.Escape(token))
	}
	return b.String()
}

// add notes a finding at the current value.
func (s *sink) add(offset int, f finding.Finding) {
	f.Masked = s.masked()
	s.addAt(s.pointer(), offset, f)
}

func (s *sink) addAt(pointer string, offset int, f finding.Finding) {
	if s.full {
		return
	}
	f.Pointer, f.Shape, f.Key = pointer, s.shape.String(), s.key
	if s.hidden > 0 {
		f.Sensitive, f.Found.Text, f.Found.Cut = true, "", 0
	}
	if len(s.found) == maxFindings-1 {
		s.full, f.Truncated = true, maxFindings
	}
	s.found = append(s.found, located{Finding: f, offset: offset})
}

// shapeName is the shape of the current value, as [finding.Finding] has it. It is joined only for a
// finding.
type shapeName struct {
	structure, member string
	isMember          bool
}

func (s shapeName) String() string {
	if !s.isMember {
		return s.structure
	}
	return joinShape(s.structure, s.member)
}

// memberOf returns the name of a member of a structure, known or not.
func memberOf(structure, member string) shapeName { return shapeName{structure, member, true} }

// joinShape returns SHAPE$MEMBER; it is empty if the structure has no name.
func joinShape(shape, member string) string {
	if shape == "" {
		return ""
	}
	return shape + "$" + member
}

// occurrence is the last occurrence of a member of an object.
type occurrence struct {
	name     string
	at       int  // offset of the name
	value    int  // offset of its value
	from, to int  // the findings inside its value
	counts   bool // as a member of a union: not null, not __type
}

// seenNames are the members of one object, in the order of their first appearance. Most objects have
// few.
type seenNames struct {
	all []occurrence
	at  map[string]int // indexes by name; nil for few names
}

// maxSearched is how many names are searched one by one.
const maxSearched = 16

// find returns the occurrence of a name, or nil. It is valid until the next one is noted.
func (n *seenNames) find(name string) *occurrence {
	if n.at != nil {
		if i, ok := n.at[name]; ok {
			return &n.all[i]
		}
		return nil
	}
	for i := range n.all {
		if n.all[i].name == name {
			return &n.all[i]
		}
	}
	return nil
}

func (n *seenNames) note(name string) *occurrence {
	if n.all == nil {
		n.all = make([]occurrence, 0, 4)
	}
	n.all = append(n.all, occurrence{name: name})
	switch last := len(n.all) - 1; {
	case n.at != nil:
		n.at[name] = last
	case last == maxSearched:
		n.at = map[string]int{}
		for i := range n.all {
			n.at[n.all[i].name] = i
		}
	}
	return &n.all[len(n.all)-1]
}

// meet notes a name. If the name is repeated, it retracts the findings in the earlier value, except
// those about bytes.
func (n *seenNames) meet(s *sink, name string, inMap bool, at int) (entry *occurrence, again bool) {
	entry = n.find(name)
	if again = entry != nil; !again {
		entry = n.note(name)
	} else {
		for i := entry.from; i < entry.to; i++ {
			if rule, _ := s.found[i].Rule.Lookup(); rule.Layer != finding.LayerBytes || rule.ID == finding.NumberForm || rule.ID == finding.NumberPrecision {
				s.found[i].void = true
			}
		}
		token, names := name, []string{name}
		if s.hidden > 0 {
			token, names = "*", nil
		}
		masked := token
		if inMap {
			masked = "*"
		}
		s.addAt(s.below(token), at, finding.Finding{Rule: finding.SyntaxDuplicateMember, Names: names, Masked: s.maskedBelow(masked)})
	}
	entry.at, entry.from = at, len(s.found)
	return entry, again
}

func (o *occurrence) close(s *sink, counts bool) { o.to, o.counts = len(s.found), counts }

// union checks which members of a union are set.
func (s *sink) union(n *node, seen *seenNames, opened int) {
	var members []*occurrence
	known := 0
	for i := range seen.all {
		o := &seen.all[i]
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
	want := finding.Want{Type: "union", OneOf: n.memberNames()}
	outer := s.shape
	defer func() { s.shape = outer }()
	if n.shape != "" {
		s.shape = shapeName{structure: n.shape}
	}
	switch {
	case len(members) > 1:
		s.add(members[1].at, finding.Finding{Rule: finding.UnionMultipleMembers, Names: names, Wanted: want})
	case len(members) == 0:
		s.add(opened, finding.Finding{Rule: finding.UnionNoMember, Wanted: want})
	case known == 0:
		tag := s.unknownTag(members[0])
		found := s.value(members[0].value)
		if members[0].name == unknownMember {
			found = finding.Value{Kind: finding.KindNameAlone}
		}
		if n.shape != "" {
			s.shape = memberOf(n.shape, tag)
		}
		s.add(members[0].at, finding.Finding{Rule: finding.UnionUnknownMember, Names: []string{tag}, Found: found, Wanted: want})
	}
}

func (n *node) memberNames() []string {
	names := make([]string, len(n.members))
	for i, m := range n.members {
		names[i] = m.name
	}
	return names
}

// unknownMember replaces a union member that boto3 does not know; it has only the member's name.
const unknownMember = "SDK_UNKNOWN_MEMBER"

// unknownTag returns the name of an unknown union member. In the sdk encoding it is inside
// SDK_UNKNOWN_MEMBER.
func (s *sink) unknownTag(o *occurrence) string {
	if o.name != unknownMember {
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
