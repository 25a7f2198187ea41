package drift

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// splitURI passes over what decides no route: the names of labels, and a slash at
// the end of the path (see schema.Catalog.Candidates).
func splitURI(d schema.Difference, in *pair) []piece {
	if sameTemplate(in) && !relabelled(in) {
		return nil
	}
	return []piece{{rule: finding.DriftRouteChanged, old: d.A, new: d.B}}
}

// splitWireName ignores a renamed label in the same place.
func splitWireName(d schema.Difference, in *pair) []piece {
	old, new := labelAt(in.old, d.Place), labelAt(in.new, d.Place)
	if old >= 0 && old == new && sameTemplate(in) {
		return nil
	}
	return []piece{{rule: finding.DriftBindingChanged, old: d.A, new: d.B}}
}

// relabelled reports that a member has come to fill another label.
func relabelled(in *pair) bool {
	for _, m := range in.old.Resolve(schema.Named(in.old.Input)).Members {
		at := schema.Place{Part: schema.InputPart}.Child(m.Name)
		if old, new := labelAt(in.old, at), labelAt(in.new, at); old >= 0 && new >= 0 && old != new {
			return true
		}
	}
	return false
}

func sameTemplate(in *pair) bool {
	old, hadURI := in.old.URI.Get()
	new, hasURI := in.new.URI.Get()
	return hadURI && hasURI && template(old) == template(new)
}

// template returns a URI template without the names of its labels and the slash at
// the end of its path.
func template(uri string) string {
	path, query, asks := strings.Cut(uri, "?")
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, s := range segments {
		switch {
		case !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}"):
		case strings.HasSuffix(s, "+}"):
			segments[i] = "{+}"
		default:
			segments[i] = "{}"
		}
	}
	path = strings.Join(segments, "/")
	if asks {
		path += "?" + query
	}
	return path
}

// labelAt returns which label of its contract's URI a member of the input is; -1: none.
func labelAt(c *schema.Contract, at schema.Place) int {
	_, member, ok := c.At(at)
	if !ok || member == nil || member.Location.Or("") != schema.LocationLabel {
		return -1
	}
	return slices.Index(c.Labels(), member.WireName.Or(member.Name))
}
