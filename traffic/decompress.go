package traffic

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// compression is a format of compressed input.
type compression struct {
	name   string
	magic  []byte
	reader func(io.Reader) (io.Reader, error)
}

// gzipMagic begins gzip data (RFC 1952, section 2.3.1).
var gzipMagic = []byte("\x1f\x8b")

var compressions = []compression{
	{"gzip", gzipMagic, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"zstd", []byte("\x28\xb5\x2f\xfd"), func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxFileWindow))
	}},
}

// maxFileWindow limits the memory for decoding a zstd file, as the command zstd does without --long.
const maxFileWindow = 128 << 20

// Decompress returns a reader of the text of an input, as [Read] reads it: decompressed if r is gzip or
// zstd data. Concatenated members are one text. Data that is broken is an [ErrMalformed] after the text
// that could be read.
func Decompress(name string, r io.Reader) (text io.Reader, compressed bool) {
	in := bufio.NewReaderSize(r, lookAhead)
	for i := range compressions {
		if magic, _ := in.Peek(len(compressions[i].magic)); bytes.Equal(magic, compressions[i].magic) {
			return &decompressor{name: name, compression: &compressions[i], from: &noted{Reader: in}}, true
		}
	}
	return in, false
}

// noted notes the error of a reader.
type noted struct {
	io.Reader
	err error // except at the end
}

func (r *noted) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// decompressor reports broken data as an [ErrMalformed], after the text that could be read.
type decompressor struct {
	name        string
	compression *compression
	from        *noted
	text        io.Reader
	bytes       int64 // of text
	err         error
}

func (d *decompressor) Read(p []byte) (n int, err error) {
	if d.err == nil && d.text == nil {
		d.text, d.err = d.compression.reader(d.from)
		if d.err == io.EOF {
			d.err = io.ErrUnexpectedEOF
		}
		d.err = d.explain(d.err)
	}
	if d.err != nil {
		return 0, d.err
	}
	n, d.err = d.text.Read(p)
	d.bytes += int64(n)
	d.err = d.explain(d.err)
	return n, d.err
}

func (d *decompressor) explain(err error) error {
	problem, remedy := "", "copy or download it again; the text before it was read"
	switch {
	case err == nil, err == io.EOF:
		return err
	case d.from.err != nil:
		return d.from.err
	case errors.Is(err, io.ErrUnexpectedEOF):
		problem = fmt.Sprintf("the %s data is cut off: it ends after %d bytes of text", d.compression.name, d.bytes)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		problem = fmt.Sprintf("the zstd data needs a window of more than %d MiB", maxFileWindow>>20)
		remedy = "compress it without --long, --ultra or --patch-from"
	default:
		problem = fmt.Sprintf("the %s data is broken after %d bytes of text", d.compression.name, d.bytes)
	}
	return malformed(d.name, Position{}, problem, remedy)
}
