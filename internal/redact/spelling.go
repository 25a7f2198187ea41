package redact

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// A pseudonym has the same number of bytes as the name, and so has each of its characters. A string
// can therefore be written with the same escape sequences as before. Only the case of the digits in
// \uABCD may be lost.

// unquote returns the text of a JSON string. A lone surrogate is U+FFFD.
func unquote(raw []byte) string {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	text := make([]byte, 0, len(raw))
	for u := range jsonUnits(raw) {
		text = append(text, u.text...)
	}
	return string(text)
}

// unit is a character of a JSON string.
type unit struct {
	raw  []byte // as written
	text string
}

func jsonUnits(raw []byte) func(func(unit) bool) {
	return func(yield func(unit) bool) {
		for i := 1; i < len(raw)-1; {
			n := 1
			u := unit{}
			switch {
			case raw[i] != '\\':
				u.text = string(raw[i : i+1])
			case raw[i+1] != 'u':
				n = 2
				c, _ := simpleEscape(raw[i+1])
				u.text = string(rune(c))
			default:
				n = 6
				r := hexRune(raw[i+2:])
				if utf16.IsSurrogate(r) {
					low := rune(-1)
					if i+12 < len(raw) && raw[i+6] == '\\' && raw[i+7] == 'u' {
						low = hexRune(raw[i+8:])
					}
					if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
						n = 12
					}
				}
				u.text = string(r)
			}
			u.raw = raw[i : i+n]
			if !yield(u) {
				return
			}
			i += n
		}
	}
}

func hexRune(b []byte) (r rune) {
	for _, c := range b[:4] {
		r = r<<4 | rune(awshttp.Unhex(c))
	}
	return r
}

// appendString appends a text as a JSON string, with the escape sequences of raw.
func appendString(dst, raw []byte, text string) []byte {
	if was := unquote(raw); len(was) != len(text) { // a mask
		dst, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
		return dst
	}
	dst = append(dst, '"')
	if bytes.IndexByte(raw, '\\') < 0 {
		return append(append(dst, text...), '"')
	}
	at := 0
	for u := range jsonUnits(raw) {
		now := text[at : at+len(u.text)]
		at += len(u.text)
		switch {
		case now == u.text:
			dst = append(dst, u.raw...)
		case u.raw[0] != '\\':
			dst = append(dst, now...)
		default:
			form := `\u%04x`
			if strings.ContainsAny(string(u.raw[2:]), "ABCDEF") {
				form = `\u%04X`
			}
			r, _ := utf8.DecodeRuneInString(now)
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				dst = fmt.Appendf(fmt.Appendf(dst, form, high), form, low)
			} else {
				dst = fmt.Appendf(dst, form, r)
			}
		}
	}
	return append(dst, '"')
}

// appendEscaped appends a text in place of raw: with the same escapes if the length is equal, and
// newly escaped otherwise.
func appendEscaped(dst []byte, raw, text string, plus bool) []byte {
	was := awshttp.Unescape(raw, plus)
	if was == text {
		return append(dst, raw...)
	}
	if len(was) != len(text) {
		return awshttp.AppendEscaped(dst, text, "")
	}
	at := 0
	for i := 0; i < len(raw); at++ {
		c, n := awshttp.UnescapeByte(raw[i:], plus)
		switch {
		case c == text[at]:
			dst = append(dst, raw[i:i+n]...)
		case n == 1:
			dst = append(dst, text[at])
		case strings.ContainsAny(raw[i:i+n], "abcdef"):
			dst = fmt.Appendf(dst, "%%%02x", text[at])
		default:
			dst = fmt.Appendf(dst, "%%%02X", text[at])
		}
		i += n
	}
	return dst
}

const minBase64 = 12 // characters, with padding

// base64Words are the words of a string that could be base64.
func base64Words(s string) iter.Seq[span] {
	return func(yield func(span) bool) {
		for w, ok := base64Word(s, 0); ok && yield(w); {
			w, ok = base64Word(s, w.to)
		}
	}
}

// base64Word returns the next word of a string that could be base64, after a word that ends at i.
func base64Word(s string, i int) (word span, ok bool) {
	for i < len(s) {
		from := i
		i = base64Both.run(s, i)
		if i == from {
			i++
			continue
		}
		for padding := 0; padding < 2 && i < len(s) && s[i] == '='; padding++ {
			i++
		}
		if i-from >= minBase64 {
			return span{from, i}, true
		}
	}
	return span{}, false
}

func base64Byte(c byte) bool { return base64Both[c] }

var encodings = []*base64.Encoding{base64.StdEncoding.Strict(), base64.RawStdEncoding.Strict(), base64.URLEncoding.Strict(), base64.RawURLEncoding.Strict()}

// fromBase64 decodes a word that encodes text. It returns "" for other words.
func fromBase64(word string) (text string, encoding *base64.Encoding) {
	if len(word) < minBase64 {
		return "", nil
	}
	// Only one encoding can be right. Decoding with the others would take memory before it fails.
	url, padded := strings.ContainsAny(word, "-_"), len(word)%4 == 0
	if url && strings.ContainsAny(word, "+/") || !padded && word[len(word)-1] == '=' {
		return "", nil
	}
	switch {
	case url && padded:
		encoding = encodings[2]
	case url:
		encoding = encodings[3]
	case padded:
		encoding = encodings[0]
	default:
		encoding = encodings[1]
	}
	var short [shortText]byte
	decoded := short[:]
	if len(word) > len(short) {
		decoded = make([]byte, len(word))
	}
	n, err := encoding.Decode(decoded, []byte(word))
	if err != nil || !isText(decoded[:n]) {
		return "", nil
	}
	return string(decoded[:n]), encoding
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
