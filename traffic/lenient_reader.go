package traffic

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// lenientReader reads objects that may have any members. An odd value is noted and left out; the
// rest of the object is read.
type lenientReader struct {
	jsonReader
	lax bool     // a number may be in place of text
	odd []*Error // of the interaction that is being read
}

// maxOdd is the maximum number of problems that are noted of one interaction.
const maxOdd = 10

func (r *lenientReader) note(err error) {
	if odd, ok := asMalformed(err); ok && len(r.odd) < maxOdd {
		r.odd = append(r.odd, odd)
	}
}

// yieldEntry yields an interaction after its noted problems, or the error of reading it, and reports
// whether to continue.
func (r *lenientReader) yieldEntry(x *Interaction, err error, yield func(*Interaction, error) bool) bool {
	if err != nil {
		return yield(nil, unreadEntry(err, x.Kind, x.Index))
	}
	for _, odd := range r.odd {
		if !yield(nil, odd.ofEntry(ErrOddEntry, x.Kind, x.Index)) {
			return false
		}
	}
	return yield(x, nil)
}

// members calls member with the name of each member of an object, and returns the offset of the
// object. member must read the value.
func (r *lenientReader) members(what string, member func(name string) error) (start int, err error) {
	if start, err = r.openObject(what); err != nil {
		return start, err
	}
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		name, _, err := r.member()
		if err != nil {
			r.note(err)
			err = r.skip()
		} else {
			err = member(r.shared(name))
		}
		if r.ended() {
			return start, r.failed
		}
		r.note(err)
	}
	return start, r.delimiter()
}

// elements calls element for each element of a list. element must read it.
func (r *lenientReader) elements(what string, element func() error) error {
	if r.decoder.PeekKind() != jsontext.KindBeginArray {
		return r.wrongType(what, "a list")
	}
	if err := r.delimiter(); err != nil {
		return err
	}
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		err := element()
		if r.ended() {
			return r.failed
		}
		r.note(err)
	}
	return r.delimiter()
}

// ended reports whether nothing more can be read. It reads ahead, because a string without a
// closing quote cannot be told apart until it is read.
func (r *lenientReader) ended() bool {
	if r.failed == nil && r.decoder.PeekKind() == jsontext.KindInvalid {
		_ = r.skip()
	}
	return r.failed != nil
}

// pairs reads a list of objects with a name and a value.
func (r *lenientReader) pairs(what string, pair func(name, value string, at int)) error {
	if r.null() {
		return r.skip()
	}
	return r.elements(what, func() error {
		var name, value string
		at, err := r.members(what, func(member string) (err error) {
			switch member {
			case "name":
				name, err = r.scalarText(what)
			case "value":
				value, err = r.scalarText(what)
			default:
				err = r.skip()
			}
			return err
		})
		if err == nil {
			pair(name, value, at)
		}
		return err
	})
}

// null reports whether the next value is null.
func (r *lenientReader) null() bool { return r.decoder.PeekKind() == jsontext.KindNull }

func (r *lenientReader) skip() error {
	if err := r.decoder.SkipValue(); err != nil {
		return r.broken(err)
	}
	return nil
}

func (r *lenientReader) nullable(what string) (string, error) {
	if r.null() {
		return "", r.skip()
	}
	return r.text(what)
}

// scalarText reads a string. A number or boolean in its place is noted, and used as it is written.
func (r *lenientReader) scalarText(what string) (string, error) {
	switch r.decoder.PeekKind() {
	case jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse:
		raw, at, err := r.value()
		if err != nil {
			return "", err
		}
		if !r.lax {
			r.note(r.notA(at, what, "a string"))
		}
		return string(raw), nil
	}
	return r.nullable(what)
}

// wholeNumber reads a whole number. A number with a fraction of zero, an exponent or quotes is
// noted, and its value is used.
func (r *lenientReader) wholeNumber(what string) (int, error) {
	if r.null() {
		return 0, r.skip()
	}
	raw, at, err := r.value()
	if err != nil {
		return 0, err
	}
	n, invalid := strconv.Atoi(string(raw))
	if invalid == nil {
		return n, nil
	}
	if digits := bytes.Trim(raw, `"`); len(digits) <= 16 {
		if f, err := strconv.ParseFloat(string(digits), 64); err == nil && f == float64(int(f)) && isDecimal(digits) {
			r.note(r.notWhole(at, what, raw))
			return int(f), nil
		}
	}
	return 0, r.notWhole(at, what, raw)
}

func (r *lenientReader) notWhole(at int, what string, raw []byte) error {
	return r.malformed(at, fmt.Sprintf("%s is %.20s, not a whole number", what, raw), "export it again, or write it as a whole number")
}

// isDecimal rejects the hexadecimal numbers, infinities and underscores that Go also parses.
func isDecimal(digits []byte) bool { return len(bytes.Trim(digits, "0123456789.eE+-")) == 0 }
