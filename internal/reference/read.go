package reference

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// reader reads a value of a tree, which is not null, into its canonical form.
type reader func(client, any) (any, error)

// field is a member of a structure or union.
type field struct {
	name     string
	read     reader
	required bool
	came     string // the bug of a client that was made before this member
}

func required(name string, read reader) field    { return field{name, read, true, ""} }
func optional(name string, read reader) field    { return field{name, read, false, ""} }
func since(came, name string, read reader) field { return field{name, read, false, came} }

// find returns the field of a name, if this client knows it.
func (c client) find(known []field, name string) (field, bool) {
	i := slices.IndexFunc(known, func(f field) bool {
		return f.name == name || c.has(namesFoldCase) && strings.EqualFold(f.name, name)
	})
	if i < 0 || known[i].came != "" && c.has(known[i].came) {
		return field{}, false
	}
	return known[i], true
}

// structure ignores the members that it does not know, and takes null for absent.
func structure(known ...field) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a structure, not %T", value)
		}
		canonical := map[string]any{}
		next := 0 // in the order of the members
		for _, m := range o {
			f, ok := c.find(known, m.name)
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
			place := slices.IndexFunc(known, func(k field) bool { return k.name == f.name })
			if place < next && c.has(readsInOrder) {
				return nil, fmt.Errorf("%s comes too late", m.name)
			}
			next = place
			v, err := f.read(c, m.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			if !c.dropped(v) {
				canonical[f.name] = v
			}
		}
		return c.completed(known, canonical)
	}
}

// dropped reports whether the bug takes a value for an absent one.
func (c client) dropped(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == "" && c.has(emptyStringIsAbsent)
	case []any:
		return len(v) == 0 && c.has(emptyCollectionIsAbsent)
	case entries:
		return len(v) == 0 && c.has(emptyCollectionIsAbsent)
	case map[string]any:
		return len(v) == 0 && c.has(emptyStructureIsAbsent)
	case zero:
		return c.has(zeroIsAbsent)
	}
	return false
}

// completed looks at the members that are not there, which is fine.
func (c client) completed(known []field, canonical map[string]any) (any, error) {
	for _, f := range known {
		if _, ok := canonical[f.name]; !ok && f.required && c.has(requiredMemberFails) {
			return nil, fmt.Errorf("%s is required", f.name)
		}
		if _, ok := canonical[f.name]; !ok && f.name == "keyPrefix" && c.has(absentPrefixIsEmpty) {
			canonical[f.name] = ""
		}
	}
	return canonical, nil
}

// union demands exactly one member that is not null. A __type, which servers put
// beside it, is none unless the union has a member of that name.
func union(known ...field) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a union, not %T", value)
		}
		var set object
		for _, m := range o {
			if _, ok := c.find(known, m.name); m.name == "__type" && !ok && !c.has(typeMemberInUnionCounts) {
				continue
			}
			if m.value != nil || c.has(unionNullCounts) {
				set = append(set, m)
			}
		}
		if c.has(unionUnknownIgnored) && len(set) > 1 {
			set = slices.DeleteFunc(set, func(m member) bool { _, ok := c.find(known, m.name); return !ok })
		}
		switch {
		case len(set) == 0 && c.has(unionEmptyIsAbsent):
			return nil, nil
		case len(set) > 1 && c.has(unionFirstWins):
			set = set[:1]
		case len(set) > 1 && c.has(unionLastWins):
			set = set[len(set)-1:]
		case len(set) > 1 && c.has(unionPassesAll):
		case len(set) != 1:
			return nil, fmt.Errorf("expected a union's one member, not %d", len(set))
		}
		canonical := map[string]any{}
		for _, m := range set {
			f, ok := c.find(known, m.name)
			switch {
			case !ok && c.has(unknownUnionMemberFails):
				return nil, fmt.Errorf("unknown member %s of a union", m.name)
			case !ok && c.has(unionUnknownDropped):
				return nil, nil
			case !ok:
				canonical["$unknown"] = m.name
				continue
			}
			v, err := f.read(c, m.value)
			if err != nil || c.dropped(v) {
				return nil, err
			}
			canonical[m.name] = v
		}
		return canonical, nil
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
		switch {
		case len(list) == 1 && c.has(listOfOneUnwrapped):
			return canonical[0], nil
		case len(list) > 1 && c.has(firstOfListOnly):
			return canonical[:1], nil
		}
		return canonical, nil
	}
}

// entries is a map of the service's, which is no structure.
type entries map[string]any

func mapOf(element reader) reader {
	return func(c client, value any) (any, error) {
		o, ok := value.(object)
		if !ok {
			return nil, fmt.Errorf("expected a map, not %T", value)
		}
		canonical := entries{}
		for _, m := range o {
			if strings.HasPrefix(m.name, "__") && c.has(protoKeyLost) {
				continue
			}
			key := c.key(m.name)
			canonical[key] = nil
			if m.value == nil {
				continue
			}
			var err error
			if canonical[key], err = element(c, m.value); err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
		}
		if len(canonical) > 50 && c.has(constraintsChecked) {
			return nil, fmt.Errorf("%d entries are too many", len(canonical))
		}
		return canonical, nil
	}
}

// key is the key of a map's entry, which is data and not a name.
func (c client) key(name string) string {
	if !c.has(mapKeysCamelised) {
		return name
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("._-", r) })
	for i := range words[min(1, len(words)):] {
		words[i+1] = strings.ToUpper(words[i+1][:1]) + words[i+1][1:]
	}
	return strings.Join(words, "")
}

func text(c client, value any) (any, error) {
	s, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("expected a string, not %T", value)
	}
	if c.has(stringsCut) {
		s = s[:min(255, len(s))]
	}
	if c.has(nulEndsString) {
		s, _, _ = strings.Cut(s, "\x00")
	}
	if tree, err := parse(client{}, []byte(s)); err == nil && c.has(scalarsGuessed) {
		switch tree := tree.(type) {
		case number:
			return tree.double(), nil
		case bool, nil:
			return tree, nil
		}
	}
	return s, nil
}

// enum takes values that it does not know: the service may add some.
func enum(known ...string) reader {
	return func(c client, value any) (any, error) {
		s, ok := value.(string)
		if c.has(enumCaseFolded) {
			value = strings.ToUpper(s)
		}
		spelling := strings.ReplaceAll(s, "ELL", "EL") != s && c.has(americanSpelling)
		if ok && (spelling || c.has(closedEnum) && !slices.Contains(known, s)) {
			return nil, fmt.Errorf("unknown value %q", s)
		}
		if c.has(enumAsIdentifier) {
			value = strings.ReplaceAll(s, ".", "_")
		}
		return text(c, value)
	}
}

// Texts of which clients like to make more than texts.
var (
	arn       = checked(arnChecked, `arn:aws:\w+:[a-z]{2}-[a-z]{4,9}-\d:\d{12}:.*`, text)
	account   = checked(constraintsChecked, `\d{12}`, text)
	bucket    = checked(constraintsChecked, `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, text)
	keyPrefix = changed(prefixGetsSlash, func(s string) string { return s + "/" }, text)
	location  = changed(locationCleaned, path.Clean, text)
)
