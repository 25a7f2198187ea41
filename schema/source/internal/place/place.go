// Package place locates problems in a document, for the errors of all readers.
package place

import (
	"bytes"
	"errors"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

// WithoutBOM returns a document without its byte order mark.
func WithoutBOM(document []byte) []byte { return bytes.TrimPrefix(document, []byte("\ufeff")) }

// IsObject reports whether a document begins like a JSON object.
func IsObject(document []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(WithoutBOM(document)), []byte("{"))
}

// Excerpt shortens a text for a message: to one line of about 40 characters.
func Excerpt(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	for i := range text {
		if i > 40 {
			return text[:i] + "…"
		}
	}
	return text
}

// JSONError returns the error for an error of the JSON decoder, with its position.
func JSONError(document []byte, err error, remedy string) *schema.DocumentError {
	offset, pointer, problem := int64(0), jsontext.Pointer(""), err.Error()
	var syntax *jsontext.SyntacticError
	var semantic *jsonv2.SemanticError
	switch {
	case errors.As(err, &syntax):
		offset, pointer, problem = syntax.ByteOffset, syntax.JSONPointer, syntax.Err.Error()
	case errors.As(err, &semantic):
		offset, pointer, problem = semantic.ByteOffset, semantic.JSONPointer, "unexpected JSON "+semantic.JSONKind.String()
		if semantic.Err != nil {
			problem = semantic.Err.Error()
		}
	}
	line, column := jsontree.Position(document, int(offset))
	return &schema.DocumentError{Line: line, Column: column, Place: string(pointer), Problem: problem, Remedy: remedy}
}
