package redact

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// site is the place of a string in an interaction.
type site struct {
	Place
	part    string          // "request body", "response header ", …
	name    string          // of the member or parameter with this value
	isName  bool            // the string is the name of a member
	taken   map[string]bool // the pseudonyms of the other names of the object; nil if they are not Whole
	isKey   bool            // and this member is an entry of a map
	fixed   bool            // the string is a member name of the contract or the name of an error, in which no names are looked for
	number  bool            // the string is the text of a number
	exempt  bool            // from Options.All
	pointer func() string
	entry   *jsonString // of a document; otherwise nil
}

// class returns the class of the string, with or without Options.All.
func (at site) class(all bool) Class {
	if all && at.Class == ByFormat && !at.exempt && (!at.isName || at.isKey) {
		return Whole
	}
	return at.Class
}

// where returns the part, with the name of a header.
func (at site) where() string {
	if strings.HasSuffix(at.part, " header ") {
		return at.part + at.name
	}
	return at.part
}

// kind returns what the name says about the string.
func (at site) kind() kind {
	if at.entry != nil && at.entry.name != nil && at.name == at.entry.name.text {
		return at.entry.name.kind
	}
	return kindOf(at.name)
}

// edit returns the replacement of a string, or the string itself to leave it unchanged.
type edit func(at site, s string) string

// root is the place of a body.
type root struct {
	*Node
	failed    bool // the body of an error
	again     again
	documents *documents
}

// edit is editJSON, or what it did before.
func (r root) edit(body []byte, part string, e edit) []byte {
	now := func() []byte { return editJSON(body, r, part, e) }
	if r.again == nil || len(body) > smallBody {
		return now()
	}
	return r.again(body, r, now)
}

// editJSON applies an edit to the strings in a JSON text and does not change any other byte. Text
// that is not JSON is edited as one string. Its class is Whole if the contract states anything
// about the document, since it could be a part of something sensitive.
func editJSON(body []byte, root root, part string, e edit) []byte {
	return root.documents.of(body, root).edit(part, e)
}

// edit applies an edit to each string of the document, and returns the text.
func (d *document) edit(part string, e edit) []byte {
	var (
		out     []byte // nil until something changes
		copied  int    // the offset up to which the text is in out
		shift   int    // from offsets of the text to those of out
		changed []changedString
		unique  = map[int32]*names{} // by nest
		pointer = d.pointer
	)
	for i := range d.strings {
		d.now = i
		s := &d.strings[i]
		at := s.site()
		at.part, at.pointer = part, pointer
		var others *names
		if at.isName && d.nests[s.nest].unique {
			if others = unique[s.nest]; others == nil {
				others = &names{map[string]bool{}, map[string]bool{}}
				unique[s.nest] = others
			}
			at.taken = others.taken
		}
		now := e(at, s.text)
		if at.isKey {
			now = distinct(at.Place, s.text, now, others.used)
		}
		masked := s.role == aNumber && at.Class == Whole && at.Mask != "" // by the type of the member, this number identifies somebody
		if masked {
			now = numberMask(at.Mask)
		}
		if now == s.text {
			s.from, s.to = s.from+shift, s.to+shift
			continue
		}
		if out == nil {
			out = make([]byte, 0, len(d.text)+64)
		}
		out = append(out, d.text[copied:s.from]...)
		raw := d.text[s.from:s.to]
		copied = s.to
		s.from = len(out)
		switch {
		case masked, s.role == aRest:
			out = append(out, now...)
		case s.role == aNumber:
			out, _ = jsontext.AppendQuote(out, now)
		default:
			out = appendString(out, raw, now)
		}
		s.to = len(out)
		shift = s.to - copied
		changed = append(changed, changedString{s, now, masked})
	}
	if out == nil {
		return d.text
	}
	d.text = append(out, d.text[copied:]...)
	for _, c := range changed { // not before, since pointers have the names before the edit
		c.update(d.text)
	}
	return d.text
}

// names are those of an object after an edit.
type names struct{ taken, used map[string]bool }

// changedString is a string, and what replaces it.
type changedString struct {
	*jsonString
	now string
	raw bool // a number that replaces a number
}

func (c changedString) update(text []byte) {
	c.text, c.format, c.searched = c.now, nil, false
	if c.role == aNumber && !c.raw {
		c.role = aValue
	}
	if c.role != aNumber && c.role != aRest && !utf8.ValidString(c.now) { // a mask is written without the invalid bytes
		c.text = unquote(text[c.from:c.to])
	}
}

// site returns the place of the string, which has the class of this string.
func (s *jsonString) site() site {
	at := site{entry: s, isName: s.role.isName(), isKey: s.role == aKey, number: s.role == aNumber}
	if s.name != nil {
		at.name = s.name.text
	}
	switch s.role {
	case aMember:
		at.fixed, at.Class = true, Keep
	case errorName:
		at.fixed, at.exempt = true, true
	default:
		if s.place != nil {
			at.Place = s.place.of(s.text)
		}
	}
	return at
}

// distinct numbers a mask that another entry of the same map already has.
func distinct(place Place, was, name string, used map[string]bool) string {
	next := name
	for n := len(used); name != was && used[next]; n++ {
		number := strconv.Itoa(n + 1)
		if next = name + number; place.Accepts != nil && !place.Accepts(next) {
			next = name[:max(0, len(name)-len(number))] + number
		}
	}
	used[next] = true
	return next
}

// numberMask returns the mask of a place if it is a number, and otherwise 0.
func numberMask(mask string) string {
	if jsontext.Value(mask).Kind() == '0' && jsontext.Value(mask).IsValid() {
		return mask
	}
	return "0"
}
