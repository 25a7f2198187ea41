package eventstream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/stretchr/testify/require"
)

// everyType has a header of each type.
var everyType = []Header{
	Named(":event-type", String("chunk")), Named("yes", Bool(true)), Named("no", Bool(false)), Named("byte", Byte(-128)),
	Named("short", Short(math.MinInt16)), Named("integer", Integer(math.MinInt32)), Named("long", Long(math.MinInt64)),
	Named("bytes", Bytes([]byte{0, 255})), Named("string", String("é")), Named("timestamp", Timestamp(1_700_000_000_123)),
	Named("uuid", UUID([16]byte{15: 1})), Named("empty", String("")),
}

func encode(t testing.TB, payload string, headers ...Header) []byte {
	t.Helper()
	message, err := Append(nil, headers, []byte(payload))
	require.NoError(t, err)
	return message
}

func TestRoundTrip(t *testing.T) {
	many := make([]Header, 100)
	for i := range many {
		many[i] = Named(fmt.Sprintf("header-%d", i), Integer(int32(i)))
	}
	for _, v := range []struct {
		name    string
		headers []Header
		payload string
	}{
		{"nothing", nil, ""},
		{"a payload", nil, "{}"},
		{"a header of each type", everyType, "payload"},
		{"many headers", many, ""},
		{"the longest name", []Header{Named(strings.Repeat("n", 255), Bool(true))}, ""},
		{"the longest value", []Header{Named("n", String(strings.Repeat("v", MaxValue)))}, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			stream, err := Append([]byte("before"), v.headers, []byte(v.payload))
			require.NoError(t, err)
			stream = append(stream, "after"...)
			m, next, fault := Decode(stream, len("before"))
			require.Nil(t, fault)
			require.Equal(t, len(stream)-len("after"), next)
			require.Equal(t, v.payload, string(m.Payload))
			require.Equal(t, v.payload, string(stream[m.PayloadAt:next-4]))
			require.Equal(t, "before", string(stream[:m.At]))
			rest := m.Headers
			for _, want := range v.headers {
				got, after, ok := rest.Next()
				require.True(t, ok)
				require.Equal(t, string(want.Name), string(got.Name))
				require.Equal(t, want.Type, got.Type)
				require.Equal(t, string(want.Data), string(got.Data))
				found, ok := m.Headers.Get(string(want.Name))
				require.True(t, ok)
				require.Equal(t, want.Int(), found.Int())
				rest = after
			}
			require.Empty(t, rest)
			_, ok := m.Headers.Get("another")
			require.False(t, ok)
		})
	}
}

func TestValues(t *testing.T) {
	for _, v := range []struct {
		value Value
		typ   string
		n     int64
	}{
		{Bool(true), "boolean", 0}, {Bool(false), "boolean", 0}, {Byte(-1), "byte", -1}, {Short(-2), "short", -2}, {Integer(-3), "integer", -3},
		{Long(-4), "long", -4}, {Timestamp(5), "timestamp", 5}, {UUID([16]byte{}), "uuid", 0}, {Bytes(nil), "byte_array", 0}, {String("x"), "string", -0},
		{Value{Type: 10}, "unknown", 0},
	} {
		t.Run(v.typ, func(t *testing.T) {
			require.Equal(t, v.typ, v.value.Type.String())
			if v.value.Type != TypeString {
				require.Equal(t, v.n, v.value.Int())
			}
		})
	}
}

// lengths returns a prelude with a correct CRC.
func lengths(total, headers uint32) []byte {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, total), headers)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// sealed returns a message with these bytes as headers and correct CRCs.
func sealed(headers string) []byte {
	b := append(lengths(uint32(overhead+len(headers)), uint32(len(headers))), headers...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// flip changes one byte; a negative index counts from the end.
func flip(message []byte, at int) []byte {
	flipped := append([]byte(nil), message...)
	if at < 0 {
		at += len(flipped)
	}
	flipped[at] ^= 1
	return flipped
}

// TestFaults checks the kind and offset of each fault, and that decoding can go on unless a length
// is in doubt.
func TestFaults(t *testing.T) {
	whole := encode(t, "payload", everyType...)
	for _, v := range []struct {
		name   string
		bytes  []byte
		fault  Fault
		offset int // in the message
		lost   bool
	}{
		{"one byte", []byte{0}, CutPrelude, 1, true},
		{"eleven bytes", whole[:11], CutPrelude, 11, true},
		{"garbage", []byte("this is not an event stream at all"), PreludeCRC, 8, true},
		{"a flipped length", flip(whole, 3), PreludeCRC, 8, true},
		{"a flipped prelude CRC", flip(whole, 8), PreludeCRC, 8, true},
		{"a length of 2 GB", lengths(1<<31, 0), LongLength, 0, true},
		{"the longest length", lengths(math.MaxUint32, 0), LongLength, 0, true},
		{"a payload beyond the limit", lengths(overhead+MaxPayload+1, 0), LongLength, 0, true},
		{"a payload at the limit, cut", lengths(overhead+MaxPayload, 0), CutMessage, prelude, true},
		{"a length without room for a CRC", lengths(15, 0), ShortLength, 0, true},
		{"a length of zero", lengths(0, 0), ShortLength, 0, true},
		{"headers beyond the message", lengths(20, 5), LongHeaders, 4, true},
		{"headers beyond the limit", lengths(overhead+MaxHeaders+1, MaxHeaders+1), LongHeaders, 4, true},
		{"the longest headers", lengths(100, math.MaxUint32), LongHeaders, 4, true},
		{"cut in the headers", whole[:20], CutMessage, 20, true},
		{"cut before the last byte", whole[:len(whole)-1], CutMessage, len(whole) - 1, true},
		{"a flipped payload", flip(whole, -5), MessageCRC, len(whole) - 4, false},
		{"a flipped header", flip(whole, 14), MessageCRC, len(whole) - 4, false},
		{"a flipped message CRC", flip(whole, -1), MessageCRC, len(whole) - 4, false},
		{"a header of one byte", sealed("\x01"), CutHeader, 12, false},
		{"a name beyond the headers", sealed("\x05name\x00"), CutHeader, 12, false},
		{"a name without a type", sealed("\x01a\x00\x01b"), CutHeader, 15, false},
		{"no name", sealed("\x00\x00"), EmptyName, 12, false},
		{"an unknown type", sealed("\x01a\x0a"), UnknownType, 14, false},
		{"the last unknown type", sealed("\x01a\x00\x01b\xff"), UnknownType, 17, false},
		{"a long beyond the headers", sealed("\x01a\x05\x00\x00\x00"), CutHeader, 12, false},
		{"a string without a length", sealed("\x01a\x07\x00"), CutHeader, 12, false},
		{"a string beyond the headers", sealed("\x01a\x07\x00\x02x"), CutHeader, 12, false},
		{"a duplicate header", sealed("\x01a\x00\x01b\x00\x01a\x01"), DuplicateHeader, 18, false},
		{"a duplicate of the seventeenth", sealed(seventeen + "\x01q\x00"), DuplicateHeader, 12 + len(seventeen), false},
		{"a duplicate of the first after many", sealed(seventeen + "\x01r\x00\x01a\x00"), DuplicateHeader, 15 + len(seventeen), false},
		{"a name that is not UTF-8", sealed("\x01\xff\x00"), HeaderUTF8, 13, false},
		{"a string that is not UTF-8", sealed("\x01a\x07\x00\x01\xff"), HeaderUTF8, 17, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			const before = 1000
			stream := append(make([]byte, before), v.bytes...)
			_, next, err := Decode(stream, before)
			require.NotNil(t, err)
			require.Equal(t, v.fault, err.Fault)
			require.Equal(t, before+v.offset, err.Offset, "%v", err)
			require.Contains(t, err.Error(), fmt.Sprintf("byte %d: %s", err.Offset, err.Problem()))
			require.NotEqual(t, string(err.Fault), err.Problem())
			if v.lost {
				require.Equal(t, -1, next)
			} else {
				require.Equal(t, len(stream), next)
			}
		})
	}
}

var seventeen = func() (headers string) {
	for c := 'a'; c < 'a'+17; c++ {
		headers += "\x01" + string(c) + "\x00"
	}
	return headers
}()

func TestAppendRefuses(t *testing.T) {
	large := make([]Header, 5)
	for i := range large {
		large[i] = Named(fmt.Sprint(i), Bytes(make([]byte, MaxValue)))
	}
	for _, v := range []struct {
		name    string
		headers []Header
		payload int
		fault   Fault
	}{
		{"a long name", []Header{Named(strings.Repeat("n", 256), Bool(true))}, 0, LongName},
		{"no name", []Header{Named("", Bool(true))}, 0, EmptyName},
		{"a long value", []Header{Named("n", String(strings.Repeat("v", MaxValue+1)))}, 0, LongValue},
		{"a byte of two bytes", []Header{Named("n", Value{TypeByte, make([]byte, 2)})}, 0, LongValue},
		{"a long of two bytes", []Header{Named("n", Value{TypeLong, make([]byte, 2)})}, 0, CutHeader},
		{"an unknown type", []Header{Named("n", Value{Type: 10})}, 0, UnknownType},
		{"a duplicate header", []Header{Named("n", Bool(true)), Named("n", Byte(1))}, 0, DuplicateHeader},
		{"long headers", large, 0, LongHeaders},
		{"a long payload", nil, MaxPayload + 1, LongLength},
	} {
		t.Run(v.name, func(t *testing.T) {
			stream, err := Append([]byte("before"), v.headers, make([]byte, v.payload))
			var fault *Error
			require.ErrorAs(t, err, &fault)
			require.Equal(t, v.fault, fault.Fault)
			require.Equal(t, "before", string(stream))
		})
	}
}

// TestAgainstSDK checks that the SDK for Go decodes our encoding, and encodes it the same way.
func TestAgainstSDK(t *testing.T) {
	ours := encode(t, "payload", everyType...)
	theirs, err := sdk.NewDecoder().Decode(bytes.NewReader(ours), nil)
	require.NoError(t, err)
	require.Equal(t, "payload", string(theirs.Payload))
	require.Len(t, theirs.Headers, len(everyType))
	var again bytes.Buffer
	require.NoError(t, sdk.NewEncoder().Encode(&again, theirs))
	require.Equal(t, ours, again.Bytes())
}

// FuzzDecode checks that no input makes the decoder panic or go backwards, and that a decoded
// message encodes to the same bytes and the SDK for Go decodes it as well.
func FuzzDecode(f *testing.F) {
	whole := encode(f, "payload", everyType...)
	for _, seed := range [][]byte{nil, whole, whole[:20], flip(whole, -1), append(whole, whole...), lengths(1<<31, 0), sealed("\x01a\x0a"), sealed(seventeen)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		for at := 0; at < len(stream); {
			m, next, err := Decode(stream, at)
			if err != nil {
				require.GreaterOrEqual(t, err.Offset, at)
				require.LessOrEqual(t, err.Offset, len(stream))
			}
			if next < 0 {
				return
			}
			require.Greater(t, next, at)
			if err == nil {
				var headers []Header
				for h, rest, ok := m.Headers.Next(); ok; h, rest, ok = rest.Next() {
					headers = append(headers, h)
				}
				again, refused := Append(nil, headers, m.Payload)
				if long := (*Error)(nil); refused != nil {
					require.ErrorAs(t, refused, &long)
					require.Equal(t, LongValue, long.Fault) // decoding accepts a value of 32 to 64 KB
				} else {
					require.Equal(t, stream[at:next], again)
				}
				_, theirs := sdk.NewDecoder().Decode(bytes.NewReader(stream[at:next]), nil)
				require.NoError(t, theirs)
			}
			at = next
		}
	})
}

func TestDecodeAllocatesNothing(t *testing.T) {
	stream := encode(t, "payload", everyType...)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		m, _, _ := Decode(stream, 0)
		if _, ok := m.Headers.Get("empty"); !ok {
			t.Fail()
		}
	}))
}

func BenchmarkDecode(b *testing.B) {
	stream := encode(b, strings.Repeat("x", 1000), everyType...)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(stream, 0); err != nil {
			b.Fatal(err)
		}
	}
}
