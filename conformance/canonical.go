package conformance

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/visit"
	"github.com/crcheck/crcheck/schema"
)

// unionError says that a union of a body does not have exactly one member.
type unionError struct {
	Pointer string
	Members []string
}

func (e *unionError) Error() string {
	return fmt.Sprintf("the union at %s has %d members", e.Pointer, len(e.Members))
}

// canonical returns the canonical output that follows from a body and its
// contract: the form in which every client reports what it parsed, see
// [Result.Output]. Members that the contract does not know are left out, as
// typed clients ignore them.
func canonical(c *schema.Contract, part schema.Part, body []byte) (any, error) {
	return reading{}.document(c, part, schema.HTTP, body)
}

// reading converts values to canonical form.
type reading struct {
	// rounds converts floats to the precision of their shape.
	rounds bool
}

// document reads the document of a part. A part without a shape is an empty object.
func (r reading) document(c *schema.Contract, part schema.Part, p schema.Encoding, document []byte) (any, error) {
	tree, err := jsontree.Parse(document)
	if err != nil {
		return nil, err
	}
	root, ok := visit.Root(c, part, p, tree)
	if !ok {
		return map[string]any{}, nil
	}
	return r.value(root)
}

func (r reading) value(s *visit.Site) (any, error) {
	of := map[schema.Type]jsontext.Kind{schema.Structure: '{', schema.Map: '{', schema.List: '['}
	switch kind, ok := of[s.Shape.Type]; {
	case ok && s.Value.Kind != kind && kind == '[':
		return nil, fmt.Errorf("%s is not an array", finding.PointerText(s.Pointer()))
	case ok && s.Value.Kind != kind:
		return nil, fmt.Errorf("%s is not an object", finding.PointerText(s.Pointer()))
	case s.Shape.Type == schema.Timestamp:
		return timestamp(s)
	case s.Shape.Type == schema.Float && s.Value.Kind == '0' && r.rounds:
		return rounded(json.Number(s.Value.Text), s.Shape.Bits.Or(64)), nil
	case s.Shape.Union.Or(false):
		return r.union(s)
	}
	switch s.Value.Kind {
	case '[':
		list := []any{}
		for element := range s.Below() {
			v, err := r.entry(element)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case '{':
		return r.object(s)
	case '"':
		return s.Value.Text, nil
	case '0':
		return json.Number(s.Value.Text), nil
	case 'n':
		return nil, nil
	}
	return s.Value.Kind == 't', nil
}

// object reads the members of a structure that are present and known, and all
// entries of anything else.
func (r reading) object(s *visit.Site) (any, error) {
	canonical := map[string]any{}
	for below := range s.Below() {
		name := below.Key
		if s.Shape.Type == schema.Structure {
			if below.Unknown() || below.Absent() {
				continue
			}
			name = below.Member.Name
		}
		v, err := r.entry(below)
		if err != nil {
			return nil, err
		}
		canonical[name] = v
	}
	return canonical, nil
}

func (r reading) union(s *visit.Site) (any, error) {
	set := s.Set()
	switch {
	case len(set) != 1:
		var names []string
		for _, m := range set {
			names = append(names, m.Key)
		}
		return nil, &unionError{s.Pointer(), names}
	case set[0].Unknown():
		return map[string]any{"$unknown": set[0].Key}, nil
	}
	v, err := r.value(set[0])
	return map[string]any{set[0].Member.Name: v}, err
}

func (r reading) entry(s *visit.Site) (any, error) {
	if s.Value.Null() {
		return nil, nil
	}
	return r.value(s)
}

// dropCorrections removes the required members that the response lacks from a client's report, and
// rounds its floats (Smithy, aggregate-types, client error correction). want is the canonical form
// of the response.
func dropCorrections(c *schema.Contract, s *schema.Shape, members []schema.Member, want, got any) any {
	switch got := got.(type) {
	case map[string]any:
		wanted, ok := want.(map[string]any)
		if !ok {
			return got
		}
		kept := map[string]any{}
		for name, value := range got {
			kept[name] = value
		}
		for i := range members {
			m := &members[i]
			child, ok := wanted[m.Name]
			if reported, there := got[m.Name]; ok && there {
				below := c.Resolve(m.Shape)
				kept[m.Name] = dropCorrections(c, below, below.Members, child, reported)
			} else if !ok && m.Required.Or(false) {
				delete(kept, m.Name)
			}
		}
		if s.Value != nil {
			entry := c.Resolve(*s.Value)
			for key, reported := range got {
				if child, ok := wanted[key]; ok {
					kept[key] = dropCorrections(c, entry, entry.Members, child, reported)
				}
			}
		}
		return kept
	case []any:
		wanted, ok := want.([]any)
		if !ok || len(wanted) != len(got) || s.Element == nil {
			return got
		}
		element, kept := c.Resolve(*s.Element), make([]any, len(got))
		for i := range got {
			kept[i] = dropCorrections(c, element, element.Members, wanted[i], got[i])
		}
		return kept
	case json.Number:
		switch want.(type) {
		case float64:
			return rounded(got, 64)
		case float32:
			return rounded(got, 32)
		}
	}
	return got
}

// canonicalTime is RFC 3339 in UTC with milliseconds.
const canonicalTime = "2006-01-02T15:04:05.000Z"

// timestamp writes epoch seconds, or the text of a date, in canonical form; a finer
// fraction is cut off.
func timestamp(s *visit.Site) (any, error) {
	at := s.Pointer()
	if s.Value.Kind == '"' {
		for _, form := range []string{time.RFC3339Nano, http.TimeFormat} { // time.Parse accepts fractions with either
			if t, err := time.Parse(form, s.Value.Text); err == nil {
				return t.UTC().Format(canonicalTime), nil
			}
		}
		return nil, fmt.Errorf("%s is not a timestamp", at)
	}
	seconds, ok := decimal.Rat(s.Value.Text)
	if !ok {
		return nil, fmt.Errorf("%s is not a timestamp", at)
	}
	millis := seconds.Mul(seconds, big.NewRat(1000, 1))
	floor := new(big.Int).Div(millis.Num(), millis.Denom()) // towards minus infinity, as the denominator is positive
	t := time.UnixMilli(floor.Int64()).UTC()
	if !floor.IsInt64() || t.Year() < 1 || t.Year() > 9999 {
		return nil, fmt.Errorf("%s is outside of the years 1 to 9999", at)
	}
	return t.Format(canonicalTime), nil
}
