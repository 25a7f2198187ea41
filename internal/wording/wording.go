// Package wording shortens the text that messages show, and reads the names of enumerated flags.
package wording

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/spelling"
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
	return fmt.Errorf("%q is not %s %s: use one of %s%s", Clip(string(text), 100), article, what, strings.Join(named, ", "), spelling.Hint(string(text), named, ""))
}
