package traffic

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
)

// Convert writes interactions, such as those of [Read], as a cassette ([Cassette]) or as NDJSON
// ([NDJSON]), with the memory of one interaction. Nothing is lost: method, URL, headers, bodies,
// status, its text, duration and metadata are read back as they were; only a Content-Encoding that
// the body of a response does not have is left out, see [Response.RecordedDecoded]. What the format
// has no place for is a [ErrMalformed] that names it, and a [ErrTooLarge] what its readers would
// refuse; then, as when the interactions end in an error, which is returned as it is, some of the
// output was written already.
//
// A cassette has one [Meta], which all of its interactions must share.
func Convert(w io.Writer, to Kind, interactions iter.Seq2[*Interaction, error]) error {
	f, ok := writers[to]
	if !ok {
		return unknownFormat(string(to), "a format that is not written", "", false, fmt.Sprintf("write %s or %s", Cassette, NDJSON))
	}
	out := bufio.NewWriter(w)
	convert := f(out)
	i := 0
	for in, err := range interactions {
		if err == nil {
			in = correctHeaders(in)
			err = convert.fits(i, in)
		}
		if err == nil {
			err = convert.write(in)
		}
		if err != nil {
			return err
		}
		i++
	}
	if err := convert.close(); err != nil {
		return err
	}
	return out.Flush()
}

// correctHeaders is an interaction whose response says of its body what is true.
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
	fits(i int, in *Interaction) error
	write(in *Interaction) error
	close() error
}

var writers = map[Kind]func(*bufio.Writer) writer{
	Cassette: func(w *bufio.Writer) writer { return &cassetteWriter{w: w} },
	NDJSON:   func(w *bufio.Writer) writer { return &ndjsonWriter{w: w} },
}

func (n *ndjsonWriter) fits(i int, in *Interaction) error { return fitsNDJSON(i, in) }

// fits also makes the metadata of the first interaction that of the cassette.
func (c *cassetteWriter) fits(i int, in *Interaction) error {
	if i == 0 {
		c.meta = in.Meta
	}
	if in.Meta != c.meta {
		return unwritable(i, in, "has different metadata from the interactions before it", "write separate cassettes, or NDJSON")
	}
	return fitsCassette(i, in)
}
