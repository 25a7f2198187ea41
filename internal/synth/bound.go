package synth

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// maxBoundText bounds the generated text in a header or URI, in bytes. Servers accept about 8 KiB
// in total.
const maxBoundText = 1024

// boundValues returns the values of a member outside of the body.
func (s *Synth) boundValues(b *binding.Member, random *rand.Rand) []binding.Value {
	f := s.forms[s.contract.Resolve(b.Shape)]
	of := f
	if b.Type == schema.List || b.Type == schema.Map {
		of = f.below[0]
	}
	if b.Location == schema.LocationHeaders && slices.ContainsFunc(f.keys, func(key string) bool { return !binding.HeaderName(b.Wire + key) }) {
		return nil
	}
	var all []binding.Value
	for _, text := range s.plainTexts(of, b, random) {
		v := binding.Value{}
		switch b.Type {
		case schema.List:
			v.List = slices.Repeat([]string{text}, max(1, smallest(f.shape)))
		case schema.Map:
			for _, key := range f.keys {
				v.Entries = append(v.Entries, binding.Entry{Name: key, Texts: []string{text}})
			}
		default:
			v.Text = text
		}
		all = append(all, v)
	}
	return all
}

// plainTexts returns the texts of a scalar that may travel at a location.
func (s *Synth) plainTexts(f *form, b *binding.Member, random *rand.Rand) []string {
	var variants []string
	switch f.shape.Type {
	case schema.Timestamp:
		variants = timestampVariants(b.Scalar.Format, schema.HTTP)
	case schema.Structure, schema.List, schema.Map:
		return nil
	case schema.Document:
		for _, v := range f.variants {
			text, _ := b.Scalar.Text([]byte(v))
			variants = append(variants, jsontree.Quote(text))
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
		if text := scalar(v).text(); carries(b.Location, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 && f.shape.Type == schema.String && len(f.texts.enum) == 0 {
		if text, ok := f.texts.between(usual(), false, max(f.texts.low, 1), f.texts.high); ok && carries(b.Location, text) {
			all = append(all, text)
		}
	}
	return all
}

// carries reports whether a text may travel at a location with every implementation: in headers,
// visible ASCII and inner blanks.
func carries(at schema.Location, text string) bool {
	if at.InHeaders() && (strings.Trim(text, " ") != text || !binding.Visible(text)) {
		return false
	}
	return len(text) <= maxBoundText && binding.Problem(at, text) == ""
}
