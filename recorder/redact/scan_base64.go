package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// encodedWords are what the scan decodes: the words of a string that could be base64, what follows a plain prefix of one, as in v1-eyJ…, and, as a whole, words
// that are the lines of wrapped base64.
func encodedWords(s string) (words []span) {
	all := base64Words(s)
	for i := 0; i < len(all); i++ {
		words = append(words, all[i])
		if from := afterPrefix(s, all[i]); from > 0 && all[i].to-from >= shortestBase64 {
			words = append(words, span{from, all[i].to})
		}
		width := all[i].to - all[i].from
		if width%4 != 0 || width < shortestLine || s[all[i].to-1] == '=' {
			continue
		}
		last := i
		for last+1 < len(all) && all[last].to-all[last].from == width && s[all[last].to-1] != '=' && lineBreak(s[all[last].to:all[last+1].from]) &&
			all[last+1].to-all[last+1].from <= width {
			last++
		}
		if last > i {
			words = append(words, span{all[i].from, all[last].to})
			for _, line := range all[i+1 : last] { // each by itself too
				words = append(words, line)
			}
			i = last - 1 // the last one may begin another block
		}
	}
	return words
}

const shortestLine = 60 // characters of wrapped base64; RFC 7468 has 64, RFC 2045 has 76

func lineBreak(s string) bool { return s == "\n" || s == "\r\n" }

// afterPrefix is where a word goes on after words that are plain and end at a character of base64 that is punctuation elsewhere; 0: nowhere.
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

// decodeWord decodes base64 of either alphabet, padded or not, wrapped or not, whatever its last bits are; nil, if it is none.
func decodeWord(word string) []byte {
	b := make([]byte, 0, len(word))
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
		return nil
	}
	return b[:n]
}

// isWord reports whether a string is one word of base64, and nothing else.
func isWord(s string) bool {
	words := base64Words(s)
	return len(words) == 1 && words[0] == span{0, len(s)}
}

// readable reports whether bytes hold as many printable characters in a row as the shortest secret: all others need not be searched.
func readable(b []byte) bool {
	run := 0
	for _, c := range b {
		if c < 0x20 || c >= 0x7F {
			run = 0
		} else if run++; run >= shortestText {
			return true
		}
	}
	return false
}

// wrapped reports whether a line is the last one of wrapped base64, and the data ends where its format says. Otherwise it is a line of its own.
func (t *scanned) wrapped(at span) bool {
	if at.to < len(t.s) && t.s[at.to] != '\n' && t.s[at.to] != '\r' {
		return false
	}
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
		if n < shortestLine || n%4 != 0 || width != 0 && n != width {
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

// ends reports whether data of a known format ends where the format says.
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
