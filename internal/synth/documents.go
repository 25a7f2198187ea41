package synth

import (
	"encoding/base64"
	"fmt"
	"iter"

	"github.com/crcheck/crcheck/schema"
)

// Problem says why no document of a place can be made.
type Problem struct {
	Contract string
	Place    schema.Place
	Reason   string
}

func (e *Problem) Error() string {
	return fmt.Sprintf("no document of %s, %s: %s", e.Contract, e.Place, e.Reason)
}

// top returns what a part's document is, and whether it is made of a form; if
// not, the part has one document.
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

// write writes a document. A raw body is the text of a string or the bytes of a
// blob.
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

// only is the one document of a part that is made of no form: any object, a
// stream of bytes, or a stream of no events.
func (s *Synth) only(t top) []byte {
	switch {
	case t.raw == nil:
		return []byte("{}")
	case s.contract.Resolve(t.raw.Shape).EventStream.Or(false):
		return nil
	}
	return []byte("data")
}

// Minimal makes the smallest document of a part, as it travels: required members only, of a
// union the first member that does not lead back to it. The error is a
// [*Problem].
func (s *Synth) Minimal(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	return t.write(t.form.minimal), nil
}

// Full makes a document of a part in which every member is present, of a union
// that which [Synth.Minimal] has. Where a structure stands inside of itself,
// it is minimal. The error is a [*Problem].
func (s *Synth) Full(part schema.Part) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	return t.write(t.form.full), nil
}

// Random makes a document of a part by chance: the same of the same seed. The
// error is a [*Problem].
func (s *Synth) Random(part schema.Part, seed uint64) ([]byte, error) {
	t, formed, err := s.top(part)
	if err != nil || !formed {
		return s.only(t), err
	}
	g := gambler{s, newRandom(seed), maxRandom}
	return t.write(g.value(t.form, 0)), nil
}

// Documents yields the systematic documents of a part, each once, in an order
// that depends on the contract alone: the minimal one, the full one, then for
// each place what may stand there, in surroundings that are minimal. There are
// none where [Synth.Minimal] gives an error.
func (s *Synth) Documents(part schema.Part) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for t := range s.Trials(part) {
			if !yield(t.Document) {
				return
			}
		}
	}
}
