package redact

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMoveWords(t *testing.T) {
	for _, v := range []struct{ pieces, want string }{
		{"a|b", "|ab"}, {"a |b", "a |b"}, {"a| b", "a| b"}, {"a b|c d|e", "a |bc |de"}, {"a||b", "||ab"}, {"a|b|", "||ab"},
		{"The| an|alyst| is", "The| |analyst| is"}, {"x", "x"}, {"", ""}, {"a|| b", "||a b"}, {"é\n|é", "é\n|é"}, {"a|b|c|d e", "|||abcd e"},
	} {
		t.Run(v.pieces, func(t *testing.T) {
			pieces := strings.Split(v.pieces, "|")
			moveWords(pieces)
			require.Equal(t, v.want, strings.Join(pieces, "|"))
		})
	}
}

// TestSplitNames checks that an identifier or a secret that is split over events is found, and that
// a client that puts the pieces together gets a whole text.
func TestSplitNames(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	converse := func(s string) []byte {
		return event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"`+s+`"}}`)
	}
	tool := func(s string) []byte {
		return event("contentBlockDelta", `{"delta":{"toolUse":{"input":"`+strings.ReplaceAll(s, `"`, `\"`)+`"}}}`)
	}
	claude := func(s string) []byte {
		return event("chunk", `{"bytes":"`+b64([]byte(`{"type":"content_block_delta","delta":{"type":"text_delta","text":"`+s+`"}}`))+`"}`)
	}
	titan := func(s string) []byte { return event("chunk", `{"bytes":"`+b64([]byte(`{"outputText":"`+s+`"}`))+`"}`) }
	chunk := func(s string) []byte { return message(s, ":message-type", "event", ":event-type", "PayloadChunk") }
	other := func(s string) []byte { return event("said", `{"text":"`+s+`"}`) }
	for _, v := range []struct {
		name   string
		piece  func(string) []byte
		joined bool
	}{{"converse", converse, true}, {"tool", tool, true}, {"documents", claude, true}, {"titan", titan, true}, {"bytes", chunk, true}, {"other text", other, false}} {
		for size := 1; size < 40; size += 4 {
			t.Run(v.name, func(t *testing.T) {
				text := "I am " + streamARN + " with " + keyID + " in it"
				var stream []byte
				for from := 0; from < len(text); from += size {
					stream = append(stream, v.piece(text[from:min(len(text), from+size)])...)
				}
				if v.joined {
					require.Len(t, Scan(streamExchange(nil, stream), nil), 1)
				}
				y, found := New(Options{Key: testKey}).Redact(streamExchange(nil, stream))
				now := shown(t, y.Response.Body.Bytes)
				require.Equal(t, strings.Count(shown(t, stream), "\n"), strings.Count(now, "\n"), "the number of events")
				for _, m := range regexp.MustCompile(`"bytes":"([^"]*)"`).FindAllStringSubmatch(now, -1) {
					decoded, err := base64.StdEncoding.DecodeString(m[1])
					require.NoError(t, err)
					now = strings.Replace(now, m[1], string(decoded), 1)
				}
				pieces := regexp.MustCompile(`"(?:text|input|outputText)":"([^"]*)"|PayloadChunk \| (.*)`).FindAllStringSubmatch(now, -1)
				whole := ""
				for _, m := range pieces {
					whole += m[1] + m[2]
				}
				if !v.joined {
					require.NotContains(t, now, `"text":""`, "texts of their own are not joined")
					return
				}
				require.Len(t, found, 1)
				require.Regexp(t, `^I am arn:aws:iam::\d{12}:role/\S{11} with `+Mask+` in it$`, whole)
				require.NotContains(t, whole, account)
				require.NotContains(t, whole, "the-analyst")
			})
		}
	}
}

// TestWordsTime checks that joining is linear in a text without spaces.
func TestWordsTime(t *testing.T) {
	spent := func(n int) time.Duration {
		var stream []byte
		for range n {
			stream = append(stream, event("x", `{"delta":{"text":"ab"}}`)...)
		}
		start := time.Now()
		joinWords(stream, root{})
		return time.Since(start)
	}
	spent(1000)
	small, large := fastest(spent, 4000), fastest(spent, 16000)
	t.Log(small, large)
	require.Less(t, large, 20*small)
}
