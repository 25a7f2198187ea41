package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/plural"
)

// MaxTests is how many tests of a group are named.
const MaxTests = 3

// Tests counts the tests whose calls have the findings of a group.
type Tests struct {
	Count int      `json:"count"`
	First []string `json:"first"` // their names, sorted; at most [MaxTests]
}

// String names the first tests and counts the others.
func (t *Tests) String() string {
	text := strings.Join(t.First, ", ")
	if more := t.Count - len(t.First); more > 0 {
		text += fmt.Sprintf(" and %s more", plural.Number(more))
	}
	return text
}

// test notes the test of a finding. The names of tests are held by the kind of finding: the memory
// grows with the suite, not with its traffic.
func (k *kind) test(name string) {
	if name == "" {
		return
	}
	if k.tests == nil {
		k.tests = map[string]bool{}
	}
	k.tests[name] = true
}

// testsOf returns the tests of kinds of findings; nil if none is known.
func testsOf(kinds []*kind) *Tests {
	all := map[string]bool{}
	for _, k := range kinds {
		maps.Copy(all, k.tests)
	}
	if len(all) == 0 {
		return nil
	}
	names := slices.Sorted(maps.Keys(all))
	return &Tests{len(names), names[:min(MaxTests, len(names))]}
}
