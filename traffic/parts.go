package traffic

import (
	"bytes"
	"io"
	"iter"
	"sync"
)

// PartSize is the usual size of a [Part] of NDJSON, in bytes.
const PartSize = 256 << 10

// partEntries bounds a part of input that is not split by lines.
const partEntries = 64

// Part is some consecutive interactions of an input. Parts of one input come in order, and may be
// read concurrently, because each knows where in the input it is. A part can be read once.
type Part struct {
	entries []entry // interactions that are already read, and errors
	lines   *input  // reads the lines of text; nil: the part has entries only
	text    *[]byte // whole lines of NDJSON
	index   int     // of the first interaction of text
	first   int     // the number of the first line of text
}

type entry struct {
	x   *Interaction
	err error
}

// Parts reads an input as [File.Read] does. NDJSON is split at line ends, into parts of about size
// bytes, and is parsed by [Part.Each].
func (f File) Parts(r io.Reader, size int) iter.Seq[*Part] {
	return func(yield func(*Part) bool) {
		var read Part
		bytes, stopped := 0, false
		flush := func() bool {
			part := read
			read, bytes = Part{}, 0
			stopped = stopped || len(part.entries) > 0 && !yield(&part)
			return !stopped
		}
		lines := func(p *Part) bool {
			stopped = !flush() || !yield(p)
			return !stopped
		}
		f.read(r, &splitter{size: max(size, 1), yield: lines}, func(x *Interaction, err error) bool {
			read.entries = append(read.entries, entry{x, err})
			if x != nil {
				bytes += len(x.Response.Body.Bytes)
			}
			return len(read.entries) < partEntries && bytes < PartSize || flush()
		})
		if !stopped {
			flush()
		}
	}
}

// Each yields the interactions of the part, and errors in their places. It leaves out a bare body
// that skip returns true for. The text of a bare body is valid only until skip returns.
func (p *Part) Each(skip func(body []byte) bool, yield func(*Interaction, error) bool) {
	for _, e := range p.entries {
		if !yield(e.x, e.err) {
			return
		}
	}
	if p.lines == nil {
		return
	}
	defer buffers.Put(p.text)
	line, index := p.first, p.index
	for rest := *p.text; len(rest) > 0; line++ {
		end := firstLine(rest)
		text := rest[:end]
		rest = rest[end:]
		if blank(text) {
			continue
		}
		// The interaction keeps its line, and must not keep the others.
		if (shapeOf(text) != bareBody || !skip(content(text))) && !p.lines.yieldLine(index, bytes.Clone(text), line, nil, yield) {
			return
		}
		index++
	}
}

// splitter makes parts of the lines of an input.
type splitter struct {
	size  int
	yield func(*Part) bool
}

// buffers are the buffers of parts that were read.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// splitLines yields every line after the first one, in parts; see [input.readLines].
func (in *input) splitLines(line int, indent []byte, yield func(*Interaction, error) bool) {
	for index := 1; ; {
		text := buffers.Get().(*[]byte)
		*text = append((*text)[:0], indent...)
		err := in.block(text)
		whole := len(*text)
		if err != io.EOF {
			whole = bytes.LastIndexByte(*text, '\n') + 1
		}
		indent = bytes.Clone((*text)[whole:])
		if firstLine(*text) > MaxLine {
			in.yieldLine(index, nil, line, errLong, yield)
			return
		}
		*text = (*text)[:whole]
		interactions, lines := countLines(*text)
		part := &Part{lines: &input{name: in.name, accepts: in.accepts}, text: text, index: index, first: line}
		if !in.split.yield(part) {
			return
		}
		index += interactions
		line += lines
		switch {
		case err == io.EOF:
			return
		case err != nil:
			in.yieldLine(index, nil, line, err, yield)
			return
		}
	}
}

// block appends about as many bytes as a part has, and more until they contain the end of a line or
// are too long for one. The error is that of the reader.
func (in *input) block(text *[]byte) error {
	for {
		from := len(*text)
		if cap(*text)-from < in.split.size {
			*text = append(make([]byte, 0, 2*from+in.split.size), *text...)
		}
		var err error
		for n := 0; err == nil && len(*text) < from+in.split.size; *text = (*text)[:len(*text)+n] {
			n, err = in.r.Read((*text)[len(*text) : from+in.split.size])
		}
		if err != nil || bytes.IndexByte((*text)[from:], '\n') >= 0 || len(*text) > MaxLine {
			return err
		}
	}
}

// countLines returns how many lines a text has, and how many of them are not blank.
func countLines(text []byte) (full, all int) {
	for len(text) > 0 {
		end := firstLine(text)
		if !blank(text[:end]) {
			full++
		}
		all++
		text = text[end:]
	}
	return full, all
}

// firstLine returns the length of the first line of a text, with its line break.
func firstLine(text []byte) int {
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		return end + 1
	}
	return len(text)
}
