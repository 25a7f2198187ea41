package eventstream

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// Type is the type of a header's value, as encoded on the wire.
type Type byte

const (
	TypeTrue Type = iota
	TypeFalse
	TypeByte
	TypeShort
	TypeInteger
	TypeLong
	TypeBytes
	TypeString
	TypeTimestamp // milliseconds since 1970
	TypeUUID
)

var typeNames = [...]string{"boolean", "boolean", "byte", "short", "integer", "long", "byte_array", "string", "timestamp", "uuid"}

// String returns the specification's name of the type, which both booleans share.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// fixed are the sizes of values in bytes; -1 if a length of two bytes precedes the value.
var fixed = [...]int{TypeTrue: 0, TypeFalse: 0, TypeByte: 1, TypeShort: 2, TypeInteger: 4, TypeLong: 8, TypeBytes: -1, TypeString: -1, TypeTimestamp: 8, TypeUUID: 16}

// Value is the value of a header. Data is its encoding after the type, without the length of
// strings and byte arrays.
type Value struct {
	Type Type
	Data []byte
}

// Int returns the value of an integer of any size, or of a timestamp. It returns 0 for other types.
func (v Value) Int() int64 {
	switch len(v.Data) {
	case 1:
		return int64(int8(v.Data[0]))
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v.Data)))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(v.Data)))
	case 8:
		return int64(binary.BigEndian.Uint64(v.Data))
	}
	return 0
}

// Bool returns a value of type [TypeTrue] or [TypeFalse].
func Bool(b bool) Value {
	if b {
		return Value{Type: TypeTrue}
	}
	return Value{Type: TypeFalse}
}
func Byte(n int8) Value     { return Value{TypeByte, []byte{byte(n)}} }
func Short(n int16) Value   { return Value{TypeShort, binary.BigEndian.AppendUint16(nil, uint16(n))} }
func Integer(n int32) Value { return Value{TypeInteger, binary.BigEndian.AppendUint32(nil, uint32(n))} }
func Long(n int64) Value    { return Value{TypeLong, binary.BigEndian.AppendUint64(nil, uint64(n))} }
func Bytes(b []byte) Value  { return Value{TypeBytes, b} }
func String(s string) Value { return Value{TypeString, []byte(s)} }
func UUID(id [16]byte) Value {
	return Value{TypeUUID, id[:]}
}

// Timestamp returns a timestamp, given in milliseconds since 1970.
func Timestamp(millis int64) Value {
	return Value{TypeTimestamp, binary.BigEndian.AppendUint64(nil, uint64(millis))}
}

// Header is a name with its value.
type Header struct {
	Name []byte
	Value
}

// Named returns a header to be encoded.
func Named(name string, v Value) Header { return Header{[]byte(name), v} }

// Headers are the encoded headers of a message. Those of a decoded message are well-formed.
type Headers []byte

// Next returns the first header and the rest. ok is false if there are no more headers.
func (h Headers) Next() (first Header, rest Headers, ok bool) {
	if len(h) == 0 {
		return Header{}, nil, false
	}
	first, size, err := h.cut(0)
	if err != nil {
		return Header{}, nil, false
	}
	return first, h[size:], true
}

// Get returns the value of a header, by name.
func (h Headers) Get(name string) (v Value, ok bool) {
	v, _, ok = h.Find(name)
	return v, ok
}

// Find is like [Headers.Get], and also returns the offset of the header within the headers.
func (h Headers) Find(name string) (v Value, at int, ok bool) {
	for rest := h; ; {
		first, next, ok := rest.Next()
		switch {
		case !ok:
			return Value{}, 0, false
		case string(first.Name) == name:
			return first.Value, len(h) - len(rest), true
		}
		rest = next
	}
}

// cut reads the first header and returns its size; at is the offset of the headers in the stream.
func (h Headers) cut(at int) (first Header, size int, err *Error) {
	need := func(n int) bool {
		if n > len(h) {
			err = &Error{Fault: CutHeader, Offset: at, Got: uint64(len(h)), Want: uint64(n)}
		}
		return err == nil
	}
	if !need(2) {
		return first, 0, err
	}
	name := 1 + int(h[0])
	if name == 1 {
		return first, 0, &Error{Fault: EmptyName, Offset: at}
	}
	if !need(name + 1) {
		return first, 0, err
	}
	first.Name, first.Type = h[1:name:name], Type(h[name])
	if int(first.Type) >= len(fixed) {
		return first, 0, &Error{Fault: UnknownType, Offset: at + name, Got: uint64(first.Type), Name: string(first.Name)}
	}
	size = name + 1
	length := fixed[first.Type]
	if length < 0 {
		if !need(size + 2) {
			return first, 0, err
		}
		length = int(binary.BigEndian.Uint16(h[size:]))
		size += 2
	}
	if !need(size + length) {
		return first, 0, err
	}
	first.Data = h[size : size+length : size+length]
	return first, size + length, nil
}

// fewHeaders is how many headers are compared pairwise. Beyond it, a map holds the names.
const fewHeaders = 16

// check validates all headers: each must be complete, of a known type, and have a unique name.
func (h Headers) check(at int) *Error {
	var few [fewHeaders][]byte
	var many map[string]bool
	count := 0
	for rest, here := h, at; len(rest) > 0; count++ {
		first, size, err := rest.cut(here)
		switch {
		case err != nil:
			return err
		case !utf8.Valid(first.Name):
			return &Error{Fault: HeaderUTF8, Offset: here + 1, Name: string(first.Name)}
		case first.Type == TypeString && !utf8.Valid(first.Data):
			return &Error{Fault: HeaderUTF8, Offset: here + size - len(first.Data), Name: string(first.Name)}
		}
		again := many[string(first.Name)]
		if many == nil {
			for _, name := range few[:min(count, fewHeaders)] {
				again = again || bytes.Equal(name, first.Name)
			}
		}
		if again {
			return &Error{Fault: DuplicateHeader, Offset: here, Name: string(first.Name)}
		}
		switch {
		case count < fewHeaders:
			few[count] = first.Name
		case many == nil:
			many = map[string]bool{}
			for _, name := range few {
				many[string(name)] = true
			}
			fallthrough
		default:
			many[string(first.Name)] = true
		}
		rest, here = rest[size:], here+size
	}
	return nil
}

// append encodes a header; from is the start of the message in the buffer.
func (h Header) append(buffer []byte, from int) ([]byte, *Error) {
	at := len(buffer) - from
	if len(h.Name) > 255 {
		return nil, &Error{Fault: LongName, Offset: at, Got: uint64(len(h.Name)), Want: 255}
	}
	if int(h.Type) >= len(fixed) {
		return nil, &Error{Fault: UnknownType, Offset: at + 1 + len(h.Name), Got: uint64(h.Type), Name: string(h.Name)}
	}
	buffer = append(append(append(buffer, byte(len(h.Name))), h.Name...), byte(h.Type))
	want := fixed[h.Type]
	if want < 0 {
		want = MaxValue
		buffer = binary.BigEndian.AppendUint16(buffer, uint16(len(h.Data)))
	} else if len(h.Data) < want {
		return nil, &Error{Fault: CutHeader, Offset: at, Got: uint64(len(h.Data)), Want: uint64(want)}
	}
	if len(h.Data) > want {
		return nil, &Error{Fault: LongValue, Offset: at, Got: uint64(len(h.Data)), Want: uint64(want), Name: string(h.Name)}
	}
	return append(buffer, h.Data...), nil
}
