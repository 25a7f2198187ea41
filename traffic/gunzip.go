package traffic

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// gzipMagic begins gzip data (RFC 1952, section 2.3.1).
var gzipMagic = []byte("\x1f\x8b")

// decompressed returns a reader of the text of r, decompressed if r is gzip data. Concatenated
// members are one text.
func decompressed(name string, r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, lookAhead)
	if magic, _ := in.Peek(len(gzipMagic)); !bytes.Equal(magic, gzipMagic) {
		return in
	}
	return &gunzipper{name: name, from: in}
}

// gunzipper reports broken gzip data as an [ErrMalformed], after the text that could be read.
type gunzipper struct {
	name  string
	from  *bufio.Reader
	text  *gzip.Reader
	bytes int64 // of text
	err   error
}

func (g *gunzipper) Read(p []byte) (n int, err error) {
	if g.err == nil && g.text == nil {
		g.text, g.err = gzip.NewReader(g.from)
		g.err = g.explain(g.err)
	}
	if g.err != nil {
		return 0, g.err
	}
	n, g.err = g.text.Read(p)
	g.bytes += int64(n)
	g.err = g.explain(g.err)
	return n, g.err
}

func (g *gunzipper) explain(err error) error {
	problem := ""
	var corrupt flate.CorruptInputError
	switch {
	case err == nil || err == io.EOF && g.text != nil:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		problem = fmt.Sprintf("the gzip data is cut off: it ends after %d bytes of text", g.bytes)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		problem = fmt.Sprintf("the gzip data is broken after %d bytes of text", g.bytes)
	default:
		return err // the reader below failed
	}
	return malformed(g.name, Position{}, problem, "copy or download it again; the text before it was read")
}
