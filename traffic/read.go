package traffic

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// What is larger than these is a [ErrTooLarge].
const (
	MaxLine     = 64 << 20  // bytes of one line of NDJSON
	MaxDocument = 256 << 20 // bytes of one JSON document
	MaxCassette = 256 << 20 // bytes of one cassette
	MaxEntry    = 32 << 20  // bytes of one entry of a HAR, or of anything else in it: as NDJSON it still fits a line
)

// Read yields the interactions of one input in order. An [ErrOddEntry] is about one of them, and
// reading goes on; any other error ends the input. The kind of the input is recognised by its
// content, as the package comment says; see [File.Read] for files of a folder. NDJSON and HAR are
// streamed: memory is bounded by the longest line or entry. What is compressed with gzip is read
// through, and positions are those in its text.
func Read(name string, r io.Reader) iter.Seq2[*Interaction, error] {
	return File{Path: name, Named: true}.Read(r)
}

func read(name string, accepts acceptance, r io.Reader) iter.Seq2[*Interaction, error] {
	return func(yield func(*Interaction, error) bool) {
		in := &input{name: name, accepts: accepts, r: bufio.NewReaderSize(decompressed(name, r), lookAhead)}
		kind, err := in.kind()
		switch {
		case err != nil:
			yield(nil, err)
		case kind == jsonText:
			in.readJSON(yield)
		case kind == harText:
			in.readHAR(yield)
		default:
			in.readCassette(kind, yield)
		}
	}
}

// input is what is being read.
type input struct {
	name         string
	accepts      acceptance
	r            *bufio.Reader
	interactions interactionReader
	plain        plainReader
}

func (in *input) kind() (family, error) {
	head, err := in.r.Peek(lookAhead)
	if errors.Is(err, ErrMalformed) && len(head) > 0 {
		return in.recognise(head, false) // gzip data: the error comes again after what could be read
	}
	if err != nil && err != io.EOF {
		return unknown, readError(in.name, err)
	}
	return in.recognise(head, err == io.EOF)
}

// rest appends what is left of the input to what was read of it.
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

// bare is one bare body in one allocation: NDJSON has a great many of them.
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
