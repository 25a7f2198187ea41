package replay

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// appendBody appends the canonical form of a body and reports whether it is JSON. That of an event
// stream is.
func appendBody(dst, body []byte) (canonical []byte, isJSON bool) {
	if document, ok := streamDocument(body); ok {
		body = document
	}
	text := bytes.TrimLeft(body, " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return append(dst, body...), false
	}
	from := len(dst)
	dst, err := appendSorted(dst, body)
	if err != nil { // not JSON, or not in UTF-8
		return append(dst[:from], body...), false
	}
	return appendNumbers(dst[:from], dst[from:]), true
}

// appendSorted appends JSON without white space and with sorted members.
func appendSorted(dst, body []byte) ([]byte, error) {
	return jsontext.AppendFormat(dst, body, jsontext.AllowDuplicateNames(true), jsontext.ReorderRawObjects(true))
}

// appendNumbers appends formatted JSON with its numbers in canonical form. The arguments may overlap
// as in dst[:from], dst[from:].
func appendNumbers(dst, text []byte) []byte {
	if !oddNumber(text) {
		return append(dst, text...)
	}
	text = bytes.Clone(text)
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end := i + stringLength(text[i:])
			dst = append(dst, text[i:end]...)
			i = end
		case c == '-' || '0' <= c && c <= '9':
			end := i + numberLength(text[i:])
			dst = appendNumber(dst, text[i:end])
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// oddNumber reports whether a number may not be in canonical form. Integers that do not end in a
// zero are.
func oddNumber(text []byte) bool {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			i += stringLength(text[i:])
		case c == '-' || '0' <= c && c <= '9':
			n := numberLength(text[i:])
			if n > 1 && (text[i+n-1] == '0' || bytes.ContainsAny(text[i:i+n], ".eE")) {
				return true
			}
			i += n
		default:
			i++
		}
	}
	return false
}

func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func numberLength(text []byte) int {
	for i, c := range text {
		switch {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return i
		}
	}
	return len(text)
}

// appendNumber appends the exact value of a number as digits without leading or trailing zeros, and
// an exponent unless it is 0: 1200, 1.2e3 and 12E+2 are all 12e2. Nothing is rounded. A number with
// an exponent beyond a billion is unchanged.
func appendNumber(dst, number []byte) []byte {
	mantissa, exponent := number, 0
	if e := bytes.IndexAny(number, "eE"); e >= 0 {
		var err error
		mantissa = number[:e]
		if exponent, err = strconv.Atoi(string(number[e+1:])); err != nil || exponent > 1e9 || exponent < -1e9 {
			return append(dst, number...)
		}
	}
	negative := mantissa[0] == '-'
	if negative {
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits := append(bytes.Clone(whole), fraction...)
	exponent -= len(fraction)
	trimmed := bytes.TrimRight(digits, "0")
	exponent += len(digits) - len(trimmed)
	if trimmed = bytes.TrimLeft(trimmed, "0"); len(trimmed) == 0 {
		return append(dst, '0') // also -0
	}
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, trimmed...)
	if exponent != 0 {
		dst = append(dst, 'e')
		dst = strconv.AppendInt(dst, int64(exponent), 10)
	}
	return dst
}
