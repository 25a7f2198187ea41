package traffic_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/traffic"
)

func TestWriteNDJSONGolden(t *testing.T) {
	post := newInteraction("{\n\t\"é\": \"<😀&\u2028\x00\x7f\\\"\n}")
	post.Request = &traffic.Request{
		Method: "POST", URL: "https://example.com/?b=1&a=2", Body: traffic.BodyOf([]byte("a\xff")),
		Header: http.Header{"X-Two": {"1", "2"}, "Accept": nil},
	}
	var got bytes.Buffer
	require.NoError(t, traffic.WriteNDJSON(&got, []*traffic.Interaction{post, {Request: &traffic.Request{}}}))
	require.Equal(t, `{"crcheckInteraction":1,"request":{"method":"POST","url":"https://example.com/?b=1&a=2","headers":{"Accept":[],"X-Two":["1","2"]},"bodyBase64":"Yf8="},`+
		`"response":{"status":200,"statusText":"200 OK","headers":{"Content-Type":["application/json"]},"body":"{\n\t\"é\": \"<😀&`+"\u2028"+`\u0000`+"\x7f"+`\\\"\n}"}}`+"\n"+
		`{"crcheckInteraction":1,"request":{"method":"","url":""},"response":{"status":0}}`+"\n", got.String())
}

func TestWriteNDJSONRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var interactions []*traffic.Interaction
	for range 2000 {
		in := generateInteraction(r)
		if r.IntN(2) == 0 { // what a cassette cannot hold
			in.Test, in.TestLine, in.Operation = generate(r), r.IntN(1000), generate(r)
			in.Encoding = []string{"", traffic.EncodingSDK}[r.IntN(2)]
		}
		interactions = append(interactions, in)
	}
	requireNDJSON(t, interactions)
	for _, in := range interactions[:100] {
		requireNDJSON(t, []*traffic.Interaction{in})
	}
}

func generateInteraction(r *rand.Rand) *traffic.Interaction {
	body := func() traffic.Body {
		b := []byte(generate(r))
		if r.IntN(4) == 0 {
			b = append(b, byte(r.Uint32()), byte(r.Uint32()))
		}
		return traffic.BodyOf(b)
	}
	in := newInteraction("")
	in.Request.URL, in.Request.Method, in.Request.Body = generate(r), generate(r), body()
	in.Request.Header = http.Header{generate(r): {generate(r), generate(r)}, "A": {}}
	in.Response.Status, in.Response.Body = r.IntN(1000)-500, body()
	return in
}

// requireNDJSON writes interactions, and checks that Read returns the same values and positions,
// and that the schema accepts every line.
func requireNDJSON(t *testing.T, interactions []*traffic.Interaction) {
	t.Helper()
	var first, second bytes.Buffer
	require.NoError(t, traffic.WriteNDJSON(&first, interactions))
	require.NoError(t, traffic.WriteNDJSON(&second, interactions))
	require.Equal(t, first.String(), second.String())
	require.Equal(t, len(interactions), strings.Count(first.String(), "\n"))
	all, err := readAll("in", bytes.NewReader(first.Bytes()))
	require.NoError(t, err, first.String())
	want, got := asStock(interactions), asStock(all)
	for i, w := range want {
		require.Equal(t, traffic.NDJSON, all[i].Kind)
		require.Equal(t, i, all[i].Index)
		if diff := cmp.Diff(w.Request, got[i].Request, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-written +read:\n%s\n%s", diff, second.String())
		}
		if diff := cmp.Diff(w.Response, got[i].Response, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(w.Response)); diff != "" {
			t.Fatalf("-written +read:\n%s\n%s", diff, second.String())
		}
		requireJSONPositions(t, all[i].Request.Body, i+1)
		requireJSONPositions(t, all[i].Response.Body, i+1)
	}
	schema := ndjsonSchema(t)
	for line := range strings.Lines(first.String()) {
		var value any
		require.NoError(t, json.Unmarshal([]byte(line), &value))
		require.NoError(t, schema.Validate(value), line)
	}
}

// requireJSONPositions walks through a body and the string in its line in parallel. encoding/json
// is the oracle for each escape.
func requireJSONPositions(t *testing.T, body traffic.Body, number int) {
	t.Helper()
	line, ok := body.Line(number)
	require.True(t, ok)
	text := []rune(string(line))
	at := body.Position(0)
	require.Equal(t, number, at.Line)
	if len(body.Bytes) == 0 || !utf8.Valid(body.Bytes) {
		require.Contains(t, `{"`, string(text[at.Column-1]))
		require.Equal(t, at, body.Position(len(body.Bytes)))
		return
	}
	column := at.Column
	require.Equal(t, `"body":"`, string(text[column-9:column-1]))
	for i := 0; i < len(body.Bytes); {
		_, size := utf8.DecodeRune(body.Bytes[i:])
		for inside := range size {
			require.Equal(t, traffic.Position{Line: number, Column: column}, body.Position(i+inside), "%q of %s", body.Bytes[i:], line)
		}
		width := 1
		if text[column-1] == '\\' {
			width = 2
			if text[column] == 'u' {
				width = 6
			}
		}
		var decoded string
		err := json.Unmarshal([]byte(`"`+string(text[column-1:column-1+width])+`"`), &decoded)
		if err == nil && decoded == "\ufffd" && width == 6 && string(body.Bytes[i:i+size]) != decoded { // half of a pair
			width = 12
			err = json.Unmarshal([]byte(`"`+string(text[column-1:column-1+width])+`"`), &decoded)
		}
		require.NoError(t, err)
		require.Equal(t, string(body.Bytes[i:i+size]), decoded)
		column += width
		i += size
	}
	require.Equal(t, traffic.Position{Line: number, Column: column}, body.Position(len(body.Bytes)))
	require.Equal(t, '"', text[column-1])
}

// TestPositionInJSONStrings checks positions for every valid notation of a character.
func TestPositionInJSONStrings(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	spellings := []string{
		"a", "é", "😀", "\ufffd", "\ufeff", "\u2028", "\x7f", "'", `\"`, `\\`, `\/`, "/", `\b`, `\f`, `\n`, `\r`, `\t`, `\u0000`, `\u000A`, `\u00e9`,
		`\uD83D\uDE00`, `\ud83d\udE00`, `\ud7ff`, `\uE000`, `\uFFFD`, `\udbff\udfff`,
	}
	for range 2000 {
		var s strings.Builder
		s.WriteString("x")
		for range r.IntN(12) {
			s.WriteString(spellings[r.IntN(len(spellings))])
		}
		text := "\n{\"crcheckInteraction\":1,\"request\":{\"method\":\"é\",\"url\":\"\",\"body\":\"" + s.String() + "\"},\"response\":{\"body\":\"" + s.String() + "\",\"status\":1}}\r\n"
		if r.IntN(2) == 0 {
			text = "\ufeff" + text[1:]
		}
		all, err := readAll("in", strings.NewReader(text))
		require.NoError(t, err, text)
		line := strings.Count(text, "\n")
		requireJSONPositions(t, all[0].Response.Body, line)
		requireJSONPositions(t, all[0].Request.Body, line)

		again, err := readAll("in", strings.NewReader(text))
		require.NoError(t, err)
		replaced := again[0].Response.Body
		replaced.Bytes = []byte("yyyyyyy") // as redaction does
		require.Equal(t, all[0].Response.Body.Position(0).Column-1, replaced.Position(3).Column)
	}
}

// TestPositionOfBase64 checks that base64 is not mapped byte by byte, although this text begins
// with its own base64.
func TestPositionOfBase64(t *testing.T) {
	all, err := readAll("in", strings.NewReader(`{"crcheckInteraction":1,"request":{"method":"","url":""},"response":{"status":1,"bodyBase64":"Vm0w"}}`))
	require.NoError(t, err)
	require.Equal(t, "Vm0", string(all[0].Response.Body.Bytes))
	for i := range 4 {
		require.Equal(t, traffic.Position{Line: 1, Column: 94}, all[0].Response.Body.Position(i))
	}
}

func TestWriteNDJSONRefuses(t *testing.T) {
	bare, method, header, value := newInteraction("{}"), newInteraction("{}"), newInteraction("{}"), newInteraction("{}")
	bare.Request = nil
	method.Request.Method = "\xff"
	header.Request.Header = http.Header{"\xff": nil}
	value.Response.Header = http.Header{"A": {"b", "\xe9"}}
	for name, in := range map[string]*traffic.Interaction{"bare body": bare, "method": method, "header": header, "value": value} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			in.Source = "in.json"
			err := traffic.WriteNDJSON(&got, []*traffic.Interaction{newInteraction("{}"), in})
			var malformed *traffic.Error
			require.ErrorAs(t, err, &malformed)
			require.ErrorIs(t, err, traffic.ErrMalformed)
			require.Equal(t, "in.json", malformed.Source)
			require.NotEmpty(t, malformed.Remedy)
			require.Empty(t, got.Bytes())
		})
	}
}

func TestWriteNDJSONFailingWriter(t *testing.T) {
	full := errors.New("the disk is full")
	for _, room := range []int64{0, 10, 100} {
		t.Run(fmt.Sprint("room for ", room), func(t *testing.T) {
			err := traffic.WriteNDJSON(&failing{room: room, err: full}, []*traffic.Interaction{newInteraction(strings.Repeat("x", 1<<20))})
			require.ErrorIs(t, err, full)
		})
	}
}

// TestReadLongInteraction checks that an interaction longer than MaxLine is not read as a document,
// because it would be a bare body.
func TestReadLongInteraction(t *testing.T) {
	text := `{"crcheckInteraction":1,"request":{"method":"GET","url":"` + strings.Repeat("x", traffic.MaxLine) + "\n"
	for _, before := range []string{"", "{}\n"} {
		t.Run(fmt.Sprintf("after %q", before), func(t *testing.T) {
			_, err := readAll("in", strings.NewReader(before+text))
			require.ErrorIs(t, err, traffic.ErrUnreadEntry)
		})
	}
}

// TestNDJSONSchemaAgreesWithRead checks that the schema accepts exactly the lines that Read
// accepts, except for what JSON Schema cannot check: duplicates, notations of numbers, and text
// that encoding/json replaces.
func TestNDJSONSchemaAgreesWithRead(t *testing.T) {
	schema := ndjsonSchema(t)
	unseen := []string{"twice", "version-fraction", "exponent", "huge", "trailing-bits", "surrogate", "utf-8"}
	checked := 0
	paths, err := filepath.Glob("testdata/read/malformed-interaction-*.input")
	require.NoError(t, err)
	accepted, err := filepath.Glob("testdata/read/ndjson-interaction-*.input")
	require.NoError(t, err)
	for _, path := range append(paths, accepted...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
				var value any
				if !strings.Contains(line, `"crcheckInteraction"`) || strings.HasPrefix(line, `{"request"`) || json.Unmarshal([]byte(line), &value) != nil {
					continue
				}
				_, readErr := readAll("in", strings.NewReader(line))
				skip := false
				for _, word := range unseen {
					skip = skip || readErr != nil && strings.Contains(path, word)
				}
				if !skip {
					checked++
					require.Equal(t, readErr == nil, schema.Validate(value) == nil, "%s: %v", path, readErr)
				}
			}
		})
	}
	require.Greater(t, checked, 30)
}

func ndjsonSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.Compile("../docs/ndjson.schema.json")
	require.NoError(t, err)
	return schema
}

func FuzzWriteNDJSON(f *testing.F) {
	f.Add("\t{\n", `{"a":1}`, "Content-Type", "application/json", 200)
	f.Add("{\n  \"a\": \"😀\"\n}\n", "\xff", "null", "\x00", -1)
	f.Fuzz(func(t *testing.T, request, response, key, value string, status int) {
		in := newInteraction(response)
		in.Request.Body = traffic.BodyOf([]byte(request))
		in.Request.Header, in.Request.URL, in.Response.Status = http.Header{key: {value}}, value, status
		if utf8.ValidString(key) && utf8.ValidString(value) {
			requireNDJSON(t, []*traffic.Interaction{in, in})
		}
	})
}
