package page

import (
	"github.com/crcheck/crcheck/internal/jsontree"
	"strings"
)

// position is a place of a document: one-based, the column in code points.
type position struct{ line, column int }

// line is one line of a page without its end.
type line struct {
	text   string
	number int
	start  int // offset in the page
}

// indent returns how many spaces the line begins with.
func (l line) indent() int { return len(l.text) - len(strings.TrimLeft(l.text, " ")) }

func (l line) blank() bool { return strings.TrimSpace(l.text) == "" }

// at returns the position of the line's first character that is not a space.
func (l line) at() position { return position{l.number, l.indent() + 1} }

// section is a run of whole lines of a page.
type section struct {
	text string
	line int // number of its first line
}

// lines reads a section line by line. It is a value: a copy looks ahead.
type lines struct {
	section
	offset int
}

func (s section) lines() lines { return lines{section: s} }

// next returns the next line, or false at the end.
func (l *lines) next() (line, bool) {
	if l.offset >= len(l.text) {
		return line{}, false
	}
	text, _, _ := strings.Cut(l.text[l.offset:], "\n")
	read := line{strings.TrimSuffix(text, "\r"), l.line, l.offset}
	l.offset += len(text) + 1
	l.line++
	return read, true
}

// nextText returns the next line that is not blank.
func (l *lines) nextText() (line, bool) {
	for {
		if read, ok := l.next(); !ok || !read.blank() {
			return read, ok
		}
	}
}

// until returns the section from the current position to an offset.
func (l lines) until(end int) section {
	return section{l.text[min(l.offset, len(l.text)):min(end, len(l.text))], l.line}
}

// errorAtEnd returns the error for a page that ends before a required part.
func errorAtEnd(page string, missing string) error {
	line, column := jsontree.Position([]byte(page), len(page))
	return broken(line, column, "the page ends before "+missing)
}
