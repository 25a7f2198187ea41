package finding

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// overlapError says that two rows of a list may match the same finding, so that their order would
// decide which row accepts it.
type overlapError struct{ First, Second Expected }

func (e *overlapError) Error() string {
	return fmt.Sprintf("two ignore rows may match the same finding of %s: at %s (%s) and at %s (%s); remove one, or narrow it",
		e.Second.Rule, e.First.At(), e.First.Reason, e.Second.At(), e.Second.Reason)
}

// overlaps finds rows that may match the same finding. When in doubt, two patterns overlap: unless
// their literal prefixes or suffixes differ. Baselines have many rows with a literal place, so
// those are looked up by place; only patterns are compared with all rows.
type overlaps struct {
	all, patterns map[RuleID][]*row    // by general rule
	literal       map[[2]string][]*row // by general rule and place
}

func newOverlaps() *overlaps {
	return &overlaps{map[RuleID][]*row{}, map[RuleID][]*row{}, map[[2]string][]*row{}}
}

// add adds a row, unless it overlaps an earlier row, which add returns.
func (o *overlaps) add(r *row) *row {
	rule := r.Rule.General()
	key := [2]string{string(rule), unescape(r.Place)}
	literal := r.Shape == "" && r.Case == "" && isLiteral(r.Place)
	candidates := [][]*row{o.all[rule]}
	if literal {
		candidates = [][]*row{o.literal[key], o.patterns[rule]}
	}
	for _, rows := range candidates {
		for _, other := range rows {
			if other.overlaps(r) {
				return other
			}
		}
	}
	o.all[rule] = append(o.all[rule], r)
	if literal {
		o.literal[key] = append(o.literal[key], r)
	} else {
		o.patterns[rule] = append(o.patterns[rule], r)
	}
	return nil
}

// overlaps reports whether two rows overlap. Rows of different severities do not: their order
// decides, because a baseline has a row for each severity of a change.
func (r *row) overlaps(o *row) bool {
	if r.Rule != o.Rule && r.Rule != o.Rule.General() && o.Rule != r.Rule.General() {
		return false
	}
	return r.ceiling == o.ceiling && anyMeet(r.Source, o.Source) && anyMeet(r.Part, o.Part) && r.placesMeet(o) && r.valuesMeet(o)
}

func (r *row) placesMeet(o *row) bool {
	switch {
	case r.Case != "":
		return segmentsMeet(r.Case+"/"+AnyPlace, o.Case+"/"+AnyPlace) // a group matches its cases
	case r.Shape == "" && o.Shape != "":
		return o.placesMeet(r)
	case r.Shape != "":
		service, shape, _ := strings.Cut(r.Shape, ":")
		if o.Shape == "" {
			return anyMeet(Service(service)+".*", o.Operation)
		}
		otherService, otherShape, _ := strings.Cut(o.Shape, ":")
		return globsMeet(service, otherService) && globsMeet(shape, otherShape)
	}
	return anyMeet(r.Operation, o.Operation) && segmentsMeet(r.Place, o.Place)
}

// valuesMeet assumes that two regular expressions overlap.
func (r *row) valuesMeet(o *row) bool {
	switch {
	case r.Value == "" || o.Value == "" || r.value != nil && o.value != nil:
		return true
	case r.value != nil:
		return o.valuesMeet(r)
	}
	return r.valued(r.Value) && o.valued(r.Value) || r.valued(strconv.Quote(r.Value)) && o.valued(strconv.Quote(r.Value))
}

// anyMeet compares patterns of which an empty one matches anything.
func anyMeet(a, b string) bool { return a == "" || b == "" || segmentsMeet(a, b) }

// segmentsMeet compares patterns segment by segment; ** as the last one matches any that follow.
func segmentsMeet(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(as), len(bs)) {
		if as[i] == AnyPlace || bs[i] == AnyPlace {
			return true
		}
		if !globsMeet(as[i], bs[i]) {
			return false
		}
	}
	if len(as) > len(bs) {
		as, bs = bs, as
	}
	return len(as) == len(bs) || bs[len(as)] == AnyPlace
}

// globsMeet reports whether two patterns without a slash may match the same name. Two that both
// have wildcards may, unless the literal text that they begin with differs.
func globsMeet(a, b string) bool {
	switch {
	case a == b:
		return true
	case isLiteral(a) && isLiteral(b):
		return unescape(a) == unescape(b)
	case isLiteral(a):
		matched, err := path.Match(b, unescape(a))
		return matched || err != nil
	case isLiteral(b):
		return globsMeet(b, a)
	}
	p, q := literalPrefix(a), literalPrefix(b)
	x, y := literalSuffix(a), literalSuffix(b)
	return (strings.HasPrefix(p, q) || strings.HasPrefix(q, p)) && (strings.HasSuffix(x, y) || strings.HasSuffix(y, x))
}

func isLiteral(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[':
			return false
		case '\\':
			i++
		}
	}
	return true
}

func literalPrefix(pattern string) string {
	return pattern[:max(0, strings.IndexAny(pattern, `*?[\`))]
}

func literalSuffix(pattern string) string {
	i := strings.LastIndexAny(pattern, `*?]\`)
	if pattern[i] == '\\' {
		i++ // the escaped character
	}
	return pattern[min(i+1, len(pattern)):]
}

// unescape returns the text that a pattern without wildcards matches.
func unescape(pattern string) string {
	var text strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '\\' && i+1 < len(pattern) {
			i++
		}
		text.WriteByte(pattern[i])
	}
	return text.String()
}
