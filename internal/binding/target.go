package binding

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Path returns the path of the URI with its labels filled in, escaped; ok is false where one of
// them has no text. A greedy label keeps its slashes.
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

// RawQuery returns the query of a request: the literals of the URI as they are there, then the
// other parameters by their names.
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
