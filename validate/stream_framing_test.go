package validate

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// lengthOf is a prelude that states a total length, with a right CRC.
func lengthOf(total uint32) []byte {
	prelude := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, total), 0)
	return binary.BigEndian.AppendUint32(prelude, crc32.ChecksumIEEE(prelude))
}

// checkFraming: a row is what follows a good event of 100 bytes or so. One fault
// is one finding, at its byte; events that can be found behind it are read.
func checkFraming(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	good, bad := plainEvent(t, "plain", `{"n":1}`), plainEvent(t, "plain", `{"n":"x"}`)
	flip := func(message []byte, at int) []byte {
		flipped := append([]byte{}, message...)
		flipped[(at+len(flipped))%len(flipped)] ^= 1
		return flipped
	}
	twice := sentMessage(t, `{"n":1}`, ":message-type", "event", ":event-type", "plain", "a", "x", "b", "x")
	twice = resealed(strings.Replace(string(twice), "\x01b", "\x01a", 1))
	for _, row := range []struct {
		name  string
		bytes []byte
		got   string
		at    int // in the bytes
		lost  bool
	}{
		{"cut in a prelude", good[:5], "cut prelude", 5, true},
		{"cut in the headers", good[:20], "cut message", 20, true},
		{"cut before the last byte", good[:len(good)-1], "cut message", len(good) - 1, true},
		{"a bad prelude CRC", flip(good, 9), "prelude CRC", 8, true},
		{"a bad length", flip(good, 3), "prelude CRC", 8, true},
		{"a bad message CRC", flip(good, -1), "message CRC", len(good) - 4, false},
		{"a bad payload", flip(good, -6), "message CRC", len(good) - 4, false},
		{"a length of 2 GB", lengthOf(2 << 30), "long length", 0, true},
		{"a length of 4 GB", lengthOf(1<<32 - 1), "long length", 0, true},
		{"a length of 3", lengthOf(3), "short length", 0, true},
		{"garbage", []byte("this is not an event stream"), "prelude CRC", 8, true},
		{"text that a recorder has changed", []byte("\x00\x00\uFFFD\x00\x00\uFFFD\uFFFD"), "prelude CRC", 8, true},
		{"JSON", []byte(`{"message":"denied"}`), "prelude CRC", 8, true},
		{"a line break", []byte("\n"), "cut prelude", 1, true},
		{"zeros", make([]byte, 16), "prelude CRC", 8, true},
		{"a header twice", twice, "duplicate header", strings.LastIndex(string(twice), "\x01a"), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			require.False(t, v.Accepts(schema.OutputPart, row.bytes))
			for before := range 3 {
				stream := append([]byte(strings.Repeat(string(good), before)), row.bytes...)
				found := v.Output(stream)
				require.Equal(t, []string{fmt.Sprintf("stream.framing /stream/%d %d ", before, before+1)}, told(found), "%v", found)
				require.Equal(t, int64(before*len(good)+row.at), found[0].Offset)
				require.Equal(t, row.got, found[0].Got)
				require.Equal(t, finding.Error, found[0].Severity)
				require.Equal(t, before == 0 && row.lost && row.got != "cut message", strings.Contains(found[0].Message, "not an event stream"))
				require.Equal(t, strings.Contains(row.name, "recorder"), strings.Contains(found[0].Message, "recorder"))
			}
			if !row.lost {
				found := v.Output(append(append([]byte{}, row.bytes...), bad...))
				require.Equal(t, []finding.RuleID{finding.StreamFraming, finding.TypeMismatch}, found.Rules())
				require.Equal(t, 2, found[1].Event)
			}
		})
	}
	for _, stream := range [][]byte{nil, good, append(append([]byte{}, good...), good...)} {
		require.Nil(t, v.Output(stream))
		require.True(t, v.Accepts(schema.OutputPart, stream))
	}
}

// resealed is a message with its CRCs made right.
func resealed(message string) []byte {
	m := []byte(message)[:len(message)-4]
	binary.BigEndian.PutUint32(m[8:], crc32.ChecksumIEEE(m[:8]))
	return binary.BigEndian.AppendUint32(m, crc32.ChecksumIEEE(m))
}

// TestStreamIsBounded checks that a long stream takes one pass and bounded memory.
func TestStreamIsBounded(t *testing.T) {
	v, err := Compile(talkOf(t, "Talk", "rest-json"), Options{})
	require.NoError(t, err)
	bad := plainEvent(t, "plain", `{"n":"x","mood":"ODD"}`)
	found := v.Output([]byte(strings.Repeat(string(bad), maxFindings)))
	require.Len(t, found, maxFindings)
	last := found[len(found)-1]
	require.Contains(t, last.Message, "and more")
	require.Equal(t, maxFindings/2, last.Event)
	framing := resealed(string(bad))
	framing[len(framing)-1] ^= 1
	require.Len(t, v.Output([]byte(strings.Repeat(string(framing), maxFindings+5))), maxFindings)
}

// BenchmarkStream reads a stream of 1,000 events, with one fault at its end.
func BenchmarkStream(b *testing.B) {
	v, err := Compile(talkOf(b, "Talk", "rest-json"), Options{})
	require.NoError(b, err)
	good := plainEvent(b, "plain", `{"n":1,"mood":"GOOD","list":[1,2,3]}`)
	stream := append([]byte(strings.Repeat(string(good), 1000)), plainEvent(b, "plain", `{}`)...)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		if len(v.Output(stream)) != 1 {
			b.Fail()
		}
	}
}

// FuzzStream: what is accepted is explained by nothing, and nothing panics.
func FuzzStream(f *testing.F) {
	good, bad := plainEvent(f, "plain", `{"n":1}`), plainEvent(f, "headers", ``, "int", eventstream.Long(7), "mood", "x")
	f.Add(good)
	f.Add(append(append([]byte{}, bad...), good...))
	f.Add(good[:20])
	f.Add([]byte("{}"))
	v, err := Compile(talkOf(f, "Talk", "json"), Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, stream []byte) {
		for _, part := range []schema.Part{schema.OutputPart, schema.InputPart} {
			for _, body := range [][]byte{stream, resealedAll(stream)} {
				requireFilter(t, v.parts[part], body)
				found, err := v.Part(part, body)
				require.NoError(t, err)
				require.Equal(t, len(found) == 0, v.Accepts(part, body))
				for _, f := range found {
					require.Positive(t, f.Event)
					require.LessOrEqual(t, f.Offset, int64(len(body)))
				}
			}
		}
	})
}

// resealedAll makes a message of any bytes: the first says how many are headers.
func resealedAll(body []byte) []byte {
	if len(body) < 17 {
		return body
	}
	m := append([]byte{}, body...)
	binary.BigEndian.PutUint32(m, uint32(len(m)))
	binary.BigEndian.PutUint32(m[4:], uint32(int(body[0])%(len(m)-15)))
	return resealed(string(m))
}
