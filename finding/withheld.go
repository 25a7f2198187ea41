package finding

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Hidden replaces a text that a report may not show.
const Hidden = "(withheld)"

// Withheld returns the finding without what the traffic may say in confidence: free text, the keys
// and values of maps, and headers. Names, types, lengths, numbers and times remain. A name that was
// found remains only if it looks like the name of a member. Findings about models are returned as
// they are.
func (f Finding) Withheld() Finding {
	rule, _ := f.Rule.Lookup()
	switch rule.Layer {
	case LayerDrift, LayerConform:
		return f
	case LayerDerive:
		if f.Rule != PatternTimeout { // it is about a text
			return f
		}
	}
	isKey := f.Rule == SyntaxDuplicateMember && strings.HasSuffix(f.Masked, "/*")
	f.Pointer, f.Masked = f.maskedPointer(), ""
	f.Shape = maskedShape(f.Shape)
	f.EventType = shownName(f.EventType)
	f.Names = slices.Clone(f.Names)
	if f.Rule != CassetteStale && f.Rule != HTTPNotRecorded && f.Rule != ProbeNotRefused && f.Rule != ProbeOtherError && (f.Rule != ProbeFailed || len(f.Names) != 3) { // they name contracts, or are phrases
		for i, name := range f.Names {
			if f.Names[i] = shownName(name); isKey {
				f.Names[i] = Hidden
			}
		}
	}
	f.Found = f.withheldValue()
	f.Cause = Unquoted(f.Cause)
	f.Wanted.OneOf = slices.Clone(f.Wanted.OneOf)
	switch f.Rule {
	case EchoMismatch:
		f.Sensitive = true
		f.Wanted.Text = ""
	case ProbeValue:
		f.Sensitive = true
		f.Wanted.OneOf = nil
	case TrafficOddEntry:
		f.Cause = "the entry does not conform to the format of its file"
	case ProbeErrorCode, ProbeMember:
		f.Wanted.Text = shownName(f.Wanted.Text)
	}
	if renderers()[f.Rule] != nil {
		f.Got, f.Want, f.Message = "", "", ""
		return f.Rendered()
	}
	f.Got, f.Want = "", ""
	f.Message = withoutHeader(f.Message)
	if f.Rule == RecordNotRedacted || f.Message == "" {
		f.Message, _, _ = strings.Cut(rule.Purpose, ". ")
	}
	return f
}

// maskedPointer returns the pointer with * in place of every token that may come from the traffic.
func (f Finding) maskedPointer() string {
	pointer := f.Masked
	known := pointer != ""
	if !known {
		pointer = f.Pointer
	}
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if i > 0 && !isIndex(token) && (!known || !LooksNamed(token)) {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

func isIndex(token string) bool {
	const maxDigits = 7
	return token != "" && len(token) <= maxDigits && strings.Trim(token, "0123456789") == ""
}

// maskedShape withholds the member of STRUCTURE$MEMBER if it may come from the traffic.
func maskedShape(shape string) string {
	structure, member, ok := strings.Cut(shape, "$")
	if ok && !LooksNamed(member) {
		return structure + "$*"
	}
	return shape
}

func shownName(name string) string {
	if name == "" || LooksNamed(name) {
		return name
	}
	return Hidden
}

// LooksNamed reports whether a text looks like the name of a member or of an error. Identifiers of
// things and secrets are longer, or have more digits.
func LooksNamed(text string) bool {
	const maxName, maxDigits = 64, 4
	if text == "" || len(text) > maxName {
		return false
	}
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && (c == '-' || c == '.' || c == ':' || c == '#'):
		case '0' <= c && c <= '9':
			digits++
		default:
			return false
		}
	}
	return digits <= maxDigits && digits < len(text)
}

// knownMedia are the values of Content-Type that say nothing in confidence.
var knownMedia = []string{"application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/xml", "text/xml",
	"text/html", "text/plain", "application/octet-stream", "binary/octet-stream", "application/cbor", "application/vnd.amazon.eventstream"}

// withheldValue returns the value that was found, or its size.
func (f Finding) withheldValue() Value {
	v := f.Found
	switch kind := v.Kind; {
	case v.Text == "":
		return v
	case kind.isNumber(), kind == KindBoolean, kind == KindNull, kind == KindDateTime, kind == KindHTTPDate:
		return v
	case kind == KindCharacter:
		v.Kind, v.Text = "", "a character"
	case kind.isString():
		v.Kind, v.Text = "", sizeText(v)
	case f.Rule == HTTPAccept, f.Rule == HTTPContentType && f.Problem != HeaderType:
		if media, _, _ := strings.Cut(v.Text, ";"); !slices.Contains(knownMedia, media) || media != v.Text {
			v.Text = Hidden
		}
	case f.Rule == ErrorQueryCode:
		if code, fault, _ := strings.Cut(v.Text, ";"); !LooksNamed(code) || fault != "" && !LooksNamed(fault) {
			v.Text = Hidden + ";" + Hidden
		}
	case !isIndex(v.Text) && !LooksNamed(v.Text) && f.Rule != CassetteStale:
		v.Text = Hidden
	}
	v.Cut = 0
	return v
}

func sizeText(v Value) string {
	if v.Cut > 0 {
		return fmt.Sprintf("a string of %d bytes", v.Cut)
	}
	if n := utf8.RuneCountInString(v.Text); n != 1 {
		return fmt.Sprintf("a string of %d code points", n)
	}
	return "a string of 1 code point"
}

// Unquoted returns a message up to the first text that it quotes, or the first URL.
func Unquoted(message string) string {
	end := strings.IndexAny(message, "\"'`")
	if url := strings.Index(message, "://"); url >= 0 && (end < 0 || url < end) {
		end = strings.LastIndexByte(message[:url], ' ') + 1
	}
	if end < 0 {
		return message
	}
	return strings.TrimSpace(strings.TrimSpace(message[:end]) + " …")
}

// withoutHeader withholds the name of a header in a message, unless it looks like a name.
func withoutHeader(message string) string {
	const before = " header "
	head, rest, ok := strings.Cut(message, before)
	if !ok {
		return message
	}
	name, rest, more := strings.Cut(rest, " ")
	text := head + before + shownName(name)
	if more {
		text += " " + rest
	}
	return text
}
