package traffic_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/crcheck/crcheck/traffic"
)

func TestDocument(t *testing.T) {
	const text = `{"creatorAccountId":"111122223333"}`
	gzipped, zlibbed, deflated := encode(t, "gzip", text), encode(t, "zlib", text), encode(t, "flate", text)
	for _, tc := range []struct {
		name   string
		header http.Header
		body   []byte
		want   string
		coding string // of the error
	}{
		{"no header", nil, gzipped, string(gzipped), ""},
		{"identity", http.Header{"Content-Encoding": {"identity"}}, []byte(text), text, ""},
		{"gzip", http.Header{"Content-Encoding": {"gzip"}}, gzipped, text, ""},
		{"x-gzip, in another case", http.Header{"content-encoding": {"X-GZip"}}, gzipped, text, ""},
		{"gzip, two members", http.Header{"Content-Encoding": {"gzip"}}, append(bytes.Clone(gzipped), gzipped...), text + text, ""},
		{"gzip that was decoded before", http.Header{"Content-Encoding": {"gzip"}}, []byte(text), text, ""},
		{"gzip of nothing", http.Header{"Content-Encoding": {"gzip"}}, encode(t, "gzip", ""), "", ""},
		{"no body", http.Header{"Content-Encoding": {"gzip"}}, nil, "", ""},
		{"gzip, cut off", http.Header{"Content-Encoding": {"gzip"}}, gzipped[:20], "", "gzip"},
		{"gzip, header cut off", http.Header{"Content-Encoding": {"gzip"}}, gzipped[:5], "", "gzip"},
		{"gzip, broken", http.Header{"Content-Encoding": {"gzip"}}, append(bytes.Clone(gzipped[:len(gzipped)-5]), "12345"...), "", "gzip"},
		{"deflate", http.Header{"Content-Encoding": {"deflate"}}, zlibbed, text, ""},
		{"deflate, bare", http.Header{"Content-Encoding": {"deflate"}}, deflated, text, ""},
		{"deflate that was decoded before", http.Header{"Content-Encoding": {"deflate"}}, []byte(text), text, ""},
		{"deflate that was decoded before, and looks like it", http.Header{"Content-Encoding": {"deflate"}}, []byte("80"), "80", ""},
		{"deflate, cut off", http.Header{"Content-Encoding": {"deflate"}}, zlibbed[:15], "", "deflate"},
		{"two", http.Header{"Content-Encoding": {"deflate, gzip"}}, encode(t, "gzip", string(zlibbed)), text, ""},
		{"two, in two lines", http.Header{"Content-Encoding": {"deflate", " gzip"}}, encode(t, "gzip", string(zlibbed)), text, ""},
		{"brotli that was decoded before", http.Header{"Content-Encoding": {"br"}}, []byte(text), text, ""},
		{"brotli", http.Header{"Content-Encoding": {"br"}}, encode(t, "br", text), text, ""},
		{"brotli, cut off", http.Header{"Content-Encoding": {"br"}}, encode(t, "br", text)[:8], "", "br"},
		{"brotli, broken", http.Header{"Content-Encoding": {"br"}}, []byte("\xff\xff\xff\xff"), "", "br"},
		{"zstd", http.Header{"Content-Encoding": {"zstd"}}, encode(t, "zstd", text), text, ""},
		{"zstd that was decoded before", http.Header{"Content-Encoding": {"zstd"}}, []byte(text), text, ""},
		{"zstd, cut off", http.Header{"Content-Encoding": {"zstd"}}, encode(t, "zstd", text)[:12], "", "zstd"},
		{"zstd, window too large", http.Header{"Content-Encoding": {"zstd"}}, []byte("\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00"), "", "zstd"},
		{"zstd around gzip", http.Header{"Content-Encoding": {"gzip, zstd"}}, encode(t, "zstd", string(gzipped)), text, ""},
		{"unknown", http.Header{"Content-Encoding": {"compress"}}, []byte("\x1f\x9d\xff"), "", "compress"},
		{"unknown around gzip", http.Header{"Content-Encoding": {"gzip, compress"}}, []byte("\x1f\x9d\xff"), "", "compress"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			was := bytes.Clone(tc.body)
			response := traffic.Response{Header: tc.header, Body: traffic.BodyOf(tc.body)}
			request := traffic.Request{Header: tc.header, Body: traffic.BodyOf(tc.body)}
			got, err := response.Document()
			document, documentErr := request.Document()
			require.Equal(t, err, documentErr)
			require.Equal(t, got.Bytes, document.Bytes)
			require.Equal(t, was, response.Body.Bytes, "what is replayed")
			if tc.coding != "" {
				var broken *traffic.Error
				require.ErrorAs(t, err, &broken)
				require.Equal(t, tc.coding, broken.Format)
				require.Equal(t, tc.coding == "compress", broken.Err == nil)
				require.Contains(t, broken.Error(), tc.coding)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, string(got.Bytes))
		})
	}
}

// TestDocumentTooLarge checks that the decoded size of a body is limited, however small the body
// is.
func TestDocumentTooLarge(t *testing.T) {
	for _, extra := range []int64{0, 1} {
		t.Run(fmt.Sprint("extra ", extra), func(t *testing.T) {
			text, err := io.ReadAll(compressed(io.LimitReader(filler(' '), traffic.MaxDecoded+extra)))
			require.NoError(t, err)
			response := traffic.Response{Header: http.Header{"Content-Encoding": {"gzip"}}, Body: traffic.BodyOf(text)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			document, err := response.Document()
			runtime.ReadMemStats(&after)
			if extra > 0 {
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "it is refused before it is held")
			}
			if extra == 0 {
				require.NoError(t, err)
				require.Len(t, document.Bytes, traffic.MaxDecoded)
				return
			}
			var large *traffic.Error
			require.ErrorAs(t, err, &large)
			require.ErrorIs(t, err, traffic.ErrTooLarge)
			require.Equal(t, traffic.MaxDecoded, large.Limit)
			require.NotContains(t, err.Error(), ": :")
		})
	}
}

// TestTooManyCodings checks that a body with many codings is refused: each may expand it.
func TestTooManyCodings(t *testing.T) {
	text, err := io.ReadAll(compressed(strings.NewReader("{}")))
	require.NoError(t, err)
	response := traffic.Response{Header: http.Header{"Content-Encoding": {strings.Repeat("gzip,", 5)}}, Body: traffic.BodyOf(text)}
	_, err = response.Document()
	require.ErrorIs(t, err, traffic.ErrBrokenCoding)
}

// TestDocumentPositions checks that positions in a decompressed body are those of the beginning of
// the compressed one, and that other positions do not change.
func TestDocumentPositions(t *testing.T) {
	const head = "version: 1\ninteractions:\n- request: {}\n  response:\n    headers: {Content-Encoding: [gzip]}\n    body: "
	all, err := readAll("in", strings.NewReader(head+"!!binary H4sIAAAAAAAA/6pWSlSyMqwFBAAA//+vrBtWBwAAAA==\n"))
	require.NoError(t, err)
	document, err := all[0].Response.Document()
	require.NoError(t, err)
	require.Equal(t, `{"a":1}`, string(document.Bytes))
	for i := range 9 {
		require.Equal(t, traffic.Position{Line: 6, Column: 11}, document.Position(i))
	}
	line, ok := document.Line(6)
	require.True(t, ok)
	require.Contains(t, string(line), "!!binary")

	all, err = readAll("in", strings.NewReader(head+"'{\"a\":1}'\n"))
	require.NoError(t, err)
	document, err = all[0].Response.Document()
	require.NoError(t, err)
	require.Equal(t, traffic.Position{Line: 6, Column: 17}, document.Position(5))
}

func encode(t *testing.T, coding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		var err error
		w, err = zstd.NewWriter(&b)
		require.NoError(t, err)
	default:
		var err error
		w, err = flate.NewWriter(&b, flate.DefaultCompression)
		require.NoError(t, err)
	}
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}
