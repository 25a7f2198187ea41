package finding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// renderDrift is about a change of a facet, whose name is the first: it was one value and is
// another.
func renderDrift(f Finding) prose {
	old, new := f.Was.facet(), f.Found.facet()
	return prose{renderChanged(f, old, new), old, renderChange(f, old, new)}
}

// renderChanged is what the change comes to. It differs from what others of its rule at its place
// come to.
func renderChanged(f Finding, old, new string) string {
	end := string(f.Problem)
	switch {
	case new != "":
		return strings.TrimPrefix(end+" "+new, " ")
	case end != "":
		return "no " + end
	case old != "":
		return "no " + old
	}
	return ""
}

func renderChange(f Finding, old, new string) string {
	switch f.Rule {
	case DriftOperationAdded, DriftErrorAdded:
		return "it is new"
	case DriftOperationRemoved, DriftErrorRemoved:
		return "it is gone"
	case DriftEnumValueAdded:
		return new + " is a new value"
	case DriftEnumValueRemoved:
		return old + " is no value any more"
	}
	switch {
	case f.name() == "member" && old == "":
		return "a new member, of type " + f.Found.Text
	case f.name() == "member":
		return "the member, of type " + f.Was.Text + ", is gone"
	case f.Problem != "":
		return fmt.Sprintf("the %s of the %s was %s and is %s", f.Problem, f.name(), orElse(old, "open"), orElse(new, "open"))
	}
	return fmt.Sprintf("%s was %s and is %s", f.name(), orNone(old), orNone(new))
}

// facet is a value as contracts write it: JSON.
func (v Value) facet() string {
	if v.Kind != KindString {
		return v.Text
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v.Text) // a string does not fail
	return strings.TrimSpace(b.String())
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func orNone(value string) string {
	if value == `""` || value == "[]" {
		return "none"
	}
	return orElse(value, "absent")
}
