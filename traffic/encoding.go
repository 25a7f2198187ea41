package traffic

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// MaxDecoded is the maximum decoded size of one body, in bytes.
const MaxDecoded = 64 << 20

// Document returns the body as a client sees it: decoded by its Content-Encoding (RFC 9110, section
// 8.4). A body that was already decoded when it was recorded, beside a header that was kept, is
// returned unchanged. The error is [ErrUnknownCoding], [ErrBrokenCoding] or [ErrTooLarge].
func (r *Response) Document() (Body, error) { return r.Body.decode(r.Header, MaxDecoded) }

// Document returns the body as the service sees it: decoded by its Content-Encoding, like
// [Response.Document].
func (r *Request) Document() (Body, error) { return r.Body.decode(r.Header, MaxDecoded) }

// DocumentWithin is Document with a smaller limit than [MaxDecoded].
func (r *Response) DocumentWithin(limit int64) (Body, error) { return r.Body.decode(r.Header, limit) }

// DocumentWithin is Document with a smaller limit than [MaxDecoded].
func (r *Request) DocumentWithin(limit int64) (Body, error) { return r.Body.decode(r.Header, limit) }

// decode undoes the codings, the last one first. Positions in the result are those of the beginning
// of b.
func (b Body) decode(header http.Header, limit int64) (Body, error) {
	decoded, all := b.Bytes, codings(header)
	if len(all) > maxCodings && !utf8.Valid(decoded) {
		return b, &Error{Reason: ErrBrokenCoding, Format: all[0], Problem: fmt.Sprintf("the body has %d codings", len(all)), Remedy: "record it again, with one Content-Encoding"}
	}
	for _, coding := range slices.Backward(all) {
		open, known := decoders[coding]
		if !known && bytes.HasPrefix(decoded, gzipMagic) {
			open, known = gunzip, true // the recorder masked the header
		}
		switch {
		case !known && utf8.Valid(decoded): // compressed data is not UTF-8: the body was decoded before it was recorded
			continue
		case !known:
			return b, &Error{Reason: ErrUnknownCoding, Format: coding, Problem: fmt.Sprintf("the body has the unsupported Content-Encoding %q", coding), Remedy: "request gzip, br, zstd or no encoding, and record it again"}
		}
		text, err := readDecoded(func() (io.Reader, error) { return open(decoded) }, limit)
		switch {
		case err == nil && text == nil:
		case err == nil:
			decoded = text
		case errors.Is(err, ErrTooLarge):
			return b, err
		case !utf8.Valid(decoded): // otherwise it only began like encoded data
			return b, &Error{Reason: ErrBrokenCoding, Format: coding, Problem: fmt.Sprintf("the body is not valid %s data", coding), Remedy: "record it again", Err: err}
		}
	}
	if len(b.Bytes) == 0 || len(decoded) > 0 && &decoded[0] == &b.Bytes[0] {
		return b, nil
	}
	origin := b.origin()
	return Body{Bytes: decoded, Missing: b.Missing, place: &place{source: origin.source, written: encoded{b}}}, nil
}

// dropEncodingHeaders removes Content-Encoding, and the Content-Length of the encoded bytes, from a
// body that was recorded decoded. They would mislead a reader or a receiver of the body. (net/http
// removes them as well.)
func dropEncodingHeaders(header http.Header) {
	if len(codings(header)) > 0 {
		maps.DeleteFunc(header, func(name string, _ []string) bool {
			return strings.EqualFold(name, "Content-Encoding") || strings.EqualFold(name, "Content-Length")
		})
	}
}

// RecordedDecoded reports whether the body is not encoded as Content-Encoding says: it was decoded
// before it was recorded, and the header was kept. A caller that sends the response again must omit
// Content-Encoding and Content-Length.
func (r *Response) RecordedDecoded() bool {
	if len(r.Body.Bytes) == 0 || len(codings(r.Header)) == 0 {
		return false
	}
	document, err := r.Document()
	return err == nil && len(document.Bytes) > 0 && &document.Bytes[0] == &r.Body.Bytes[0]
}

// codings returns the codings of a body in the order in which they were applied.
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

// decoders open encoded bytes. They return nil for bytes that are not encoded.
var decoders = map[string]func([]byte) (io.Reader, error){
	"gzip": gunzip, "x-gzip": gunzip,
	"deflate": inflate, "br": unbrotli, "zstd": unzstd,
}

func gunzip(encoded []byte) (io.Reader, error) {
	if !bytes.HasPrefix(encoded, gzipMagic) {
		return nil, nil
	}
	return gzip.NewReader(bytes.NewReader(encoded))
}

// inflate decodes zlib data, which is what deflate means (RFC 9110, section 8.4.1.2), and also raw
// deflate data, which some servers send.
func inflate(encoded []byte) (io.Reader, error) {
	switch {
	case len(encoded) > 1 && encoded[0]&0x0f == 8 && (int(encoded[0])<<8|int(encoded[1]))%31 == 0: // RFC 1950, section 2.2
		return zlib.NewReader(bytes.NewReader(encoded))
	case utf8.Valid(encoded):
		return nil, nil
	}
	return flate.NewReader(bytes.NewReader(encoded)), nil
}

// unbrotli decodes brotli (RFC 7932), which has no magic number.
func unbrotli(encoded []byte) (io.Reader, error) {
	if utf8.Valid(encoded) {
		return nil, nil
	}
	return brotli.NewReader(bytes.NewReader(encoded)), nil
}

// maxWindow limits the memory for decoding zstd, as RFC 9659 does for this coding.
const maxWindow = 8 << 20

func unzstd(encoded []byte) (io.Reader, error) {
	if !bytes.HasPrefix(encoded, []byte("\x28\xb5\x2f\xfd")) {
		return nil, nil
	}
	return zstd.NewReader(bytes.NewReader(encoded), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
}

// maxCodings is the number of codings of one body that are undone.
const maxCodings = 4

// holdDecoded is how much of a text is held before its size is known.
const holdDecoded = 1 << 20 // bytes

// readDecoded reads a text of at most limit bytes; nil: the data are not encoded. A few bytes can
// decode to gigabytes, so a longer text is counted before it is held.
func readDecoded(open func() (io.Reader, error), limit int64) ([]byte, error) {
	from, err := open()
	if err != nil || from == nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(from, min(holdDecoded, limit+1)))
	if err != nil || len(text) < holdDecoded {
		return text, err
	}
	rest, err := io.Copy(io.Discard, io.LimitReader(from, limit+1-holdDecoded))
	if err != nil || rest == 0 {
		return text, err
	}
	if rest += holdDecoded; rest > limit {
		return nil, tooLarge("", "the decoded body", int(limit))
	}
	if from, err = open(); err != nil {
		return nil, err
	}
	text = make([]byte, rest)
	_, err = io.ReadFull(from, text)
	return text, err
}

// encoded is the notation of a decoded body: the body that it was decoded from.
type encoded struct{ body Body }

func (e encoded) trace(*source, []byte) (start int, spans []span) {
	return e.body.origin().sourceOffset(e.body.Bytes, 0), nil
}
