package traffic_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

// TestHARPositionOfAValue checks that a value within a body has the position of its first character
// in the file, also after escapes.
func TestHARPositionOfAValue(t *testing.T) {
	for file, want := range map[string]traffic.Position{
		"har-chrome":          {Line: 99, Column: 49},
		"cassette2-recorded":  {Line: 38, Column: 36},
		"vcrpy-with-an-error": {Line: 8, Column: 49},
	} {
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile("testdata/read/" + file + ".input")
			require.NoError(t, err)
			all, err := readAll("in", bytes.NewReader(text))
			require.NoError(t, err)
			body := all[0].Response.Body
			require.Equal(t, want, body.Position(bytes.Index(body.Bytes, []byte("111122223333"))), file)
			line := []rune(strings.Split(string(text), "\n")[want.Line-1])
			require.Equal(t, "111122223333", string(line[want.Column-1:want.Column+11]), "the file itself")
		})
	}
}

// TestHARPositions checks the position of every character of every body, in an indented HAR and in
// one on a single line.
func TestHARPositions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		var bodies []string
		for range 1 + r.IntN(4) {
			bodies = append(bodies, strings.ToValidUTF8(generate(r), ""))
		}
		text := harOf(t, bodies, []string{"", " ", "\t"}[r.IntN(3)])
		if r.IntN(2) == 0 {
			text = "\ufeff" + text
		}
		all, err := readAll("in", strings.NewReader(text))
		require.NoError(t, err, text)
		require.Len(t, all, len(bodies))
		for i, in := range all {
			require.Equal(t, bodies[i], string(in.Request.Body.Bytes))
			require.Equal(t, bodies[i], string(in.Response.Body.Bytes))
			requireEscapedAt(t, text, in.Request.Body)
			requireEscapedAt(t, text, in.Response.Body)
		}
	}
}

func harOf(t *testing.T, bodies []string, indent string) string {
	t.Helper()
	type object = map[string]any
	entries := []object{}
	for _, body := range bodies {
		entries = append(entries, object{
			"_é":      "😀",
			"request": object{"method": "POST", "url": "https://example.com/é", "postData": object{"text": body}},
			"response": object{"status": 200, "headers": []object{{"name": "content-type", "value": "application/json"}},
				"content": object{"size": len(body), "text": body}},
		})
	}
	text, err := json.MarshalIndent(object{"log": object{"entries": entries, "version": "1.2"}}, "", indent)
	require.NoError(t, err)
	if indent == "" {
		text, err = json.Marshal(object{"log": object{"entries": entries, "version": "1.2"}})
		require.NoError(t, err)
	}
	return string(text)
}

// requireEscapedAt compares the text at the position of each character with the character.
// encoding/json is the oracle for escapes.
func requireEscapedAt(t *testing.T, text string, body traffic.Body) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for i := 0; i < len(body.Bytes); {
		_, size := utf8.DecodeRune(body.Bytes[i:])
		at := body.Position(i)
		rest := []rune(lines[at.Line-1])[at.Column-1:]
		var decoded string
		for width := 1; width <= min(12, len(rest)); width++ {
			if json.Unmarshal([]byte(`"`+string(rest[:width])+`"`), &decoded) == nil && decoded == string(body.Bytes[i:i+size]) {
				break
			}
		}
		require.Equal(t, string(body.Bytes[i:i+size]), decoded, "offset %d is not at %+v of %s", i, at, text)
		i += size
	}
}

// TestReadHARInBoundedMemory checks that ten times as many entries, or large members that are
// skipped, do not need more memory.
func TestReadHARInBoundedMemory(t *testing.T) {
	entry := strings.TrimSuffix(strings.TrimPrefix(harOf(t, []string{strings.Repeat("x", 1000)}, " "), "{\n \"log\": {\n  \"entries\": ["), "],\n  \"version\": \"1.2\"\n }\n}")
	for name, between := range map[string]string{"entries": entry, "skipped": `{"request":{},"_x":[` + strings.Repeat("[1,{}],", 300) + "0]}"} {
		t.Run(name, func(t *testing.T) {
			var peak uint64
			count := 0
			text := newHAR(between, 20_000)
			for _, err := range traffic.Read("in", text) {
				require.NoError(t, err)
				if count++; count%2500 == 0 {
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
			require.Equal(t, 20_001, count)
			require.Less(t, peak, uint64(16<<20))
		})
	}
	t.Run("beside the entries", func(t *testing.T) {
		text := &repeated{line: []byte(`{"a":[1,2,3,"xxxxxxxxxxxxxxxxxxxxxxx"]},`), left: 1_500_000} // 60 MB
		all, err := readAll("in", multi(`{"log":{"_x":[`, text, `0],"entries":[{"request":{}}]}}`))
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, 1, all[0].Response.Body.Position(0).Line)
		require.Equal(t, 14+40*1_500_000+15, all[0].Response.Body.Position(0).Column)
	})
}

// TestReadLargeEntry checks that an entry is read up to the limit.
func TestReadLargeEntry(t *testing.T) {
	for _, body := range []int{1 << 20, traffic.MaxEntry - 100, traffic.MaxEntry} {
		t.Run(fmt.Sprint(body, " bytes"), func(t *testing.T) {
			text := harHead + `{"request":{"url":"/"},"response":{"status":200,"content":{"text":"` + strings.Repeat("x", body) + "\"}}},\n" + `{"request":{"url":"/b"}}]}}`
			all, err := readAll("in", strings.NewReader(text))
			if body == traffic.MaxEntry {
				var large *traffic.Error
				require.ErrorAs(t, err, &large)
				require.ErrorIs(t, err, traffic.ErrTooLarge)
				require.Equal(t, traffic.MaxEntry, large.Limit)
				return
			}
			require.NoError(t, err)
			require.Len(t, all[0].Response.Body.Bytes, body)
			require.Equal(t, traffic.Position{Line: 2, Column: 12}, all[1].Request.Body.Position(0))
		})
	}
}

// TestReadHARLeavesEarlierBodiesAlone checks that later entries do not overwrite yielded bodies.
func TestReadHARLeavesEarlierBodiesAlone(t *testing.T) {
	bodies := []string{strings.Repeat("a", 5000), "b", strings.Repeat("c", 90_000), "d"}
	all, err := readAll("in", strings.NewReader(harOf(t, bodies, "")))
	require.NoError(t, err)
	for i, in := range all {
		require.Equal(t, bodies[i], string(in.Response.Body.Bytes))
		in.Response.Header.Set("A", "b")
		require.NotContains(t, all[(i+1)%4].Response.Header, "B")
	}
}
