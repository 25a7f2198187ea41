package traffic

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// WriteNDJSON writes one interaction a line, such as Read reads. Method, URL, status, headers and every byte of the bodies come back
// as they were; the text of the status, the duration and [Meta] have no place there. The same interactions give the same bytes.
// An interaction without a request cannot be replayed, and a URL, method or header that is not UTF-8 cannot be written: it is a
// *MalformedError, and nothing is written.
func WriteNDJSON(w io.Writer, interactions []*Interaction) error {
	for i, in := range interactions {
		if err := writable(i, in); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(w)
	var line []byte
	for _, in := range interactions {
		line = appendInteraction(line[:0], in)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writable(i int, in *Interaction) error {
	refuse := func(problem, remedy string) error {
		return &MalformedError{Source: in.Source, Problem: fmt.Sprintf("interaction %d %s", i, problem), Remedy: remedy}
	}
	if in.Request == nil {
		return refuse("is a bare body", "an interaction needs the request too: record it")
	}
	ok := utf8.ValidString(in.Request.Method) && utf8.ValidString(in.Request.URL)
	for _, header := range []http.Header{in.Request.Header, in.Response.Header} {
		for name, values := range header {
			ok = ok && utf8.ValidString(name) && !slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) })
		}
	}
	if !ok {
		return refuse("has a method, URL or header that is not UTF-8", "write a cassette, which can hold it")
	}
	return nil
}

func appendInteraction(b []byte, in *Interaction) []byte {
	b = append(b, `{`+interactionMark+`:`+interactionVersion+`,"request":{"method":`...)
	b = appendString(b, in.Request.Method)
	b = appendString(append(b, `,"url":`...), in.Request.URL)
	b = appendMessage(b, in.Request.Header, in.Request.Body.Bytes)
	b = strconv.AppendInt(append(b, `},"response":{"status":`...), int64(in.Response.Status), 10)
	b = appendMessage(b, in.Response.Header, in.Response.Body.Bytes)
	return append(b, "}}\n"...)
}

func appendMessage(b []byte, header http.Header, body []byte) []byte {
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
	case len(body) == 0:
		return b
	case utf8.Valid(body):
		return appendString(append(b, `,"body":`...), body)
	}
	b = base64.StdEncoding.AppendEncode(append(b, `,"bodyBase64":"`...), body)
	return append(b, '"')
}

// appendString appends a string that is UTF-8, which is all that jsontext could object to.
func appendString[Text ~[]byte | ~string](b []byte, text Text) []byte {
	b, _ = jsontext.AppendQuote(b, text)
	return b
}
