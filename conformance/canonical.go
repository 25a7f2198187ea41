package conformance

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/validate"
)

// UnionError says that a union of a body has no right reading.
type UnionError struct {
	Pointer string
	Members []string
}

func (e *UnionError) Error() string {
	return fmt.Sprintf("the union at %s has %d members", e.Pointer, len(e.Members))
}

// Canonical returns the canonical output that follows from a body and its
// contract: the form in which every client reports what it parsed, see
// [Result.Output]. Members that the contract does not know are left out, as
// typed clients ignore them.
func Canonical(c *schema.Contract, part schema.Part, body []byte) (any, error) {
	return reading{c: c}.document(part, body)
}

// reading reads a body by a contract.
type reading struct {
	c *schema.Contract
	// rounds says that floats are read into the bits that they have.
	rounds bool
}

// document reads the body of a part, which is a JSON object.
func (r reading) document(part schema.Part, body []byte) (any, error) {
	tree, err := validate.Tree(body)
	if err != nil {
		return nil, err
	}
	root, members, ok := schema.Wire.Document(r.c, part)
	if !ok {
		return map[string]any{}, nil
	}
	object, isObject := tree.(map[string]any)
	if !isObject {
		return nil, fmt.Errorf("the body is no object")
	}
	return r.structure(r.c.Resolve(root), members, object, "")
}

func (r reading) structure(s *schema.Shape, members []schema.Member, object map[string]any, at string) (any, error) {
	canonical := map[string]any{}
	if s.Union.Or(false) {
		return r.union(s, members, object, at)
	}
	for i := range members {
		m := &members[i]
		value, present := object[m.Wire()]
		if !present || value == nil {
			continue
		}
		v, err := r.value(m.Shape, value, at+"/"+schema.Escape(m.Name))
		if err != nil {
			return nil, err
		}
		canonical[m.Name] = v
	}
	return canonical, nil
}

func (r reading) union(s *schema.Shape, members []schema.Member, object map[string]any, at string) (any, error) {
	var set []string
	for name, value := range object {
		if value != nil && name != "__type" {
			set = append(set, name)
		}
	}
	if len(set) != 1 {
		return nil, &UnionError{at, set}
	}
	for i := range members {
		if m := &members[i]; m.Wire() == set[0] {
			v, err := r.value(m.Shape, object[set[0]], at+"/"+schema.Escape(m.Name))
			return map[string]any{m.Name: v}, err
		}
	}
	return map[string]any{"$unknown": set[0]}, nil
}

func (r reading) value(ref schema.Ref, value any, at string) (any, error) {
	s := r.c.Resolve(ref)
	switch s.Type {
	case schema.Structure:
		if object, ok := value.(map[string]any); ok {
			return r.structure(s, s.Members, object, at)
		}
		return nil, fmt.Errorf("%s is no object", at)
	case schema.List:
		array, ok := value.([]any)
		if !ok {
			return nil, fmt.Errorf("%s is no array", at)
		}
		canonical := make([]any, len(array))
		for i, element := range array {
			v, err := r.entry(*s.Element, element, fmt.Sprintf("%s/%d", at, i))
			if err != nil {
				return nil, err
			}
			canonical[i] = v
		}
		return canonical, nil
	case schema.Map:
		object, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s is no object", at)
		}
		canonical := map[string]any{}
		for key, entry := range object {
			v, err := r.entry(*s.Value, entry, at+"/"+schema.Escape(key))
			if err != nil {
				return nil, err
			}
			canonical[key] = v
		}
		return canonical, nil
	case schema.Timestamp:
		return timestamp(value, at)
	case schema.Float:
		if number, ok := value.(json.Number); ok && r.rounds {
			return rounded(number, s.Bits.Or(64)), nil
		}
	}
	return value, nil
}

func (r reading) entry(ref schema.Ref, value any, at string) (any, error) {
	if value == nil {
		return nil, nil
	}
	return r.value(ref, value, at)
}

// withoutMadeUp leaves out of what a client reports the required members that the
// answer lacks, where want is what follows from the answer, and rounds its floats.
func (r reading) withoutMadeUp(s *schema.Shape, members []schema.Member, want, got any) any {
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
				below := r.c.Resolve(m.Shape)
				kept[m.Name] = r.withoutMadeUp(below, below.Members, child, reported)
			} else if !ok && m.Required.Or(false) {
				delete(kept, m.Name)
			}
		}
		if s.Value != nil {
			entry := r.c.Resolve(*s.Value)
			for key, reported := range got {
				if child, ok := wanted[key]; ok {
					kept[key] = r.withoutMadeUp(entry, entry.Members, child, reported)
				}
			}
		}
		return kept
	case []any:
		wanted, ok := want.([]any)
		if !ok || len(wanted) != len(got) || s.Element == nil {
			return got
		}
		element, kept := r.c.Resolve(*s.Element), make([]any, len(got))
		for i := range got {
			kept[i] = r.withoutMadeUp(element, element.Members, wanted[i], got[i])
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
func timestamp(value any, at string) (any, error) {
	if text, ok := value.(string); ok {
		for _, form := range []string{time.RFC3339Nano, http.TimeFormat} { // time.Parse takes fractions besides
			if t, err := time.Parse(form, text); err == nil {
				return t.UTC().Format(canonicalTime), nil
			}
		}
		return nil, fmt.Errorf("%s is no timestamp", at)
	}
	number, ok := value.(json.Number)
	if !ok {
		return nil, fmt.Errorf("%s is no timestamp", at)
	}
	seconds, ok := new(big.Rat).SetString(string(number)) // validate.Tree has bounded the exponent
	if !ok {
		return nil, fmt.Errorf("%s is no number of epoch seconds", at)
	}
	millis := seconds.Mul(seconds, big.NewRat(1000, 1))
	floor := new(big.Int).Div(millis.Num(), millis.Denom()) // towards minus infinity, as the denominator is positive
	t := time.UnixMilli(floor.Int64()).UTC()
	if !floor.IsInt64() || t.Year() < 1 || t.Year() > 9999 {
		return nil, fmt.Errorf("%s is outside of the years 1 to 9999", at)
	}
	return t.Format(canonicalTime), nil
}
