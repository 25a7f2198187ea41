package source

import (
	"fmt"
	"strings"
)

// SyntaxError is a place of a document that its reader cannot read.
type SyntaxError struct {
	Line, Column int // one-based; columns count code points
	Problem      string
	Remedy       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s. %s", e.Line, e.Column, e.Problem, e.Remedy)
}

// NoOperationError is a page about a client method that calls no operation,
// such as close or get_paginator.
type NoOperationError struct {
	Line, Column int
	Method       string
}

func (e *NoOperationError) Error() string {
	return fmt.Sprintf("line %d, column %d: the method %s calls no operation: its page has neither a request syntax nor a link to the API. "+
		"Read the page of an operation; if this should be one, it is not whole", e.Line, e.Column, e.Method)
}

// TooLargeError is a syntax block that boto3's generator left out because of
// its length. The page cannot be read without the one of the response.
type TooLargeError struct {
	Line, Column int
	Section      string // "Request Syntax" or "Response Syntax"
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("line %d, column %d: the page leaves out its %s, because it is too large to render. "+
		"Read the service's model (botocore's service-2.json) instead", e.Line, e.Column, e.Section)
}

// UnknownKindError is a document that no reader recognises.
type UnknownKindError struct {
	Start string   // how the document begins
	Kinds []string // what can be read
}

func (e *UnknownKindError) Error() string {
	if e.Start == "" {
		return fmt.Sprintf("the document is empty. It can be: %s", strings.Join(e.Kinds, ", "))
	}
	return fmt.Sprintf("the document, which begins %q, is of no known kind. It can be: %s", e.Start, strings.Join(e.Kinds, ", "))
}
