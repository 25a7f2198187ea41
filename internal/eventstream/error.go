package eventstream

import "fmt"

// Fault is a way in which a stream breaks its framing.
type Fault string

const (
	CutPrelude      Fault = "cut prelude"      // Got of Want bytes are there
	PreludeCRC      Fault = "prelude CRC"      // it is Got, the lengths have Want
	ShortLength     Fault = "short length"     // the total length is Got, the least is Want
	LongLength      Fault = "long length"      // the total length is Got, the greatest is Want
	LongHeaders     Fault = "long headers"     // the headers' length is Got, the greatest is Want
	CutMessage      Fault = "cut message"      // Got of Want bytes are there
	MessageCRC      Fault = "message CRC"      // it is Got, the message has Want
	CutHeader       Fault = "cut header"       // a header needs Want bytes, Got are left of the headers
	EmptyName       Fault = "empty name"       // a header has a name of no bytes
	UnknownType     Fault = "unknown type"     // Got is not a header type
	DuplicateHeader Fault = "duplicate header" // the name Name is there before
	HeaderUTF8      Fault = "header UTF-8"     // a name, or the string of the header Name, is not UTF-8
	LongName        Fault = "long name"        // of Got bytes, at most Want; only when encoding
	LongValue       Fault = "long value"       // of Got bytes, at most Want; only when encoding
)

// Error is a fault of the framing.
type Error struct {
	Fault     Fault
	Offset    int // in bytes, from the start of the stream; of a cut, the end of the stream
	Got, Want uint64
	Name      string // of the header
}

func (e *Error) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem()) }

// Problem says what is wrong, without the place.
func (e *Error) Problem() string {
	switch e.Fault {
	case CutPrelude:
		return fmt.Sprintf("the stream ends after %d of the %d bytes of a message's prelude", e.Got, e.Want)
	case PreludeCRC:
		return fmt.Sprintf("the prelude's CRC is %08x, but its lengths have %08x", e.Got, e.Want)
	case ShortLength:
		return fmt.Sprintf("a total length of %d bytes; a message has at least %d", e.Got, e.Want)
	case LongLength:
		return fmt.Sprintf("a total length of %d bytes; at most %d are allowed", e.Got, e.Want)
	case LongHeaders:
		return fmt.Sprintf("a headers length of %d bytes; at most %d are allowed here", e.Got, e.Want)
	case CutMessage:
		return fmt.Sprintf("the stream ends after %d of the %d bytes of a message", e.Got, e.Want)
	case MessageCRC:
		return fmt.Sprintf("the message's CRC is %08x, but its bytes have %08x", e.Got, e.Want)
	case CutHeader:
		return fmt.Sprintf("a header of %d bytes or more overruns the headers, of which %d bytes are left", e.Want, e.Got)
	case EmptyName:
		return "a header has an empty name"
	case UnknownType:
		return fmt.Sprintf("the header %q has the unknown type %d", e.Name, e.Got)
	case DuplicateHeader:
		return fmt.Sprintf("duplicate header %q", e.Name)
	case HeaderUTF8:
		return fmt.Sprintf("the header %q is not UTF-8", e.Name)
	case LongName:
		return fmt.Sprintf("a header name of %d bytes; at most %d are allowed", e.Got, e.Want)
	case LongValue:
		return fmt.Sprintf("the header %q has a value of %d bytes; at most %d are allowed", e.Name, e.Got, e.Want)
	}
	return string(e.Fault)
}
