package traffic

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// readJSON yields one document, or each line of NDJSON. It decides by the first non-blank line and,
// unless that is an interaction, by the first character of the next one.
func (in *input) readJSON(yield func(*Interaction, error) bool) {
	var read []byte // everything before the decision
	var first []byte
	for blank(first) {
		from := len(read)
		var err error
		read, err = in.line(read, from+MaxLine)
		first = read[from:]
		line := bytes.Count(read[:from], []byte("\n")) + 1
		switch {
		case in.envelopes != nil && opensList(first):
			in.document(read, yield)
			return
		case in.shapeOf(first) != bareBody && (err != nil || scan(content(first)) == nil || in.atObject()):
			if in.yieldLine(0, first, line, err, yield) {
				in.readLines(1, line+1, nil, yield)
			}
			return
		case err == io.EOF || err == errLong || len(read) > MaxDocument:
			in.document(read, yield)
			return
		case err != nil:
			yield(nil, readError(in.name, err))
			return
		}
	}
	line := bytes.Count(read[:len(read)-len(first)], []byte("\n")) + 1

	blanks, next, err := in.blanks()
	read = append(read, blanks...)
	switch {
	case err != nil && err != io.EOF:
		if scan(content(first)) == nil && in.rejectBody(first, false) == nil && !yield(newBare(in.name, NDJSON, 0, content(first), line), nil) {
			return // a whole line is not lost because the rest cannot be read
		}
		yield(nil, readError(in.name, err))
	case err == nil && manyDocuments(first, blanks, next):
		if err := in.rejectBody(first, false); err != nil {
			yield(nil, err)
		} else if yield(newBare(in.name, NDJSON, 0, content(first), line), nil) {
			in.readLines(1, line+1+bytes.Count(blanks, []byte("\n")), blanks, yield)
		}
	default:
		in.document(read, yield)
	}
}

// document yields the interactions in a JSON document, or else the document as a bare body.
func (in *input) document(read []byte, yield func(*Interaction, error) bool) {
	body, err := in.rest(read, "document", MaxDocument)
	if err != nil {
		yield(nil, err)
		return
	}
	if in.envelopes == nil && in.readInteractions(body, yield) || in.readRelative(body, yield) || in.readPill(body, yield) || in.readSnapshot(body, yield) {
		return
	}
	if in.envelopes != nil {
		in.readEnvelopes(body, yield)
		return
	}
	if err := in.rejectBody(body, true); err != nil {
		yield(nil, err)
		return
	}
	yield(newBare(in.name, JSON, 0, body, 1), nil)
}

// rejectBody returns the error for a document, or the first line of a file, that is not a bare
// body: it is in another format, or the file was found below a folder and has another extension.
// See [File.Read].
func (in *input) rejectBody(text []byte, document bool) error {
	if err := unsupportedJSON(in.name, text); err != nil {
		return err
	}
	looks := cmp.Or(formatOf(in.name), "JSON without a request")
	unknown := unknownFormat(in.name, looks, looks, false, "name the file itself to check it as a bare body")
	switch text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON); {
	case in.accepts == onlyInteractions:
		return unknown
	case in.accepts == wholeDocument && (len(text) == 0 || text[0] != '{' && text[0] != '[' || scan(text) != nil):
		return unknownFormat(in.name, "plain text", "plain text", false, unknown.Remedy)
	}
	return nil
}

// readLines yields every remaining line, given the index and the line of the next one. read is the
// white space before it, which was already read.
func (in *input) readLines(index, line int, read []byte, yield func(*Interaction, error) bool) {
	indent := read[bytes.LastIndexByte(read, '\n')+1:]
	if in.split != nil {
		in.splitLines(index, line, indent, yield)
		return
	}
	for ; ; line++ {
		text, err := in.line(indent, MaxLine)
		indent = nil
		if !in.yieldLine(index, text, line, err, yield) {
			return
		}
		if !blank(text) {
			index++
		}
	}
}

// longLine returns the error for a line that is longer than [MaxLine].
func (in *input) longLine(index, line int) error {
	return &Error{Reason: ErrUnreadEntry, Source: in.name, Line: line, Column: 1, Problem: fmt.Sprintf("the line is larger than %d MiB", MaxLine>>20),
		Remedy: "split it", Limit: MaxLine, Kind: NDJSON, Index: index}
}

// skipLine reads to the end of a line.
func (in *input) skipLine() error {
	for {
		if _, err := in.r.ReadSlice('\n'); err != bufio.ErrBufferFull {
			return err
		}
	}
}

// yieldLine yields the content of a line, or the error of reading it, and reports whether more
// lines may follow.
func (in *input) yieldLine(index int, text []byte, line int, err error, yield func(*Interaction, error) bool) bool {
	switch {
	case err == errLong:
		if err = nil; text[len(text)-1] != '\n' {
			err = in.skipLine()
		}
		return yield(nil, in.longLine(index, line)) && (err == nil || in.yieldLine(index, nil, line, err, yield))
	case err != nil && err != io.EOF:
		yield(nil, readError(in.name, err))
		return false
	case blank(text):
		return err == nil
	}
	switch in.shapeOf(text) {
	case bareBody:
		return yield(newBare(in.name, NDJSON, index, content(text), line), nil) && err == nil
	case markedInteraction:
		interaction, broken := in.interactions.read(in.name, index, content(text), line)
		return yield(interaction, unreadEntry(broken, NDJSON, index)) && err == nil
	case envelope:
		from := newSource(content(text), line)
		start := len(from.data) - len(bytes.TrimPrefix(from.data, byteOrderMark))
		return in.readEnvelope(NDJSON, index, from, start, len(from.data), yield) && err == nil
	}
	x := &recorded{Interaction: Interaction{Source: in.name, Kind: NDJSON, Index: index}, source: source{data: content(text), first: line}}
	start := len(x.source.data) - len(bytes.TrimPrefix(x.source.data, byteOrderMark))
	return in.plain.yield(x, &x.source, start, len(x.source.data), yield) && err == nil
}

// atObject reports whether the next line begins with an object. If not, it may continue the current
// line.
func (in *input) atObject() bool {
	next, err := in.r.Peek(1)
	return err != nil || next[0] == '{'
}

var errLong = errors.New("line is too long")

// line appends the next line, with its line break, to read. The error is errLong if the result
// exceeds limit. The caller owns the result.
func (in *input) line(read []byte, limit int) ([]byte, error) {
	for {
		part, err := in.r.ReadSlice('\n')
		read = append(read, part...)
		switch {
		case len(read) > limit:
			return read, errLong
		case err != bufio.ErrBufferFull:
			return read, err
		}
	}
}

// blanks reads white space, and peeks at the character after it.
func (in *input) blanks() (blanks []byte, next byte, err error) {
	for {
		next, err = in.r.ReadByte()
		if err != nil {
			return blanks, 0, err
		}
		if strings.IndexByte(blankJSON, next) < 0 {
			return blanks, next, in.r.UnreadByte()
		}
		blanks = append(blanks, next)
	}
}

// manyDocuments is the rule of NDJSON: the first line is a complete document and another line
// follows; or both begin with "{" in the first column, and the second cannot continue the first.
func manyDocuments(first, blanks []byte, next byte) bool {
	first = bytes.TrimPrefix(first, byteOrderMark)
	if scan(first) == nil {
		return true
	}
	left := len(blanks) == 0 || blanks[len(blanks)-1] == '\n'
	if first[0] != '{' || next != '{' || !left {
		return false
	}
	// A text that "{" can continue fails only at its end.
	return !errors.Is(scan(append(bytes.Clone(first), '{')), io.ErrUnexpectedEOF)
}

// scan returns nil if the text is exactly one complete document.
func scan(text []byte) error {
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := d.SkipValue(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return errTrailing
	}
	return nil
}

var errTrailing = errors.New("text after the document")

// content returns a line without its line break.
func content(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

func blank(line []byte) bool { return len(bytes.TrimLeft(line, blankJSON)) == 0 }
