package replay

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/eventstream"
)

// streamDocument returns an event stream as a JSON document, in which requests are compared: a list
// of messages with their headers and payload. The messages are without the dates and signatures of
// the client, which change with the time.
func streamDocument(stream []byte) (document []byte, ok bool) {
	if len(stream) == 0 {
		return nil, false
	}
	document = append(make([]byte, 0, len(stream)), '[')
	for at := 0; at < len(stream); {
		m, next, fault := eventstream.Decode(stream, at)
		if fault != nil {
			return nil, false
		}
		at = next
		if _, signed := m.Headers.Get(":chunk-signature"); signed {
			if len(m.Payload) == 0 { // the end of the stream
				continue
			}
			inner, end, fault := eventstream.Decode(m.Payload, 0)
			if fault != nil || end != len(m.Payload) {
				return nil, false
			}
			m = inner
		}
		if len(document) > 1 {
			document = append(document, ',')
		}
		document = appendMessage(document, m)
	}
	return append(document, ']'), true
}

func appendMessage(dst []byte, m eventstream.Message) []byte {
	dst = append(dst, `{"headers":{`...)
	for h, rest, ok := m.Headers.Next(); ok; h, rest, ok = rest.Next() {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, h.Name)
		dst = append(dst, ':')
		switch h.Type {
		case eventstream.TypeString:
			dst, _ = jsontext.AppendQuote(dst, h.Data)
		case eventstream.TypeTrue, eventstream.TypeFalse:
			dst = strconv.AppendBool(dst, h.Type == eventstream.TypeTrue)
		case eventstream.TypeBytes, eventstream.TypeUUID:
			dst = appendBase64(dst, h.Data)
		default:
			dst = strconv.AppendInt(dst, h.Int(), 10)
		}
	}
	dst = append(dst, `},"payload":`...)
	if text := bytes.TrimSpace(m.Payload); len(text) > 0 && (text[0] == '{' || text[0] == '[') && jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true)) {
		dst = append(dst, text...)
	} else {
		dst = appendBase64(dst, m.Payload)
	}
	return append(dst, '}')
}

func appendBase64(dst, b []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(dst, '"'), b), '"')
}
