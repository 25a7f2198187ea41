package report

import (
	"encoding/json"
	"io"
)

// JSON writes a result as one indented JSON object: of a run, of drift or of coverage.
func JSON[T any](w io.Writer, r *T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
