package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/wording"
)

// maxDifferences bounds the lines of a difference.
const maxDifferences = 10

// differences lists the places at which two values in [normal] form differ, each with both values as
// JSON. A value that is not there is absent.
type differences struct{ lines []string }

// absent is the value of a place that does not exist.
type absent struct{}

func (d *differences) compare(pointer string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			names := map[string]bool{}
			for _, object := range []map[string]any{want, got} {
				for name := range object {
					names[name] = true
				}
			}
			for _, name := range slices.Sorted(maps.Keys(names)) {
				d.compare(pointer+"/"+jsontree.Escape(name), member(want, name), member(got, name))
			}
			return
		}
	case []any:
		if got, ok := got.([]any); ok {
			for i := range max(len(want), len(got)) {
				d.compare(fmt.Sprintf("%s/%d", pointer, i), element(want, i), element(got, i))
			}
			return
		}
	}
	if want != got {
		d.lines = append(d.lines, fmt.Sprintf("%s: expected %s, reported %s", finding.PointerText(pointer), written(want), written(got)))
	}
}

func member(object map[string]any, name string) any {
	if value, ok := object[name]; ok {
		return value
	}
	return absent{}
}

func element(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return absent{}
}

// written is a value as JSON, shortened.
func written(value any) string {
	if value == (absent{}) {
		return "nothing"
	}
	return wording.Clip(string(marshalled(value)), shown)
}

// MarshalJSON writes the number.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

var _ json.Marshaler = number("")

// text returns the lines of the differences; empty: there is none.
func (d *differences) text() string {
	lines := d.lines
	if beyond := len(lines) - maxDifferences; beyond > 0 {
		lines = append(slices.Clone(lines[:maxDifferences]), fmt.Sprintf("… and %d more", beyond))
	}
	return strings.Join(lines, "\n")
}
