package traffic

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxDecoded bounds what one body may be decoded to, in bytes.
const MaxDecoded = 64 << 20

// Document is the body that a reader of the answer sees: decoded by its Content-Encoding (RFC 9110,
// section 8.4). A body that was recorded decoded, although the header was kept, is returned as it
// is. An error is [ErrUnknownCoding] or [ErrBrokenCoding].
func (r *Response) Document() (Body, error) { return r.Body.decode(r.Header) }

// Document is the body that the service sees: decoded by its Content-Encoding, as
// [Response.Document] says.
func (r *Request) Document() (Body, error) { return r.Body.decode(r.Header) }

// decode undoes the codings, the last one first. Its positions are those where b begins.
func (b Body) decode(header http.Header) (Body, error) {
	decoded := b.Bytes
	for _, coding := range slices.Backward(codings(header)) {
		open, known := decoders[coding]
		switch {
		case !known && utf8.Valid(decoded): // compressed data is not: it was decoded before it was recorded
			continue
		case !known:
			return b, &Error{Reason: ErrUnknownCoding, Format: coding, Problem: fmt.Sprintf("the body has the unsupported Content-Encoding %q", coding), Remedy: "request gzip or no encoding, and record it again"}
		}
		from, err := open(decoded)
		if err == nil && from == nil {
			continue
		}
		text := decoded
		if err == nil {
			text, err = readDecoded(from)
		}
		switch {
		case err == nil:
			decoded = text
		case !utf8.Valid(decoded): // else it only began like encoded data
			return b, &Error{Reason: ErrBrokenCoding, Format: coding, Problem: fmt.Sprintf("the body is not valid %s data", coding), Remedy: "record it again", Err: err}
		}
	}
	if len(b.Bytes) == 0 || len(decoded) > 0 && &decoded[0] == &b.Bytes[0] {
		return b, nil
	}
	origin := b.origin()
	return Body{Bytes: decoded, Missing: b.Missing, place: &place{source: origin.source, written: encoded{b}}}, nil
}

// dropEncodingHeaders: beside a body that was recorded decoded, headers that say otherwise, or state the
// length of what was encoded, would mislead who reads the body or is sent it. (net/http takes them
// away, too.)
func dropEncodingHeaders(header http.Header) {
	if len(codings(header)) > 0 {
		maps.DeleteFunc(header, func(name string, _ []string) bool {
			return strings.EqualFold(name, "Content-Encoding") || strings.EqualFold(name, "Content-Length")
		})
	}
}

// RecordedDecoded says that the body is not encoded as Content-Encoding says: it was recorded after
// it had been decoded, and the header was kept. Who sends it again leaves Content-Encoding out, and
// Content-Length.
func (r *Response) RecordedDecoded() bool {
	if len(r.Body.Bytes) == 0 || len(codings(r.Header)) == 0 {
		return false
	}
	document, err := r.Document()
	return err == nil && len(document.Bytes) > 0 && &document.Bytes[0] == &r.Body.Bytes[0]
}

// codings are what was done to a body, in that order.
func codings(header http.Header) (list []string) {
	for name, values := range header {
		if len(name) != len("Content-Encoding") || !strings.EqualFold(name, "Content-Encoding") {
			continue
		}
		for _, coding := range strings.Split(strings.Join(values, ","), ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" && coding != "aws-chunked" {
				list = append(list, coding)
			}
		}
	}
	return list
}

// decoders open encoded bytes; nil where the bytes are not encoded at all.
var decoders = map[string]func([]byte) (io.Reader, error){
	"gzip": gunzip, "x-gzip": gunzip,
	"deflate": inflate,
}

func gunzip(encoded []byte) (io.Reader, error) {
	if !bytes.HasPrefix(encoded, gzipMagic) {
		return nil, nil
	}
	return gzip.NewReader(bytes.NewReader(encoded))
}

// inflate: deflate means zlib (RFC 9110, section 8.4.1.2), but some servers send the bare data.
func inflate(encoded []byte) (io.Reader, error) {
	switch {
	case len(encoded) > 1 && encoded[0]&0x0f == 8 && (int(encoded[0])<<8|int(encoded[1]))%31 == 0: // RFC 1950, section 2.2
		return zlib.NewReader(bytes.NewReader(encoded))
	case utf8.Valid(encoded):
		return nil, nil
	}
	return flate.NewReader(bytes.NewReader(encoded)), nil
}

func readDecoded(from io.Reader) ([]byte, error) {
	decoded, err := io.ReadAll(io.LimitReader(from, MaxDecoded+1))
	if err == nil && len(decoded) > MaxDecoded {
		err = tooLarge("", "the decoded body", MaxDecoded)
	}
	return decoded, err
}

// encoded is the body that a body was decoded from.
type encoded struct{ body Body }

func (e encoded) trace(*source, []byte) (start int, spans []span) {
	return e.body.origin().sourceOffset(e.body.Bytes, 0), nil
}
