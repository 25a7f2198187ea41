package traffic_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// FuzzRead checks that no input causes a panic or a hang, that errors are of this package, that
// positions are within the source, and that cassettes have the values that go-vcr reads.
func FuzzRead(f *testing.F) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(f, err)
	for _, path := range inputs {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, _, err := readEvery("in", bytes.NewReader(data))
		if err != nil {
			requireOneOf(t, err)
			require.NotErrorIs(t, err, traffic.ErrOddEntry)
		}
		if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
			return // places are those in the text
		}
		lines := bytes.Count(data, []byte("\n")) + 1
		for _, in := range all {
			for _, body := range []traffic.Body{in.Response.Body, requestBody(in)} {
				for _, offset := range []int{-1, 0, 1, len(body.Bytes) / 2, len(body.Bytes), len(body.Bytes) + 1} {
					at := body.Position(offset)
					require.True(t, 1 <= at.Line && at.Line <= lines, "%+v of %q", at, data)
					text, ok := body.Line(at.Line)
					if !ok {
						require.Equal(t, traffic.HAR, in.Kind)
						continue
					}
					require.True(t, 1 <= at.Column && at.Column <= utf8.RuneCount(text)+2, "%+v of %q", at, data)
				}
			}
		}
		// A key of go-vcr's by accident, its mutex; and lines of our own, which it may take for one
		// of its cassettes.
		if !strings.Contains(string(data), "mu") && !strings.Contains(string(data), "crcheckInteraction") {
			compareWithStock(t, data)
		}
	})
}

func FuzzWriteCassette(f *testing.F) {
	f.Add("\t{\n", `{"a":1}`, "Content-Type", "application/json", int64(1))
	f.Add("{\n  \"a\": 1\n}\n", "\xff", "null", "~", int64(-1))
	f.Add(" a\r\n\u2028b \n\n", "'", "", "<<", int64(0))
	f.Fuzz(func(t *testing.T, request, response, key, value string, duration int64) {
		in := newInteraction(response)
		in.Request.Body = traffic.BodyOf([]byte(request))
		in.Request.Header = http.Header{key: {value, response}}
		in.Request.URL, in.Response.StatusText, in.Response.Duration = value, key, time.Duration(duration)
		requireRoundTrip(t, []*traffic.Interaction{in, in})

		var written bytes.Buffer
		require.NoError(t, traffic.WriteCassette(&written, traffic.Meta{}, []*traffic.Interaction{newInteraction(response)}))
		if utf8.ValidString(response) {
			require.Positive(t, checkPositions(t, "fuzz", written.Bytes(), response))
		}
	})
}

func requestBody(in *traffic.Interaction) traffic.Body {
	if in.Request == nil {
		return in.Response.Body
	}
	return in.Request.Body
}

func requireOneOf(t *testing.T, err error) {
	t.Helper()
	require.ErrorAs(t, err, new(*traffic.Error))
	require.NotEmpty(t, err.Error())
}

// There is a target for each format of recordings. A name of a file is that of a row of TestRead, or the
// beginning of that of a recording.

func FuzzHAR(f *testing.F)   { fuzzKind(f, traffic.HAR, "read/*har-", "recorders/polly") }
func FuzzVCRPy(f *testing.F) { fuzzKind(f, traffic.VCRPy, "read/*vcrpy-") }
func FuzzGoVCR1(f *testing.F) {
	fuzzKind(f, traffic.Cassette, "read/*cassette-", "recorders/go-vcr-[12]")
}
func FuzzGoVCR2(f *testing.F) {
	fuzzKind(f, traffic.Cassette2, "read/*cassette2-", "recorders/go-vcr-[34]")
}
func FuzzBetamax(f *testing.F)   { fuzzKind(f, traffic.Betamax, "recorders/betamax") }
func FuzzRubyVCR(f *testing.F)   { fuzzKind(f, traffic.RubyVCR, "recorders/ruby-vcr") }
func FuzzLangChain(f *testing.F) { fuzzKind(f, traffic.LangChain, "recorders/langchain") }
func FuzzMitmproxy(f *testing.F) { fuzzKind(f, traffic.Mitmproxy, "recorders/mitmproxy") }
func FuzzPlacebo(f *testing.F)   { fuzzKind(f, traffic.Placebo, "recorders/placebo/") }
func FuzzLocalStack(f *testing.F) {
	fuzzKind(f, traffic.LocalStack, "recorders/localstack", "localstack")
}

// fuzzKind checks inputs similar to those of one kind, plain and compressed: there is no panic, both
// are read the same, places are within the source, bodies are decoded or have an error, and what was
// read survives NDJSON.
func fuzzKind(f *testing.F, kind traffic.Kind, seeds ...string) {
	for _, pattern := range seeds {
		paths, err := filepath.Glob("testdata/" + pattern + "*")
		require.NoError(f, err)
		seeded := false
		for _, path := range paths {
			data, err := os.ReadFile(path)
			require.NoError(f, err)
			all, _, _ := readEvery("in", bytes.NewReader(data))
			seeded = seeded || len(all) > 0 && all[0].Kind == kind
			f.Add(data)
		}
		require.True(f, seeded, "%s has no recording of %s", pattern, kind)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, odd, err := readEvery("in", bytes.NewReader(data))
		if err != nil {
			requireOneOf(t, err)
		}
		if len(all) == 0 || all[0].Kind != kind {
			return
		}
		if !bytes.HasPrefix(data, []byte("\x1f\x8b")) && !bytes.HasPrefix(data, []byte("\x28\xb5\x2f\xfd")) {
			lines := bytes.Count(data, []byte("\n")) + 1
			for _, in := range all {
				for _, offset := range []int{-1, 0, len(in.Response.Body.Bytes) / 2, len(in.Response.Body.Bytes)} {
					at := in.Response.Body.Position(offset)
					require.True(t, 1 <= at.Line && at.Line <= lines, "%+v of %q", at, data)
				}
			}
			same, sameOdd, gzipErr := readEvery("in", bytes.NewReader(encode(t, "gzip", string(data))))
			require.Equal(t, err, gzipErr)
			require.Equal(t, odd, sameOdd)
			require.Equal(t, describe(all, err), describe(same, gzipErr))
		}
		for _, in := range all {
			if document, err := in.Response.Document(); err != nil {
				require.ErrorAs(t, err, new(*traffic.Error))
			} else {
				document.Position(len(document.Bytes))
			}
		}
		requireConversion(t, traffic.NDJSON, all)
	})
}
