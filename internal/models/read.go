package models

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/crcheck/crcheck/schema/source/botocore"
	"github.com/crcheck/crcheck/schema/source/page"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

// MaxDocument bounds a document that is read whole, in bytes, also once it is decompressed.
const MaxDocument = 64 << 20

// gzipMagic is how gzip data begins (RFC 1952, section 2.3.1).
var gzipMagic = []byte("\x1f\x8b")

// Decompressed returns a text, or what it holds if it is gzip data, whatever the
// name of its file.
func Decompressed(text []byte) ([]byte, error) {
	if !bytes.HasPrefix(text, gzipMagic) {
		return text, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, errBroken
	}
	text, err = io.ReadAll(io.LimitReader(r, MaxDocument+1))
	switch {
	case err != nil:
		return nil, errBroken
	case len(text) > MaxDocument:
		return nil, errTooLarge
	}
	return text, nil
}

// Beginning returns how a text begins once it is decompressed; it may be cut off.
func Beginning(text []byte) []byte {
	if !bytes.HasPrefix(text, gzipMagic) {
		return text
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return text
	}
	text, _ = io.ReadAll(io.LimitReader(r, maxHead))
	return text
}

var (
	errBroken   = errors.New("the gzip data is broken or cut off; copy or download it again")
	errTooLarge = fmt.Errorf("it is larger than %d MiB; name a smaller document", MaxDocument>>20)
)

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxDocument+1))
	if err == nil && len(text) > MaxDocument {
		err = errTooLarge
	}
	return text, err
}

// maxHead bounds what is read of a model for its metadata.
const maxHead = 64 << 10

// heads reads the metadata of many models, one after another.
type heads struct {
	text   *gzip.Reader
	buffer []byte
}

// read returns what a model of botocore says of its service; ok is false where it
// has to be read whole.
func (h *heads) read(path string) (service schema.Service, ok bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return service, false, err
	}
	defer f.Close()
	if h.buffer == nil {
		h.buffer = make([]byte, 4<<10)
	}
	n, err := io.ReadFull(f, h.buffer)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return service, false, err
	}
	beginning := h.buffer[:n]
	if !bytes.HasPrefix(beginning, gzipMagic) {
		service, ok = botocore.Service(io.LimitReader(io.MultiReader(bytes.NewReader(beginning), f), maxHead))
		return service, ok, nil
	}
	from := io.MultiReader(bytes.NewReader(beginning), f)
	if h.text == nil {
		h.text, err = gzip.NewReader(from)
	} else {
		err = h.text.Reset(from)
	}
	if err != nil {
		h.text = nil
		return service, false, errBroken
	}
	service, ok = botocore.Service(io.LimitReader(h.text, maxHead))
	return service, ok, nil
}

// templates returns the routes of a model of botocore; nil: it is not as it should be.
func templates(path string) []schema.Template {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var text io.Reader = in
	if magic, _ := in.Peek(len(gzipMagic)); bytes.Equal(magic, gzipMagic) {
		if text, err = gzip.NewReader(in); err != nil {
			return nil
		}
	}
	found, ok := botocore.Templates(io.LimitReader(text, MaxDocument))
	if !ok {
		return nil
	}
	return found
}

// describesNothing reports a file of no known kind, or a page about a method that
// calls no operation.
func describesNothing(err error) bool {
	return errors.Is(err, source.ErrUnknownKind) || errors.Is(err, page.ErrNoOperation)
}
