package reference

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// reader converts a value of a tree, which is not null, to its canonical form.
type reader func(client, any) (any, error)

// field is a member of a structure or union.
type field struct {
	name     string
	read     reader
	required bool
	newer    string // the bug of a client that is older than this member; empty for the first model
}

func required(name string, read reader) field     { return field{name, read, true, ""} }
func optional(name string, read reader) field     { return field{name, read, false, ""} }
func added(newer, name string, read reader) field { return field{name, read, false, newer} }

// find returns the field with a name, if this client knows it.
func (c client) find(known []field, name string) (field, bool) {
	i := slices.IndexFunc(known, func(f field) bool {
		return f.name == name || c.has(namesFoldCase) && strings.EqualFold(f.name, name)
	})
	if i < 0 || known[i].newer != "" && c.has(known[i].newer) {
		return field{}, false
	}
	return known[i], true
}

// structure returns a reader that ignores unknown members and treats null as absent.
func structure(known ...field) reader {
	return func(c client, value any) (any, error) {
		o, ok := c.coerced(value, anObject).(object)
		if !ok {
			return nil, fmt.Errorf("got %T, want a structure", value)
		}
		canonical := map[string]any{}
		next := 0 // index in known, for the bug that expects an order
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
				return nil, fmt.Errorf("%s is out of order", m.name)
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

// dropped reports whether the bug treats a value as absent.
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

// completed handles absent members, which a correct client accepts.
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

// union returns a reader that requires exactly one member that is not null. It ignores a __type,
// which servers add, unless the union has a member of that name.
func union(known ...field) reader {
	return func(c client, value any) (any, error) {
		if c.has(falsyIsAbsent) && falsy(value) {
			return nil, nil
		}
		o, ok := c.coerced(value, anObject).(object)
		if !ok {
			return nil, fmt.Errorf("got %T, want a union", value)
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
			return nil, fmt.Errorf("got a union with %d members, want one", len(set))
		}
		canonical := map[string]any{}
		for _, m := range set {
			f, ok := c.find(known, m.name)
			if tag, reserved := c.reservedTag(m); reserved {
				return map[string]any{"$unknown": tag}, nil
			}
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
		list, ok := c.coerced(value, aList).([]any)
		if !ok {
			return nil, fmt.Errorf("got %T, want a list", value)
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
		case len(list) > 100 && c.has(listCutAt100):
			return canonical[:100], nil
		case c.has(listIsASet):
			return distinct(canonical), nil
		}
		return canonical, nil
	}
}

// entries is the value of a map, as opposed to a structure.
type entries map[string]any

func mapOf(element reader) reader {
	return func(c client, value any) (any, error) {
		o, ok := c.coerced(value, aMap).(object)
		if !ok {
			return nil, fmt.Errorf("got %T, want a map", value)
		}
		canonical := entries{}
		for _, m := range o {
			if strings.HasPrefix(m.name, "__") && c.has(protoKeyLost) {
				continue
			}
			key := c.key(m.name)
			if c.isReserved(m.name) {
				continue
			}
			canonical[key] = nil
			if m.value == nil {
				continue
			}
			var err error
			if canonical[key], err = element(c, m.value); err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
		}
		if c.has(numericMapIsList) && len(canonical) > 0 && allDigits(canonical) {
			return slices.Collect(maps.Values(canonical)), nil
		}
		if len(canonical) > 50 && c.has(constraintsChecked) {
			return nil, fmt.Errorf("too many entries: %d", len(canonical))
		}
		return canonical, nil
	}
}

// distinct returns the list without repeated elements.
func distinct(list []any) []any {
	seen, kept := map[string]bool{}, []any{}
	for _, v := range list {
		if text := string(marshal(v)); !seen[text] {
			seen[text] = true
			kept = append(kept, v)
		}
	}
	return kept
}

func allDigits(canonical entries) bool {
	for key := range canonical {
		if strings.Trim(key, "0123456789") != "" {
			return false
		}
	}
	return true
}

// isReserved reports whether a client with a bug takes a key of a map for a name of its own.
func (c client) isReserved(key string) bool {
	return key == "" && c.has(emptyKeyLost) ||
		key == "ResponseMetadata" && c.has(metadataRemoved) ||
		key == "SDK_UNKNOWN_MEMBER" && c.has(unknownMarkerRemoved)
}

// reservedTag returns the name that a client with a bug reads from a member of a union that it takes
// for the mark of an unknown one.
func (c client) reservedTag(m member) (tag any, reserved bool) {
	switch {
	case m.name == "SDK_UNKNOWN_MEMBER" && c.has(unknownMarkerTrusted):
		o, _ := m.value.(object)
		return o.get("name"), true
	case m.name == "$unknown" && c.has(dollarUnknownTrusted):
		if list, ok := m.value.([]any); ok && len(list) > 0 {
			return list[0], true
		}
	}
	return nil, false
}

// key returns the key of an entry of a map. A key is data, not a name.
func (c client) key(name string) string {
	switch {
	case c.has(mapKeysInSmallLetters):
		return strings.ToLower(name)
	case c.has(mapKeysTrimmed):
		return strings.TrimSpace(name)
	case c.has(mapKeysArePaths):
		name, _, _ = strings.Cut(name, ".")
		return name
	case !c.has(mapKeysCamelised):
		return name
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("._-", r) })
	for i := range words[min(1, len(words)):] {
		words[i+1] = strings.ToUpper(words[i+1][:1]) + words[i+1][1:]
	}
	return strings.Join(words, "")
}

func text(c client, value any) (any, error) {
	s, ok := c.coerced(value, aString).(string)
	if !ok {
		return nil, fmt.Errorf("got %T, want a string", value)
	}
	if change, ok := textBugs[c.bug]; ok {
		s = change(s)
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

// enum returns a reader that accepts unknown values, since the service may add some.
func enum(known ...string) reader {
	return func(c client, value any) (any, error) {
		if c.has(falsyIsAbsent) && falsy(value) {
			return nil, nil
		}
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

// Strings that clients often parse or change.
var (
	arn       = checked(arnChecked, `arn:aws:\w+:[a-z]{2}-[a-z]{4,9}-\d:\d{12}:.*`, text)
	account   = checked(constraintsChecked, `\d{12}`, text)
	bucket    = checked(constraintsChecked, `[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]`, text)
	keyPrefix = changed(prefixGetsSlash, func(s string) string { return s + "/" }, text)
	location  = changed(locationCleaned, path.Clean, text)
)
