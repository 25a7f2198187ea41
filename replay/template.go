package replay

import (
	"strings"
	"unicode"

	"github.com/crcheck/crcheck/internal/redact"
)

// template is a recorded string with pseudonyms: literals[0] pseudonyms[0] literals[1] …
type template struct {
	literals, pseudonyms []string
}

func templateOf(s string, words *redact.Words) (t template) {
	end := 0
	for _, at := range words.Find(s) {
		t.literals = append(t.literals, s[end:at[0]])
		pseudonym := s[at[0]:at[1]]
		if words.IsMask(pseudonym) {
			pseudonym = redact.Mask // of whatever form, it takes anything
		}
		t.pseudonyms = append(t.pseudonyms, pseudonym)
		end = at[1]
	}
	t.literals = append(t.literals, s[end:])
	return t
}

// shape is equal for templates that differ only in their pseudonyms.
func (t template) shape() string { return strings.Join(t.literals, "\xff") }

func (t template) ends() ends {
	return ends{t.literals[0], t.literals[len(t.literals)-1]}
}

// with returns the string with other values instead of the pseudonyms.
func (t template) with(values []string) string {
	var b strings.Builder
	for i, literal := range t.literals {
		b.WriteString(literal)
		if i < len(values) {
			b.WriteString(values[i])
		}
	}
	return b.String()
}

// values returns what a string has in the places of the pseudonyms, if it has the same literals. A
// string with the same positions is read by them, and another one from literal to literal.
func (t template) values(s string) (values []string, ok bool) {
	if values, ok = t.read(s, func(i int, rest string) int { return len(t.pseudonyms[i]) }); ok {
		return values, true
	}
	return t.read(s, func(i int, rest string) int {
		switch next := t.literals[i+1]; {
		case redact.KindOf(t.pseudonyms[i]) != redact.OtherName:
			return len(t.pseudonyms[i])
		case i == len(t.pseudonyms)-1:
			return len(rest) - len(next)
		case next == "":
			return len(t.pseudonyms[i])
		default:
			return strings.Index(rest, next)
		}
	})
}

func (t template) read(s string, length func(i int, rest string) int) (values []string, ok bool) {
	rest, ok := strings.CutPrefix(s, t.literals[0])
	if !ok {
		return nil, false
	}
	for i, p := range t.pseudonyms {
		n := length(i, rest)
		if n <= 0 || n > len(rest) || !alike(rest[:n], p, len(s) == n) {
			return nil, false
		}
		values = append(values, rest[:n])
		if rest, ok = strings.CutPrefix(rest[n:], t.literals[i+1]); !ok {
			return nil, false
		}
	}
	return values, rest == ""
}

// alike reports whether a value may be the name of a pseudonym: both are of one class. Within a
// string, a value has no punctuation that the pseudonym does not have.
func alike(value, pseudonym string, whole bool) bool {
	if pseudonym == redact.Mask {
		return true
	}
	if redact.KindOf(value) != redact.KindOf(pseudonym) {
		return false
	}
	return whole || !strings.ContainsFunc(value, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(pseudonym, r)
	})
}

// ends are the literals at both ends of a template, by which templates are found.
type ends struct{ before, after string }

// templates finds the templates that a string may have, at a cost that does not depend on their
// number.
type templates struct {
	by      map[ends]map[string]*shaped // and then by shape
	lengths map[[2]int]bool             // of the ends
}

// shaped are rows with templates of one shape.
type shaped struct {
	template
	rows []int32
}

func (ts *templates) add(t template, row int32) {
	if ts.by == nil {
		ts.by, ts.lengths = map[ends]map[string]*shaped{}, map[[2]int]bool{}
	}
	at := t.ends()
	if ts.by[at] == nil {
		ts.by[at] = map[string]*shaped{}
		ts.lengths[[2]int{len(at.before), len(at.after)}] = true
	}
	shape := t.shape()
	s := ts.by[at][shape]
	if s == nil {
		s = &shaped{template: t}
		ts.by[at][shape] = s
	}
	s.rows = append(s.rows, row)
}

func (ts *templates) find(s string, yield func(*shaped)) {
	for n := range ts.lengths {
		if n[0]+n[1] < len(s) {
			for _, same := range ts.by[ends{s[:n[0]], s[len(s)-n[1]:]}] {
				yield(same)
			}
		}
	}
}
