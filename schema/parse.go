package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ParseError says where the text of a contract cannot be read.
type ParseError struct {
	Line, Column int // one-based, in code points
	Pointer      string
	Problem      string
}

func (e *ParseError) Error() string {
	at := ""
	if e.Pointer != "" {
		at = " at " + clip(e.Pointer)
	}
	return fmt.Sprintf("contract: line %d, column %d%s: %s", e.Line, e.Column, at, e.Problem)
}

// Parse reads the JSON form of a contract and checks it. It is strict, for a
// misspelt facet would be a silent one: names are case-sensitive, unknown and
// repeated ones are refused. The error is a [*ParseError] or tells what
// [Contract.Check] found.
func Parse(text []byte) (*Contract, error) {
	var form struct {
		Format int `json:"crcheckContract"`
	}
	if err := jsonv2.Unmarshal(text, &form); err != nil {
		return nil, parseError(text, err)
	} else if form.Format != Format {
		return nil, fmt.Errorf("contract: crcheckContract is %d: this version reads format %d", form.Format, Format)
	}
	var c Contract
	if err := jsonv2.Unmarshal(text, &c, jsonv2.RejectUnknownMembers(true)); err != nil {
		return nil, parseError(text, err)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("contract %s: %w", &c, err)
	}
	return &c, nil
}

func parseError(text []byte, err error) *ParseError {
	e := &ParseError{Problem: strings.TrimPrefix(err.Error(), "jsontext: ")}
	offset := 0
	var syntax *jsontext.SyntacticError
	var semantic *jsonv2.SemanticError
	switch {
	case errors.As(err, &syntax):
		offset, e.Pointer, e.Problem = int(syntax.ByteOffset), string(syntax.JSONPointer), syntax.Err.Error()
	case errors.As(err, &semantic):
		offset, e.Pointer = int(semantic.ByteOffset), string(semantic.JSONPointer)
		switch {
		case errors.Is(err, jsonv2.ErrUnknownName):
			e.Problem = "a contract has no such member"
		case semantic.Err != nil:
			e.Problem = semantic.Err.Error()
		default:
			e.Problem = "no JSON " + semantic.JSONKind.String() + " goes here"
		}
	}
	before := text[:min(offset, len(text))]
	e.Line = 1 + bytes.Count(before, []byte("\n"))
	e.Column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return e
}

// Encode writes the JSON form of a contract: indented, keys in a fixed order,
// ending in a newline.
func (c *Contract) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(c)
	return b.Bytes(), err
}
