// Package eventstream decodes and encodes application/vnd.amazon.eventstream, the framing of event
// streams over HTTP in AWS (Smithy, aws/amazon-eventstream.html).
//
// A stream is a sequence of messages. Each message has a prelude (total length, length of the
// headers, CRC-32 of both), typed headers, a payload, and the CRC-32 of all preceding bytes of the
// message. Integers are big-endian.
//
// [Decode] reads one message in place. It copies nothing, and never allocates according to a length
// field. [Append] is its inverse. All errors are [*Error] values with the byte offset of the fault.
package eventstream

import (
	"encoding/binary"
	"hash/crc32"
)

// MediaType is the Content-Type of an event stream.
const MediaType = "application/vnd.amazon.eventstream"

// Limits of a message, in bytes. botocore and aws-c-event-stream reject messages beyond them.
const (
	MaxHeaders = 128 << 10
	MaxPayload = 24 << 20
	MaxValue   = 1<<15 - 1 // of a header of type string or byte array

	prelude  = 12 // two lengths and their CRC
	trailer  = 4  // the CRC of the message
	overhead = prelude + trailer
)

// Message is one message of a stream. It shares memory with the stream.
type Message struct {
	Headers Headers
	Payload []byte

	// Offsets of the message, its headers and its payload in the stream.
	At, HeadersAt, PayloadAt int
}

// Decode decodes the message at an offset in a stream. The offset must be less than the length of
// the stream. next is the offset of the next message, or the length of the stream if this is the
// last one.
//
// After an error, next is still valid if both lengths are: the CRC of the prelude matches and the
// stream contains the whole message. Otherwise next is -1, because the start of the next message is
// unknown.
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

// Append encodes a message and appends it to a stream. The error is an [*Error] for an exceeded
// limit or an invalid header; its offset is relative to the start of the message.
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
