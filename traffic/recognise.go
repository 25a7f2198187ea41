package traffic

import (
	"bytes"
)

// blankJSON is the white space of JSON (RFC 8259, section 2).
const blankJSON = " \t\r\n"

const (
	lookAhead       = 64 << 10 // bytes that detection looks at
	binaryLookAhead = 4 << 10  // bytes that tell binary data from text
)

// family is what an input could be, judging by its beginning alone.
type family int

const (
	unknown      family = iota
	jsonText            // JSON or NDJSON, perhaps broken or empty
	yamlText            // YAML that may turn out to be a cassette
	cassetteText        // a cassette, perhaps broken
	harText             // a HAR, perhaps broken
	flowText            // flows of mitmproxy
)

var (
	topLevelKey  = lazy(`(?m)^["']?(version|interactions|http_interactions|requests|responses|crcheck)["']?[ \t]*:([ \t\r]|$)`)
	cassetteKey  = lazy(`(?m)^["']?interactions["']?[ \t]*:([ \t\r]|$)`)
	quotedKey    = lazy(`^"(version|interactions)"[ \t]*:([ \t\r\n]|$)`)
	flowCassette = lazy(`^\{\s*(["']?version["']?\s*:\s*[0-9]+\s*,\s*["']?interactions["']?\s*:|["']?interactions["']?\s*:\s*\[\s*\{\s*["']?request["']?\s*:)`)
	harOpening   = lazy(`^\{\s*"log"\s*:\s*\{\s*"(version|creator|browser|pages|entries|comment|_[^"]*)"\s*:`)
	yamlOpening  = lazy(`^(---(\s|$)|%YAML|#|- |["']?[A-Za-z_][\w.-]*["']?[ \t]*:(\s|$))`)
)

// recognise detects the family of an input by its beginning, which is the whole input if whole is
// set.
func (in *input) recognise(head []byte, whole bool) (family, error) {
	head = bytes.TrimPrefix(head, byteOrderMark)
	if flowOpening().Match(head) { // before binary data, which a body may be
		return flowText, nil
	}
	for _, f := range foreign {
		if f.begins(head) {
			return unknown, unknownFormat(in.name, f.looks, f.format, f.recorded, f.remedy)
		}
	}
	text := bytes.TrimLeft(head, blankJSON)
	switch {
	case len(text) == 0 && whole && in.accepts < anyDocument:
		return unknown, in.unrecognised(nil, "empty file")
	case len(text) == 0:
		return jsonText, nil
	case harOpening().Match(text):
		return harText, nil
	case flowCassette().Match(text), quotedKey().Match(text):
		return cassetteText, nil
	case in.accepts == anyJSON && jsonOpening().Match(text), in.accepts < anyJSON && likeJSON(text, whole):
		return jsonText, nil
	case in.accepts >= anyDocument && whole && jsonPrefix().Match(bytes.TrimRight(text, blankJSON)):
		return jsonText, nil
	case !yamlOpening().Match(text) && !topLevelKey().Match(text):
		return unknown, in.unrecognised(text, "plain text")
	case cassetteKey().Match(text):
		return cassetteText, nil
	case !whole && !topLevelKey().Match(text): // a cassette begins with its keys; parsing a large file is expensive
		return unknown, in.unrecognised(text, "YAML without interactions")
	}
	return yamlText, nil
}
