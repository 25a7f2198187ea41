package traffic_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

const harHead = `{"log":{"version":"1.2","entries":[`

const cassetteHead = "---\nversion: 1\ninteractions:\n"

// TestReadHostileInput checks that input made to exhaust a reader fails soon, in bounded memory.
func TestReadHostileInput(t *testing.T) {
	malformed, unknownKind, large := traffic.ErrMalformed, traffic.ErrUnknownFormat, traffic.ErrTooLarge
	bomb := "---\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	for _, tc := range []struct {
		name  string
		input io.Reader
		want  error
	}{
		{"100 MB of zero bytes", io.LimitReader(zeros{}, 100<<20), unknownKind},
		{"flow sequences 100,000 deep", strings.NewReader(cassetteHead + strings.Repeat("[", 100_000)), malformed},
		{"flow mappings 100,000 deep", strings.NewReader(cassetteHead + strings.Repeat("{a: ", 100_000)), malformed},
		{"block sequences 100,000 deep", strings.NewReader(cassetteHead + strings.Repeat("- ", 100_000)), malformed},
		{"explicit keys 100,000 deep", strings.NewReader(cassetteHead + strings.Repeat("? ", 100_000)), malformed},
		{"flow sequences 9,000 deep", strings.NewReader(cassetteHead + "  - " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)), malformed},
		{"aliases that double and double", strings.NewReader(bomb + "version: 1\ninteractions: *j\n"), malformed},
		{"aliases of headers", strings.NewReader(manyAliases("headers")), malformed},
		{"aliases of a large body", strings.NewReader(manyAliases("body")), malformed},
		{"an anchor in itself", strings.NewReader("version: 1\ninteractions: &a [*a]\n"), malformed},
		{"50,000 keys", strings.NewReader(cassetteHead + "  - request: {headers: {" + manyKeys(50_000) + "}}\n"), malformed},
		{"vcrpy: aliases that double and double", strings.NewReader(bomb + "version: 1\ninteractions: [{request: {uri: /, headers: {a: *j}}, response: {}}]\n"), malformed},
		{"vcrpy: aliases of a large body", strings.NewReader(strings.ReplaceAll(manyAliases("body"), "{request: {", "{request: {uri: /, ")), malformed},
		{"vcrpy: a body of aliases that double and double", strings.NewReader(bomb + "version: 1\ninteractions: [{request: {uri: /, parsed_body: *j}, response: {body: '', status: {code: 200}}}]\n"), malformed},
		{"vcrpy: a body in itself", strings.NewReader("version: 1\ninteractions: [{request: {uri: /, parsed_body: &a [*a, *a]}, response: {body: '', status: {code: 200}}}]\n"), malformed},
		{"vcrpy: headers in themselves", strings.NewReader("version: 1\ninteractions: [{request: {uri: /, headers: &a !!python/object:x {_a: *a, _b: *a, _c: [*a, *a]}}, response: {}}]\n"), malformed},
		{"vcrpy: headers of aliases that double and double", strings.NewReader(bomb + "version: 1\ninteractions: [{request: {uri: /, headers: !!python/object:x {_a: *j}}, response: {}}]\n"), malformed},
		{"YAML of another kind, of aliases that double and double", strings.NewReader(strings.ReplaceAll(bomb, "x,", "{a: b},") + "responses: *j\n"), unknownKind},
		{"a line of 30 MB that ends like an interaction", strings.NewReader(`{"request":{"method":"GET","url":"/"},"x":[` + strings.Repeat(`{"a":{"b":{}}},`, 2<<20) + `1],"response":{"status":"x"}}`), malformed},
		{"text of brackets, unterminated", io.LimitReader(filler('['), 100<<20), nil},
		{"go-vcr v4: aliases of a large body", strings.NewReader(strings.Replace(manyAliases("body"), "version: 1", "version: 2", 1)), malformed},
		{"HAR: arrays 100,000 deep, skipped", strings.NewReader(harHead + `{"_x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}]}}"), malformed},
		{"HAR: arrays 100,000 deep, beside the entries", strings.NewReader(`{"log":{"_x":` + strings.Repeat("[", 100_000)), malformed},
		{"HAR: an entry of 50 MB", io.MultiReader(strings.NewReader(harHead+`{"request":{"url":"`), io.LimitReader(filler('x'), 50<<20), strings.NewReader(`"}}]}}`)), large},
		{"HAR: 50 MB of blanks", io.MultiReader(strings.NewReader(harHead), io.LimitReader(filler(' '), 50<<20), strings.NewReader(`]}}`)), large},
		{"HAR: an unterminated name", io.MultiReader(strings.NewReader(harHead+`{"`), filler('x')), large},
		{"HAR: an unterminated text, skipped", io.MultiReader(strings.NewReader(`{"log":{"_x":"`), filler('x')), large},
		{"gzip: an endless line", compressed(io.MultiReader(strings.NewReader("{}\n{}\n\""), io.LimitReader(filler('x'), 100<<20))), malformed},
		{"gzip: an endless entry", compressed(io.MultiReader(strings.NewReader(harHead+`{"_x":"`), io.LimitReader(filler('x'), 100<<20))), large},
		{"gzip: zero bytes", compressed(io.LimitReader(zeros{}, 100<<20)), unknownKind},
		{"a string that never ends", strings.NewReader(cassetteHead + "  - request: {body: \"" + strings.Repeat("a\\n", 200_000)), malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := readAll("hostile", tc.input)
			t.Log(time.Since(start), err)
			if !testing.Short() { // the race detector, which runs with it, has other times
				require.Less(t, time.Since(start), 30*time.Second)
			}
			if tc.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tc.want)
			}
			runtime.ReadMemStats(&after)
			t.Log((after.TotalAlloc-before.TotalAlloc)>>20, "MB")
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<30))
		})
	}
}

// TestReadDeepJSON checks that deep JSON is yielded. The validator reports it.
func TestReadDeepJSON(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 5_000_000), strings.Repeat(`{"a":`, 1_000_000), strings.Repeat(`{"a":`, 1_000_000) + "\n{"} {
		t.Run(text[:6], func(t *testing.T) {
			interactions, err := readAll("deep.json", strings.NewReader(text))
			require.NoError(t, err)
			require.NotEmpty(t, interactions)
		})
	}
}

func TestReadFailingReader(t *testing.T) {
	broken := errors.New("the disk is on fire")
	line := "{\"a\":\"" + strings.Repeat("x", 100) + "\"}\n"
	for _, tc := range []struct {
		name, text string
		before     int // interactions that came before the error
	}{
		{"at once", "", 0},
		{"within the look-ahead", line, 0},
		{"in a document", "{\"a\":[\n" + strings.Repeat("1,\n", 100_000), 0},
		{"in a HAR", harHead + strings.Repeat(`{"request":{"url":"/"},"response":{"status":200,"content":{"size":0}}},`, 2000), 2000},
		{"beside the entries of a HAR", `{"log":{"_x":["` + strings.Repeat("x", 100_000), 0},
		{"in a cassette", cassetteHead + strings.Repeat("# comment\n", 100_000), 0},
		{"in the first line", "{\"a\":\"" + strings.Repeat("x", 200_000), 0},
		{"after the first line", "{}\n" + strings.Repeat(" ", 200_000), 1},
		{"among the lines", strings.Repeat(line, 1000), 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			interactions, err := readAll("in", io.MultiReader(strings.NewReader(tc.text), iotest.ErrReader(broken)))
			var open *traffic.Error
			require.ErrorAs(t, err, &open)
			require.ErrorIs(t, err, traffic.ErrUnreadable)
			require.ErrorIs(t, err, broken)
			require.Equal(t, "in", open.Source)
			require.Len(t, interactions, tc.before)
		})
	}
}

// TestReadLongLine checks that a line that is too long is skipped, and that the lines after it are read.
func TestReadLongLine(t *testing.T) {
	long := func(after string) io.Reader {
		return io.MultiReader(strings.NewReader("{}\n{}\n\n\""), io.LimitReader(filler('x'), traffic.MaxLine), strings.NewReader(after))
	}
	for _, tc := range []struct {
		name, after string
		indexes     []int
	}{
		{"at the end", "", []int{0, 1}},
		{"before others", "xxx\n{}\n\n{}\n", []int{0, 1, 3, 4}},
	} {
		for _, parts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, parts %t", tc.name, parts), func(t *testing.T) {
				var indexes []int
				var odd *traffic.Error
				take := func(x *traffic.Interaction, err error) bool {
					if err != nil {
						require.Nil(t, odd)
						require.ErrorAs(t, err, &odd)
					} else {
						indexes = append(indexes, x.Index)
					}
					return true
				}
				if parts {
					for part := range (traffic.File{Path: "large", Named: true}).Parts(long(tc.after), 100) {
						part(nil)(take)
					}
				} else {
					traffic.Read("large", long(tc.after))(take)
				}
				require.Equal(t, tc.indexes, indexes)
				require.ErrorIs(t, odd, traffic.ErrUnreadEntry)
				require.Equal(t, []any{"large", 4, 2, traffic.MaxLine}, []any{odd.Source, odd.Line, odd.Index, odd.Limit})
			})
		}
	}
}

// TestReadContinued checks that text from the middle of NDJSON is read by lines, whatever it is.
func TestReadContinued(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"one line", "{\"a\":1}\n"},
		{"a list", "[1]\n{}\n"},
		{"a HAR", "{\"log\":{}}\n{}"},
		{"YAML", "version: 1\n"},
		{"blank", "\n\n"},
		{"empty", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var indexes []int
			for x, err := range (traffic.File{Path: "in", Named: true, Continued: true}).Read(strings.NewReader(tc.text)) {
				require.NoError(t, err)
				require.Equal(t, traffic.NDJSON, x.Kind)
				indexes = append(indexes, x.Index)
			}
			want := 0
			for line := range strings.Lines(tc.text) {
				if strings.TrimSpace(line) != "" {
					require.Equal(t, want, indexes[want])
					want++
				}
			}
			require.Len(t, indexes, want)
		})
	}
}

func readAll(name string, r io.Reader) (all []*traffic.Interaction, err error) {
	for interaction, err := range traffic.Read(name, r) {
		if err != nil {
			return all, err
		}
		all = append(all, interaction)
	}
	return all, nil
}

// readEvery continues reading after odd interactions.
func readEvery(name string, r io.Reader) (all []*traffic.Interaction, odd []*traffic.Error, err error) {
	for interaction, err := range traffic.Read(name, r) {
		var entry *traffic.Error
		switch {
		case errors.As(err, &entry) && entry.Is(traffic.ErrOddEntry):
			odd = append(odd, entry)
		case err != nil:
			return all, odd, err
		default:
			all = append(all, interaction)
		}
	}
	return all, odd, nil
}

// compressed returns a reader that compresses with gzip as it is read.
func compressed(text io.Reader) io.Reader {
	r, w := io.Pipe()
	go func() {
		z := gzip.NewWriter(w)
		_, err := io.Copy(z, text)
		w.CloseWithError(errors.Join(err, z.Close()))
	}()
	return r
}

// filler is an endless reader of one character.
type filler byte

func (f filler) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte{byte(f)}, len(p)))
	return len(p), nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: [v],", i)
	}
	return b.String()
}

// manyAliases returns a cassette of 20,000 interactions that all refer to one large part of the
// first.
func manyAliases(part string) string {
	anchor := `"` + strings.Repeat("a", 1<<20) + `"`
	if part == "headers" {
		anchor = "{" + manyKeys(300) + "}"
	}
	var b strings.Builder
	b.WriteString(cassetteHead)
	fmt.Fprintf(&b, "  - {request: {%s: &x %s}, response: {}}\n", part, anchor)
	for range 20_000 {
		fmt.Fprintf(&b, "  - {request: {%s: *x}, response: {}}\n", part)
	}
	return b.String()
}

// TestUnfinished checks that reading terminates for input that is cut off anywhere or lacks any
// quote.
func TestUnfinished(t *testing.T) {
	inputs := map[string]string{
		"plain": `{"request":{"method":"POST","url":"https://a/","headers":[{"name":"a","value":"b"}],"body":"{}"},` +
			`"response":{"status":{"code":200},"headers":{"a":["b"]},"body":"{}"}}`,
		"bare list": `[{"a":[{"b":"c"}]},{}]`,
	}
	paths, err := filepath.Glob("testdata/read/*.input")
	require.NoError(t, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		inputs[filepath.Base(path)] = string(data[:min(len(data), 1<<10)])
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			for i := range input {
				requireRead(t, input[:i])
				if input[i] == '"' {
					requireRead(t, input[:i]+input[i+1:])
				}
			}
		})
	}
}

// requireRead fails if an input yields more often than once per byte and once for an error.
func requireRead(t *testing.T, data string) {
	read := 0
	for range traffic.Read("in", strings.NewReader(data)) {
		read++
		require.LessOrEqual(t, read, len(data)+1, "%q", data)
	}
}
