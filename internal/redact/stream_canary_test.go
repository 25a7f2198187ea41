package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/eventstream"
)

// spellings are the ways in which a text could be written in a file.
func spellings(s string) []string {
	var escaped strings.Builder
	for _, r := range s {
		fmt.Fprintf(&escaped, `\u%04x`, r)
	}
	all := []string{s, escaped.String(), strings.ToUpper(escaped.String()), url.PathEscape(s), url.PathEscape(url.PathEscape(s)), hex.EncodeToString([]byte(s))}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 { // the text begins at any of three positions in a group
			text := encoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
			all = append(all, text[(8*shift+5)/6:len(text)-1])
		}
	}
	return all
}

// TestStreamCanaries checks that a name from an alphabet that nothing else uses is in no spelling
// in a recorded stream, wherever a stream can hold it.
func TestStreamCanaries(t *testing.T) {
	const canary = "ŶŻŽŸŴŹŶŻŽŸ" // where a contract says that it is a name
	const inARN = "ŴẐŶẐŴẐŶẐŴẐ"  // where the format does
	const role = "arn:aws:iam::111122223333:role/" + inARN
	b64 := base64.StdEncoding.EncodeToString
	quoted := func(s string) string { return `"` + spellings(s)[1] + `"` }
	for _, v := range []struct {
		name    string
		message []byte
	}{
		{"JSON", event("said", `{"who":"`+canary+`","x":"`+role+`"}`)},
		{"escaped JSON", event("said", `{"who":`+quoted(canary)+`,"x":`+quoted(role)+`}`)},
		{"later in the stream", event("other", `{"x":"seen `+canary+` and `+inARN+`"}`)},
		{"header", event("voice", "", "speaker", canary, "x", role)},
		{"header of bytes", event("voice", "", "key", eventstream.Bytes([]byte(canary)), "x", eventstream.Bytes([]byte(role)))},
		{"name of a header", event("other", `{}`, role, eventstream.Bool(true))},
		{"names of events", event(role, `{}`)},
		{"exception", message(`{"message":"`+role+`","who":"`+canary+`"}`, ":message-type", "exception", ":exception-type", "gone")},
		{"error", message("", ":message-type", "error", ":error-code", "a", ":error-message", role)},
		{"initial-response", event("initial-response", `{"session":"`+canary+`"}`)},
		{"text", event("note", canary)},
		{"text by format", message(role, ":message-type", "event", ":event-type", "x", ":content-type", "text/plain")},
		{"bytes", event("voice", "\x00\xff"+canary)},
		{"bytes by format", message("\x00\xff "+role+" \x00", ":message-type", "event", ":event-type", "x")},
		{"blob of JSON", event("chunk", `{"bytes":"`+b64([]byte(`{"type":"text","a":["`+canary+`",{"`+canary+`":"`+role+`"}],"b":`+quoted(canary)+`}`))+`"}`)},
		{"blob of text", event("chunk", `{"bytes":"`+b64([]byte("the "+canary))+`"}`)},
		{"blob of JSON by format", event("other", `{"x":"`+b64([]byte(`{"a":`+quoted(role)+`}`))+`"}`)},
		{"blob in a blob", event("chunk", `{"bytes":"`+b64([]byte(`{"x":"`+b64([]byte(`{"a":"`+canary+`","b":"`+role+`"}`))+`"}`))+`"}`)},
		{"document as bytes", event("voice", `{"type":"`+canary+`","b":{"`+canary+`":`+quoted(role)+`}}`)},
		{"message in a message", message(string(event("said", `{"who":"`+canary+`","x":"`+role+`"}`)), ":date", eventstream.Timestamp(1))},
		{"not JSON", event("said", `{"who":"`+canary)},
	} {
		t.Run(v.name, func(t *testing.T) {
			stream := append(event("said", `{"who":"`+canary+`","x":"`+role+`"}`), v.message...)
			y, _ := New(Options{Key: testKey, Classify: chatStream}).Redact(streamExchange(stream, stream))
			require.False(t, y.Response.Body.Missing)
			all := shown(t, y.Response.Body.Bytes) + string(y.Response.Body.Bytes)
			for from := 0; ; { // also what is in words of base64
				words := ""
				for w := range base64Words(all[from:]) {
					words += string(decodeWord(all[from+w.from:from+w.to])) + "\n"
				}
				if words == "" {
					break
				}
				from = len(all)
				all += words
			}
			for _, name := range []string{canary, inARN} {
				for _, spelling := range spellings(name) {
					require.NotContains(t, all, spelling)
				}
			}
		})
	}
}
