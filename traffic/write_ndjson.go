package traffic

import (
	"bufio"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// WriteNDJSON writes one interaction per line, with its [Meta], in the strict form that [Read]
// reads back unchanged. The output is deterministic. An interaction without a request, unless boto3
// returned it, cannot be written, and text that is not UTF-8 only in a body: either is an
// [ErrMalformed], and nothing is written.
func WriteNDJSON(w io.Writer, interactions []*Interaction) error {
	for i, in := range interactions {
		if err := fitsNDJSON(i, in); err != nil {
			return err
		}
	}
	n := ndjsonWriter{w: bufio.NewWriter(w)}
	var line []byte
	for i, in := range interactions {
		line, _ = n.encode(line[:0], in)
		if err := n.write(i, in, line); err != nil {
			return err
		}
	}
	return n.close()
}

// fitsNDJSON returns an error if a line cannot represent an interaction.
func fitsNDJSON(i int, in *Interaction) error {
	request := in.Request
	switch {
	case request == nil && in.Encoding != EncodingSDK:
		return unwritable(i, in, "is a bare body", "record the request too")
	case request == nil:
		request = &Request{}
	}
	ok := utf8.ValidString(request.Method) && utf8.ValidString(request.URL) && utf8.ValidString(in.Response.StatusText)
	for _, header := range []http.Header{request.Header, in.Response.Header} {
		for name, values := range header {
			ok = ok && utf8.ValidString(name) && !slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) })
		}
	}
	for _, f := range in.Meta.fields() {
		ok = ok && utf8.ValidString(*f.value)
	}
	ok = ok && utf8.ValidString(in.Test) && utf8.ValidString(in.Operation)
	if !ok {
		return unwritable(i, in, "has a method, URL, status, header or metadata that is not UTF-8", "write a cassette, which can hold it")
	}
	return nil
}

// ndjsonWriter writes a line at a time.
type ndjsonWriter struct {
	w          *bufio.Writer
	pseudonyms string // of the line before
}

func (n *ndjsonWriter) fits(i int, in *Interaction) error { return fitsNDJSON(i, in) }

// encode leaves out the pseudonyms, because the line before may have them.
func (n *ndjsonWriter) encode(text []byte, in *Interaction) ([]byte, error) {
	line := *in
	line.Meta.Pseudonyms = ""
	return appendInteraction(text, &line), nil
}

func (n *ndjsonWriter) write(_ int, in *Interaction, line []byte) error {
	if in.Meta.Pseudonyms != n.pseudonyms {
		n.pseudonyms = in.Meta.Pseudonyms
		line = appendInteraction(nil, in)
	}
	if len(line) > MaxLine {
		return tooLarge(in.Source, "a line with one of its interactions", MaxLine)
	}
	_, err := n.w.Write(line)
	return err
}

func (n *ndjsonWriter) close() error { return n.w.Flush() }

func appendInteraction(b []byte, in *Interaction) []byte {
	b = append(b, `{`+interactionMark+`:`+interactionVersion...)
	b = appendCall(b, in)
	if in.Request != nil {
		b = append(b, `,"request":{"method":`...)
		b = appendString(b, in.Request.Method)
		b = appendString(append(b, `,"url":`...), in.Request.URL)
		b = append(appendMessage(b, in.Request.Header, in.Request.Body), '}')
	}
	b = strconv.AppendInt(append(b, `,"response":{"status":`...), int64(in.Response.Status), 10)
	if in.Response.StatusText != "" {
		b = appendString(append(b, `,"statusText":`...), in.Response.StatusText)
	}
	b = appendMessage(b, in.Response.Header, in.Response.Body)
	if in.Response.Duration != 0 {
		b = appendString(append(b, `,"duration":`...), in.Response.Duration.String())
	}
	b = append(b, '}')
	if in.Meta != (Meta{}) {
		b = appendMeta(append(b, `,"meta":`...), &in.Meta)
	}
	return append(b, "}\n"...)
}

// appendCall appends what is known about the call that an interaction belongs to.
func appendCall(b []byte, in *Interaction) []byte {
	if in.Test != "" {
		b = appendString(append(b, `,"test":`...), in.Test)
	}
	if in.TestLine != 0 {
		b = strconv.AppendInt(append(b, `,"testLine":`...), int64(in.TestLine), 10)
	}
	if in.Operation != "" {
		b = appendString(append(b, `,"operation":`...), in.Operation)
	}
	if in.Encoding != "" {
		b = appendString(append(b, `,"encoding":`...), in.Encoding)
	}
	return b
}

func appendMeta(b []byte, meta *Meta) []byte {
	next := byte('{')
	for _, f := range meta.fields() {
		if *f.value != "" {
			b = append(appendString(append(b, next), f.key), ':')
			b = appendString(b, *f.value)
			next = ','
		}
	}
	if list := meta.ListPseudonyms(); len(list) > 0 {
		b = append(b, next)
		b = append(b, `"pseudonyms":`...)
		next = '['
		for _, pseudonym := range list {
			b = appendString(append(b, next), pseudonym)
			next = ','
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendMessage(b []byte, header http.Header, body Body) []byte {
	for i, name := range slices.Sorted(maps.Keys(header)) {
		if i == 0 {
			b = append(b, `,"headers":{`...)
		} else {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ":["...)
		for i, value := range header[name] {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, value)
		}
		b = append(b, ']')
	}
	if len(header) > 0 {
		b = append(b, '}')
	}
	switch {
	case body.Missing:
		return append(b, `,"bodyMissing":true`...)
	case len(body.Bytes) == 0:
		return b
	case utf8.Valid(body.Bytes):
		return appendString(append(b, `,"body":`...), body.Bytes)
	}
	b = base64.StdEncoding.AppendEncode(append(b, `,"bodyBase64":"`...), body.Bytes)
	return append(b, '"')
}

// appendString appends a string in UTF-8, for which jsontext does not fail.
func appendString[Text ~[]byte | ~string](b []byte, text Text) []byte {
	b, _ = jsontext.AppendQuote(b, text)
	return b
}
