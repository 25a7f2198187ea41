package traffic

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// harReader reads a HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) entry by entry. It
// skips unknown members, such as those with an underscore, token by token.
type harReader struct {
	name    string
	window  window
	decoder *jsontext.Decoder
	entries entryReader
	index   int
	yield   func(*Interaction, error) bool
}

func (in *input) readHAR(yield func(*Interaction, error) bool) {
	h := &harReader{name: in.name, yield: yield, window: window{from: in.r, limit: MaxEntry + lookAhead, line: 1}}
	if head, _ := in.r.Peek(len(byteOrderMark)); string(head) == string(byteOrderMark) {
		_, _ = in.r.Discard(len(byteOrderMark))
		h.window.column = 1
	}
	// entryReader checks that the members it keeps are UTF-8. The others may have duplicate names.
	h.decoder = jsontext.NewDecoder(&h.window, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := h.read(); err != nil && err != errStopped {
		yield(nil, err)
	}
}

// errStopped ends reading because the caller stopped iterating.
var errStopped = errors.New("stopped")

func (h *harReader) read() error {
	found := false
	err := h.members("the HAR", func(name string) error {
		if name != "log" {
			return h.skip()
		}
		return h.members("log", func(name string) error {
			if name != "entries" {
				return h.skip()
			}
			found = true
			return h.list()
		})
	})
	if err != nil {
		return err
	}
	if h.decoder.PeekKind() != jsontext.KindInvalid {
		return h.malformed("unexpected text after the HAR", "write one HAR per file")
	}
	if _, err := h.token(); err != io.EOF {
		return err
	}
	if !found {
		return unknownFormat(h.name, "a HAR without entries", "HAR without entries", false, "export it again")
	}
	return nil
}

// members calls member with the name of each member of an object. member must read the value.
func (h *harReader) members(what string, member func(name string) error) error {
	if h.decoder.PeekKind() != jsontext.KindBeginObject {
		return h.notA(what, "an object")
	}
	if _, err := h.token(); err != nil {
		return err
	}
	for {
		token, err := h.token()
		if err != nil {
			return err
		}
		if token.Kind() == jsontext.KindEndObject {
			return nil
		}
		if err := member(token.String()); err != nil {
			return err
		}
	}
}

func (h *harReader) list() error {
	if h.decoder.PeekKind() != jsontext.KindBeginArray {
		return h.notA("log.entries", "a list")
	}
	if _, err := h.token(); err != nil {
		return err
	}
	for h.decoder.PeekKind() != jsontext.KindEndArray {
		entry, err := h.decoder.ReadValue()
		if err != nil {
			return h.broken(err)
		}
		if len(entry) > MaxEntry {
			return h.broken(errWide)
		}
		x := &recorded{Interaction: Interaction{Source: h.name, Kind: HAR, Index: h.index}}
		end := h.decoder.InputOffset()
		h.window.cut(end-int64(len(entry)), end, &x.source)
		h.window.forget(end)
		if err := h.entries.read(x); !h.entries.yieldEntry(&x.Interaction, err, h.yield) {
			return errStopped
		}
		h.index++
	}
	_, err := h.token()
	return err
}

// skip skips a value. The window never holds more than one of its tokens.
func (h *harReader) skip() error {
	depth := h.decoder.StackDepth()
	for {
		if _, err := h.token(); err != nil {
			return err
		}
		if h.decoder.StackDepth() == depth {
			return nil
		}
	}
}

// token returns the next token, which is valid until the next call.
func (h *harReader) token() (jsontext.Token, error) {
	token, err := h.decoder.ReadToken()
	if err == io.EOF {
		return token, err
	} else if err != nil {
		return token, h.broken(err)
	}
	h.window.forget(h.decoder.InputOffset())
	return token, nil
}

func (h *harReader) notA(what, wanted string) error {
	if h.decoder.PeekKind() == jsontext.KindInvalid {
		_, err := h.decoder.ReadToken()
		return h.broken(err)
	}
	return h.malformed(fmt.Sprintf("%s is not %s", what, wanted), "export it again")
}

// broken converts an error of the decoder, which may come from the underlying reader.
func (h *harReader) broken(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errWide):
		return tooLarge(h.name, fmt.Sprintf("entry %d, or the text after it,", h.index), MaxEntry)
	case errors.As(err, &syntax) && syntax.Err == io.ErrUnexpectedEOF:
		return h.malformedAt(syntax.ByteOffset, "the HAR is cut off", "export it again; the entries before it were read")
	case syntax != nil:
		return h.malformedAt(syntax.ByteOffset, fmt.Sprintf("the HAR is not JSON: %v", syntax.Err), "export it again")
	}
	return readError(h.name, errors.Unwrap(err))
}

// malformed returns an error at the next value.
func (h *harReader) malformed(problem, remedy string) error {
	at := h.decoder.InputOffset()
	for i := int(at - h.window.offset); i < len(h.window.data); i++ {
		if c := h.window.data[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ':' && c != ',' {
			at = h.window.offset + int64(i)
			break
		}
	}
	return h.malformedAt(at, problem, remedy)
}

func (h *harReader) malformedAt(offset int64, problem, remedy string) error {
	n := min(max(offset-h.window.offset, 0), int64(len(h.window.data)))
	line, column := h.window.place(int(n))
	return malformed(h.name, Position{line, column + 1}, problem, remedy)
}
