package traffic

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// UnknownKindError says that an input is not of a kind that this package reads.
type UnknownKindError struct {
	Source   string // the input's name
	Looks    string // what it looks like instead: "a placebo recording"
	Format   string // a short name of that, to count files by: "placebo recording", "TOML"
	Recorded bool   // it holds recorded traffic, in a format that is recognised but not read
	Remedy   string // what to do
}

func (e *UnknownKindError) Error() string {
	if e.Recorded {
		return fmt.Sprintf("%s: looks like %s, which is recognised but not read; %s", e.Source, e.Looks, e.Remedy)
	}
	return fmt.Sprintf("%s: looks like %s; %s", e.Source, e.Looks, e.Remedy)
}

// MalformedError says where a cassette, a HAR, a line that is an interaction or gzip data is
// broken, or what of an interaction a format that is written has no place for.
type MalformedError struct {
	Source       string
	Line, Column int // 0: no such place
	Problem      string
	Remedy       string
	Form         string // an example of an interaction, where the text should have been one
}

func (e *MalformedError) Error() string {
	text := fmt.Sprintf("%s: %s; %s", e.Source, e.Problem, e.Remedy)
	if e.Line != 0 {
		text = fmt.Sprintf("%s:%d:%d: %s; %s", e.Source, e.Line, e.Column, e.Problem, e.Remedy)
	}
	if e.Form != "" {
		text += "; an interaction is " + e.Form
	}
	return text
}

// EntryError says what is odd about one interaction of an input. Unlike any other error, it does
// not end the input: reading goes on behind it. One interaction may have several, before it is
// yielded itself.
type EntryError struct {
	Malformed MalformedError // what, where, and what to do
	Kind      Kind
	Index     int  // of the interaction
	Unread    bool // the interaction is not read; else it follows, without what is odd
}

func (e *EntryError) Error() string { return e.Malformed.Error() }

func (e *EntryError) Unwrap() error { return &e.Malformed }

// entryError makes an error the one of an interaction that is not read, if it is about nothing
// else.
func entryError(err error, kind Kind, index int) error {
	if odd, ok := err.(*MalformedError); ok {
		return &EntryError{Malformed: *odd, Kind: kind, Index: index, Unread: true}
	}
	return err
}

// TooLargeError says that an input exceeds one of the limits of this package.
type TooLargeError struct {
	Source string // empty: of a body, which does not know its input
	What   string // what is too large: "line 17", "document", "cassette", "entry 3"
	Limit  int    // in bytes
}

func (e *TooLargeError) Error() string {
	what := e.What
	if e.Source != "" {
		what = e.Source + ": " + what
	}
	return fmt.Sprintf("%s is larger than %d MiB; split it", what, e.Limit>>20)
}

// OpenError says that an input cannot be opened, or stops being readable on the way. It wraps the
// cause.
type OpenError struct {
	Path   string
	Err    error
	Remedy string
}

func (e *OpenError) Error() string {
	return fmt.Sprintf("%s: %v; %s", e.Path, e.Err, e.Remedy)
}

func (e *OpenError) Unwrap() error { return e.Err }

func openError(path string, err error) *OpenError {
	// The path is a field of its own; os repeats it in its errors.
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	remedy := "see that it can be read, then run again"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		remedy = "check the spelling of the path, and the folder it is relative to"
	case errors.Is(err, fs.ErrPermission):
		remedy = "give yourself permission to read it"
	}
	return &OpenError{Path: path, Err: err, Remedy: remedy}
}

// readError is what a failing reader becomes.
func readError(source string, err error) error {
	if broken := (*MalformedError)(nil); errors.As(err, &broken) {
		return broken // gzip data
	}
	if errors.Is(err, syscall.EISDIR) {
		return &UnknownKindError{Source: source, Looks: "a folder", Format: "folder", Remedy: "name the files in it"}
	}
	return openError(source, err)
}
