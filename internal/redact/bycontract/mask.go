package bycontract

import (
	"encoding/base64"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/pattern"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/schema"
)

// maxMask is the maximum length, in bytes, of a mask that is made for a pattern or a length.
const maxMask = 4096

// mask returns a string that conforms to a shape and identifies nobody, or false if none was found.
// conforms is the check of the pattern; it may be nil.
func mask(shape *schema.Shape, conforms func(string) bool) (string, bool) {
	if values, _ := shape.Enum.Get(); len(values) > 0 {
		return values[0], true
	}
	low, high := lengths(shape)
	switch shape.Type {
	case schema.Integer, schema.Float:
		bounds, _ := shape.Range.Get()
		if n, err := strconv.ParseFloat(string(bounds.Min), 64); err == nil && n > 0 {
			return string(bounds.Min), true
		}
		if n, err := strconv.ParseFloat(string(bounds.Max), 64); err == nil && n < 0 {
			return string(bounds.Max), true
		}
		return "0", true
	case schema.Boolean:
		return "false", true
	case schema.Timestamp:
		switch shape.Format.Or("") {
		case "http-date":
			return "Thu, 01 Jan 1970 00:00:00 GMT", true
		case "epoch-seconds":
			return "0", true
		}
		return "1970-01-01T00:00:00Z", true
	case schema.Blob:
		return base64.StdEncoding.EncodeToString([]byte(fit(redact.Mask, low, high))), true
	}
	fits := func(m string) bool {
		n := utf8.RuneCountInString(m)
		return n >= low && (high < 0 || n <= high) && (conforms == nil || conforms(m))
	}
	for _, m := range []string{redact.Mask, fit(redact.Mask, low, high), "00000000-0000-0000-0000-000000000000"} {
		if fits(m) {
			return m, true
		}
	}
	m := witness(shape.Pattern.Or(""), low)
	return m, m != "" && fits(m)
}

// lengths returns the bounds of the length of a string or blob. high is negative if there is none.
func lengths(shape *schema.Shape) (low, high int) {
	bounds, _ := shape.Length.Get()
	low, _ = strconv.Atoi(string(bounds.Min))
	high, err := strconv.Atoi(string(bounds.Max))
	if err != nil {
		high = -1
	}
	return min(low, maxMask), high
}

// fit repeats or cuts a text to the bounds of a length.
func fit(text string, low, high int) string {
	for len(text) < low {
		text += text
	}
	if high >= 0 && len(text) > high {
		text = text[:high]
	}
	return text
}

// witness returns a string for a pattern, with each repetition as often as it takes to get the
// minimum length, or "" if the pattern has no simple form.
func witness(source string, low int) string {
	if source == "" {
		return ""
	}
	tree, _, err := pattern.Syntax(source)
	if err != nil {
		return ""
	}
	for more := 0; ; more += 1 + low/256 {
		var b strings.Builder
		if !write(&b, tree, more) {
			return ""
		}
		if utf8.RuneCountInString(b.String()) >= low || more > low {
			return b.String()
		}
	}
}

// write writes a string for a tree, with repetitions up to more times above their minimum.
func write(b *strings.Builder, re *syntax.Regexp, more int) bool {
	low, high := 1, 1
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
		return true
	case syntax.OpCharClass:
		r, ok := harmless(re.Rune)
		b.WriteRune(r)
		return ok
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
		return true
	case syntax.OpAlternate:
		return write(b, re.Sub[0], more)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		switch re.Op {
		case syntax.OpStar:
			low, high = 0, -1
		case syntax.OpPlus:
			high = -1
		case syntax.OpQuest:
			low = 0
		default:
			low, high = re.Min, re.Max
		}
		if high < 0 || high > low+more {
			high = low + more
		}
	case syntax.OpNoMatch:
		return false
	}
	for range high {
		for _, sub := range re.Sub {
			if b.Len() > maxMask || !write(b, sub, more) {
				return false
			}
		}
	}
	return true
}

// harmless returns a rune of a class: x, X or 0 if possible.
func harmless(pairs []rune) (rune, bool) {
	for _, want := range "xX0" {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] <= want && want <= pairs[i+1] {
				return want, true
			}
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1] && r < pairs[i]+64; r++ {
			if unicode.IsPrint(r) {
				return r, true
			}
		}
	}
	return 0, false
}
