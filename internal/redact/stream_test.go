package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// message encodes one message: headers are alternately names and values.
func message(payload string, headers ...any) []byte {
	var all []eventstream.Header
	for i := 0; i < len(headers); i += 2 {
		v, ok := headers[i+1].(eventstream.Value)
		if !ok {
			v = eventstream.String(headers[i+1].(string))
		}
		all = append(all, eventstream.Named(headers[i].(string), v))
	}
	b, err := eventstream.Append(nil, all, []byte(payload))
	if err != nil {
		panic(err)
	}
	return b
}

func event(name, payload string, more ...any) []byte {
	return message(payload, append([]any{":message-type", "event", ":event-type", name, ":content-type", "application/json"}, more...)...)
}

// shown renders a well-formed stream, with signed messages in braces.
func shown(t *testing.T, stream []byte) string {
	t.Helper()
	var b strings.Builder
	for at := 0; at < len(stream); {
		m, next, fault := eventstream.Decode(stream, at)
		if fault != nil {
			t.Fatalf("%v in %q", fault, stream)
		}
		for h, rest, ok := m.Headers.Next(); ok; h, rest, ok = rest.Next() {
			switch h.Type {
			case eventstream.TypeString:
				fmt.Fprintf(&b, "%s=%s ", h.Name, h.Data)
			default:
				fmt.Fprintf(&b, "%s=%s:%x ", h.Name, h.Type, h.Data)
			}
		}
		if framed(m.Payload) {
			fmt.Fprintf(&b, "{%s}\n", shown(t, m.Payload))
		} else {
			fmt.Fprintf(&b, "| %s\n", m.Payload)
		}
		at = next
	}
	return b.String()
}

func streamExchange(request, response []byte) *traffic.Interaction {
	x := exchange("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream", "", "")
	x.Request.Method = "POST"
	if request != nil {
		x.Request.Header.Set("Content-Type", eventstream.MediaType)
		x.Request.Body = traffic.BodyOf(request)
	}
	if response != nil {
		x.Response.Header.Set("Content-Type", eventstream.MediaType)
		x.Response.Body = traffic.BodyOf(response)
	}
	return x
}

// chatStream is what a contract could state about a stream.
func chatStream(*traffic.Interaction) Places {
	whole := &Node{Place: Place{Class: Whole}}
	blob := &Node{Place: Place{Class: Whole, Blob: true, Accepts: func(s string) bool {
		_, err := base64.StdEncoding.DecodeString(s)
		return err == nil
	}}}
	return Places{Response: &Node{Stream: &Stream{Name: "stream", Initial: &Node{Members: map[string]*Node{"session": whole}}, Events: map[string]*Event{
		"said":  {Payload: &Node{Members: map[string]*Node{"who": whole, "kind": {Place: Place{Class: Keep}}}}},
		"voice": {Headers: map[string]Place{"speaker": {Class: Whole}, "key": blob.Place}, Payload: blob, Raw: true},
		"note":  {Payload: whole, Raw: true},
		"chunk": {Payload: &Node{Members: map[string]*Node{"bytes": blob}}},
		"gone":  {Payload: &Node{Members: map[string]*Node{"message": {}, "who": whole}}},
	}}}}
}

const streamARN = "arn:aws:iam::" + account + ":role/the-analyst"

// TestStreams checks each kind of message: what must be gone from the recording, and what a client
// still finds in it.
func TestStreams(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	for _, v := range []struct {
		name       string
		message    []byte
		gone, kept []string
		classify   Classify
		found      []finding.RuleID
	}{
		{"JSON by format", event("x", `{"a":"`+streamARN+`","n":1}`), []string{account, "the-analyst"}, []string{":event-type=x", `"n":1}`, "arn:aws:iam::"}, nil, nil},
		{"JSON by contract", event("said", `{"who":"Jane Doe","kind":"Jane Doe","x":1}`), []string{`"who":"Jane Doe"`}, []string{`"kind":"Jane Doe"`, `"x":1`}, chatStream, nil},
		{"initial-response", event("initial-response", `{"session":"Jane Doe"}`), []string{"Jane Doe"}, []string{":event-type=initial-response", `"session":"`}, chatStream, nil},
		{"exception", message(`{"message":"`+streamARN+`","who":"Jane Doe","code":"Gone"}`, ":message-type", "exception", ":exception-type", "gone", ":content-type", "application/json"),
			[]string{account, "the-analyst", "Jane Doe"}, []string{":exception-type=gone", `"code":"Gone"`, ":message-type=exception"}, chatStream, nil},
		{"error", message("", ":message-type", "error", ":error-code", "InternalFailure", ":error-message", "no "+streamARN),
			[]string{account, "the-analyst"}, []string{":error-code=InternalFailure", ":error-message=no arn:aws:iam::"}, nil, nil},
		{"unknown event", event("somethingNew", `{"a":"`+uuid+`"}`), []string{uuid}, []string{":event-type=somethingNew"}, chatStream, nil},
		{"identifiers in the name of an event", event(streamARN, `{}`), []string{account, "the-analyst"}, nil, chatStream, nil},
		{"headers by format", event("x", `{}`, "x-role", streamARN, "id", eventstream.UUID([16]byte{0xab, 15: 0xcd}), "raw", eventstream.Bytes([]byte("in "+streamARN)), "n", eventstream.Long(7)),
			[]string{account, "the-analyst", "ab000000000000000000000000000000cd", hex.EncodeToString([]byte("analyst"))}, []string{"x-role=arn:aws:iam::", "id=uuid:", "raw=byte_array:", "n=long:0000000000000007"}, nil, nil},
		{"names of headers", event("x", `{}`, "for "+streamARN, eventstream.Bool(true)), []string{account, "the-analyst"}, []string{"for arn:aws:iam::"}, nil, nil},
		{"headers by contract", event("voice", "", "speaker", "Jane Doe", "key", eventstream.Bytes([]byte{0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa})), []string{"Jane Doe", "fffefdfcfbfa"}, []string{"speaker=", "key=byte_array:"}, chatStream, nil},
		{"text", message("from "+streamARN, ":message-type", "event", ":event-type", "x", ":content-type", "text/plain"), []string{account, "the-analyst"}, []string{"| from arn:aws:iam::"}, nil, nil},
		{"text by contract", event("note", "Jane Doe was here"), []string{"Jane Doe"}, nil, chatStream, nil},
		{"bytes", message("\x00\xff "+streamARN+" \x00", ":message-type", "event", ":event-type", "x"), []string{account, "the-analyst"}, []string{"\x00\xff arn:aws"}, nil, nil},
		{"bytes without an identifier", message("\x00\xff\x01\x80", ":message-type", "event", ":event-type", "x"), nil, []string{"| \x00\xff\x01\x80"}, nil, nil},
		{"bytes by contract", event("voice", "\x00\xffJane Doe\x80"), []string{"Jane Doe"}, nil, chatStream, nil},
		{"a document as bytes by contract", event("voice", `{"type":"message","who":"Jane Doe","n":[1,"Jane"]}`), []string{"Jane"}, []string{`{"type":"message","who":"`, `"n":[1,"`}, chatStream, nil},
		{"secrets in JSON", event("x", `{"a":"`+keyID+`","password":"hunter2-hunter2"}`), []string{keyID, "hunter2"}, []string{`"a":"` + Mask, `"password":"` + Mask}, nil, []finding.RuleID{finding.SecretFound}},
		{"secrets in headers", event("x", `{}`, "k", keyID, "b", eventstream.Bytes([]byte(keyID))), []string{keyID, hex.EncodeToString([]byte(keyID))}, []string{"k=" + Mask, "b=byte_array:" + hex.EncodeToString([]byte(Mask))}, nil, []finding.RuleID{finding.SecretFound}},
		{"padding", event("x", `{"a":1,"p":"abcdefghijklmnopqrstuvwxyzABCDEFGH"}`), []string{"ABCDEFGH"}, []string{`"p":"` + padding + `"`}, nil, nil},
		{"not padding", event("x", `{"a":{"p":"ab"},"b":"ab"}`), nil, []string{`{"a":{"p":"ab"},"b":"ab"}`}, nil, nil},
		{"not JSON", event("said", `{"who":"Jane`), []string{"Jane"}, nil, chatStream, nil},
		{"an empty payload", event("x", ""), nil, []string{"| \n"}, chatStream, nil},
		{"JSON in base64", event("x", `{"bytes":"`+b64([]byte(`{"a":"\u0061rn:aws:iam::`+account+`:role/the-analyst","password":"hunter2-hunter2"}`))+`"}`),
			[]string{b64([]byte(`{"a":"\u0061rn:a`))[:12] + "eA"}, []string{`{"bytes":"eyJhIjoi`}, nil, []finding.RuleID{finding.SecretFound}},
	} {
		t.Run(v.name, func(t *testing.T) {
			x := streamExchange(nil, v.message)
			x.Response.Header.Set("Content-Length", fmt.Sprint(len(v.message)))
			y, found := New(Options{Key: testKey, Classify: v.classify}).Redact(x)
			require.Equal(t, v.found, found.Rules(), "%v", found)
			now := y.Response.Body.Bytes
			require.Equal(t, fmt.Sprint(len(now)), y.Response.Header.Get("Content-Length"))
			text := shown(t, now)
			for _, s := range v.gone {
				require.NotContains(t, text, s)
				require.NotContains(t, string(now), s)
			}
			for _, s := range v.kept {
				require.Contains(t, text, s)
			}
			require.Nil(t, Scan(y, v.classify))
		})
	}
}

// TestBase64Documents checks that a blob of JSON is redacted as JSON, so that a client can still
// read it, whether or not the contract calls it sensitive.
func TestBase64Documents(t *testing.T) {
	const document = `{"type":"content_block_delta","delta":{"type":"text_delta","text":"\u004aane Doe"},"who":"` + streamARN + `","Jane Doe":1}`
	for _, v := range []struct {
		name     string
		classify Classify
		encoding *base64.Encoding
		deep     bool
	}{
		{"sensitive", chatStream, base64.StdEncoding, false},
		{"sensitive, nested", chatStream, base64.StdEncoding, true},
		{"by format", nil, base64.RawURLEncoding, false},
	} {
		t.Run(v.name, func(t *testing.T) {
			inner := document
			if v.deep {
				inner = `{"type":"ping","body":"` + v.encoding.EncodeToString([]byte(document)) + `"}`
			}
			x := streamExchange(nil, event("chunk", `{"bytes":"`+v.encoding.EncodeToString([]byte(inner))+`","p":"abc"}`))
			y, found := New(Options{Key: testKey, Classify: v.classify}).Redact(x)
			require.Nil(t, found)
			text := shown(t, y.Response.Body.Bytes)
			_, text, _ = strings.Cut(text, `"bytes":"`)
			text, _, _ = strings.Cut(text, `"`)
			now, err := v.encoding.DecodeString(text)
			require.NoError(t, err)
			if v.deep {
				require.Contains(t, string(now), `{"type":"ping","body":"`)
				_, text, _ = strings.Cut(string(now), `"body":"`)
				now, err = v.encoding.DecodeString(strings.TrimSuffix(text, `"}`))
				require.NoError(t, err)
			}
			require.Contains(t, string(now), `{"type":"content_block_delta","delta":{"type":"text_delta","text":"`)
			require.NotContains(t, string(now), account)
			require.NotContains(t, string(now), "the-analyst")
			if v.classify != nil {
				require.NotContains(t, string(now), "ane Doe")
			}
		})
	}
}

// TestSignedMessages checks that the signatures of messages that a client sends are masked, also
// where they are repeated, and that the messages within are redacted.
func TestSignedMessages(t *testing.T) {
	signature := bytes.Repeat([]byte{0xA7, 0x31}, 16)
	signed := func(payload []byte) []byte {
		return message(string(payload), ":date", eventstream.Timestamp(1767225600000), chunkSignature, eventstream.Bytes(signature))
	}
	request := append(signed(event("said", `{"a":"`+streamARN+`"}`)), signed(nil)...)
	x := streamExchange(request, event("echo", `{"signature of":"`+hex.EncodeToString(signature)+`"}`))
	require.Equal(t, []finding.RuleID{finding.SecretFound}, Scan(x, nil).Rules())
	y, found := New(Options{Key: testKey}).Redact(x)
	require.Equal(t, []finding.RuleID{finding.SecretFound}, found.Rules(), "the echo")
	text := shown(t, y.Request.Body.Bytes)
	require.NotContains(t, text, account)
	require.NotContains(t, text, "a731")
	require.Contains(t, text, ":date=timestamp:0000019b76daa800 :chunk-signature=byte_array:"+strings.Repeat("00", 32)+" {:message-type=event :event-type=said")
	require.Contains(t, shown(t, y.Response.Body.Bytes), Mask)
	require.Nil(t, Scan(y, nil))
	again, _ := New(Options{Key: testKey}).Redact(x)
	require.Equal(t, string(y.Request.Body.Bytes), string(again.Request.Body.Bytes), "replay finds the request")

	x.Request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/transcribe/aws4_request, SignedHeaders=host, Signature=00")
	require.Nil(t, Scan(x, nil), "signed with a made-up key")
}

// TestStreamNames checks that names of streams are found in other bodies, and the other way round.
func TestStreamNames(t *testing.T) {
	r := New(Options{Key: testKey})
	text := func(x *traffic.Interaction) string {
		y, found := r.Redact(x)
		require.Nil(t, found)
		return string(y.Response.Body.Bytes)
	}
	text(streamExchange(nil, event("x", `{"a":"`+streamARN+`"}`)))
	require.NotContains(t, text(exchange("https://example.com/", "", `{"b":"seen by the-analyst"}`)), "the-analyst")
	text(exchange("https://example.com/", "", `{"b":"arn:aws:iam::`+account+`:role/the-reviewer"}`))
	require.NotContains(t, text(streamExchange(nil, event("x", "by the-reviewer", "who", "the-reviewer"))), "the-reviewer")
}

// TestBrokenStreams checks that nothing of a broken stream is recorded, and that the finding says
// where it is broken without quoting it.
func TestBrokenStreams(t *testing.T) {
	whole := append(event("x", `{"a":"b"}`), event("x", `{"a":"`+streamARN+`"}`)...)
	changed := func(at int) []byte {
		b := bytes.Clone(whole)
		b[at] ^= 1
		return b
	}
	for _, v := range []struct {
		name string
		body []byte
	}{
		{"cut", whole[:len(whole)-7]},
		{"cut in the prelude", append(bytes.Clone(whole), 0, 0)},
		{"CRC of a message", changed(len(whole) - 1)},
		{"CRC of a prelude", changed(8)},
		{"payload", changed(len(whole) - 20)},
		{"not a stream", []byte("the-analyst")},
		{"duplicate header", bytes.Replace(whole, []byte(":event-type"), []byte(":event-typ\xff"), 1)},
	} {
		t.Run(v.name, func(t *testing.T) {
			x := streamExchange(v.body, v.body)
			y, found := New(Options{Key: testKey}).Redact(x)
			require.True(t, y.Response.Body.Missing && y.Request.Body.Missing)
			require.Equal(t, []finding.RuleID{finding.RecordNotRedacted}, found.Rules())
			require.NotContains(t, fmt.Sprint(found), "analyst")
			require.Contains(t, found[0].Message, "broken at byte")
			Scan(x, nil) // must not panic
		})
	}
	t.Run("an error in JSON", func(t *testing.T) {
		y, found := New(Options{Key: testKey}).Redact(streamExchange(nil, []byte(`{"message":"`+streamARN+`"}`)))
		require.Nil(t, found)
		require.NotContains(t, string(y.Response.Body.Bytes), account)
		require.Contains(t, string(y.Response.Body.Bytes), `{"message":"arn:aws:iam::`)
	})
	t.Run("without a Content-Type", func(t *testing.T) {
		x := streamExchange(nil, whole)
		x.Response.Header.Del("Content-Type")
		y, found := New(Options{Key: testKey}).Redact(x)
		require.Nil(t, found)
		require.NotContains(t, shown(t, y.Response.Body.Bytes), account)
		x.Response.Body = traffic.BodyOf(whole[:len(whole)-7])
		y, _ = New(Options{Key: testKey, Classify: chatStream}).Redact(x)
		require.True(t, y.Response.Body.Missing, "the contract says that it is a stream")
	})
}

// TestStreamPointers checks that a finding has the pointer that validation would give the event.
func TestStreamPointers(t *testing.T) {
	for _, v := range []struct {
		name, want string
		classify   Classify
	}{{"by contract", "/stream/1/said/a", chatStream}, {"without a contract", "/1/said/a", nil}} {
		t.Run(v.name, func(t *testing.T) {
			_, found := New(Options{Key: testKey, Classify: v.classify}).Redact(streamExchange(nil, append(event("said", `{}`), event("said", `{"a":"`+keyID+`"}`)...)))
			require.Len(t, found, 1)
			require.Equal(t, v.want, found[0].Pointer)
		})
	}
}

// TestStreamTime checks that redaction is linear in a stream.
func TestStreamTime(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	spent := func(n int) time.Duration {
		b64 := base64.StdEncoding.EncodeToString([]byte(`{"delta":{"text":"some words of a model"}}`))
		one := append(event("chunk", `{"bytes":"`+b64+`","p":"abcdef"}`), event("chunk", `{"text":"`+streamARN+`"}`)...)
		x := streamExchange(nil, bytes.Repeat(one, n/len(one)))
		start := time.Now()
		_, found := New(Options{Key: testKey}).Redact(x)
		require.Nil(t, found)
		return time.Since(start)
	}
	spent(1 << 18)
	small, large := fastest(spent, 1<<20), fastest(spent, 4<<20)
	t.Log(small, large)
	require.Less(t, large, 8*small)
}

// fastest returns the shortest time of a few runs: the machine does other work too.
func fastest(spent func(n int) time.Duration, n int) time.Duration {
	return min(spent(n), spent(n), spent(n), spent(n))
}

func FuzzStream(f *testing.F) {
	f.Add(event("x", `{"a":"`+streamARN+`","b":"`+keyID+`"}`, "h", streamARN))
	f.Add(event("chunk", `{"bytes":"eyJhIjoiYXJuOmF3czppYW06OjExMTEyMjIyMzMzMzpyb2xlL3gifQ==","p":"ab"}`))
	f.Add(append(event("voice", "\x00\xff111122223333", "key", eventstream.Bytes([]byte{0xff})), event("note", "Jane")...))
	f.Add(message(string(event("said", `{"who":"Jane Doe"}`)), chunkSignature, eventstream.Bytes([]byte("0123456789")), ":date", eventstream.Timestamp(1)))
	f.Fuzz(func(t *testing.T, stream []byte) {
		// Most inputs are not framed, so they also become the payload and a header of a message.
		for _, s := range [][]byte{stream, message(string(stream), ":message-type", "event", ":event-type", "said"),
			event("chunk", string(stream), "raw", eventstream.Bytes(stream[:min(len(stream), 1000)]))} {
			x := streamExchange(s, s)
			y, _ := New(Options{Key: testKey, Classify: chatStream}).Redact(x)
			if len(s) > 0 && streamFault(s) == nil {
				require.Nil(t, streamFault(y.Response.Body.Bytes))
				require.Nil(t, streamFault(y.Request.Body.Bytes))
			}
			Scan(x, chatStream)
		}
	})
}
