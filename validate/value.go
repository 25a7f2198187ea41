package validate

import (
	"bytes"
	"math"
	"strconv"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/go-json-experiment/json/jsontext"
)

// value returns the value at an offset of the document, for findings.
func (s *sink) value(at int) finding.Value { return valueAt(s.document, at) }

// valueAt returns the zero Value if no JSON value begins at the offset.
func valueAt(document []byte, at int) finding.Value {
	if at >= len(document) {
		return finding.Value{}
	}
	text := document[at:]
	switch text[0] {
	case '{':
		return finding.Value{Kind: finding.KindObject}
	case '[':
		return finding.Value{Kind: finding.KindList}
	case '"':
		end := 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		unquoted, _ := jsontext.AppendUnquote(nil, text[:min(end+1, len(text))]) // invalid UTF-8 is replaced
		return textValue(string(unquoted))
	}
	if end := bytes.IndexAny(text, " \t\r\n,:]}"); end >= 0 {
		text = text[:end]
	}
	switch string(text) {
	case "null":
		return finding.Value{Kind: finding.KindNull, Text: "null"}
	case "true", "false":
		return finding.ValueOf(finding.KindBoolean, string(text))
	}
	if len(text) > 0 && (text[0] == '-' || '0' <= text[0] && text[0] <= '9') {
		return numberValue(text)
	}
	return finding.Value{} // syntax.invalid reports it
}

// textValue returns the value of a string.
func textValue(text string) finding.Value {
	kind := finding.KindString
	switch {
	case schema.DateTime.Match([]byte(text)):
		kind = finding.KindDateTime
	case schema.HTTPDate.Match([]byte(text)):
		kind = finding.KindHTTPDate
	}
	return finding.ValueOf(kind, text)
}

// numberValue returns the value of a number, as it is written.
func numberValue(raw []byte) finding.Value {
	text := string(raw)
	double, err := strconv.ParseFloat(text, 64)
	_, notInt64 := strconv.ParseInt(text, 10, 64)
	kind := finding.KindInteger
	switch {
	case err != nil || math.Abs(double) == math.MaxFloat64:
		kind = finding.KindBigNumber
	case bytes.ContainsAny(raw, ".eE"):
		kind = finding.KindNumber
	case notInt64 != nil:
		kind = finding.KindBigInteger
	}
	return finding.ValueOf(kind, text)
}
