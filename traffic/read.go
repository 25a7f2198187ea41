package traffic

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
)

// Sizes of input, in bytes, beyond which reading fails with [ErrTooLarge]; a line is an [ErrUnreadEntry].
const (
	MaxLine     = 64 << 20  // one line of NDJSON
	MaxDocument = 256 << 20 // one JSON document
	MaxCassette = 256 << 20 // one cassette
	MaxEntry    = 32 << 20  // one entry or other token of a HAR; as NDJSON it still fits MaxLine
)

// Read yields the interactions of one input in order. An [ErrOddEntry] concerns one of them, and
// reading continues; any other error ends the input. The format is detected by content, as
// described in the package comment; see [File.Read] for files of a folder. NDJSON and HAR are
// streamed: memory is bounded by the longest line or entry. Input that is compressed with gzip or zstd is
// decompressed, and positions are those in the decompressed text.
func Read(name string, r io.Reader) iter.Seq2[*Interaction, error] {
	return File{Path: name, Named: true}.Read(r)
}

// read yields the interactions of a file. If split is not nil, it gets the lines of NDJSON after the
// first one instead.
func (f File) read(r io.Reader, split *splitter, yield func(*Interaction, error) bool) {
	in := f.input()
	in.split = split
	if f.Continued {
		in.r = bufio.NewReaderSize(r, lookAhead)
		in.readLines(0, 1, nil, yield)
		return
	}
	text, _ := Decompress(f.Path, r)
	in.r = bufio.NewReaderSize(text, lookAhead)
	kind, err := in.kind()
	switch {
	case err != nil:
		yield(nil, err)
	case kind == jsonText:
		in.readJSON(yield)
	case kind == harText:
		in.readHAR(yield)
	case kind == flowText:
		in.readFlows(yield)
	default:
		in.readCassette(kind, yield)
	}
}

// input returns a reader without its text.
func (f File) input() *input {
	return &input{name: f.Path, named: f.Named, accepts: f.accepts(), pointers: f.Pointers, envelopes: newEnvelopeReader(f.Pointers)}
}

type input struct {
	name         string
	named        bool
	accepts      acceptance
	pointers     map[string]string
	envelopes    *envelopeReader // nil: the content decides
	r            *bufio.Reader
	interactions interactionReader
	scanner      scanner
	plain        plainReader
	split        *splitter // nil: yield every line
}

func (in *input) kind() (family, error) {
	head, err := in.r.Peek(lookAhead)
	if (errors.Is(err, ErrMalformed) || errors.Is(err, context.Canceled)) && len(head) > 0 {
		return in.recognise(head, false) // the error is returned again after the text that could be read
	}
	if err != nil && err != io.EOF {
		return unknown, readError(in.name, err)
	}
	return in.recognise(head, err == io.EOF)
}

// rest appends the remaining input to the part that was read.
func (in *input) rest(read []byte, what string, limit int) ([]byte, error) {
	whole := bytes.NewBuffer(read)
	n, err := whole.ReadFrom(io.LimitReader(in.r, int64(limit-len(read)+1)))
	switch {
	case err != nil:
		return nil, readError(in.name, err)
	case len(read)+int(n) > limit:
		return nil, tooLarge(in.name, what, limit)
	}
	return whole.Bytes(), nil
}

// bare is one bare body in one allocation, because NDJSON has many of them.
type bare struct {
	Interaction
	place  place
	source source
}

func newBare(source string, kind Kind, index int, body []byte, line int) *Interaction {
	b := &bare{Interaction: Interaction{Source: source, Kind: kind, Index: index}}
	b.source.data, b.source.first = body, line
	b.place.source = &b.source
	b.Response.Body = Body{Bytes: body, place: &b.place}
	return &b.Interaction
}
