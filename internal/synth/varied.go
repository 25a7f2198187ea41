package synth

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// maxOthers bounds the values of a shape, in addition to the usual one, that distinguish the places
// of a message.
const maxOthers = 16

// varied gives places of one message different values where they would have the same usual one, so
// that a reader that confuses two places is found. The value that is tried at a place stays.
type varied struct {
	s    *Synth
	seen map[string]bool // JSON texts
}

// varied starts a message that already has the given texts.
func (s *Synth) varied(texts ...string) *varied {
	v := &varied{s, map[string]bool{}}
	for _, text := range texts {
		v.seen[jsontree.Quote(text)] = true
	}
	return v
}

// scalar returns the value at a place, given the form's usual one.
func (d *varied) scalar(f *form, text string, fits func(text string) bool) string {
	if text == f.usual() {
		all := append([]string{text}, f.others()...)
		if i := slices.IndexFunc(all, func(other string) bool { return !d.seen[other] && fits(other) }); i >= 0 {
			text = all[i]
		}
	}
	d.seen[text] = true
	return text
}

// value returns a document of a form in which usual values differ.
func (d *varied) value(f *form, v *value) *value {
	if v == nil || v == null {
		return v
	}
	below := func(i int, e entry) *form { return f.below[0] }
	switch f.shape.Type {
	case schema.Structure:
		below = func(_ int, e entry) *form {
			if i := slices.Index(f.members, e.name); i >= 0 {
				return f.below[i]
			}
			return nil
		}
	case schema.List, schema.Map:
	case schema.Document, schema.Unstated:
		return v
	default:
		return scalar(d.scalar(f, v.scalar, func(string) bool { return true }))
	}
	made := &value{kind: v.kind, entries: slices.Clone(v.entries)}
	for i, e := range made.entries {
		if at := below(i, e); at != nil {
			made.entries[i].value = d.value(at, e.value)
		}
	}
	return made
}

// usual returns the value that a scalar has if nothing is tried; empty if it has none.
func (f *form) usual() string {
	if len(f.variants) == 0 || f.shape.Type == schema.Boolean || len(f.shape.Enum.Or(nil)) > 0 {
		return ""
	}
	return f.variants[0]
}

// newOthers returns different values in addition to the usual one; there may be none.
func (s *Synth) newOthers(f *form) func() []string {
	return sync.OnceValue(func() []string {
		var all []string
		add := func(text string) {
			if text != f.usual() && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
		switch f.shape.Type {
		case schema.String:
			random := usual()
			for width := 4; width < 4+3*maxOthers && len(all) < maxOthers; width++ {
				text, ok := f.texts.about(random, false, width)
				if !ok {
					break
				}
				add(jsontree.Quote(text))
			}
		case schema.Integer, schema.Float:
			v := intervalOf(f.shape)
			from, ok := rat(json.Number(f.usual()))
			for i := int64(1); ok && i <= maxOthers; i++ {
				for _, n := range []int64{i, -i} {
					if other := plus(from, n); v.holds(other) && other.Cmp(exact) <= 0 && len(all) < maxOthers {
						add(decimal(other))
					}
				}
			}
		case schema.Timestamp:
			for i := range maxOthers {
				m := moments[0].Add(time.Duration(i+1) * 25 * time.Hour)
				add(timestamp(m, f.shape.Format.Or("epoch-seconds"), s.encoding))
			}
		case schema.Blob:
			if usual, err := base64.StdEncoding.DecodeString(strings.Trim(f.usual(), `"`)); err == nil && len(usual) > 0 {
				for i := range maxOthers {
					usual[0] = byte('A' + i)
					add(strconv.Quote(base64.StdEncoding.EncodeToString(usual)))
				}
			}
		}
		return all
	})
}

// bound returns the value of a member outside of the body: for a string, a text that the message
// does not have yet.
func (d *varied) bound(f *form, b *binding.Member, v binding.Value) binding.Value {
	if b.Type == schema.String {
		text := d.scalar(f, jsontree.Quote(v.Text), func(other string) bool { return carries(b.Location, scalar(other).text()) })
		v.Text = scalar(text).text()
	}
	return v
}

// textsOf returns the texts of members outside of the body.
func textsOf(all []boundMember) []string {
	var texts []string
	for _, b := range all {
		texts = append(texts, b.Texts(b.value)...)
	}
	return texts
}
