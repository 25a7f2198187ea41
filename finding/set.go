package finding

import "slices"

// Set is a list of findings, sorted by place and without duplicates; nil if there are none.
type Set []Finding

// NewSet renders the findings that have no message yet, sorts them, drops duplicates and returns
// them as a set.
func NewSet(findings ...Finding) Set {
	if len(findings) == 0 {
		return nil
	}
	set := slices.Clone(findings)
	for i := range set {
		if set[i].Message == "" {
			set[i] = set[i].Rendered()
		}
	}
	slices.SortFunc(set, Finding.Compare)
	return slices.CompactFunc(set, func(f, g Finding) bool { return f.Compare(g) == 0 })
}

// Union returns the findings of all the sets as one.
func Union(sets ...Set) Set { return NewSet(slices.Concat(sets...)...) }

// Worst returns the highest severity; ok is false for an empty set.
func (s Set) Worst() (worst Severity, ok bool) {
	for _, f := range s {
		worst = max(worst, f.Severity)
	}
	return worst, len(s) > 0
}

// Rejects reports whether the set, graded by a profile, rejects its document.
func (s Set) Rejects() bool {
	worst, ok := s.Worst()
	return ok && worst >= Error
}

// Rules returns the rules of the findings, sorted and without duplicates.
func (s Set) Rules() []RuleID {
	var ids []RuleID
	for _, f := range s {
		ids = append(ids, f.Rule)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// General returns the findings under their general rules, see [Finding.General]. Severities stay as
// they are.
func (s Set) General() Set {
	findings := slices.Clone(s)
	for i := range findings {
		findings[i].Rule = findings[i].General()
	}
	return NewSet(findings...)
}

// Has reports whether the set has a finding of a layer.
func (s Set) Has(layer Layer) bool {
	return slices.ContainsFunc(s, func(f Finding) bool {
		rule, _ := f.Rule.Lookup()
		return rule.Layer == layer
	})
}
