package traffic

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// The reasons of an [Error], for errors.Is.
var (
	ErrUnknownFormat = errors.New("unknown format")        // the format of the input is not supported
	ErrMalformed     = errors.New("malformed")             // the input is broken, or the output format cannot represent an interaction
	ErrOddEntry      = errors.New("odd entry")             // one interaction does not conform to its format; reading continues
	ErrUnreadEntry   = errors.New("unread entry")          // an odd entry that is not yielded; also ErrOddEntry
	ErrTooLarge      = errors.New("too large")             // a limit of this package is exceeded
	ErrUnreadable    = errors.New("unreadable")            // the input cannot be opened or read; Err has the cause
	ErrUnknownCoding = errors.New("unknown coding")        // a body has a Content-Encoding that is not supported
	ErrBrokenCoding  = errors.New("broken content coding") // a body cannot be decoded; Err has the cause
)

// Error is every error that this package returns about traffic. Reason determines which fields are
// set. [ErrOddEntry] and [ErrUnreadEntry] do not end the input: reading continues after them, and
// one interaction may have several. After an odd entry, the interaction is yielded without the part
// that the error is about. An unread entry is not yielded. Both are also [ErrMalformed].
type Error struct {
	Reason       error  // one of the Err variables
	Source       string // the input's name; empty for a body, which does not know its input
	Line, Column int    // from 1; 0: unknown
	Problem      string // what is wrong; for ErrTooLarge, what is too large: "document", "entry"
	Remedy       string // what to do

	Format   string // the format or content coding that is not supported: "placebo recording", "TOML", "br"
	Recorded bool   // for ErrUnknownFormat: Format is one of recorded traffic
	Form     string // an example of an interaction, if the text should have been one
	Limit    int    // that is exceeded, in bytes
	Kind     Kind   // of an entry
	Index    int    // of an entry, from 0
	Err      error  // the cause, if another error is
}

func (e *Error) Error() string {
	text := e.Problem
	switch e.Reason {
	case ErrUnknownFormat:
		if e.Recorded {
			text += ", which is not supported"
		}
	case ErrTooLarge:
		text = fmt.Sprintf("%s is larger than %d MiB", text, e.Limit>>20)
	case ErrUnreadable:
		text = fmt.Sprint(e.Err)
	case ErrBrokenCoding:
		text = fmt.Sprintf("%s: %v", text, e.Err)
	}
	text += "; " + e.Remedy
	switch {
	case e.Line != 0:
		text = fmt.Sprintf("%s:%d:%d: %s", e.Source, e.Line, e.Column, text)
	case e.Source != "":
		text = e.Source + ": " + text
	}
	if e.Form != "" {
		text += "; an interaction looks like " + e.Form
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Is reports whether reason is the Reason of e, or one that includes it.
func (e *Error) Is(reason error) bool {
	switch reason {
	case e.Reason:
		return true
	case ErrMalformed:
		return e.Reason == ErrOddEntry || e.Reason == ErrUnreadEntry
	case ErrOddEntry:
		return e.Reason == ErrUnreadEntry
	}
	return false
}

// malformed returns an ErrMalformed. The zero Position is unknown.
func malformed(source string, at Position, problem, remedy string) *Error {
	return &Error{Reason: ErrMalformed, Source: source, Line: at.Line, Column: at.Column, Problem: problem, Remedy: remedy}
}

// asMalformed returns err if its reason is ErrMalformed itself, rather than one that includes it.
func asMalformed(err error) (*Error, bool) {
	e, ok := err.(*Error)
	return e, ok && e.Reason == ErrMalformed
}

// unreadEntry turns an ErrMalformed into an ErrUnreadEntry, and returns any other error as it is.
func unreadEntry(err error, kind Kind, index int) error {
	if e, ok := asMalformed(err); ok {
		return e.ofEntry(ErrUnreadEntry, kind, index)
	}
	return err
}

// ofEntry returns a copy of e with the reason, for one entry.
func (e *Error) ofEntry(reason error, kind Kind, index int) *Error {
	entry := *e
	entry.Reason, entry.Kind, entry.Index = reason, kind, index
	return &entry
}

func tooLarge(source, what string, limit int) *Error {
	return &Error{Reason: ErrTooLarge, Source: source, Problem: what, Limit: limit, Remedy: "split it"}
}

func unknownFormat(source, looks, format string, recorded bool, remedy string) *Error {
	return &Error{Reason: ErrUnknownFormat, Source: source, Problem: "looks like " + looks, Format: format, Recorded: recorded, Remedy: remedy}
}

func openError(path string, err error) *Error {
	// Source has the path, which the errors of package os repeat.
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	remedy := "make sure that it can be read, then run again"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		remedy = "check the spelling of the path, and the folder it is relative to"
	case errors.Is(err, fs.ErrPermission):
		remedy = "give your user permission to read it"
	}
	return &Error{Reason: ErrUnreadable, Source: path, Err: err, Remedy: remedy}
}

// readError returns the error for a failed read of the input.
func readError(source string, err error) error {
	if broken := (*Error)(nil); errors.As(err, &broken) && broken.Reason == ErrMalformed {
		return broken // compressed data
	}
	if errors.Is(err, syscall.EISDIR) {
		return unknownFormat(source, "a folder", "folder", false, "name the files in it")
	}
	return openError(source, err)
}
