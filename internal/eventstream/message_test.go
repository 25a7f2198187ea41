package eventstream

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"
	"testing"

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
			_, ok := m.Headers.Get("none of them")
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

// lengths writes a prelude with a right CRC.
func lengths(total, headers uint32) []byte {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, total), headers)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// sealed is a message with these bytes as headers, and right CRCs.
func sealed(headers string) []byte {
	b := append(lengths(uint32(overhead+len(headers)), uint32(len(headers))), headers...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

// flip changes one byte, counted from the end where it is negative.
func flip(message []byte, at int) []byte {
	flipped := append([]byte(nil), message...)
	if at < 0 {
		at += len(flipped)
	}
	flipped[at] ^= 1
	return flipped
}

// TestFaults: each fault is told apart, by its offset in the stream, and only
// one that leaves both lengths in doubt ends it.
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
		{"no room for a CRC", lengths(15, 0), ShortLength, 0, true},
		{"a length of nothing", lengths(0, 0), ShortLength, 0, true},
		{"headers beyond the message", lengths(20, 5), LongHeaders, 4, true},
		{"headers beyond the limit", lengths(overhead+MaxHeaders+1, MaxHeaders+1), LongHeaders, 4, true},
		{"the longest headers", lengths(100, math.MaxUint32), LongHeaders, 4, true},
		{"cut in the headers", whole[:20], CutMessage, 20, true},
		{"cut before the last byte", whole[:len(whole)-1], CutMessage, len(whole) - 1, true},
		{"a flipped payload", flip(whole, -5), MessageCRC, len(whole) - 4, false},
		{"a flipped header", flip(whole, 14), MessageCRC, len(whole) - 4, false},
		{"a flipped message CRC", flip(whole, -1), MessageCRC, len(whole) - 4, false},
		{"a header of one byte", sealed("\x01"), CutHeader, 12, false},
		{"a name that overruns", sealed("\x05name\x00"), CutHeader, 12, false},
		{"a name without a type", sealed("\x01a\x00\x01b"), CutHeader, 15, false},
		{"no name", sealed("\x00\x00"), EmptyName, 12, false},
		{"an unknown type", sealed("\x01a\x0a"), UnknownType, 14, false},
		{"the last unknown type", sealed("\x01a\x00\x01b\xff"), UnknownType, 17, false},
		{"a long that overruns", sealed("\x01a\x05\x00\x00\x00"), CutHeader, 12, false},
		{"a string without a length", sealed("\x01a\x07\x00"), CutHeader, 12, false},
		{"a string that overruns", sealed("\x01a\x07\x00\x02x"), CutHeader, 12, false},
		{"a header twice", sealed("\x01a\x00\x01b\x00\x01a\x01"), DuplicateHeader, 18, false},
		{"the seventeenth twice", sealed(seventeen + "\x01q\x00"), DuplicateHeader, 12 + len(seventeen), false},
		{"the first twice, behind many", sealed(seventeen + "\x01r\x00\x01a\x00"), DuplicateHeader, 15 + len(seventeen), false},
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
	kilobytes := make([]Header, 5)
	for i := range kilobytes {
		kilobytes[i] = Named(fmt.Sprint(i), Bytes(make([]byte, MaxValue)))
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
		{"a byte of two", []Header{Named("n", Value{TypeByte, make([]byte, 2)})}, 0, LongValue},
		{"a long of two bytes", []Header{Named("n", Value{TypeLong, make([]byte, 2)})}, 0, CutHeader},
		{"an unknown type", []Header{Named("n", Value{Type: 10})}, 0, UnknownType},
		{"a header twice", []Header{Named("n", Bool(true)), Named("n", Byte(1))}, 0, DuplicateHeader},
		{"long headers", kilobytes, 0, LongHeaders},
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
