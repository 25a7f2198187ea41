package reference

import (
	"encoding/json"
	"strconv"
)

// kind is a type of JSON that a reader needs.
type kind int

const (
	aString kind = iota
	aNumber
	aTime // a number of seconds
	aList
	anObject
	aMap
)

// coerced returns a value as a reader needs it. A correct client converts nothing. Clients with a bug
// convert values of another type, so that a mistake of the service becomes a wrong value instead of an
// error.
func (c client) coerced(value any, want kind) any {
	switch c.bug {
	case booleansAreNumbers:
		if b, ok := value.(bool); ok && (want == aNumber || want == aTime) {
			return number(strconv.Itoa(map[bool]int{true: 1}[b]))
		}
	case numericTextIsNumber:
		if s, ok := value.(string); ok && (want == aNumber || want == aTime) {
			if _, err := strconv.ParseFloat(s, 64); err == nil {
				return number(s)
			}
		}
	case unparsedTimeIsEpoch:
		if _, ok := value.(number); !ok && want == aTime {
			return number("0")
		}
	case scalarsBecomeText:
		switch v := value.(type) {
		case number:
			if want == aString {
				return string(v)
			}
		case bool:
			if want == aString {
				return strconv.FormatBool(v)
			}
		}
	case listStandsForItsElement:
		if list, ok := value.([]any); ok && len(list) > 0 && want != aList {
			return list[0]
		}
	case scalarBecomesList:
		if _, ok := value.([]any); !ok && want == aList {
			return []any{value}
		}
	case textParsedAgain:
		if s, ok := value.(string); ok && (want == anObject || want == aMap) {
			if tree, err := parse(client{}, []byte(s)); err == nil {
				return tree
			}
		}
	case anythingIsAnObject:
		if _, ok := value.(object); !ok && want == anObject {
			return object{}
		}
	case pairsBecomeMap:
		if list, ok := value.([]any); ok && want == aMap {
			o := object{}
			for _, pair := range list {
				if p, ok := pair.(object); ok {
					name, _ := p.get("key").(string) //nolint:errcheck // part of the bug
					o = append(o, member{name, p.get("value")})
				}
			}
			return o
		}
	}
	return value
}

// falsy reports whether a language such as JavaScript or Python treats a value as false.
func falsy(value any) bool {
	switch v := value.(type) {
	case bool:
		return !v
	case string:
		return v == ""
	case number:
		return v.double() == 0
	case json.Number:
		return v == "0"
	}
	return false
}
