package redact

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// unslash undoes the JSON escapes in a text that contains JSON.
func unslash(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\' || i+1 == len(s):
			b = append(b, s[i])
		case s[i+1] == 'u' && i+6 <= len(s) && !strings.ContainsFunc(s[i+2:i+6], func(r rune) bool { return r >= 0x80 || awshttp.Unhex(byte(r)) < 0 }):
			b = utf8.AppendRune(b, hexRune([]byte(s[i+2:])))
			i += 5
		default:
			if c, ok := simpleEscapes[s[i+1]]; ok {
				b = append(b, c)
				i++
			} else {
				b = append(b, s[i])
			}
		}
	}
	return string(b)
}

const minBase64 = 12 // characters, with padding

// base64Words returns the words of a string that could be base64.
func base64Words(s string) (words []span) {
	for i := 0; i < len(s); i++ {
		from := i
		for i < len(s) && base64Byte(s[i]) {
			i++
		}
		for padding := 0; padding < 2 && i > from && i < len(s) && s[i] == '='; padding++ {
			i++
		}
		if i-from >= minBase64 {
			words = append(words, span{from, i})
		}
	}
	return words
}

func base64Byte(c byte) bool {
	return digit(c) || letter(c) || c == '+' || c == '/' || c == '-' || c == '_'
}

var encodings = []*base64.Encoding{base64.StdEncoding.Strict(), base64.RawStdEncoding.Strict(), base64.URLEncoding.Strict(), base64.RawURLEncoding.Strict()}

// fromBase64 decodes a word that encodes text. It returns "" for other words.
func fromBase64(word string) (text string, encoding *base64.Encoding) {
	if len(word) < minBase64 {
		return "", nil
	}
	for _, e := range encodings {
		if decoded, err := e.DecodeString(word); err == nil && isText(decoded) {
			return string(decoded), e
		}
	}
	return "", nil
}

func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7F {
			return false
		}
	}
	return true
}
