package traffic_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/traffic"
)

// The alphabet of generated bodies: characters that are difficult for quoting, folding and
// chomping.
var alphabet = []string{
	"a", "bc", "{", "}", "[", "]", `"`, `""`, "'", "''", `\`, `\\`, `\n`, "\t", " ", "  ", "\n", "\n\n", "\r", "\r\n",
	": ", " #", "#", "- ", "---", "...", "é", "ß", "中", "😀", "\u0085", "\u2028", "\u2029", "\u00a0", "\ufeff", "\x00", "\x01",
	"\x1b", "\x7f", "|", ">", "%", "&", "*", "!", "~", "null", "0", "1.5", ",", `{"a":1}`, "{\n  \"a\": 1\n}\n", "\ufffd",
}

func generate(r *rand.Rand) string {
	var b strings.Builder
	letters := alphabet
	if r.IntN(2) == 0 { // mostly text that plain, single-quoted and literal styles can hold
		letters = []string{"a", "b c", "\n", "\n  ", "{", "}", `"`, "'", "é", " ", ",", "\\"}
	}
	for range r.IntN(12) {
		b.WriteString(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// TestPositionFollowsEveryStyle checks that each position is that of the character in the source,
// or of its escape, in every style that a YAML library writes.
func TestPositionFollowsEveryStyle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	styles := map[string]yaml.Style{
		"any": 0, "plain": 0, "single": yaml.SingleQuotedStyle, "double": yaml.DoubleQuotedStyle, "literal": yaml.LiteralStyle,
	}
	checked := 0
	for range 600 {
		body := generate(r)
		for name, style := range styles {
			text, err := yaml.Marshal(cassetteNode(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: style, Value: body}))
			if err != nil {
				continue
			}
			checked += checkPositions(t, name, text, body)
		}
		var written bytes.Buffer
		require.NoError(t, traffic.WriteCassette(&written, traffic.Meta{}, []*traffic.Interaction{newInteraction(body)}))
		require.Positive(t, checkPositions(t, "WriteCassette", written.Bytes(), body), "%q\n%s", body, written.String())
	}
	require.Greater(t, checked, 2_250)
}

// TestPositionInHandWrittenStyles checks the same in styles that people write but no library emits.
func TestPositionInHandWrittenStyles(t *testing.T) {
	for _, tc := range []struct{ name, scalar, body string }{
		{"plain", `ab c`, "ab c"},
		{"plain over lines", "ab\n     c\n\n     d", "ab c\nd"},
		{"single over lines", "'a ''b\n\n\n     c\n     d'", "a 'b\n\nc d"},
		{"double over lines", "\"a\n     b\n\n     c\"", "a b\nc"},
		{"escaped line break", "\"a\\\n     b \\\n     \\ c\"", "ab  c"},
		{"escapes", `"\0\a\b\t\n\v\f\r\e\ \"\'\\\N\_\L\P\x41\u00e9\U0001F600z"`, "\x00\a\b\t\n\v\f\r\x1b \"'\\\u0085\u00a0\u2028\u2029Aé😀z"},
		{"anchor and tag", "!!str &x \"a\\tb\"", "a\tb"},
		{"anchor, then a new line", "&x\n      'ab'", "ab"},
		{"literal", "|\n      a\n        b\n\n      c\n", "a\n  b\n\nc\n"},
		{"literal, strip", "|-\n      a\n      b\n", "a\nb"},
		{"literal, keep", "|+\n      a\n\n\n", "a\n\n\n"},
		{"literal, indicator", "|1-\n       a\n      b\n", "  a\n b"},
		{"literal, both", "|+2\n        a\n      b\n\n", "  a\nb\n\n"},
		{"literal, comment", "| # why\n      a\n      b\n", "a\nb\n"},
		{"literal, leading breaks", "|\n\n\n      a\n", "\n\na\n"},
		{"literal, other line breaks", "|\n      a\r      b\u0085      c\u2028      d\u2029      e\n", "a\nb\nc\u2028d\u2029e\n"},
		{"double over other line breaks", "\"a\r     b\u0085     c\u2028     d\r\r     e\u2028\u2029f\"", "a b c\u2028d\ne\u2028\u2029f"},
		{"literal, tabs", "|\n      a\tb\n      \tc\n", "a\tb\n\tc\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "version: 1\ninteractions:\n- request: {}\n  response:\n    body: " + strings.TrimSuffix(tc.scalar, "\n") + "\n"
			require.Positive(t, checkPositions(t, tc.name, []byte(text), tc.body))
			crlf := strings.ReplaceAll(text, "\n", "\r\n")
			require.Positive(t, checkPositions(t, tc.name+" with CRLF", []byte(crlf), tc.body))
			require.Positive(t, checkPositions(t, tc.name+" after a BOM", []byte("\ufeff"+text), tc.body))
		})
	}
}

// TestPositionFallsBack checks that bytes that cannot be mapped have the position of their scalar.
func TestPositionFallsBack(t *testing.T) {
	for _, tc := range []struct {
		name, response, body string
		want                 traffic.Position
	}{
		{"folded", "\n    body: >\n      a\n      b\n", "a b\n", traffic.Position{Line: 5, Column: 11}},
		{"binary", "\n    body: !!binary /w==", "\xff", traffic.Position{Line: 5, Column: 11}},
		{"binary with a long tag", "\n    body: !<tag:yaml.org,2002:binary> |\n      /w==\n", "\xff", traffic.Position{Line: 5, Column: 11}},
		{"null", "\n    body: ~", "", traffic.Position{Line: 5, Column: 11}},
		{"no value", "\n    body:", "", traffic.Position{Line: 5, Column: 10}},
		{"no key", " {code: 200}", "", traffic.Position{Line: 3, Column: 3}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "version: 1\ninteractions:\n- request: {}\n  response:" + tc.response + "\n"
			all, err := readAll("c.yaml", strings.NewReader(text))
			require.NoError(t, err)
			body := all[0].Response.Body
			require.Equal(t, tc.body, string(body.Bytes))
			for i := range len(tc.body) + 1 {
				require.Equal(t, tc.want, body.Position(i))
			}
		})
	}
}

// TestPositionOfReplacedBytes checks bytes that were replaced, as by redaction, and differ from the
// scalar.
func TestPositionOfReplacedBytes(t *testing.T) {
	all, err := readAll("c.yaml", strings.NewReader("version: 1\ninteractions:\n- request: {}\n  response: {body: \"abc\"}\n"))
	require.NoError(t, err)
	body := all[0].Response.Body
	body.Bytes = []byte("xyzxyzxyz")
	require.Equal(t, traffic.Position{Line: 4, Column: 20}, body.Position(7))
}

// checkPositions reads a cassette of one response and compares each position in the body with the
// source. It returns 0 if the cassette does not contain the body: stock YAML loses some.
func checkPositions(t *testing.T, style string, text []byte, body string) int {
	t.Helper()
	all, err := readAll("c.yaml", bytes.NewReader(text))
	if err != nil || string(all[0].Response.Body.Bytes) != body {
		return 0
	}
	got := all[0].Response.Body
	for i := 0; i < len(body); {
		_, size := utf8.DecodeRuneInString(body[i:])
		at := got.Position(i)
		require.True(t, isAt(got, at, body[i:i+size]), "%s: %q at offset %d is not at %+v of\n%q", style, body, i, at, text)
		for inside := range size {
			require.Equal(t, at, got.Position(i+inside))
		}
		i += size
	}
	return 1
}

// isAt reports whether a character or one of its escapes is at a position.
func isAt(body traffic.Body, at traffic.Position, character string) bool {
	text, ok := body.Line(at.Line)
	if !ok || at.Column > utf8.RuneCount(text)+1 {
		return false
	}
	rest := string([]rune(string(text))[at.Column-1:])
	switch {
	case strings.HasPrefix(rest, `\`):
		length := map[byte]int{'x': 4, 'u': 6, 'U': 10}[(rest + " ")[1]]
		var decoded string
		err := yaml.Unmarshal([]byte(`"`+rest[:min(max(length, 2), len(rest))]+`"`), &decoded)
		return err == nil && decoded == character || character == `\`
	case (character == "\n" || character == " ") && (rest == "" || strings.ContainsRune("\r\u0085\u2028\u2029", []rune(rest)[0])):
		return true // a line break that YAML folds, or writes as "\n"
	}
	return strings.HasPrefix(rest, character)
}

func cassetteNode(body *yaml.Node) *yaml.Node {
	str := func(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }
	m := func(content ...*yaml.Node) *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: content} }
	entry := m(str("request"), m(), str("response"), m(str("body"), body))
	return m(str("version"), str("1"), str("interactions"), &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{entry}})
}

func newInteraction(body string) *traffic.Interaction {
	return &traffic.Interaction{
		Kind:    traffic.Cassette,
		Request: &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/"},
		Response: traffic.Response{
			Status: 200, StatusText: "200 OK", Body: traffic.BodyOf([]byte(body)),
			Header: http.Header{"Content-Type": {"application/json"}},
		},
	}
}

// TestPositionInLongLine checks that columns count code points, and that 10,000 positions in a line
// of 4 MB do not take quadratic time.
func TestPositionInLongLine(t *testing.T) {
	text := "{\"a\":\"" + strings.Repeat("é", 2<<20) + "\"}"
	body := traffic.BodyOf([]byte(text))
	start := time.Now()
	for i := 0; i < 10_000; i++ {
		require.Equal(t, traffic.Position{Line: 1, Column: 7 + i*200}, body.Position(6+i*400))
	}
	require.Less(t, time.Since(start), 30*time.Second)
}

func TestPositionOfBareBytes(t *testing.T) {
	body := traffic.Body{Bytes: []byte("ab\r\ncé\xffd\n")}
	for offset, want := range map[int]string{-5: "1:1", 0: "1:1", 2: "1:3", 4: "2:1", 5: "2:2", 6: "2:2", 7: "2:3", 8: "2:4", 10: "3:1", 99: "3:1"} {
		t.Run(strconv.Itoa(offset), func(t *testing.T) {
			at := body.Position(offset)
			require.Equal(t, want, fmt.Sprintf("%d:%d", at.Line, at.Column), strconv.Itoa(offset))
		})
	}
	line, ok := body.Line(1)
	require.True(t, ok)
	require.Equal(t, "ab", string(line))
	for _, n := range []int{-1, 0, 4} {
		_, ok = body.Line(n)
		require.False(t, ok)
	}
}

// TestPositionOfEscape checks that an escaped character has the position of the beginning of its
// escape, and the next character that of its end.
func TestPositionOfEscape(t *testing.T) {
	for scalar, columns := range map[string][]int{
		`'a''b'`:        {12, 13, 15, 16},
		`"a\tb"`:        {12, 13, 15, 16},
		`"a\u0021b"`:    {12, 13, 19, 20},
		`"\\\"b"`:       {12, 14, 16, 17},
		`&x 'é''''b'`:   {15, 15, 16, 18, 20, 21},
		`"😀\U0001F600"`: {12, 12, 12, 12, 13, 13, 13, 13, 23},
	} {
		t.Run(scalar, func(t *testing.T) {
			text := "version: 1\ninteractions:\n- request: {}\n  response:\n    body: " + scalar + "\n"
			all, err := readAll("c.yaml", strings.NewReader(text))
			require.NoError(t, err)
			var got []int
			for i := range columns {
				got = append(got, all[0].Response.Body.Position(i).Column)
			}
			require.Equal(t, columns, got, scalar)
		})
	}
}
