package binding

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Path returns the escaped path of the URI with the values of its labels. It returns false if a
// label has no value. It does not escape slashes in a greedy label.
func (t *Table) Path(labels map[string]string) (escaped string, ok bool) {
	if t.RPC() {
		return "/", true
	}
	path, _, _ := strings.Cut(t.contract.URI.Or(""), "?")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		name, isLabel := strings.CutPrefix(segment, "{")
		name, closed := strings.CutSuffix(name, "}")
		if !isLabel || !closed {
			continue
		}
		name, greedy := strings.CutSuffix(name, "+")
		text, there := labels[name]
		if !there {
			return "", false
		}
		keep := ""
		if greedy {
			keep = "/"
		}
		segments[i] = awshttp.Escape(text, keep)
	}
	path = strings.Join(segments, "/")
	return path, !strings.ContainsAny(path, "{}")
}

// RawQuery returns the query of a request: the literals of the URI unchanged, then the other
// parameters sorted by name.
func (t *Table) RawQuery(query url.Values) string {
	_, literals, _ := strings.Cut(t.contract.URI.Or(""), "?")
	pieces := strings.FieldsFunc(literals, func(c rune) bool { return c == '&' })
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if t.Literal(name) {
			continue
		}
		for _, text := range query[name] {
			pieces = append(pieces, awshttp.Escape(name, "")+"="+awshttp.Escape(text, ""))
		}
	}
	return strings.Join(pieces, "&")
}
