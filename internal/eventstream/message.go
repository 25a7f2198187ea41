// Package eventstream decodes and encodes application/vnd.amazon.eventstream,
// the framing in which AWS sends events over HTTP (Smithy, aws/amazon-eventstream.html).
//
// A stream is a sequence of messages. Each has a prelude (total length, length
// of the headers, CRC-32 of these two), typed headers, a payload, and the CRC-32
// of all that precedes it. Integers are big-endian.
//
// [Decode] reads one message in place: nothing is copied, and a length field
// never decides how much memory is used. All errors are [*Error] values with the
// byte offset of the fault. [Append] is the inverse.
package eventstream

import (
	"encoding/binary"
	"hash/crc32"
)

// MediaType is the Content-Type of an event stream.
const MediaType = "application/vnd.amazon.eventstream"

// Limits of a message, in bytes. botocore and aws-c-event-stream refuse longer ones.
const (
	MaxHeaders = 128 << 10
	MaxPayload = 24 << 20
	MaxValue   = 1<<15 - 1 // of a header that is a string or bytes

	prelude  = 12 // two lengths and their CRC
	trailer  = 4  // the CRC of the message
	overhead = prelude + trailer
)

// Message is one message of a stream. It refers to the bytes of the stream.
type Message struct {
	Headers Headers
	Payload []byte

	// Offsets into the stream: of the message, its headers and its payload.
	At, HeadersAt, PayloadAt int
}

// Decode decodes the message that begins at an offset of a stream, which must
// lie before its end. It returns the offset of the next message, which is the
// length of the stream after the last one.
//
// After an error next is the offset of the next message if both lengths could be
// trusted, because the prelude's CRC matched and all bytes of the message are
// there. Otherwise next is -1: nothing says where another message begins.
func Decode(stream []byte, at int) (m Message, next int, err *Error) {
	rest := stream[at:]
	if len(rest) < prelude {
		return m, -1, &Error{Fault: CutPrelude, Offset: len(stream), Got: uint64(len(rest)), Want: prelude}
	}
	total, headers := binary.BigEndian.Uint32(rest), binary.BigEndian.Uint32(rest[4:])
	if got, want := binary.BigEndian.Uint32(rest[8:]), crc32.ChecksumIEEE(rest[:8]); got != want {
		return m, -1, &Error{Fault: PreludeCRC, Offset: at + 8, Got: uint64(got), Want: uint64(want)}
	}
	switch {
	case total < overhead:
		return m, -1, &Error{Fault: ShortLength, Offset: at, Got: uint64(total), Want: overhead}
	case headers > total-overhead:
		return m, -1, &Error{Fault: LongHeaders, Offset: at + 4, Got: uint64(headers), Want: uint64(total - overhead)}
	case headers > MaxHeaders:
		return m, -1, &Error{Fault: LongHeaders, Offset: at + 4, Got: uint64(headers), Want: MaxHeaders}
	case total-headers-overhead > MaxPayload:
		return m, -1, &Error{Fault: LongLength, Offset: at, Got: uint64(total), Want: uint64(headers) + overhead + MaxPayload}
	case uint64(total) > uint64(len(rest)):
		return m, -1, &Error{Fault: CutMessage, Offset: len(stream), Got: uint64(len(rest)), Want: uint64(total)}
	}
	size := int(total)
	payload := prelude + int(headers)
	m = Message{Headers: rest[prelude:payload:payload], Payload: rest[payload : size-trailer : size-trailer],
		At: at, HeadersAt: at + prelude, PayloadAt: at + payload}
	if got, want := binary.BigEndian.Uint32(rest[size-trailer:]), crc32.ChecksumIEEE(rest[:size-trailer]); got != want {
		return m, at + size, &Error{Fault: MessageCRC, Offset: at + size - trailer, Got: uint64(got), Want: uint64(want)}
	}
	return m, at + size, m.Headers.check(m.HeadersAt)
}

// Append encodes a message and appends it to a stream. The error is the limit
// that the message exceeds, or a header that nothing could decode; its offset is
// into what would have been appended.
func Append(stream []byte, headers []Header, payload []byte) ([]byte, error) {
	at := len(stream)
	message := append(stream, make([]byte, prelude)...)
	for _, h := range headers {
		var err *Error
		if message, err = h.append(message, at); err != nil {
			return stream, err
		}
	}
	length := len(message) - at - prelude
	switch {
	case length > MaxHeaders:
		return stream, &Error{Fault: LongHeaders, Offset: 4, Got: uint64(length), Want: MaxHeaders}
	case len(payload) > MaxPayload:
		return stream, &Error{Fault: LongLength, Got: uint64(overhead + length + len(payload)), Want: uint64(overhead + length + MaxPayload)}
	}
	if err := Headers(message[at+prelude:]).check(prelude); err != nil {
		return stream, err
	}
	message = append(message, payload...)
	binary.BigEndian.PutUint32(message[at:], uint32(overhead+length+len(payload)))
	binary.BigEndian.PutUint32(message[at+4:], uint32(length))
	binary.BigEndian.PutUint32(message[at+8:], crc32.ChecksumIEEE(message[at:at+8]))
	return binary.BigEndian.AppendUint32(message, crc32.ChecksumIEEE(message[at:])), nil
}
