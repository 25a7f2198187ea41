package traffic

import (
	"bytes"
	"regexp"
)

// blankJSON is all that JSON takes for white space (RFC 8259, section 2).
const blankJSON = " \t\r\n"

const (
	lookAhead       = 64 << 10 // what the kind is judged by
	binaryLookAhead = 4 << 10  // what tells binary data from text
)

// family is what an input could be, judged by its beginning alone.
type family int

const (
	unknown      family = iota
	jsonText            // JSON or NDJSON, perhaps broken or empty
	yamlText            // YAML that may turn out to be a cassette
	cassetteText        // a cassette, perhaps broken
	harText             // a HAR, perhaps broken
)

var (
	cassetteKey  = regexp.MustCompile(`(?m)^["']?(version|interactions)["']?[ \t]*:([ \t\r]|$)`)
	quotedKey    = regexp.MustCompile(`^"(version|interactions)"[ \t]*:([ \t\r\n]|$)`)
	flowCassette = regexp.MustCompile(`^\{\s*(["']?version["']?\s*:\s*[0-9]+\s*,\s*["']?interactions["']?\s*:|["']?interactions["']?\s*:\s*\[\s*\{\s*["']?request["']?\s*:)`)
	harOpening   = regexp.MustCompile(`^\{\s*"log"\s*:\s*\{\s*"(version|creator|browser|pages|entries|comment|_[^"]*)"\s*:`)
	yamlOpening  = regexp.MustCompile(`^(---(\s|$)|%YAML|#|["']?[A-Za-z_][\w.-]*["']?[ \t]*:(\s|$))`)
	jsonOpening  = regexp.MustCompile(`^([{\["]|-?[0-9]|(null|true|false)\b)`)
	jsonStump    = regexp.MustCompile(`^(-|n|nu|nul|t|tr|tru|f|fa|fal|fals)$`)
)

// foreign is what an input that cannot be read is called, by how it begins; the first row that matches counts.
var foreign = []struct {
	begins func([]byte) bool
	looks  string
	remedy string
}{
	{prefix("\xff\xfe"), "UTF-16 text", "convert it to UTF-8"},
	{prefix("\xfe\xff"), "UTF-16 text", "convert it to UTF-8"},
	{prefix("\x1f\x8b"), "gzip data within gzip data", "decompress it"},
	{prefix("PK\x03\x04"), "a ZIP archive", "unpack it"},
	{binary, "binary data", readable},
	{regexp.MustCompile(`(?i)^\s*(<!doctype html|<html)`).Match, "HTML", "record the API itself rather than a web page"},
	{regexp.MustCompile(`^\s*<`).Match, "XML", "only AWS JSON services are understood"},
	{prefix("HTTP/"), "a raw HTTP message", "keep its body only, or record a cassette"},
}

const readable = "give JSON, NDJSON, a HAR, or a cassette of go-vcr or vcrpy; gzip may be around it"

func prefix(p string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(p)) }
}

// recognise judges an input by its beginning; whole says that there is no more of it.
func recognise(source string, head []byte, whole bool) (family, error) {
	head = bytes.TrimPrefix(head, byteOrderMark)
	for _, f := range foreign {
		if f.begins(head) {
			return unknown, &UnknownKindError{Source: source, Looks: f.looks, Remedy: f.remedy}
		}
	}
	text := bytes.TrimLeft(head, blankJSON)
	switch {
	case len(text) == 0:
		return jsonText, nil
	case harOpening.Match(text):
		return harText, nil
	case flowCassette.Match(text), quotedKey.Match(text):
		return cassetteText, nil
	case jsonOpening.Match(text), whole && jsonStump.Match(bytes.TrimRight(text, blankJSON)):
		return jsonText, nil
	case !yamlOpening.Match(text) && !cassetteKey.Match(text):
		return unknown, &UnknownKindError{Source: source, Looks: "plain text", Remedy: readable}
	case yamlOpening.Match(text) && cassetteKey.Match(text):
		return cassetteText, nil
	}
	return yamlText, nil
}

// binary: text has no NUL, and of other control characters few. UTF-16 is full of NUL.
func binary(head []byte) bool {
	head = head[:min(len(head), binaryLookAhead)]
	controls := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			controls++
		}
	}
	return controls > len(head)/4
}
