package traffic

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"strings"
	"sync"
)

// Written returns the format in which traffic is written to a file: NDJSON if its name ends in
// .ndjson, else a cassette.
func Written(path string) Kind {
	if strings.EqualFold(filepath.Ext(path), ".ndjson") {
		return NDJSON
	}
	return Cassette
}

// Convert writes interactions, such as those of [Read], as a cassette ([Cassette]) or as NDJSON
// ([NDJSON]). It holds one interaction in memory at a time. The conversion is lossless: method,
// URL, headers, bodies, status, status text, duration and metadata are read back unchanged. Only a
// Content-Encoding that does not describe the body of the response is dropped, with its
// Content-Length; see [Response.RecordedDecoded].
//
// An interaction that the format cannot represent is an [ErrMalformed], and one that its readers
// would reject is an [ErrTooLarge]. An error in interactions is returned unchanged. After any
// error, part of the output may have been written.
//
// A cassette has one [Meta], which all of its interactions must share but for the pseudonyms.
func Convert(w io.Writer, to Kind, interactions iter.Seq2[*Interaction, error]) error {
	c, err := newConverter(w, to)
	if err != nil {
		return err
	}
	for in, err := range interactions {
		if err != nil {
			return err
		}
		if err := c.encode(func(yield func(*Interaction) bool) { yield(in) })(); err != nil {
			return err
		}
	}
	return c.close()
}

// Converter is [Convert] on several cores. Goroutines may call encode concurrently, each with some
// consecutive interactions. Call the functions that it returns once, in the order of the interactions,
// and then end.
func Converter(w io.Writer, to Kind) (encode func(iter.Seq[*Interaction]) (write func() error), end func() error, err error) {
	c, err := newConverter(w, to)
	if err != nil {
		return nil, nil, err
	}
	return c.encode, c.close, nil
}

// converter writes interactions in order, once they are encoded.
type converter struct {
	out  *bufio.Writer
	to   writer
	next int // the index of the next interaction
	free sync.Pool
}

func newConverter(w io.Writer, to Kind) (*converter, error) {
	f, ok := writers[to]
	if !ok {
		return nil, unknownFormat(string(to), "a format that is not written", "", false, fmt.Sprintf("write %s or %s", Cassette, NDJSON))
	}
	out := bufio.NewWriter(w)
	return &converter{out: out, to: f(out)}, nil
}

// encodedText is an interaction, and where its text ends in the buffer of all.
type encodedText struct {
	in  *Interaction
	end int
	err error
}

// encode encodes consecutive interactions, and returns the function that writes them.
func (c *converter) encode(interactions iter.Seq[*Interaction]) (write func() error) {
	buffer, _ := c.free.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	text := (*buffer)[:0]
	var all []encodedText
	for in := range interactions {
		in = correctHeaders(in)
		e := encodedText{in: in}
		if e.err = c.to.fits(0, in); e.err == nil {
			text, e.err = c.to.encode(text, in)
		}
		e.end = len(text)
		if all = append(all, e); e.err != nil {
			break
		}
	}
	*buffer = text
	return func() error {
		defer c.free.Put(buffer)
		start := 0
		for _, e := range all {
			if e.err != nil {
				return cmp.Or(c.to.fits(c.next, e.in), e.err) // with its index
			}
			if err := c.to.write(c.next, e.in, text[start:e.end]); err != nil {
				return err
			}
			start = e.end
			c.next++
		}
		return nil
	}
}

// close completes the output. It does not close the writer.
func (c *converter) close() error {
	if err := c.to.close(); err != nil {
		return err
	}
	return c.out.Flush()
}

// correctHeaders returns the interaction without headers that do not describe the body of its
// response.
func correctHeaders(in *Interaction) *Interaction {
	if !in.Response.RecordedDecoded() {
		return in
	}
	sent := *in
	sent.Response.Header = maps.Clone(in.Response.Header)
	dropEncodingHeaders(sent.Response.Header)
	return &sent
}

// writer writes one format.
type writer interface {
	// fits returns an error for an interaction, the i-th, that the format cannot represent. It and
	// encode may be called concurrently.
	fits(i int, in *Interaction) error
	encode(text []byte, in *Interaction) ([]byte, error)
	write(i int, in *Interaction, text []byte) error // in order
	close() error
}

var writers = map[Kind]func(*bufio.Writer) writer{
	Cassette: func(w *bufio.Writer) writer { return &cassetteWriter{w: w, shared: true} },
	NDJSON:   func(w *bufio.Writer) writer { return &ndjsonWriter{w: w} },
}
