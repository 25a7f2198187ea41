package bycontract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// TestEvents checks that events are redacted by their contract: sensitive members in headers and
// payloads, values of maps, exceptions, and the initial response of RPC protocols.
func TestEvents(t *testing.T) {
	contract := func(protocol, location string) *schema.Contract {
		c, err := schema.Parse([]byte(`{"crcheckContract":1,"service":"test","operation":"Get","protocol":"` + protocol + `","method":"POST","uri":"/","status":200,"target":"Test.Get",
			"input":"In","output":"Out","shapes":{"In":{"type":"structure"},
			"Out":{"type":"structure","members":[{"name":"session","shape":{"type":"string","sensitive":true}},{"name":"events"` + location + `,"shape":"Events"}]},
			"Events":{"type":"structure","union":true,"eventStream":true,"members":[{"name":"said","shape":"Said"},{"name":"voice","shape":"Voice"},{"name":"gone","location":"exception","shape":"Gone"}]},
			"Said":{"type":"structure","members":[{"name":"pin","shape":{"type":"string","sensitive":true}},{"name":"mood","shape":{"type":"string","enum":["GOOD"]}},
				{"name":"tags","shape":{"type":"map","key":{"type":"string"},"value":{"type":"string"}}}]},
			"Voice":{"type":"structure","members":[{"name":"speaker","location":"eventHeader","shape":{"type":"string","sensitive":true}},{"name":"sound","location":"eventPayload","shape":{"type":"blob","sensitive":true}}]},
			"Gone":{"type":"structure","members":[{"name":"pin","shape":{"type":"string","sensitive":true}},{"name":"message","shape":{"type":"string"}}]}}}`))
		require.NoError(t, err)
		return c
	}
	rest, rpc := contract("restJson1", `,"location":"payload"`), contract("awsJson1_1", "")
	for _, v := range []struct {
		name, kind, event, header, payload string
		contract                           *schema.Contract
		kept                               string
	}{
		{"sensitive member", ":event-type", "said", "", `{"mood":"GOOD","pin":"open sesame"}`, rest, `{"mood":"GOOD","pin":"`},
		{"value of a map", ":event-type", "said", "", `{"tags":{"a":"open sesame"}}`, rest, `{"tags":{"a":"`},
		{"sensitive header", ":event-type", "voice", "open sesame", ``, rest, "speaker"},
		{"sensitive bytes", ":event-type", "voice", "", "\xffopen sesame", rest, redact.Mask},
		{"exception", ":exception-type", "gone", "", `{"pin":"open sesame","message":"it is gone"}`, rest, `"message":"it is gone"`},
		{"initial response", ":event-type", "initial-response", "", `{"session":"open sesame"}`, rpc, `{"session":"`},
		{"event of an RPC protocol", ":event-type", "said", "", `{"pin":"open sesame"}`, rpc, `{"pin":"`},
	} {
		t.Run(v.name, func(t *testing.T) {
			kind := "event"
			if v.kind == ":exception-type" {
				kind = "exception"
			}
			headers := []eventstream.Header{eventstream.Named(":message-type", eventstream.String(kind)), eventstream.Named(v.kind, eventstream.String(v.event))}
			if v.header != "" {
				headers = append(headers, eventstream.Named("speaker", eventstream.String(v.header)))
			}
			stream, err := eventstream.Append(nil, headers, []byte(v.payload))
			require.NoError(t, err)
			x := job("")
			x.Request.Method, x.Request.URL = "POST", "https://test.us-east-1.amazonaws.com/"
			if v.contract == rpc {
				x.Request.Header = map[string][]string{"X-Amz-Target": {"Test.Get"}, "Content-Type": {"application/x-amz-json-1.1"}}
			}
			x.Response.Header.Set("Content-Type", eventstream.MediaType)
			x.Response.Body = traffic.BodyOf(stream)
			y, found := redact.New(redact.Options{Key: key, Classify: bycontract.New(schema.NewCatalog(v.contract))}).Redact(x)
			require.Empty(t, found)
			now := string(y.Response.Body.Bytes)
			require.NotContains(t, now, "sesame")
			require.Contains(t, now, v.kept)
			require.Contains(t, now, v.event)
			_, next, fault := eventstream.Decode(y.Response.Body.Bytes, 0)
			require.Nil(t, fault)
			require.Equal(t, len(now), next)
		})
	}
}
