package pattern

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// garbled is how many AWS models write "every code point above U+FFFF" inside a
// character class. Read to the letter it is a few lone surrogates, which no
// well-formed string holds.
const garbled = `\uD800\uDBFF-\uDC00\uDFFF`

// javaClasses are the POSIX character classes of java.util.regex.Pattern, for
// which neither engine has a name. RE2 and ECMA-262 read them as written here.
var javaClasses = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7F`, "Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`,
	"Punct": "!-\\/:-@\\[-`{-~", "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": `0-9a-fA-F`, "Space": ` \t\n\x0B\f\r`,
}

// translated replaces what the models' Java engine knows and others do not:
// \uXXXX escapes by the characters themselves, the escapes of a surrogate pair
// by its one code point, and Java's POSIX classes by their ranges.
func translated(source string) string {
	if !strings.Contains(source, `\u`) && !strings.Contains(source, `\p{`) && !strings.Contains(source, `\P{`) {
		return source
	}
	source = strings.ReplaceAll(source, garbled, "\U00010000-\U0010FFFF")
	var b strings.Builder
	class := false
	for i := 0; i < len(source); {
		if source[i] != '\\' || i+1 == len(source) {
			switch source[i] {
			case '[':
				class = true
			case ']':
				class = false
			}
			b.WriteByte(source[i])
			i++
			continue
		}
		text, size := javaClass(source[i:], class)
		if size == 0 {
			text, size = codePoint(source[i:])
		}
		if size == 0 {
			_, width := utf8.DecodeRuneInString(source[i+1:])
			text, size = source[i:i+1+width], 1+width
		}
		b.WriteString(text)
		i += size
	}
	return b.String()
}

// javaClass translates \p{NAME} or \P{NAME} at the start of the text; size 0:
// there is none that a character class, where it stands in one, can hold.
func javaClass(source string, inClass bool) (text string, size int) {
	not := strings.HasPrefix(source, `\P{`)
	name, _, closed := strings.Cut(source[min(3, len(source)):], "}")
	ranges, known := javaClasses[name]
	switch {
	case !not && !strings.HasPrefix(source, `\p{`) || !closed || !known || not && inClass:
		return "", 0
	case not:
		ranges = "[^" + ranges + "]"
	case !inClass:
		ranges = "[" + ranges + "]"
	}
	return ranges, len(`\p{}`) + len(name)
}

// codePoint translates \uXXXX, or two of them that are a surrogate pair, at the
// start of the text; size 0: there is none.
func codePoint(source string) (text string, size int) {
	r, size := unicodeEscape(source)
	if size == 0 {
		return "", 0
	}
	if low, lowSize := unicodeEscape(source[size:]); lowSize > 0 && utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r, size = pair, size+lowSize
		}
	}
	return literal(r), size
}

// unicodeEscape reads a \uXXXX escape at the start of the text; size 0: there is none.
func unicodeEscape(text string) (r rune, size int) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, 0
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), 6
}

// literal writes a character so that it stands for itself in and out of a
// character class, on both engines. A lone surrogate matches nothing that is
// well-formed; U+FFFF, a noncharacter, stands in for it.
func literal(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02X`, r)
	case utf16.IsSurrogate(r):
		return "\uFFFF"
	}
	return string(r)
}
