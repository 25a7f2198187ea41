package traffic

import (
	"bytes"
	"io"
	"iter"
	"sync"
)

// PartSize is the usual size of a part of NDJSON in bytes, see [File.Parts].
const PartSize = 256 << 10

// partEntries bounds a part of input that is not split by lines.
const partEntries = 64

// part is some consecutive interactions of an input, and where in the input they are.
type part struct {
	entries []entry    // interactions that are already read, and errors
	lines   *sync.Pool // of inputs that read the lines of text; nil: the part has entries only
	text    *[]byte    // whole lines of NDJSON
	index   int        // of the first interaction of text
	first   int        // the number of the first line of text
}

type entry struct {
	x   *Interaction
	err error
}

// Parts reads an input as [File.Read] does, and yields some consecutive interactions at a time. NDJSON
// is split at line ends, into parts of about size bytes, and parsed when a part is called. Parts may be
// called concurrently, each once. They leave out interactions that skip returns true for. skip gets
// most of those in lines, bare bodies too; they have no positions, and are valid only until it
// returns. The interactions of a part share one buffer. A nil skip leaves out none.
func (f File) Parts(r io.Reader, size int) iter.Seq[func(skip func(*Interaction) bool) iter.Seq2[*Interaction, error]] {
	return func(yieldPart func(func(func(*Interaction) bool) iter.Seq2[*Interaction, error]) bool) {
		yield := func(p *part) bool {
			return yieldPart(func(skip func(*Interaction) bool) iter.Seq2[*Interaction, error] {
				return func(yield func(*Interaction, error) bool) { p.each(skip, yield) }
			})
		}
		var read part
		bytes, stopped := 0, false
		flush := func() bool {
			done := read
			read, bytes = part{}, 0
			stopped = stopped || len(done.entries) > 0 && !yield(&done)
			return !stopped
		}
		lines := func(p *part) bool {
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

// each yields the interactions of the part, and errors in their places.
func (p *part) each(skip func(*Interaction) bool, yield func(*Interaction, error) bool) {
	for _, e := range p.entries {
		if !yield(e.x, e.err) {
			return
		}
	}
	if p.lines == nil {
		return
	}
	in := p.lines.Get().(*input)
	defer p.lines.Put(in)
	line, index, kept := p.first, p.index, false
	full := len(*p.text) > cap(*p.text)/2
	for rest := *p.text; len(rest) > 0; line++ {
		end := firstLine(rest)
		text := rest[:end]
		rest = rest[end:]
		if blank(text) {
			continue
		}
		index++
		form := in.shapeOf(text)
		switch {
		case skip != nil && in.skips(skip, form, index-1, content(text)):
			continue
		case form != bareBody && full:
			text, kept = text[:len(text):len(text)], true
		default:
			text = bytes.Clone(text) // it must not keep the lines that are skipped, or a buffer that is mostly empty
		}
		if !in.yieldLine(index-1, text, line, nil, yield) {
			break
		}
	}
	if !kept { // otherwise an interaction has it
		buffers.Put(p.text)
	}
}

// skips reports whether skip leaves out the interaction in a line.
func (in *input) skips(skip func(*Interaction) bool, form shape, index int, line []byte) bool {
	switch form {
	case bareBody:
		x := &in.scanner.interaction
		if x.Source == "" || x.Request != nil {
			*x = Interaction{Source: in.name, Kind: NDJSON}
		}
		x.Index, x.Response.Body.Bytes = index, line
		return skip(x)
	case markedInteraction:
		x, sure := in.scanner.scan(in.name, index, line)
		return sure && skip(x)
	}
	return false
}

// splitter makes parts of the lines of an input.
type splitter struct {
	size  int
	yield func(*part) bool
}

// buffers are the buffers of parts that were read.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// splitLines yields every remaining line, in parts; see [input.readLines].
func (in *input) splitLines(index, line int, indent []byte, yield func(*Interaction, error) bool) {
	readers := &sync.Pool{New: func() any { return File{Path: in.name, Named: in.named, Pointers: in.pointers}.input() }}
	for {
		text := buffers.Get().(*[]byte)
		*text = append((*text)[:0], indent...)
		err := in.block(text)
		whole := len(*text)
		if err != io.EOF {
			whole = bytes.LastIndexByte(*text, '\n') + 1
		}
		indent = bytes.Clone((*text)[whole:])
		if end := firstLine(*text); end > MaxLine {
			if (*text)[end-1] == '\n' {
				indent = bytes.Clone((*text)[end:])
			} else {
				indent, err = nil, in.skipLine()
			}
			if !yield(nil, in.longLine(index, line)) || err != nil && !in.yieldLine(index, nil, line, err, yield) {
				return
			}
			index, line = index+1, line+1
			continue
		}
		*text = (*text)[:whole]
		interactions, lines := countLines(*text)
		p := &part{lines: readers, text: text, index: index, first: line}
		if !in.split.yield(p) {
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

// block appends at most as many bytes as a part has, and more until they contain the end of a line or
// are too long for one. The error is that of the reader.
func (in *input) block(text *[]byte) error {
	for {
		from := len(*text)
		if cap(*text)-from < in.split.size {
			*text = append(make([]byte, 0, 2*from+in.split.size), *text...)
		}
		n, err := in.r.Read((*text)[from : from+in.split.size]) // once: a pipe may have no more for now
		*text = (*text)[:from+n]
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
