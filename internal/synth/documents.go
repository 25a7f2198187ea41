package synth

import (
	"encoding/base64"
	"fmt"
	"iter"

	"github.com/crcheck/crcheck/schema"
)

// Problem says why no document can be made for a place.
type Problem struct {
	Contract string
	Place    schema.Place
	Reason   string
}

func (e *Problem) Error() string {
	return fmt.Sprintf("no document of %s, %s: %s", e.Contract, e.Place, e.Reason)
}

// top returns what a part's document is, and whether it is made of a form; if not, the part has
// only one document.
func (s *Synth) top(part schema.Part) (t top, formed bool, err error) {
	t, ok := s.tops[part]
	switch {
	case !ok:
		return t, false, &Problem{s.contract.String(), schema.Place{Part: part}, "the contract has no such part"}
	case t.form != nil && t.form.size >= endless:
		return t, false, s.Problems(part)[0]
	}
	return t, t.form != nil, nil
}

// write writes a document. A raw body is the text of a string or the bytes of a blob.
func (t top) write(v *value) []byte {
	switch {
	case t.raw == nil:
		return v.bytes()
	case t.form.shape.Type == schema.Blob:
		b, _ := base64.StdEncoding.DecodeString(v.text())
		return b
	}
	return []byte(v.text())
}

// only returns the single document of a part without a form: any object, a stream of bytes, or a
// stream without events.
func (s *Synth) only(t top) []byte {
	switch {
	case t.raw == nil:
		return []byte("{}")
	case s.contract.Resolve(t.raw.Shape).EventStream.Or(false):
		return nil
	}
	return []byte("data")
}

// Minimal returns the smallest document of a part, as it travels: with required members only and,
// in a union, the first member that does not lead back to it. The error is a [*Problem].
func (s *Synth) Minimal(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	return t.write(t.form.minimal), nil
}

// Full returns a document of a part in which every member is present; a union has the member that
// [Synth.Minimal] has. A structure inside of itself is minimal. The error is a [*Problem].
func (s *Synth) Full(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	return t.write(t.form.full), nil
}

// Random returns a random document of a part from a seed. The error is a [*Problem].
func (s *Synth) Random(part schema.Part, seed uint64) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	g := randomBuilder{s, newRandom(seed), maxRandom}
	return t.write(g.value(t.form, 0)), nil
}

// Documents yields the systematic documents of a part, each once, in an order that depends only on
// the contract: the minimal one, the full one, then the possible values of each place, in minimal
// surroundings. There are none if [Synth.Minimal] returns an error.
func (s *Synth) Documents(part schema.Part) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for t := range s.Trials(part) {
			if !yield(t.Document) {
				return
			}
		}
	}
}
