package replay

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/eventstream"
)

// TestStreamBodies checks which event streams are the same request.
func TestStreamBodies(t *testing.T) {
	message := func(payload string, headers ...eventstream.Header) string {
		b, err := eventstream.Append(nil, headers, []byte(payload))
		require.NoError(t, err)
		return string(b)
	}
	kind := eventstream.Named(":event-type", eventstream.String("AudioEvent"))
	text := eventstream.Named(":content-type", eventstream.String("application/json"))
	signed := func(payload string, second int64, signature string) string {
		return message(payload, eventstream.Named(":date", eventstream.Timestamp(1000*second)), eventstream.Named(":chunk-signature", eventstream.Bytes([]byte(signature))))
	}
	event := message(`{"a":1,"b":[2.0]}`, kind, text)
	for _, v := range []struct {
		name string
		a, b string
		same bool
	}{
		{"dates and signatures", signed(event, 1, "x") + signed("", 2, "y"), signed(event, 7, "p") + signed("", 8, "q"), true},
		{"signed and unsigned", signed(event, 1, "x") + signed("", 2, "y"), event, true},
		{"the notation of JSON and the order of headers", event, message(`{ "b":[2], "a":1 }`, text, kind), true},
		{"a member", event, message(`{"a":2,"b":[2.0]}`, kind, text), false},
		{"a header", event, message(`{"a":1,"b":[2.0]}`, kind), false},
		{"bytes", message("\x00\xff", kind), message("\x00\xfe", kind), false},
		{"the number of messages", event, event + event, false},
		{"a broken stream", event, event[:len(event)-1], false},
	} {
		t.Run(v.name, func(t *testing.T) {
			a, _ := appendBody(nil, []byte(v.a))
			b, _ := appendBody(nil, []byte(v.b))
			require.Equal(t, v.same, string(a) == string(b), "%s\n%s", a, b)
		})
	}
	_, isJSON := appendBody(nil, []byte(event))
	require.True(t, isJSON, "a miss names the first member that differs")
	_, ok := streamDocument([]byte(strings.Repeat("a", 100)))
	require.False(t, ok)
}
