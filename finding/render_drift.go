package finding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// renderDrift renders the change of a facet, which the first name names.
func renderDrift(f Finding) prose {
	old, new := f.Was.facet(), f.Found.facet()
	return prose{renderChanged(f, old, new), old, renderChange(f, old, new)}
}

// renderChanged returns the new value. It tells changes of one rule at one place apart: ignore rows
// match it.
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
		return "added"
	case DriftOperationRemoved, DriftErrorRemoved:
		return "removed"
	case DriftEnumValueAdded:
		return new + " was added to the enum"
	case DriftEnumValueRemoved:
		return old + " was removed from the enum"
	}
	switch {
	case f.name() == "member" && old == "":
		return "member of type " + f.Found.Text + " was added"
	case f.name() == "member":
		return "member of type " + f.Was.Text + " was removed"
	case f.Problem != "":
		return fmt.Sprintf("the %s of the %s changed from %s to %s", f.Problem, f.name(), orElse(old, "unbounded"), orElse(new, "unbounded"))
	}
	return fmt.Sprintf("%s changed from %s to %s", f.name(), orNone(old), orNone(new))
}

// facet returns a value as contracts write it: JSON.
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
