package synth

import (
	"encoding/base64"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// longestBound is how long a text in a header or URI is made, in bytes. Servers
// take about 8 KiB in all.
const longestBound = 1024

// boundTexts returns the ways to write a member outside of the body. A list is
// several texts of one name; a map has names of its own.
func (s *Synth) boundTexts(m *schema.Member, random *rand.Rand) [][]namedText {
	f := s.forms[s.contract.Resolve(m.Shape)]
	location, name := s.contract.Location(m), m.Wire()
	var all [][]namedText
	switch f.shape.Type {
	case schema.List:
		n := max(1, smallest(f.shape))
		for _, text := range s.plainTexts(f.below[0], location, random) {
			row := []namedText{}
			for range n {
				row = append(row, namedText{name, text})
			}
			all = append(all, row)
		}
	case schema.Map:
		prefix := ""
		if location == "headers" {
			prefix = name
		}
		for _, text := range s.plainTexts(f.below[0], location, random) {
			row := []namedText{}
			for _, key := range f.keys {
				if location == "headers" && !token(key) {
					return nil
				}
				row = append(row, namedText{prefix + key, text})
			}
			all = append(all, row)
		}
	default:
		for _, text := range s.plainTexts(f, location, random) {
			all = append(all, []namedText{{name, text}})
		}
	}
	return all
}

// plainTexts returns the texts of a scalar that a location can carry. In
// headers, timestamps are HTTP dates, elsewhere RFC 3339, unless the contract
// says otherwise (Smithy, http-bindings.html).
func (s *Synth) plainTexts(f *form, location string, random *rand.Rand) []string {
	var variants []string
	switch f.shape.Type {
	case schema.Timestamp:
		format := "date-time"
		if location == "header" || location == "headers" {
			format = "http-date"
		}
		variants = timestampVariants(f.shape.Format.Or(format), schema.Wire)
	case schema.Structure, schema.List, schema.Map:
		return nil
	case schema.Document: // Smithy, http-bindings.html: base64 of its JSON text
		for _, v := range f.variants {
			variants = append(variants, strconv.Quote(base64.StdEncoding.EncodeToString([]byte(v))))
		}
	default:
		variants = f.variants
	}
	if random != nil {
		variants = append([]string{variants[random.IntN(len(variants))]}, variants...)
		if f.shape.Type == schema.String && len(f.texts.enum) == 0 {
			if text, ok := f.texts.about(random, false, 1+random.IntN(40)); ok {
				variants[0] = jsontree.Quote(text)
			}
		}
	}
	var all []string
	for _, v := range variants {
		if text := scalar(v).text(); carries(location, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 && f.shape.Type == schema.String && len(f.texts.enum) == 0 {
		if text, ok := f.texts.between(usual(), false, max(f.texts.low, 1), f.texts.high); ok && carries(location, text) {
			all = append(all, text)
		}
	}
	return all
}

// carries reports whether a text can stand at a location: labels are not empty
// nor a step in a path, headers hold visible ASCII and inner blanks
// (RFC 9110 section 5.5).
func carries(location, text string) bool {
	if len(text) > longestBound {
		return false
	}
	switch location {
	case "label":
		return text != "" && text != "." && text != ".."
	case "header", "headers":
		return strings.Trim(text, " ") == text && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
	}
	return true
}

// token reports a header name (RFC 9110 section 5.6.2).
func token(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
