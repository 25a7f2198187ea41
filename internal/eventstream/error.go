package eventstream

import "fmt"

// Fault is a kind of framing error. The comments of the constants say what [Error.Got] and
// [Error.Want] are.
type Fault string

const (
	CutPrelude      Fault = "cut prelude"      // Got of Want bytes are present
	PreludeCRC      Fault = "prelude CRC"      // as stated and as computed
	ShortLength     Fault = "short length"     // the total length and the minimum
	LongLength      Fault = "long length"      // the total length and the maximum
	LongHeaders     Fault = "long headers"     // the length of the headers and the maximum
	CutMessage      Fault = "cut message"      // Got of Want bytes are present
	MessageCRC      Fault = "message CRC"      // as stated and as computed
	CutHeader       Fault = "cut header"       // a header needs Want bytes, only Got remain
	EmptyName       Fault = "empty name"       // of a header
	UnknownType     Fault = "unknown type"     // Got is not the type of a header
	DuplicateHeader Fault = "duplicate header" // an earlier header is also called Name
	HeaderUTF8      Fault = "header UTF-8"     // Name, or the string value of that header, is not UTF-8
	LongName        Fault = "long name"        // its length and the maximum; only when encoding
	LongValue       Fault = "long value"       // its length and the maximum; only when encoding
)

// Error is a framing error.
type Error struct {
	Fault     Fault
	Offset    int // in bytes from the start of the stream; if the stream is cut, its end
	Got, Want uint64
	Name      string // of the header
}

func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem()) }

// Problem describes the error without its offset.
func (e *Error) Problem() string {
	switch e.Fault {
	case CutPrelude:
		return fmt.Sprintf("the stream ends after %d of the %d bytes of a message's prelude", e.Got, e.Want)
	case PreludeCRC:
		return fmt.Sprintf("prelude CRC: got %08x, want %08x", e.Got, e.Want)
	case ShortLength:
		return fmt.Sprintf("total length: got %d bytes, want at least %d", e.Got, e.Want)
	case LongLength:
		return fmt.Sprintf("total length: got %d bytes, want at most %d", e.Got, e.Want)
	case LongHeaders:
		return fmt.Sprintf("headers length: got %d bytes, want at most %d", e.Got, e.Want)
	case CutMessage:
		return fmt.Sprintf("the stream ends after %d of the %d bytes of a message", e.Got, e.Want)
	case MessageCRC:
		return fmt.Sprintf("message CRC: got %08x, want %08x", e.Got, e.Want)
	case CutHeader:
		return fmt.Sprintf("a header of at least %d bytes exceeds the headers, which have %d bytes left", e.Want, e.Got)
	case EmptyName:
		return "a header has an empty name"
	case UnknownType:
		return fmt.Sprintf("the header %q has the unknown type %d", e.Name, e.Got)
	case DuplicateHeader:
		return fmt.Sprintf("duplicate header %q", e.Name)
	case HeaderUTF8:
		return fmt.Sprintf("the header %q is not UTF-8", e.Name)
	case LongName:
		return fmt.Sprintf("header name: got %d bytes, want at most %d", e.Got, e.Want)
	case LongValue:
		return fmt.Sprintf("value of the header %q: got %d bytes, want at most %d", e.Name, e.Got, e.Want)
	}
	return string(e.Fault)
}
