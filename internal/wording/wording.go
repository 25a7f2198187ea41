// Package wording shortens the text that messages show, reads the names of enumerated flags, and
// finds the name that a misspelt one means.
package wording

import (
	"fmt"
	"slices"
	"strings"
)

// Clip returns text if it has at most max bytes. Otherwise it returns a beginning of at most max
// bytes that is valid UTF-8, followed by the size of the whole: "aaaa… (9000 bytes)".
func Clip(text string, max int) string { return ClipPart(text, len(text), max) }

// ClipPart is [Clip] for a text of which only the beginning was kept; size is that of the whole.
func ClipPart(text string, size, max int) string {
	if size <= max {
		return text
	}
	return strings.ToValidUTF8(text[:min(max, len(text))], "") + fmt.Sprintf("… (%d bytes)", size)
}

// ParseName sets to to the index of text in names. An empty name is for a value without a name;
// the error does not offer it.
func ParseName[T ~int](to *T, names []string, text []byte, what string) error {
	if i := slices.Index(names, string(text)); i >= 0 {
		*to = T(i)
		return nil
	}
	article := "a"
	if strings.HasPrefix(what, "o") {
		article = "an"
	}
	named := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "" })
	return fmt.Errorf("%q is not %s %s: use one of %s", text, article, what, strings.Join(named, ", "))
}

// Nearest returns the known name that a misspelt name most likely means; it is empty if none is
// near.
func Nearest(name string, known []string) (best string) {
	distance := min(3, len(name)/2+1)
	if len(name) > 40 {
		return ""
	}
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			current[j+1] = min(previous[j+1]+1, current[j]+1)
			if cost := previous[j]; a[i] == b[j] {
				current[j+1] = min(current[j+1], cost)
			} else {
				current[j+1] = min(current[j+1], cost+1)
			}
		}
		previous = current
	}
	return previous[len(b)]
}
