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

// MaxDocument is the maximum size of a document that is read whole, in bytes, before and after
// decompression.
const MaxDocument = 64 << 20

// gzipMagic is the beginning of gzip data (RFC 1952, section 2.3.1).
var gzipMagic = []byte("\x1f\x8b")

// Decompressed returns a text, decompressed if it is gzip data. It goes by the content, not by the
// name of the file.
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

// Beginning returns the beginning of a text after decompression. The text may be cut off.
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
	errBroken   = errors.New("the gzip data is broken or incomplete; copy or download it again")
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

// maxHead is the number of bytes of a model that are read for its metadata.
const maxHead = 64 << 10

// heads reads the metadata of many models and reuses its buffers.
type heads struct {
	text   *gzip.Reader
	buffer []byte
}

// read returns the service in the metadata of a botocore model. ok is false if the whole model must
// be read.
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

// routes returns the routes of a botocore model, or nil if the model is malformed.
func routes(path string) []*schema.Contract {
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
	found, ok := botocore.Routes(io.LimitReader(text, MaxDocument))
	if !ok {
		return nil
	}
	return found
}

// describesNothing reports whether the error is for a file of an unknown kind, or for a page about
// a method that does not call an operation.
func describesNothing(err error) bool {
	return errors.Is(err, source.ErrUnknownKind) || errors.Is(err, page.ErrNoOperation)
}
