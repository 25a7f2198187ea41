package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/wording"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const remedyContract = "Correct the contract file, or derive it again from its source."

// Parse reads the JSON form of a contract and checks it. Names are case-sensitive; unknown and
// duplicate ones are errors, because a misspelt facet would otherwise be unspecified. The error is a
// [*DocumentError].
func Parse(text []byte) (*Contract, error) {
	var form struct {
		Format int `json:"crcheckContract"`
	}
	if err := jsonv2.Unmarshal(text, &form); err != nil {
		return nil, parseError(text, err)
	} else if form.Format != Format {
		problem := fmt.Sprintf("unsupported format %d in crcheckContract: this version reads format %d", form.Format, Format)
		return nil, &DocumentError{Line: 1, Column: 1, Problem: problem, Remedy: remedyContract}
	}
	var c Contract
	if err := jsonv2.Unmarshal(text, &c, jsonv2.RejectUnknownMembers(true)); err != nil {
		return nil, parseError(text, err)
	}
	if err := c.Check(); err != nil {
		// The problem is not a single JSON value, so the error is at the start.
		return nil, &DocumentError{Line: 1, Column: 1, Problem: fmt.Sprintf("contract %s: %v", &c, err), Remedy: remedyContract, Err: err}
	}
	return &c, nil
}

func parseError(text []byte, err error) *DocumentError {
	e := &DocumentError{Problem: strings.TrimPrefix(err.Error(), "jsontext: "), Remedy: remedyContract}
	offset := 0
	var syntax *jsontext.SyntacticError
	var semantic *jsonv2.SemanticError
	switch {
	case errors.As(err, &syntax):
		offset, e.Place, e.Problem = int(syntax.ByteOffset), string(syntax.JSONPointer), syntax.Err.Error()
	case errors.As(err, &semantic):
		offset, e.Place = int(semantic.ByteOffset), string(semantic.JSONPointer)
		switch {
		case errors.Is(err, jsonv2.ErrUnknownName):
			e.Problem = "unknown member"
		case semantic.Err != nil:
			e.Problem = semantic.Err.Error()
		default:
			e.Problem = "unexpected JSON " + semantic.JSONKind.String()
		}
	}
	e.Line, e.Column = jsontree.Position(text, offset)
	return e
}

// DocumentError reports why a document cannot be read: a contract, an overlay, or a source of
// contracts. Fields that do not apply are empty or zero.
type DocumentError struct {
	File         string // in a folder, or the name that the caller gave
	Line, Column int    // one-based; columns count code points
	Place        string // a JSON Pointer, a shape or an operation
	Problem      string
	Remedy       string
	// Err is the wrapped error, such as the reason why a page has no contract.
	Err error
}

func (e *DocumentError) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ", column %d", e.Column)
		}
	}
	if e.Place != "" {
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		b.WriteString("at " + wording.Clip(e.Place, maxPointer))
	}
	text := e.Problem
	if b.Len() > 0 {
		text = b.String() + ": " + text
	}
	if e.File != "" {
		text = e.File + ": " + text
	}
	if e.Remedy != "" {
		text += ". " + e.Remedy
	}
	return text
}

// Unwrap returns Err.
func (e *DocumentError) Unwrap() error { return e.Err }
