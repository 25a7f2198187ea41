package traffic_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

var update = flag.Bool("update", false, "rewrite the goldens under testdata")

// TestRead reads each testdata/read/NAME.input and compares the result with NAME.want. The first
// word of NAME is the kind, or the reason of the error.
func TestRead(t *testing.T) {
	inputs, err := filepath.Glob("testdata/read/*.input")
	require.NoError(t, err)
	require.Greater(t, len(inputs), 80)
	for _, path := range inputs {
		name := strings.TrimSuffix(filepath.Base(path), ".input")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			interactions, odd, err := readEvery("in", bytes.NewReader(data))
			if err == nil && len(odd) > 0 {
				requireFamily(t, name, interactions, odd[0])
			} else {
				requireFamily(t, name, interactions, err)
			}

			got := describe(interactions, err)
			for _, e := range odd {
				got += fmt.Sprintf("%v %d %s:%d:%d unread=%v\n", e.Reason, e.Index, e.Source, e.Line, e.Column, e.Reason == traffic.ErrUnreadEntry)
			}
			golden := strings.TrimSuffix(path, ".input") + ".want"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func requireFamily(t *testing.T, name string, interactions []*traffic.Interaction, err error) {
	word, _, _ := strings.Cut(name, "-")
	switch word {
	case "unknown":
		require.ErrorIs(t, err, traffic.ErrUnknownFormat)
		return
	case "malformed":
		require.ErrorIs(t, err, traffic.ErrMalformed)
		return
	}
	require.NoError(t, err)
	kind, ok := map[string]traffic.Kind{
		"json": traffic.JSON, "ndjson": traffic.NDJSON, "cassette": traffic.Cassette, "cassette2": traffic.Cassette2,
		"vcrpy": traffic.VCRPy, "har": traffic.HAR,
	}[word]
	require.True(t, ok)
	for i, in := range interactions {
		require.Equal(t, kind, in.Kind)
		require.Equal(t, i, in.Index)
		require.Equal(t, "in", in.Source)
		if kind != traffic.NDJSON || !strings.HasPrefix(name, "ndjson-interaction-") { // of NDJSON, a line has a request or not
			require.Equal(t, kind != traffic.JSON && kind != traffic.NDJSON, in.Request != nil)
		}
	}
}

// describe lists fields, never prose.
func describe(interactions []*traffic.Interaction, err error) string {
	var b strings.Builder
	body := func(name string, body traffic.Body) {
		at, end := body.Position(0), body.Position(len(body.Bytes))
		fmt.Fprintf(&b, "  %s %d:%d-%d:%d %q", name, at.Line, at.Column, end.Line, end.Column, body.Bytes)
		if body.Missing {
			fmt.Fprint(&b, " missing")
		}
		fmt.Fprintln(&b)
	}
	header := func(h map[string][]string) {
		for _, key := range slices.Sorted(maps.Keys(h)) {
			fmt.Fprintf(&b, "  %s: %q\n", key, h[key])
		}
	}
	for _, in := range interactions {
		fmt.Fprintf(&b, "%d %s\n", in.Index, in.Kind)
		if in.Request != nil {
			fmt.Fprintf(&b, "  %q %q\n", in.Request.Method, in.Request.URL)
			header(in.Request.Header)
			body("request", in.Request.Body)
			fmt.Fprintf(&b, "  %d %q %v\n", in.Response.Status, in.Response.StatusText, in.Response.Duration)
			header(in.Response.Header)
		}
		body("response", in.Response.Body)
		if document, err := in.Response.Document(); err != nil || !bytes.Equal(document.Bytes, in.Response.Body.Bytes) {
			body("document", document)
		}
		if in.Meta != (traffic.Meta{}) {
			fmt.Fprintf(&b, "  %+v\n", in.Meta)
		}
	}
	var unknown *traffic.Error
	var malformed *traffic.Error
	switch {
	case errors.As(err, &unknown) && unknown.Is(traffic.ErrUnknownFormat):
		fmt.Fprintf(&b, "%v %s: %s\n", unknown.Reason, unknown.Source, unknown.Problem)
	case errors.As(err, &malformed) && malformed.Is(traffic.ErrMalformed):
		fmt.Fprintf(&b, "%v %s:%d:%d\n", malformed.Reason, malformed.Source, malformed.Line, malformed.Column)
	case err != nil:
		fmt.Fprintf(&b, "%T\n", err)
	}
	return b.String()
}

// TestReadLineOfSource checks that a body returns the line that contains it.
func TestReadLineOfSource(t *testing.T) {
	for _, tc := range []struct {
		name, input string
		index, line int
		want        string
	}{
		{"json", "{\n  \"a\": 1\n}", 0, 2, `  "a": 1`},
		{"ndjson", "{\"a\":1}\n\n{\"a\":2}\r\n", 1, 3, `{"a":2}`},
		{"a HAR", "{\"log\":{\"version\":\"1.2\",\"entries\":[\n  {\"request\":{}},\n  {\"request\":{},\n   \"response\":{}}\n]}}", 1, 4, `   "response":{}}`},
		{"a HAR, first line of an entry", "{\"log\":{\"version\":\"1.2\",\"entries\":[\n  {\"request\":{}},\n  {\"request\":{},\n   \"response\":{}}\n]}}", 1, 3, `  {"request":{},`},
		{"cassette", "version: 1\ninteractions:\n- request: {}\n  response: {body: \"b\"}\n", 0, 4, `  response: {body: "b"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all, err := readAll("in", strings.NewReader(tc.input))
			require.NoError(t, err)
			body := all[tc.index].Response.Body
			text, ok := body.Line(tc.line)
			require.True(t, ok)
			require.Equal(t, tc.want, string(text))
		})
	}
}

const interactionLine = `{"crcheckInteraction":1,"request":{"method":"GET","url":"/"},"response":{"status":200}}` + "\n"

// TestReadStopsWhenAsked checks that the caller may stop at any interaction.
func TestReadStopsWhenAsked(t *testing.T) {
	for _, input := range []string{
		"{}", "{}\n{}\n{}\n{}\n", interactionLine + interactionLine, "version: 1\ninteractions: [{request: {}, response: {}}, {request: {}, response: {}}]",
		`{"log":{"version":"1.2","entries":[{"request":{}},{"request":{}}]}}`,
	} {
		t.Run(input, func(t *testing.T) {
			count := 0
			for range traffic.Read("in", strings.NewReader(input)) {
				count++
				break
			}
			require.Equal(t, 1, count)
		})
	}
}

// TestReadNDJSONInBoundedMemory checks that 64 MB of lines are read with a small heap.
func TestReadNDJSONInBoundedMemory(t *testing.T) {
	const lines = 64_000
	pad := strings.Repeat("x", 1000)
	for name, line := range map[string]string{
		"bare bodies":  `{"creatorAccountId":"111122223333","pad":"` + pad + "\"}\n",
		"interactions": `{"crcheckInteraction":1,"request":{"method":"GET","url":"/"},"response":{"status":200,"body":"` + pad + "\"}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			var peak uint64
			count := 0
			for interaction, err := range traffic.Read("in", &repeated{line: []byte(line), left: lines}) {
				require.NoError(t, err)
				want := len(pad)
				if interaction.Request == nil {
					want = len(line) - 1
				}
				require.Equal(t, want, len(interaction.Response.Body.Bytes))
				if count++; count%8000 == 0 {
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
			require.Equal(t, lines, count)
			require.Less(t, peak, uint64(32<<20))
		})
	}
}

// TestReadLeavesEarlierBodiesAlone checks that later lines do not overwrite yielded bodies.
func TestReadLeavesEarlierBodiesAlone(t *testing.T) {
	all, err := readAll("in", &repeated{line: []byte("{\"a\":1}\n"), left: 50_000})
	require.NoError(t, err)
	all[0].Response.Body.Bytes[0] = '['
	for i, in := range all[1:] {
		require.Equal(t, `{"a":1}`, string(in.Response.Body.Bytes))
		require.Equal(t, i+2, in.Response.Body.Position(0).Line)
	}
}

// repeated is a reader that repeats one line.
type repeated struct {
	line []byte
	left int
	rest []byte
}

func (r *repeated) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.rest = r.line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
