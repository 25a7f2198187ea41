//go:build unix

package main

import (
	"encoding/base64"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/installed"
	"github.com/crcheck/crcheck/internal/standin"
)

const analyst = "arn:aws:iam::" + account + ":role/the-analyst"

// streams is a service with the event streams of three services.
func streams(t *testing.T) *standin.Service {
	message := func(payload string, headers ...string) string {
		var all []eventstream.Header
		for i := 0; i < len(headers); i += 2 {
			all = append(all, eventstream.Named(headers[i], eventstream.String(headers[i+1])))
		}
		b, err := eventstream.Append(nil, all, []byte(payload))
		require.NoError(t, err)
		return string(b)
	}
	event := func(name, payload string) string {
		return message(payload, ":message-type", "event", ":event-type", name, ":content-type", "application/json")
	}
	chunk := func(payload string) string {
		return event("chunk", `{"bytes":"`+base64.StdEncoding.EncodeToString([]byte(payload))+`","p":"abcdefg"}`)
	}
	said := event("messageStart", `{"role":"assistant","p":"a"}`) + event("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"I am `+analyst+`"},"p":"abc"}`)
	return &standin.Service{Credentials: mine, Respond: func(r *http.Request, body []byte) standin.Response {
		h := http.Header{"Content-Type": {eventstream.MediaType}}
		var text string
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/converse-stream") && strings.Contains(string(body), "throttle"):
			text = said + message(`{"message":"too many for `+analyst+`"}`, ":message-type", "exception", ":exception-type", "throttlingException", ":content-type", "application/json")
		case strings.HasSuffix(path, "/converse-stream"):
			text = said + event("contentBlockStop", `{"contentBlockIndex":0}`) + event("messageStop", `{"stopReason":"end_turn","p":"ab"}`)
		case strings.HasSuffix(path, "/invoke-with-response-stream"):
			h.Set("X-Amzn-Bedrock-Content-Type", "application/json")
			text = chunk(`{"type":"message_start","message":{"role":"assistant"}}`) + chunk(`{"type":"content_block_delta","delta":{"text":"`+analyst+`"}}`)
		case strings.HasSuffix(path, "/response-streaming-invocations"):
			text = message(`{"who":"`+analyst+`"}`, ":message-type", "event", ":event-type", "PayloadChunk", ":content-type", "application/octet-stream") +
				message("\x00\xff", ":message-type", "event", ":event-type", "PayloadChunk", ":content-type", "application/octet-stream") + event("InvokeComplete", `{}`)
		default:
			record := `{"SequenceNumber":"495903","ApproximateArrivalTimestamp":1767225600.123,"PartitionKey":"k1","Data":"` + base64.StdEncoding.EncodeToString([]byte(`{"who":"`+analyst+`"}`)) + `"}`
			text = message(`{}`, ":message-type", "event", ":event-type", "initial-response", ":content-type", "application/x-amz-json-1.1") +
				message(`{"Records":[`+record+`],"ContinuationSequenceNumber":"495904","MillisBehindLatest":0}`, ":message-type", "event", ":event-type", "SubscribeToShardEvent", ":content-type", "application/x-amz-json-1.1")
		}
		return standin.Response{Header: h, Body: text, Chunked: true}
	}}
}

// TestRecordStreams records event streams with boto3 and checks every command that reads them: the
// client gets the same events in replay, with pseudonyms.
func TestRecordStreams(t *testing.T) {
	into := installed.Folder(t, installed.Python("../../clients/python"))
	program := []string{"--", filepath.Join(into, "bin", "python"), testdata(t, "boto3_streams.py")}
	models, err := filepath.Glob(filepath.Join(into, "lib", "python3*", "site-packages", "botocore", "data"))
	require.NoError(t, err)
	require.Len(t, models, 1)
	var contracts []string
	for _, service := range []string{"bedrock-runtime", "kinesis", "lambda"} {
		contracts = append(contracts, "--contract", filepath.Join(models[0], service))
	}

	r := newRecording(t, streams(t), "")
	live := r.run(t, nil, append(append(contracts, "--allow-writes"), program...)...)
	require.Equal(t, exitClean, live.status, "%s\n%s", live.out, live.err)
	require.Contains(t, live.err, "recorded 5 interactions to job.yaml\n")
	require.Equal(t, "I am "+analyst+"\nthrottlingException\nmessage_start\ncontent_block_delta\n"+analyst+"\n['PayloadChunk']\n['PayloadChunk']\n['InvokeComplete']\n", live.out)

	text := r.cassette(t)
	var bodies strings.Builder
	for _, m := range regexp.MustCompile(`(?m)!!binary \|\n((?: +[A-Za-z0-9+/=]+\n)+)`).FindAllStringSubmatch(text, -1) {
		b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(m[1]), ""))
		require.NoError(t, err)
		bodies.Write(b)
	}
	for _, name := range []string{account, "the-analyst", base64.StdEncoding.EncodeToString([]byte(`{"who":"` + analyst + `"}`))[16:60]} {
		require.NotContains(t, text, name)
		require.NotContains(t, bodies.String(), name)
	}

	converted := crcheck(t, r.dir, "cassette", "convert", "job.yaml", "-o", "job.ndjson")
	require.Equal(t, exitClean, converted.status, converted.err)
	for _, cassette := range []string{"job.yaml", "job.ndjson"} {
		t.Run(cassette, func(t *testing.T) {
			got := crcheck(t, r.dir, append(append([]string{"validate", "--fail-on", "warning"}, contracts...), cassette)...)
			require.Equal(t, exitClean, got.status, got.out)
			require.Contains(t, got.out, "checked 5 responses of 1 file")
			got = crcheck(t, r.dir, append(append([]string{"cassette", "lint"}, contracts...), cassette)...)
			require.NotContains(t, got.out, "secret.found")
			replayed := crcheck(t, r.dir, append(append(append([]string{"replay"}, contracts...), cassette), program...)...)
			require.Equal(t, exitClean, replayed.status, "%s\n%s", replayed.out, replayed.err)
			require.Contains(t, replayed.err, "played 5 of 5 interactions, 0 misses\n")
			words := regexp.MustCompile(`arn:aws:iam::\d{12}:role/\S+`)
			require.Equal(t, words.ReplaceAllString(live.out, "ARN"), words.ReplaceAllString(replayed.out, "ARN"))
		})
	}
}
