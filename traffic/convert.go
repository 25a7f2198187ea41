package traffic

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"strings"
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
	fits(i int, in *Interaction) error
	write(in *Interaction) error
	close() error
}

var writers = map[Kind]func(*bufio.Writer) writer{
	Cassette: func(w *bufio.Writer) writer { return &cassetteWriter{w: w} },
	NDJSON:   func(w *bufio.Writer) writer { return &ndjsonWriter{w: w} },
}

func (n *ndjsonWriter) fits(i int, in *Interaction) error { return fitsNDJSON(i, in) }

// fits also takes the metadata of the cassette from the first interaction.
func (c *cassetteWriter) fits(i int, in *Interaction) error {
	if i == 0 {
		c.meta = in.Meta
	}
	if in.Meta.Pseudonyms != c.last && in.Meta.Pseudonyms != "" {
		c.last = in.Meta.Pseudonyms
		c.pseudonyms = append(c.pseudonyms, in.Meta.ListPseudonyms()...)
	}
	if in.Meta.without() != c.meta.without() {
		return unwritable(i, in, "has different metadata from the interactions before it", "write separate cassettes, or NDJSON")
	}
	return fitsCassette(i, in)
}
