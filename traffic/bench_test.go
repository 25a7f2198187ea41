package traffic_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const benchBody = `{"protectedJob":{"id":"11111111-2222-4333-8444-555555555555","creatorAccountId":"111122223333","status":"SUCCESS"}}`

func BenchmarkReadNDJSON(b *testing.B) {
	const lines = 100_000
	text := []byte(strings.Repeat(benchBody+"\n", lines))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, lines, count(b, text))
	}
}

func BenchmarkReadCassette(b *testing.B) {
	text := benchCassette(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, 1000, count(b, text))
	}
}

// One position each in 1,000 bodies of a cassette, indexes included.
func BenchmarkPosition(b *testing.B) {
	text := benchCassette(b)
	b.ReportAllocs()
	for b.Loop() {
		for interaction := range traffic.Read("in", bytes.NewReader(text)) {
			interaction.Response.Body.Position(50)
		}
	}
}

func BenchmarkWriteCassette(b *testing.B) {
	interactions := benchInteractions()
	b.SetBytes(int64(len(benchCassette(b))))
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, traffic.WriteCassette(io.Discard, traffic.Meta{}, interactions))
	}
}

func BenchmarkReadInteractions(b *testing.B) {
	var text bytes.Buffer
	require.NoError(b, traffic.WriteNDJSON(&text, benchInteractions()))
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, 1000, count(b, text.Bytes()))
	}
}

func BenchmarkWriteNDJSON(b *testing.B) {
	interactions := benchInteractions()
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, traffic.WriteNDJSON(io.Discard, interactions))
	}
}

func benchInteractions() (interactions []*traffic.Interaction) {
	for range 1000 {
		interactions = append(interactions, answer(benchBody))
	}
	return interactions
}

func benchCassette(b *testing.B) []byte {
	var text bytes.Buffer
	require.NoError(b, traffic.WriteCassette(&text, traffic.Meta{}, benchInteractions()))
	return text.Bytes()
}

func count(b *testing.B, text []byte) (n int) {
	for _, err := range traffic.Read("in", bytes.NewReader(text)) {
		require.NoError(b, err)
		n++
	}
	return n
}
