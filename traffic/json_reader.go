package traffic

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonReader reads the values of a JSON text with an interaction. Its errors have positions.
type jsonReader struct {
	of, remedy string // what the text is, and what to do if it is not JSON
	lenient    bool   // skipped text need not be UTF-8

	decoder jsontext.Decoder
	input   bytes.Buffer
	names   map[string]string // strings that many interactions share
	scratch []byte

	name   string // of the input
	source *source
	skip   int   // bytes of the source before the input of the decoder
	failed error // why the text is not JSON
}

// maxNames limits the memory for a file in which all names differ.
const maxNames = 1 << 10

func (r *jsonReader) reset(name string, from *source) {
	skip := len(from.data) - len(bytes.TrimPrefix(from.data, byteOrderMark))
	r.resetPart(name, from, skip, len(from.data))
}

// resetPart makes the reader read a part of the source.
func (r *jsonReader) resetPart(name string, from *source, start, end int) {
	if r.names == nil {
		r.names = map[string]string{}
	}
	r.name, r.source, r.skip, r.failed = name, from, start, nil
	r.input = *bytes.NewBuffer(from.data[start:end])
	r.decoder.Reset(&r.input, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(r.lenient)) // object rejects duplicates and names them
}

// text reads a string. Short strings are shared.
func (r *jsonReader) text(what string) (string, error) {
	text, _, err := r.rawText(what)
	return r.shared(text), err
}

// rawText reads a string. The result is valid until the next call.
func (r *jsonReader) rawText(what string) (text []byte, at int, err error) {
	raw, at, err := r.value()
	switch {
	case err != nil:
		return nil, at, err
	case raw.Kind() != jsontext.KindString:
		return nil, at, r.notA(at, what, "a string")
	}
	text, err = r.unquote(raw)
	if err != nil {
		return nil, at, r.notA(at, what, "Unicode text")
	}
	return text, at, nil
}

// number reads a whole number without a fraction or an exponent.
func (r *jsonReader) number(what string) (int, error) {
	raw, at, err := r.value()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil {
		return 0, r.notA(at, what, "a whole number")
	}
	return n, nil
}

// body reads a body from a string, as text or in base64.
func (r *jsonReader) body(what string, raw jsontext.Value, at int, isBase64 bool) ([]byte, jsonString, error) {
	if raw.Kind() != jsontext.KindString {
		return nil, jsonString{}, r.notA(at, what, "a string")
	}
	decoded, err := jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw) // it needs room for the quotation marks
	switch {
	case err != nil:
		return nil, jsonString{}, r.notA(at, what, "Unicode text")
	case !isBase64:
		return decoded, jsonString{start: at}, nil
	case bytes.ContainsAny(decoded, "\r\n"): // package base64 ignores them
		return nil, jsonString{}, r.notA(at, what, "base64")
	}
	decoded, err = base64.StdEncoding.Strict().AppendDecode(nil, decoded)
	if err != nil {
		return nil, jsonString{}, r.notA(at, what, "base64")
	}
	return decoded, jsonString{start: at, opaque: true}, nil
}

// shared returns b as a string, the same one for equal bytes: methods, and names and values of
// headers, are often repeated.
func (r *jsonReader) shared(b []byte) string { return share(r.names, b) }

func share(names map[string]string, b []byte) string {
	if s, ok := names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(s) <= 32 && len(names) < maxNames {
		names[s] = s
	}
	return s
}

// unquote decodes a string. The result is valid until the next call.
func (r *jsonReader) unquote(raw []byte) (text []byte, err error) {
	if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && (!r.lenient || utf8.Valid(inner)) {
		return inner, nil
	}
	r.scratch, err = jsontext.AppendUnquote(r.scratch[:0], raw)
	return r.scratch, err
}

func (r *jsonReader) member() (name []byte, at int, err error) {
	raw, at, err := r.value()
	if err != nil {
		return nil, at, err
	}
	name, err = r.unquote(raw)
	if err != nil {
		return nil, at, r.notA(at, "a name", "Unicode text")
	}
	return name, at, nil
}

func (r *jsonReader) value() (raw jsontext.Value, at int, err error) {
	raw, err = r.decoder.ReadValue()
	if err != nil {
		return nil, 0, r.broken(err)
	}
	return raw, r.offset() - len(raw), nil
}

func (r *jsonReader) openObject(what string) (start int, err error) {
	if r.decoder.PeekKind() != jsontext.KindBeginObject {
		return 0, r.wrongType(what, "an object")
	}
	err = r.delimiter()
	return r.offset() - 1, err
}

func (r *jsonReader) delimiter() error {
	if _, err := r.decoder.ReadToken(); err != nil {
		return r.broken(err)
	}
	return nil
}

// offset returns the offset in the source after the last token.
func (r *jsonReader) offset() int { return r.skip + int(r.decoder.InputOffset()) }

// next returns the offset of the next value.
func (r *jsonReader) next() int {
	at := r.offset()
	for at < len(r.source.data) && strings.IndexByte(blankJSON+":,", r.source.data[at]) >= 0 {
		at++
	}
	return at
}

// wrongType skips a value of the wrong type, and returns the error for it.
func (r *jsonReader) wrongType(what, wanted string) error {
	_, at, err := r.value()
	if err != nil {
		return err
	}
	return r.notA(at, what, wanted)
}

func (r *jsonReader) notA(at int, what, wanted string) error {
	return r.malformed(at, fmt.Sprintf("%s is not %s", what, wanted), "write it as "+wanted)
}

func (r *jsonReader) broken(err error) error {
	at := len(r.source.data)
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		at, err = r.skip+int(syntax.ByteOffset), syntax.Err
	}
	r.failed = r.malformed(at, fmt.Sprintf("%s is not JSON: %v", r.of, err), r.remedy)
	return r.failed
}

func (r *jsonReader) malformed(at int, problem, remedy string) error {
	return malformed(r.name, r.source.position(at), problem, remedy)
}
