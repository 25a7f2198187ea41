package traffic

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// chunks are the pieces of a body as Polly.JS persists it in its HAR (@pollyjs/adapter-node-http,
// getBodyFromChunks): what was encoded on the wire is a JSON list of its chunks within the string,
// in hexadecimal digits with _isBinary, or in base64 from version 6 on; other bytes that are not
// UTF-8 are one piece.
type chunks []string

// pollyChunks are nil where a text is written as in any other HAR.
func pollyChunks(m *harMessage) chunks {
	if m.text.Kind() != jsontext.KindString || m.encoding == "" && !m.hex {
		return nil
	}
	text, err := jsontext.AppendUnquote(nil, m.text)
	if err != nil {
		return nil
	}
	if !bytes.HasPrefix(text, []byte("[")) {
		if m.encoding != "" {
			return nil // plain base64
		}
		return chunks{string(text)}
	}
	list := chunks{}
	if json.Unmarshal(text, &list) != nil {
		return chunks{"?"} // neither digits nor base64
	}
	return list
}

func (c chunks) decode(inBase64 bool) (body []byte, err error) {
	decode := hex.DecodeString
	if inBase64 {
		decode = base64.StdEncoding.DecodeString
	}
	for _, chunk := range c {
		piece, err := decode(chunk)
		if err != nil {
			return nil, err
		}
		body = append(body, piece...)
	}
	return body, nil
}
