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

// codePoints replaces \uXXXX escapes, which RE2 does not know, by the characters
// themselves, and the escapes of a surrogate pair by its one code point.
func codePoints(source string) string {
	if !strings.Contains(source, `\u`) {
		return source
	}
	source = strings.ReplaceAll(source, garbled, "\U00010000-\U0010FFFF")
	var b strings.Builder
	for i := 0; i < len(source); {
		if source[i] != '\\' || i+1 == len(source) {
			b.WriteByte(source[i])
			i++
			continue
		}
		r, size := unicodeEscape(source[i:])
		if size == 0 {
			_, width := utf8.DecodeRuneInString(source[i+1:])
			b.WriteString(source[i : i+1+width])
			i += 1 + width
			continue
		}
		if low, lowSize := unicodeEscape(source[i+size:]); lowSize > 0 && utf16.IsSurrogate(r) {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				r, size = pair, size+lowSize
			}
		}
		b.WriteString(literal(r))
		i += size
	}
	return b.String()
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
