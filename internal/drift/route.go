package drift

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
)

// splitURI ignores what does not affect routing: the names of labels, and a trailing slash of the
// path (see schema.Catalog.Candidates).
func splitURI(d *difference, in *pair) []piece {
	if sameTemplate(in) && !relabelled(in) {
		return nil
	}
	return []piece{{rule: finding.DriftRouteChanged, old: d.A, new: d.B}}
}

// splitTarget ignores the prefix of X-Amz-Target (see schema.Catalog.Candidates).
func splitTarget(d *difference, _ *pair) []piece {
	old, new := d.A.(string), d.B.(string)
	if old[strings.LastIndexByte(old, '.')+1:] == new[strings.LastIndexByte(new, '.')+1:] {
		return nil
	}
	return []piece{{rule: finding.DriftRouteChanged, old: d.A, new: d.B}}
}

// protocols returns the protocols that a source lists; nil if it states none.
func protocols(c *schema.Contract) []string {
	if one, ok := c.Protocol.Get(); ok {
		return c.Protocols.Or([]string{one})
	}
	return nil
}

// lostProtocols returns the protocols that only the old side lists.
func (p *pair) lostProtocols() []string {
	new := protocols(p.new)
	if new == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(protocols(p.old)), func(of string) bool { return slices.Contains(new, of) })
}

// foreign reports whether the sides are read by different protocols.
func (p *pair) foreign() bool {
	old, new := p.old.Protocol.Or(""), p.new.Protocol.Or("")
	return old != "" && new != "" && old != new
}

// splitWireName ignores a renamed label at the same position.
func splitWireName(d *difference, in *pair) []piece {
	old, new := labelAt(in.old, d.Place), labelAt(in.new, d.Place)
	if old >= 0 && old == new && sameTemplate(in) {
		return nil
	}
	return []piece{{rule: finding.DriftBindingChanged, old: d.A, new: d.B}}
}

// relabelled reports whether a member now fills another label.
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

// template returns a URI template without the names of its labels and without a trailing slash of
// its path.
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

// labelAt returns the index of the label in its contract's URI that a member of the input fills; -1
// if none.
func labelAt(c *schema.Contract, at schema.Place) int {
	_, member, ok := c.At(at)
	if !ok || member == nil || member.Location.Or("") != schema.LocationLabel {
		return -1
	}
	return slices.Index(c.Labels(), member.WireName.Or(member.Name))
}
