package traffic

import (
	"bytes"
	"io"
	"iter"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// acceptance is the JSON that an input may be, given its name and whether the user named it.
// Interactions are accepted in any file.
type acceptance int

const (
	onlyInteractions acceptance = iota // below a folder, another extension than those of JSON
	wholeDocument                      // below a folder, no extension: also one valid JSON document
	anyDocument                        // named by the user: also broken JSON, if it is like JSON
	anyJSON                            // with an extension of JSON: also anything that begins like JSON
)

// accepts returns the acceptance of a file by its name.
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

// Read yields the interactions of a file, like [Read] for a file that the user named. A file that
// was found below a folder, and is not named .json, .ndjson or .jsonl, is probably something else:
// without an extension it must be valid JSON, and with any other extension it must contain
// interactions. Otherwise it is an [ErrUnknownFormat].
func (f File) Read(r io.Reader) iter.Seq2[*Interaction, error] {
	return func(yield func(*Interaction, error) bool) { f.read(r, nil, yield) }
}

var (
	jsonOpening = lazy(`^([{\["]|-?[0-9]|(null|true|false)\b)`)
	jsonPrefix  = lazy(`^(-|n|nu|nul|t|tr|tru|f|fa|fal|fals)$`)
	jsonScalar  = lazy(`^("(?:[^"\\\n]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|null|true|false)`)
)

// likeJSON tells JSON, even broken or cut off, from other text that begins with the same character:
// a heading of TOML or INI, a link or list of Markdown, a date, a quotation, a template.
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

// likeArray reports a list that begins with a value. Prose must not follow a list of scalars in its
// line.
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
	// In Markdown, [1]: begins a reference, and [1](…) is a link.
	d := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.SkipValue() != nil {
		return true
	}
	after := text[d.InputOffset():]
	return len(after) == 0 || after[0] != '(' && after[0] != ':' && after[0] != '['
}

// likeScalar reports a scalar that is followed by nothing but lines of JSON.
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
