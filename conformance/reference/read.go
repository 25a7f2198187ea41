package reference

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader reads a value of a tree, which is not null, into its canonical form.
type reader func(client, any) (any, error)

type members map[string]reader

// structure ignores the members that it does not know, and takes null for absent.
func structure(known members) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a structure, not %T", value)
		}
		canonical := map[string]any{}
		for _, m := range o {
			read, ok := known[m.name]
			switch {
			case m.value == nil && c.has(nullMemberFails):
				return nil, fmt.Errorf("%s is null", m.name)
			case m.value == nil:
				continue
			case !ok && c.has(unknownMemberFails):
				return nil, fmt.Errorf("unknown member %s", m.name)
			case !ok:
				continue
			}
			v, err := read(c, m.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			canonical[m.name] = v
		}
		return canonical, nil
	}
}

// union demands exactly one member that is not null. A __type, which servers put
// beside it, is none unless the union has a member of that name.
func union(known members) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a union, not %T", value)
		}
		var set object
		for _, m := range o {
			if _, ok := known[m.name]; m.name == "__type" && !ok && !c.has(typeMemberInUnionCounts) {
				continue
			}
			if m.value != nil {
				set = append(set, m)
			}
		}
		switch {
		case len(set) > 1 && c.has(unionFirstWins):
			set = set[:1]
		case len(set) > 1 && c.has(unionLastWins):
			set = set[len(set)-1:]
		case len(set) != 1:
			return nil, fmt.Errorf("expected a union's one member, not %d", len(set))
		}
		read, ok := known[set[0].name]
		if !ok && c.has(unknownUnionMemberFails) {
			return nil, fmt.Errorf("unknown member %s of a union", set[0].name)
		}
		if !ok {
			return map[string]any{"$unknown": set[0].name}, nil
		}
		v, err := read(c, set[0].value)
		return map[string]any{set[0].name: v}, err
	}
}

func listOf(element reader) reader {
	return func(c client, value any) (any, error) {
		list, ok := value.([]any)
		if !ok {
			return nil, fmt.Errorf("expected a list, not %T", value)
		}
		canonical := make([]any, len(list))
		for i, v := range list {
			if v == nil {
				continue
			}
			var err error
			if canonical[i], err = element(c, v); err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
			}
		}
		return canonical, nil
	}
}

func mapOf(element reader) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a map, not %T", value)
		}
		canonical := map[string]any{}
		for _, m := range o {
			canonical[m.name] = nil
			if m.value == nil {
				continue
			}
			var err error
			if canonical[m.name], err = element(c, m.value); err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
		}
		return canonical, nil
	}
}

func text(_ client, value any) (any, error) {
	s, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("expected a string, not %T", value)
	}
	return s, nil
}

// enum takes values that it does not know: the service may add some.
func enum(known ...string) reader {
	return func(c client, value any) (any, error) {
		s, ok := value.(string)
		if ok && c.has(closedEnum) && !slices.Contains(known, s) {
			return nil, fmt.Errorf("unknown value %q", s)
		}
		return text(c, value)
	}
}

// integer takes what has an integral value, however it is written.
func integer(bits int) reader {
	return func(c client, value any) (any, error) {
		n, ok := value.(number)
		if !ok {
			return nil, fmt.Errorf("expected an integer, not %T", value)
		}
		if c.has(float64Integers) {
			f, err := strconv.ParseFloat(string(n), 64)
			return int64(f), err
		}
		r, err := exact(n)
		if err != nil {
			return nil, err
		}
		if !r.IsInt() || r.Num().BitLen() >= bits && r.Num().Cmp(big.NewInt(-1<<(bits-1))) != 0 {
			return nil, fmt.Errorf("%s is no integer of %d bits", n, bits)
		}
		return json.Number(r.Num().String()), nil
	}
}

func float(_ client, value any) (any, error) {
	switch v := value.(type) {
	case number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err
	case string:
		if v == "NaN" || v == "Infinity" || v == "-Infinity" {
			return v, nil
		}
	}
	return nil, fmt.Errorf("expected a number, not %v", value)
}

// timestamp reads epoch seconds. What is finer than a millisecond is cut off,
// towards the past.
func timestamp(c client, value any) (any, error) {
	n, ok := value.(number)
	if !ok {
		return nil, fmt.Errorf("expected epoch seconds, not %T", value)
	}
	if c.has(timestampIntegerOnly) && strings.ContainsAny(string(n), ".eE") {
		return nil, fmt.Errorf("expected an integer, not %s", n)
	}
	millis, err := exact(n)
	if err != nil {
		return nil, err
	}
	if !c.has(timestampAsMilliseconds) {
		millis.Mul(millis, big.NewRat(1000, 1))
	}
	floor := new(big.Int).Div(millis.Num(), millis.Denom()) // Euclid's, which is downwards
	if !floor.IsInt64() {
		return nil, fmt.Errorf("%s is out of range", n)
	}
	at := time.UnixMilli(floor.Int64()).UTC()
	if at.Year() < 0 || at.Year() > 9999 {
		return nil, fmt.Errorf("%s is out of range", n)
	}
	return at.Format("2006-01-02T15:04:05.000Z"), nil
}

// exact reads a number without loss. Exponents are bounded first, for 1e1000001
// would take a million digits: what a double cannot hold no member can, and what
// a double takes for zero is zero.
func exact(n number) (*big.Rat, error) {
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return nil, err
	}
	if f == 0 || math.Abs(f) < 1e-300 {
		return new(big.Rat), nil
	}
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return nil, fmt.Errorf("%s is no number", n)
	}
	return r, nil
}
