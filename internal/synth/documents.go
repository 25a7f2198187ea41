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

// write writes a document. A raw body is the text of a string or the bytes of a blob; the events of
// a stream become messages. The error is a [*Problem].
func (s *Synth) write(t top, v *value) ([]byte, error) {
	switch {
	case t.events != nil:
		return s.writeEvents(t, v)
	case t.raw == nil:
		return v.bytes(), nil
	case t.form.shape.Type == schema.Blob:
		return base64.StdEncoding.DecodeString(v.text())
	}
	return []byte(v.text()), nil
}

// only returns the single document of a part without a form: any object, or a stream of bytes.
func (t top) only() []byte {
	if t.raw == nil {
		return []byte("{}")
	}
	return []byte("data")
}

// Minimal returns the smallest document of a part, as it travels: with required members only and,
// in a union, the first member that does not lead back to it; a stream has no events. The error is a [*Problem].
func (s *Synth) Minimal(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return t.only(), err
	}
	return s.write(t, t.form.minimal)
}

// Full returns a document of a part in which every member is present; a union has the member that
// [Synth.Minimal] has, and a stream has one event of each kind. A structure inside of itself is minimal. The error is a [*Problem].
func (s *Synth) Full(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return t.only(), err
	}
	return s.write(t, t.form.full)
}

// Random returns a random document of a part from a seed. The error is a [*Problem].
func (s *Synth) Random(part schema.Part, seed uint64) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return t.only(), err
	}
	g := randomBuilder{s, newRandom(seed), maxRandom}
	return s.write(t, g.value(t.form, 0))
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
