package traffic

import (
	"bytes"
	"io"
	"iter"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// acceptance is how much a file's name, and who named it, say for its being JSON. Interactions speak for
// themselves, in any file.
type acceptance int

const (
	onlyInteractions acceptance = iota // a file of another kind, or of YAML, below a folder
	wholeDocument                      // a file without an extension, below a folder: its JSON must be whole
	anyDocument                        // named by the user: what begins like JSON is, perhaps broken
	anyJSON                            // named like JSON: its first character is enough
)

// trusted is what a file's name tells.
func (f File) accepts() acceptance {
	switch ending := strings.TrimPrefix(extension(f.Path), "."); {
	case ending == "json" || ending == "ndjson" || ending == "jsonl":
		return anyJSON
	case f.Named:
		return anyDocument
	case ending == "":
		return wholeDocument
	}
	return onlyInteractions
}

// Read yields the interactions of a file, as [Read] does of one that the user named. One that was
// found below a folder and is not called .json, .ndjson or .jsonl is more likely something else:
// without an extension it must be whole JSON, and with any other it must hold interactions, else it
// is an [ErrUnknownFormat].
func (f File) Read(r io.Reader) iter.Seq2[*Interaction, error] { return read(f.Path, f.accepts(), r) }

var (
	jsonOpening = lazy(`^([{\["]|-?[0-9]|(null|true|false)\b)`)
	jsonPrefix  = lazy(`^(-|n|nu|nul|t|tr|tru|f|fa|fal|fals)$`)
	jsonScalar  = lazy(`^("(?:[^"\\\n]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|null|true|false)`)
)

// likeJSON tells JSON, perhaps broken or cut off, from text that begins with the same character: a
// heading of TOML or INI, a link or list of Markdown, a date, a quotation, a template.
func likeJSON(text []byte, whole bool) bool {
	if !jsonOpening().Match(text) {
		return false
	}
	switch rest := bytes.TrimLeft(text[1:], blankJSON); text[0] {
	case '{':
		return len(rest) == 0 || strings.IndexByte("{%#-!", rest[0]) < 0
	case '[':
		return likeArray(text)
	}
	return likeScalar(text, whole)
}

// likeArray: a list begins with a value, and if it holds only scalars, what follows it in its line
// is not prose.
func likeArray(text []byte) bool {
	inner := bytes.TrimLeft(text, blankJSON+"[")
	if len(inner) == 0 || strings.IndexByte("{],", inner[0]) >= 0 {
		return true
	}
	scalar := jsonScalar().Find(inner)
	if scalar == nil {
		return inner[0] == '"' && bytes.IndexByte(inner, '\n') < 0 // cut off
	}
	if after := bytes.TrimLeft(inner[len(scalar):], blankJSON); len(after) > 0 && (isLetter(after[0]) || strings.IndexByte(".=/:", after[0]) >= 0) {
		return false
	}
	// Markdown: [1]: a reference, [1](a link).
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.SkipValue() != nil {
		return true
	}
	after := text[d.InputOffset():]
	return len(after) == 0 || after[0] != '(' && after[0] != ':' && after[0] != '['
}

// likeScalar: nothing follows a scalar but lines of more JSON.
func likeScalar(text []byte, whole bool) bool {
	scalar := jsonScalar().Find(text)
	if scalar == nil {
		return text[0] == '"' && bytes.IndexByte(text, '\n') < 0 // cut off
	}
	line, more, _ := bytes.Cut(text[len(scalar):], []byte("\n"))
	if !blank(line) {
		return !whole && len(more) == 0 && len(text) >= lookAhead
	}
	more = bytes.TrimLeft(more, blankJSON)
	return len(more) == 0 || jsonOpening().Match(more)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
