package finding

import (
	"path"
	"strconv"
	"strings"
)

// overlaps finds rows that may match the same finding. Rows whose place is a
// pattern are compared with all others of their rule, others by place.
type overlaps struct {
	all      map[RuleID][]*row // by general rule
	patterns map[RuleID][]*row
	literal  map[[2]string][]*row // by rule and place
}

// add returns a row added before that the row overlaps, if there is one.
func (o *overlaps) add(r *row) *row {
	if o.all == nil {
		o.all, o.patterns, o.literal = map[RuleID][]*row{}, map[RuleID][]*row{}, map[[2]string][]*row{}
	}
	rule := r.Rule.General()
	key, literal := [2]string{string(rule), r.Place}, r.Shape == "" && isLiteral(r.Place)
	candidates := o.all[rule]
	if literal {
		candidates = o.patterns[rule]
		for _, other := range o.literal[key] {
			if other.overlaps(r) {
				return other
			}
		}
		o.literal[key] = append(o.literal[key], r)
	} else {
		o.patterns[rule] = append(o.patterns[rule], r)
	}
	for _, other := range candidates {
		if other.overlaps(r) {
			return other
		}
	}
	o.all[rule] = append(o.all[rule], r)
	return nil
}

// isLiteral reports a pattern as [Literal] writes it, of which there is one for each text.
func isLiteral(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '*', '?', '[':
			return false
		case '\\':
			if i++; i < len(pattern) && !strings.ContainsRune(`*?[\`, rune(pattern[i])) {
				return false
			}
		}
	}
	return true
}

// overlaps reports whether two rows of one rule may match the same finding. Rows
// that accept different severities are meant to be read in their order.
func (r *row) overlaps(o *row) bool {
	if r.Rule != o.Rule && r.Rule != o.Rule.General() && o.Rule != r.Rule.General() {
		return false
	}
	return r.ceiling == o.ceiling && patternsMeet(r.Source, o.Source) && patternsMeet(r.Part, o.Part) && r.placesMeet(o) && r.valuesMeet(o)
}

func (r *row) placesMeet(o *row) bool {
	switch {
	case r.Case != "":
		return casesMeet(r.Case, o.Case)
	case r.Shape != "" && o.Shape != "":
		service, shape, _ := strings.Cut(r.Shape, ":")
		otherService, otherShape, _ := strings.Cut(o.Shape, ":")
		return patternsMeet(service, otherService) && patternsMeet(shape, otherShape)
	case r.Shape != "":
		return patternsMeet(Service(r.Shape[:strings.Index(r.Shape, ":")])+".*", o.Operation)
	case o.Shape != "":
		return o.placesMeet(r)
	}
	if !patternsMeet(r.Operation, o.Operation) {
		return false
	}
	if strings.HasSuffix(r.Place, anyPlace) || strings.HasSuffix(o.Place, anyPlace) {
		return deepMeet(r.Place, o.Place)
	}
	return r.Place == o.Place || r.Place != "" && o.Place != "" && patternsMeet(r.Place, o.Place)
}

// casesMeet reports whether the name of a case may match both patterns, either of
// which matches what is below a group as well.
func casesMeet(a, b string) bool {
	within := func(group, name string) bool {
		for ; name != "." && name != "/"; name = path.Dir(name) {
			if patternsMeet(group, name) {
				return true
			}
		}
		return false
	}
	return within(a, b) || within(b, a)
}

// deepMeet compares places of which one at least ends in **.
func deepMeet(a, b string) bool {
	tokens, others := strings.Split(a, "/"), strings.Split(b, "/")
	for i := range min(len(tokens), len(others)) {
		if tokens[i] == anyPlace || others[i] == anyPlace {
			return true
		}
		if tokens[i] != others[i] && !patternsMeet(tokens[i], others[i]) {
			return false
		}
	}
	longer := tokens
	if len(others) > len(tokens) {
		longer = others
	}
	return len(tokens) == len(others) || longer[min(len(tokens), len(others))] == anyPlace
}

// valuesMeet takes regular expressions for overlapping each other.
func (r *row) valuesMeet(o *row) bool {
	switch {
	case r.Value == "" || o.Value == "" || r.value != nil && o.value != nil:
		return true
	case r.value != nil:
		return o.valuesMeet(r)
	}
	for _, got := range []string{r.Value, strconv.Quote(r.Value)} {
		if r.valued(got) && o.valued(got) {
			return true
		}
	}
	return false
}

// patternsMeet reports whether a name may match both patterns of path.Match; an
// empty one matches any.
func patternsMeet(a, b string) bool {
	if a == "" || b == "" || a == b {
		return true
	}
	if !strings.ContainsAny(a, `*?[\`) && !strings.ContainsAny(b, `*?[\`) {
		return false
	}
	tokens, others := globTokens(a), globTokens(b)
	// meets[j] is about the rest of a from i and the rest of b from j.
	meets := make([]bool, len(others)+1)
	for i := len(tokens); i >= 0; i-- {
		next := meets
		meets = make([]bool, len(others)+1)
		for j := len(others); j >= 0; j-- {
			switch {
			case i == len(tokens) && j == len(others):
				meets[j] = true
			case i < len(tokens) && tokens[i] == "*":
				meets[j] = next[j] || j < len(others) && others[j] != "/" && meets[j+1]
			case j < len(others) && others[j] == "*":
				meets[j] = meets[j+1] || i < len(tokens) && tokens[i] != "/" && next[j]
			case i < len(tokens) && j < len(others):
				meets[j] = tokensMeet(tokens[i], others[j]) && next[j+1]
			}
		}
	}
	return meets[0]
}

// globTokens splits a well-formed pattern: *, ?, a class in brackets, or a
// character, without its escape.
func globTokens(pattern string) []string {
	var tokens []string
	for pattern != "" {
		size := len(string([]rune(pattern)[:1]))
		token := pattern[:size]
		switch token {
		case `\`:
			size += len(string([]rune(pattern[1:])[:1]))
			token = pattern[:size] // its escape tells \* from *
			if !strings.ContainsAny(token[1:], `*?[\`) {
				token = token[1:]
			}
		case "[":
			size = classEnd(pattern)
			token = pattern[:size]
		}
		tokens = append(tokens, token)
		pattern = pattern[size:]
	}
	return tokens
}

// classEnd is where a class in brackets ends.
func classEnd(pattern string) int {
	i := 1
	for first := true; i < len(pattern) && (pattern[i] != ']' || first); i++ {
		first = first && pattern[i] == '^'
		if pattern[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(pattern))
}

func tokensMeet(a, b string) bool {
	classA, classB := a == "?" || a[0] == '[', b == "?" || b[0] == '['
	switch {
	case classA && classB:
		return true // two classes are taken for overlapping
	case classA:
		return globMatch(a, literalToken(b))
	case classB:
		return globMatch(b, literalToken(a))
	}
	return a == b
}

func literalToken(token string) string {
	if len(token) > 1 && token[0] == '\\' {
		return token[1:]
	}
	return token
}
