package schema

import (
	"fmt"
	"strings"

	"github.com/crcheck/crcheck/internal/wording"
)

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
