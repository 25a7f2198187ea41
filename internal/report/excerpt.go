package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/crcheck/crcheck/finding"
)

// Excerpt is a part of a source line around a column.
type Excerpt struct {
	Text  string `json:"text"`
	Caret int    `json:"caret"` // one-based place in Text, in code points
}

// excerpt cuts a window out of a line around the finding's column. There is none if the contract
// calls the value sensitive, nor for a stream, which has no lines.
func excerpt(f finding.Finding, line []byte) *Excerpt {
	if len(line) == 0 || f.Column < 1 || f.Sensitive || f.Event > 0 {
		return nil
	}
	const around = 48 // code points before and after
	at := 0
	for column := 1; column < f.Column && at < len(line); column++ {
		_, size := utf8.DecodeRune(line[at:])
		at += size
	}
	from, to, caret := at, at, 1
	for ; caret <= around && from > 0; caret++ {
		_, size := utf8.DecodeLastRune(line[:from])
		from -= size
	}
	for n := 0; n < around && to < len(line); n++ {
		_, size := utf8.DecodeRune(line[to:])
		to += size
	}
	window := visible(string(line[from:to]))
	if from > 0 {
		window, caret = "…"+window, caret+1
	}
	if to < len(line) {
		window += "…"
	}
	return &Excerpt{window, caret}
}

// indent returns the white space that puts a caret below its character. Terminals give most East
// Asian characters and emoji two columns, and combining marks none.
func (e *Excerpt) indent() string {
	columns, place := 0, 1
	for _, r := range e.Text {
		if place == e.Caret {
			break
		}
		columns += columnsOf(r)
		place++
	}
	return strings.Repeat(" ", columns)
}

// columnsOf returns how many columns of a terminal a visible character takes, by the blocks of wide
// characters in Unicode Standard Annex #11.
func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul that begins a syllable
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // radicals, ideographic punctuation
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1}, // kana to Yi
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul syllables
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1}, // full width
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x17000, Hi: 0x18cff, Stride: 1}, // Tangut
		{Lo: 0x1b000, Hi: 0x1b2ff, Stride: 1}, // kana
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, // pictographs
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1},
		{Lo: 0x1fa70, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // ideographs
	},
}
