package redact

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/awshttp"
)

const maxEntity = 32 // bytes of an HTML entity

// undo undoes one level of percent-encoding, JSON escapes and HTML entities. Only a text that
// contains one of their first characters changes.
func undo(s string) string {
	first := strings.IndexAny(s, `%\&`)
	if first < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:first]...)
	for i := first; i < len(s); {
		n := 1
		switch s[i] {
		case '%':
			var c byte
			c, n = awshttp.UnescapeByte(s[i:], false)
			b = append(b, c)
		case '\\':
			b, n = appendUnslashed(b, s[i:])
		case '&':
			b, n = appendEntity(b, s[i:])
		default:
			b = append(b, s[i])
		}
		i += n
	}
	return string(b)
}

// appendUnslashed appends the character that a JSON escape at the beginning of s means, and returns
// its length. JavaScript's \xAB is undone as well.
func appendUnslashed(b []byte, s string) ([]byte, int) {
	hex := func(n int) bool {
		if len(s) < 2+n {
			return false
		}
		for i := range n {
			if awshttp.Unhex(s[2+i]) < 0 {
				return false
			}
		}
		return true
	}
	switch {
	case len(s) == 1:
	case s[1] == 'u' && hex(4):
		return utf8.AppendRune(b, hexRune([]byte(s[2:6]))), 6
	case s[1] == 'x' && hex(2):
		return append(b, byte(awshttp.Unhex(s[2])<<4|awshttp.Unhex(s[3]))), 4
	default:
		if c, ok := simpleEscape(s[1]); ok {
			return append(b, c), 2
		}
	}
	return append(b, '\\'), 1
}

func simpleEscape(c byte) (byte, bool) {
	switch c {
	case '"', '\\', '/':
		return c, true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	}
	return 0, false
}

func appendEntity(b []byte, s string) ([]byte, int) {
	end := 1
	for end < len(s) && end < maxEntity && (alnums[s[end]] || s[end] == '#') {
		end++
	}
	if end > 1 && end < len(s) && s[end] == ';' {
		if text := html.UnescapeString(s[:end+1]); text != s[:end+1] {
			return append(b, text...), end + 1
		}
	}
	return append(b, '&'), 1
}
