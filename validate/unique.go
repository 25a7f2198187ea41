package validate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/decimal"
)

// seenElements are the elements of a list that must differ, by their [identity], with their indexes.
type seenElements map[string]int

// meet notes a finding if an earlier element of the list is equal (JSON Schema, validation section
// 6.4.3: uniqueItems). Broken elements have findings of their own.
func (seen seenElements) meet(s *sink, n *node, index int, text []byte, at int) {
	value, err := Tree(text)
	if err != nil {
		return
	}
	id := identity(value)
	if first, again := seen[id]; again {
		s.add(at, finding.Finding{Rule: finding.ConstraintUnique, Found: finding.Value{Length: first}, Sensitive: n.sensitive})
		return
	}
	seen[id] = index
}

// identity returns the same text for JSON values that are equal: objects have no order, and 1 is
// 1.0.
func identity(value any) string {
	switch value := value.(type) {
	case string:
		return strconv.Quote(value)
	case json.Number:
		if exact, ok := decimal.Rat(string(value)); ok {
			return exact.RatString()
		}
		return string(value)
	case []any:
		all := make([]string, len(value))
		for i, element := range value {
			all[i] = identity(element)
		}
		return "[" + strings.Join(all, ",") + "]"
	case map[string]any:
		var all []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all = append(all, strconv.Quote(name)+":"+identity(value[name]))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	return fmt.Sprint(value)
}
