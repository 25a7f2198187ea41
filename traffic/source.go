package traffic

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// source is a text with bodies. Its indexes are built when a position is first requested.
type source struct {
	data   []byte
	first  int // the number of the first line of data
	before int // characters before data in that line

	once        sync.Once
	starts      []int        // offsets where lines start
	checkpoints []checkpoint // characters counted up to an offset, every few kilobytes

	yamlOnce   sync.Once
	yamlStarts []int // offsets where lines start according to YAML
}

// checkpoint is the number of characters before an offset. Without checkpoints, the columns of many
// findings in one long line would take quadratic time.
type checkpoint struct{ offset, characters int }

const checkpointStep = 4 << 10 // bytes

func newSource(data []byte, first int) *source { return &source{data: data, first: first} }

func (s *source) index() {
	s.once.Do(func() {
		s.starts = []int{0}
		characters, next := 0, 0
		for i := 0; i < len(s.data); {
			if i >= next {
				s.checkpoints = append(s.checkpoints, checkpoint{i, characters})
				next = i + checkpointStep
			}
			size := 1
			if s.data[i] >= utf8.RuneSelf {
				_, size = utf8.DecodeRune(s.data[i:])
			}
			if s.data[i] == '\n' {
				s.starts = append(s.starts, i+1)
			}
			i += size
			characters++
		}
	})
}

// position returns the position of an offset, which may be one past the end.
func (s *source) position(offset int) Position {
	s.index()
	offset = min(max(offset, 0), len(s.data))
	line := sort.SearchInts(s.starts, offset+1) - 1
	at := Position{
		Line:   s.first + line,
		Column: s.characters(offset) - s.characters(s.starts[line]) + 1,
	}
	if line == 0 {
		at.Column += s.before
	}
	return at
}

// characters counts the characters before an offset.
func (s *source) characters(offset int) int {
	i := sort.Search(len(s.checkpoints), func(i int) bool { return s.checkpoints[i].offset > offset }) - 1
	if i < 0 {
		return 0
	}
	return s.checkpoints[i].characters + utf8.RuneCount(s.data[s.checkpoints[i].offset:offset])
}

// line returns one line, as a part of data.
func (s *source) line(n int) ([]byte, bool) {
	s.index()
	i := n - s.first
	if i < 0 || i >= len(s.starts) || i == 0 && s.before > 0 {
		return nil, false
	}
	text := s.data[s.starts[i]:]
	if i+1 < len(s.starts) {
		text = s.data[s.starts[i] : s.starts[i+1]-1]
	}
	return bytes.TrimSuffix(text, []byte("\r")), true
}

// yamlIndex notes where lines start according to YAML: lines also end at CR, NEL, LS and PS, and a
// byte order mark does not count as a column.
func (s *source) yamlIndex() {
	s.yamlOnce.Do(func() {
		start := len(s.data) - len(bytes.TrimPrefix(s.data, byteOrderMark))
		s.yamlStarts = []int{start}
		for i := start; i < len(s.data); {
			if width, _ := lineBreak(s.data, i); width > 0 {
				i += width
				s.yamlStarts = append(s.yamlStarts, i)
				continue
			}
			i++
		}
	})
}

// yamlOffset converts a place as stated by the YAML library to an offset.
func (s *source) yamlOffset(line, column int) int {
	s.yamlIndex()
	offset := s.yamlStarts[min(max(line, 1), len(s.yamlStarts))-1]
	for ; column > 1 && offset < len(s.data); column-- {
		_, size := utf8.DecodeRune(s.data[offset:])
		offset += size
	}
	return offset
}

// yamlPlace converts an offset to a place as the YAML library would state it.
func (s *source) yamlPlace(offset int) (line, column int) {
	s.yamlIndex()
	s.index()
	line = sort.SearchInts(s.yamlStarts, offset+1)
	return line, s.characters(offset) - s.characters(s.yamlStarts[max(line, 1)-1]) + 1
}

// yamlText returns the offset of the first character that is not a space in a line, as the YAML
// library counts lines.
func (s *source) yamlText(line int) int {
	offset := s.yamlOffset(line, 1)
	return offset + leadingSpaces(s.data[offset:])
}

// at converts a place as stated by the YAML library to a Position.
func (s *source) at(line, column int) Position { return s.position(s.yamlOffset(line, column)) }

var byteOrderMark = []byte("\xef\xbb\xbf")

// lineBreak returns the width of the YAML 1.1 line break at src[i], 0 if there is none, and its
// decoded form (section 5.4 of that specification: all but LS and PS are normalised).
func lineBreak(src []byte, i int) (width int, decoded string) {
	if i >= len(src) {
		return 0, ""
	}
	switch rest := src[i:]; {
	case rest[0] == '\n':
		return 1, "\n"
	case rest[0] == '\r':
		if len(rest) > 1 && rest[1] == '\n' {
			return 2, "\n"
		}
		return 1, "\n"
	case rest[0] == 0xC2 && len(rest) > 1 && rest[1] == 0x85:
		return 2, "\n"
	case rest[0] == 0xE2 && len(rest) > 2 && rest[1] == 0x80 && (rest[2] == 0xA8 || rest[2] == 0xA9):
		return 3, string(rest[:3])
	}
	return 0, ""
}
