package replay

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/wording"
)

// Bounds of the bodies that are compared member by member, and of the text of a value in a message.
const (
	maxComparedBody = 1 << 20
	maxShown        = 80
)

// differences returns the differences between a request and a recorded one, in the order of [Part].
func differences(got, want *canonical) (all []Difference) {
	add := func(part Part, got, want string) {
		if got != want {
			all = append(all, Difference{part, "", present(got), present(want)})
		}
	}
	if got.service != "" && want.service != "" {
		add(PartService, got.service, want.service)
	}
	add(PartMethod, got.method, want.method)
	add(PartTarget, got.target, want.target)
	all = append(all, pathDifferences(string(got.path()), string(want.path()))...)
	all = append(all, queryDifferences(parameters(string(got.query())), parameters(string(want.query())))...)
	return append(all, bodyDifferences(got, want)...)
}

// present quotes a text as JSON; "" stays "".
func present(s string) string {
	if s == "" {
		return ""
	}
	return quoted(wording.Clip(s, maxShown))
}

func pathDifferences(got, want string) (all []Difference) {
	g, w := strings.Split(got[1:], "/"), strings.Split(want[1:], "/")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			all = append(all, Difference{PartPath, strconv.Itoa(i + 1), quoted(wording.Clip(g[i], maxShown)), quoted(wording.Clip(w[i], maxShown))})
		}
	}
	if len(g) != len(w) {
		all = append(all, Difference{PartPath, "", strconv.Itoa(len(g)), strconv.Itoa(len(w))})
	}
	return all
}

func queryDifferences(got, want []parameter) (all []Difference) {
	var names []string
	for _, p := range slices.Concat(got, want) {
		names = append(names, p.name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		g, w := valuesOf(got, name), valuesOf(want, name)
		for i := range max(len(g), len(w)) {
			d := Difference{Part: PartQuery, Name: name}
			if i < len(g) {
				d.Got = quoted(wording.Clip(g[i], maxShown))
			}
			if i < len(w) {
				d.Want = quoted(wording.Clip(w[i], maxShown))
			}
			if i >= len(g) || i >= len(w) || g[i] != w[i] {
				all = append(all, d)
			}
		}
	}
	return all
}

func valuesOf(all []parameter, name string) (values []string) {
	for _, p := range all {
		if p.name == name {
			values = append(values, p.value)
		}
	}
	return values
}

func bodyDifferences(got, want *canonical) (all []Difference) {
	g, w := got.body(), want.body()
	switch {
	case got.isJSON == want.isJSON && bytes.Equal(g, w):
		return nil
	case !got.isJSON || !want.isJSON || max(len(g), len(w)) > maxComparedBody:
		at := 0
		for at < min(len(g), len(w)) && g[at] == w[at] {
			at++
		}
		if at == 0 {
			return []Difference{{PartBody, "", whole(got), whole(want)}}
		}
		return []Difference{{PartBody, strconv.Itoa(at + 1), present(string(g[at:])), present(string(w[at:]))}}
	}
	compareJSON("", written(got), written(want), func(pointer string, g, w []byte) {
		all = append(all, Difference{PartBody, pointer, wording.Clip(string(g), maxShown), wording.Clip(string(w), maxShown)})
	})
	return all
}

// whole is a body as messages show it.
func whole(c *canonical) string {
	if c.isJSON {
		return wording.Clip(string(written(c)), maxShown)
	}
	return present(string(c.body()))
}

// written is a JSON body with sorted members, and with its numbers as they were written.
func written(c *canonical) []byte {
	text, _ := appendSorted(nil, c.document) // it has no errors: the body is JSON
	return text
}

// member is a member of an object or an element of an array.
type member struct {
	name  string
	value []byte
}

// compareJSON walks two values, whose members are sorted, in parallel. It reports differing scalars
// and values of different kinds; nil is an absent value.
func compareJSON(pointer string, got, want []byte, differ func(pointer string, got, want []byte)) {
	switch {
	case bytes.Equal(got, want), isNumber(got) && isNumber(want) && bytes.Equal(appendNumber(nil, got), appendNumber(nil, want)):
		return
	case got == nil || want == nil || got[0] != want[0] || got[0] != '{' && got[0] != '[':
		differ(pointer, got, want)
		return
	}
	object := got[0] == '{'
	g, w := members(got), members(want)
	for len(g) > 0 || len(w) > 0 {
		order := 0
		switch {
		case len(w) == 0:
			order = -1
		case len(g) == 0:
			order = 1
		case object:
			order = compareNames(g[0].name, w[0].name)
		}
		var name string
		var gotValue, wantValue []byte
		if order <= 0 {
			name, gotValue, g = g[0].name, g[0].value, g[1:]
		}
		if order >= 0 {
			name, wantValue, w = w[0].name, w[0].value, w[1:]
		}
		compareJSON(pointer+"/"+jsontree.Escape(name), gotValue, wantValue, differ)
	}
}

func isNumber(value []byte) bool {
	return len(value) > 0 && (value[0] == '-' || '0' <= value[0] && value[0] <= '9')
}

// compareNames is the order of canonical JSON: by UTF-16 code units (RFC 8785, section 3.2.3).
func compareNames(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// members returns the members of a canonical object or array. The name of an element is its index.
func members(value []byte) (all []member) {
	d := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	for kind := d.PeekKind(); kind != '}' && kind != ']' && kind != jsontext.KindInvalid; kind = d.PeekKind() {
		m := member{name: strconv.Itoa(len(all))}
		if value[0] == '{' {
			token, err := d.ReadToken()
			if err != nil {
				return all
			}
			m.name = token.String()
		}
		v, err := d.ReadValue()
		if err != nil {
			return all
		}
		m.value = bytes.Clone(v)
		all = append(all, m)
	}
	return all
}
