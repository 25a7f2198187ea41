package synth

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/crcheck/crcheck/schema"
)

// Trial is a systematic document, with the place that it varies.
type Trial struct {
	// Place is the part itself of the minimal and of the full document.
	Place    schema.Place
	How      string // in a few words, such as "minimal", "null" or the value of an enum
	Document []byte
}

// Trials yields the systematic documents of a part as [Synth.Documents] does, and says what each
// varies.
func (s *Synth) Trials(part schema.Part) iter.Seq[Trial] {
	return s.trials(part, func(t top, v *value) *value { return v })
}

// told yields the trials of a part with different values at different places, none of which is
// among the given texts.
func (s *Synth) told(part schema.Part, texts []string) iter.Seq[Trial] {
	return s.trials(part, func(t top, v *value) *value { return s.varied(texts...).value(t.form, v) })
}

func (s *Synth) trials(part schema.Part, told func(top, *value) *value) iter.Seq[Trial] {
	return func(yield func(Trial) bool) {
		t, formed, err := s.top(part)
		if err != nil {
			return
		}
		whole := schema.Place{Part: part}
		if !formed {
			yield(Trial{whole, "minimal", t.only()})
			return
		}
		f := t.form
		seen := map[[sha256.Size]byte]bool{}
		fresh := func(place schema.Place, how string, v *value) bool {
			sum := sha256.Sum256(v.bytes())
			if seen[sum] {
				return true
			}
			seen[sum] = true
			document, err := s.write(t, told(t, v))
			return err != nil || yield(Trial{place, how, document}) // an error: a text is too long for the header of an event
		}
		if !fresh(whole, "minimal", f.minimal) || !fresh(whole, "full", f.full) {
			return
		}
		s.walk(part, f, func(at spot) bool {
			if t.raw != nil {
				at.place = at.place.Child(t.raw.Name)
			}
			if s.wanted != nil && !s.wanted(at.place) {
				return true
			}
			if at.form.size >= endless || at.again {
				return at.form.size >= endless || at.key || fresh(at.place, "minimal", at.put(s.minimal(at.form)))
			}
			if at.key {
				for _, text := range at.form.variants {
					v, _ := at.putKey(scalar(text).text())
					if !fresh(at.place, at.form.how(scalar(text)), v) {
						return false
					}
				}
				return true
			}
			for _, v := range s.sequence(at.form) {
				if !fresh(at.place, at.form.how(v), at.put(v)) {
					return false
				}
			}
			return true
		})
	}
}

// how names the variation of a value.
func (f *form) how(v *value) string {
	of := func(n int, things string) string { return fmt.Sprintf("%d %s", n, things) }
	switch f.shape.Type {
	case schema.Structure:
		if len(v.entries) > len(f.minimal.entries) {
			return "null members"
		}
		return "minimal"
	case schema.List, schema.Map:
		if len(v.entries) > 0 && v.entries[0].value == null {
			return "null entry"
		}
		return of(len(v.entries), "entries")
	case schema.String:
		if len(f.shape.Enum.Or(nil)) > 0 {
			return v.text()
		}
		return of(utf8.RuneCountInString(v.text()), "characters")
	case schema.Blob:
		return of(len(v.text()), "characters of base64")
	case schema.Document, schema.Unstated:
		return "a document"
	}
	return v.text()
}

// RequestTrial is a systematic request, and what it varies.
type RequestTrial struct {
	Place schema.Place
	How   string
	Request
}

// RequestTrials yields the systematic requests as [Synth.Requests] does, and says what each varies.
func (s *Synth) RequestTrials() iter.Seq[RequestTrial] {
	return func(yield func(RequestTrial) bool) {
		bound, err := s.bound(schema.InputPart, none, nil)
		if err != nil {
			return
		}
		for t := range s.told(schema.InputPart, textsOf(bound)) {
			if r, err := s.Request(t.Document); err != nil || !yield(RequestTrial{t.Place, t.How, r}) {
				return
			}
		}
		body, err := s.Minimal(schema.InputPart)
		if err != nil {
			return
		}
		for v := range s.boundVariants(schema.InputPart) {
			r, err := s.request(body, v.all)
			if err != nil || !yield(RequestTrial{schema.Place{Part: schema.InputPart}.Child(v.Name), s.howBound(v), r}) {
				return
			}
		}
	}
}

// ResponseTrial is a systematic response, and what it varies.
type ResponseTrial struct {
	Place schema.Place
	How   string
	Response
}

// ResponseTrials yields the systematic responses as [Synth.Responses] does, and says what each
// varies.
func (s *Synth) ResponseTrials(part schema.Part, to Request) iter.Seq[ResponseTrial] {
	return func(yield func(ResponseTrial) bool) {
		bound, err := s.bound(part, none, nil)
		if err != nil {
			return
		}
		texts := slices.Concat(textsOf(bound), slices.Sorted(maps.Values(to.Echoes)))
		for t := range s.told(part, texts) {
			if r, err := s.Response(part, t.Document, to); err != nil || !yield(ResponseTrial{t.Place, t.How, r}) {
				return
			}
		}
		body, err := s.Minimal(part)
		if err != nil {
			return
		}
		for v := range s.boundVariants(part) {
			r, err := s.response(part, body, to, v.all)
			if err != nil || !yield(ResponseTrial{schema.Place{Part: part}.Child(v.Name), s.howBound(v), r}) {
				return
			}
		}
	}
}

// howBound names the variation of a text outside of the body.
func (s *Synth) howBound(v boundVariant) string {
	f := s.forms[s.contract.Resolve(v.Shape)]
	texts := v.Texts(v.value)
	switch {
	case len(texts) == 0:
		return "0 entries"
	case v.Type == schema.List || v.Type == schema.Map:
		f = f.below[0]
	}
	return f.how(quoted(texts[0]))
}
