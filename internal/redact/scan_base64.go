package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"iter"
	"strings"
)

// encodedWords are the spans that the scan decodes: the words of a string that could be base64,
// the rest of a word after a plain prefix, as in v1-eyJ…, and the lines of wrapped base64 as one.
func encodedWords(s string) iter.Seq[span] {
	return func(yield func(span) bool) {
		for word, ok := base64Word(s, 0); ok; {
			to := block(s, word) // the lines of a block are not decoded separately
			if !yield(span{word.from, to}) {
				return
			}
			if from := afterPrefix(s, word); from > 0 && to-from >= minBase64 && !yield(span{from, to}) {
				return
			}
			first, last := word, word
			for word, ok = base64Word(s, word.to); ok && word.to <= to; word, ok = base64Word(s, word.to) {
				last = word
			}
			if first.to == to {
				continue
			}
			if decoded := decodeWord(s[last.from:last.to]); len(decoded) > 0 && (decoded[0] == '{' || decoded[0] == '[') && !yield(last) {
				return // the last line could be a separate word
			}
		}
	}
}

// block returns the end of wrapped base64, given its first line: lines of the same width and a last
// line that is not longer.
func block(s string, first span) (to int) {
	width := first.to - first.from
	to = first.to
	if width%4 != 0 || width < minLine || s[to-1] == '=' {
		return to
	}
	for to < len(s) {
		from := to + 1
		if s[to] == '\r' {
			from++
		}
		if from >= len(s) || s[from-1] != '\n' {
			break
		}
		end := from
		for end < len(s) && end-from <= width && base64Byte(s[end]) {
			end++
		}
		last := end-from < width
		for padding := 0; padding < 2 && end < len(s) && s[end] == '='; padding++ {
			end, last = end+1, true
		}
		if end == from || end-from > width {
			break
		}
		if to = end; last {
			break
		}
	}
	return to
}

const minLine = 60 // characters of wrapped base64; RFC 7468 has 64, RFC 2045 has 76

// afterPrefix returns the start of the rest of a word after plain words that end at a character of
// base64 that is otherwise punctuation, or 0 if there is no such prefix.
func afterPrefix(s string, w span) (from int) {
	start := w.from
	for i := w.from; i < w.to && i-start <= 32; i++ {
		if strings.IndexByte("-_/+", s[i]) < 0 {
			continue
		}
		if !plainPiece(s[start:i]) {
			break
		}
		start, from = i+1, i+1
	}
	return from
}

// decodeWord decodes base64 of either alphabet, with or without padding and line breaks, and with
// any trailing bits. The result is empty for other text.
func decodeWord(word string) []byte {
	return appendDecoded(make([]byte, 0, len(word)), word)
}

// appendDecoded is like decodeWord, into an empty buffer.
func appendDecoded(b []byte, word string) []byte {
	for i := range len(word) {
		switch c := word[i]; c {
		case '-':
			b = append(b, '+')
		case '_':
			b = append(b, '/')
		case '\r', '\n', '=':
		default:
			b = append(b, c)
		}
	}
	if len(b)%4 == 1 {
		b = b[:len(b)-1]
	}
	n, err := base64.RawStdEncoding.Decode(b, b)
	if err != nil {
		return b[:0]
	}
	return b[:n]
}

// isWord reports whether a string is exactly one word of base64.
func isWord(s string) bool {
	word, ok := base64Word(s, 0)
	return ok && word == span{0, len(s)}
}

// readable returns the text in decoded bytes: all of it or, for binary data, the printable runs
// that are at least as long as the shortest secret. Random bytes contain almost none.
func readable(b []byte) string {
	if isText(b) {
		return string(b)
	}
	var text []byte
	for i := 0; i < len(b); i++ {
		from := i
		for i < len(b) && (b[i] >= 0x20 && b[i] < 0x7F || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
			i++
		}
		if i-from >= minText {
			text = append(append(text, b[from:i]...), 0)
		}
	}
	return string(text)
}

// wrapped reports whether a line is the last one of wrapped base64, and the data ends where its
// file format ends. Otherwise it is a separate line.
func (t *scanned) wrapped(at span) bool {
	start, width := at.from, 0
	for start > 0 && t.s[start-1] == '\n' {
		end := start - 1
		if end > 0 && t.s[end-1] == '\r' {
			end--
		}
		from := end
		for from > 0 && base64Byte(t.s[from-1]) && (width == 0 || end-from < width) {
			from--
		}
		n := end - from
		if n < minLine || n%4 != 0 || width != 0 && n != width {
			break
		}
		start, width = from, n
	}
	if width == 0 {
		return false
	}
	t.work += at.to - start
	decoded := decodeWord(t.s[start:at.to])
	return isText(decoded) || ends(decoded)
}

// ends reports whether data of a known file format ends where the format ends.
func ends(b []byte) bool {
	begins := func(magic string) bool { return bytes.HasPrefix(b, []byte(magic)) }
	closes := func(magic string) bool { return bytes.HasSuffix(b, []byte(magic)) }
	switch {
	case begins("\x89PNG\r\n\x1a\n"):
		return closes("IEND\xaeB`\x82")
	case begins("\xFF\xD8\xFF"): // JPEG
		return closes("\xFF\xD9")
	case begins("GIF87a"), begins("GIF89a"):
		return closes(";")
	case begins("%PDF-"):
		return closes("%%EOF") || closes("%%EOF\n") || closes("%%EOF\r\n")
	case begins("PK\x03\x04"): // ZIP without a comment
		return len(b) > 22 && string(b[len(b)-22:len(b)-18]) == "PK\x05\x06"
	case begins("RIFF") && len(b) > 8: // WebP, WAV
		return 8+int64(binary.LittleEndian.Uint32(b[4:])) == int64(len(b))
	case begins("\x30\x82") && len(b) > 4: // DER: certificates, public keys, signatures
		return 4+int(binary.BigEndian.Uint16(b[2:])) == len(b)
	}
	return false
}
