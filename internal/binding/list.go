package binding

import (
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// Join writes a list as the value of one header (RFC 9110 section 5.6.1). It quotes strings that
// would otherwise not be read back.
func Join(list []string, of Scalar) string {
	var b strings.Builder
	for i, text := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		if of.Type == schema.String && (text == "" || strings.ContainsAny(text, `",`) || strings.Trim(text, " \t") != text) {
			text = `"` + quoter.Replace(text) + `"`
		}
		b.WriteString(text)
	}
	return b.String()
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// Split splits the value of a header that holds a list of elements
// (RFC 9110 section 5.6.1). Strings with commas are quoted; an HTTP date contains
// a comma (Smithy, http-bindings.html#httpheader-serialization-rules).
func Split(value string, of Scalar) []string {
	commas := 1
	if of.Type == schema.Timestamp && of.Format == string(schema.HTTPDate) {
		commas = 2
	}
	var list []string
	for rest := value; strings.TrimLeft(rest, " \t") != ""; {
		var next string
		next, rest = nextElement(strings.TrimLeft(rest, " \t"), commas)
		list = append(list, next)
	}
	return list
}

// nextElement cuts off an element, which ends at a comma: the first, second, … as commas says.
func nextElement(text string, commas int) (element, rest string) {
	if strings.HasPrefix(text, `"`) {
		if unquoted, rest, ok := cutQuoted(text); ok {
			return unquoted, rest
		}
	}
	for i := range len(text) {
		if text[i] == ',' {
			if commas--; commas == 0 {
				return strings.TrimRight(text[:i], " \t"), text[i+1:]
			}
		}
	}
	return strings.TrimRight(text, " \t"), ""
}

// cutQuoted cuts off a quoted string (RFC 9110 section 5.6.4) and the comma after it. It returns
// false if the string does not end or something else follows.
func cutQuoted(text string) (unquoted, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i < len(text) {
				b.WriteByte(text[i])
			}
		case '"':
			rest = strings.TrimLeft(text[i+1:], " \t")
			after, comma := strings.CutPrefix(rest, ",")
			return b.String(), after, comma || rest == ""
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", false
}
