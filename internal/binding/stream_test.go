package binding_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
)

func streamOf(t testing.TB, operation string) *binding.Stream {
	t.Helper()
	text, err := os.ReadFile("../synth/testdata/contracts/" + operation + ".json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	s, ok := binding.StreamOf(c, schema.OutputPart)
	require.True(t, ok)
	return s
}

// TestStream: what was written is read back, whatever travels where.
func TestStream(t *testing.T) {
	for _, v := range []struct{ name, operation, document, want string }{
		{"no events", "Events", `{}`, ""},
		{"events in their order", "Events", `{"stream":[{"plain":{"n":1}},{"empty":{}},{"plain":{"n":2}}]}`, ""},
		{"an object of events", "Events", `{"stream":{"plain":{"n":1},"empty":{}}}`, `{"stream":[{"plain":{"n":1}},{"empty":{}}]}`},
		{"a payload of an object, and a header", "Events", `{"stream":[{"object":{"inner":{"n":1},"mood":"GOOD"}}]}`, ""},
		{"bytes", "Events", `{"stream":[{"bytes":{"data":"/wA="}}]}`, ""},
		{"text", "Events", `{"stream":[{"text":{"line":"é\"\n"}}]}`, ""},
		{"headers", "Events", `{"stream":[{"headers":{"yes":true,"int":-1,"long":9007199254740993,"blob":"/wA=","mood":"BAD","when":-1.001}}]}`, ""},
		{"a null header is none", "Events", `{"stream":[{"headers":{"yes":null,"int":2}}]}`, `{"stream":[{"headers":{"int":2}}]}`},
		{"an exception", "Events", `{"stream":[{"gone":{"message":"x"}}]}`, ""},
		{"an unknown event", "Events", `{"stream":[{"other":{"a":[1]}}]}`, ""},
		{"a null event is none", "Events", `{"stream":[{"plain":null}]}`, `{}`},
		{"an initial message", "RpcEvents", `{"mood":"GOOD","stream":[{"plain":{"n":1}}]}`, ""},
		{"an empty initial message", "RpcEvents", `{}`, ""},
		{"initial-response as an event", "Events", `{"stream":[{"initial-response":{}}]}`, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			s := streamOf(t, v.operation)
			document, err := jsontree.Parse([]byte(v.document))
			require.NoError(t, err)
			body, err := s.Append(nil, document)
			require.NoError(t, err)
			read, err := s.Read(body)
			require.NoError(t, err)
			want := v.want
			if want == "" {
				want = v.document
			}
			require.JSONEq(t, want, string(read.Append(nil)))
		})
	}
}

// TestStreamCannotTravel: a value that a header or a payload cannot have is an error that names the
// event.
func TestStreamCannotTravel(t *testing.T) {
	for _, v := range []struct{ name, event, value string }{
		{"a boolean as text", "headers", `{"yes":"true"}`},
		{"too many bits", "headers", `{"int":2147483648}`},
		{"bytes that are not base64", "headers", `{"blob":"?"}`},
		{"no timestamp", "headers", `{"when":"yesterday"}`},
		{"text as a number", "headers", `{"mood":1}`},
		{"a payload of bytes", "bytes", `{"data":7}`},
		{"a payload of text", "text", `{"line":7}`},
	} {
		t.Run(v.name, func(t *testing.T) {
			document, err := jsontree.Parse([]byte(`{"stream":[{"` + v.event + `":` + v.value + `}]}`))
			require.NoError(t, err)
			_, err = streamOf(t, "Events").Append(nil, document)
			var failed *binding.EventError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, v.event, failed.Event)
		})
	}
}

// TestBrokenStream: what is readable around a fault is read.
func TestBrokenStream(t *testing.T) {
	s := streamOf(t, "Events")
	message := func(payload string, headers ...string) []byte {
		var all []eventstream.Header
		for i := 0; i < len(headers); i += 2 {
			all = append(all, eventstream.Named(headers[i], eventstream.String(headers[i+1])))
		}
		m, err := eventstream.Append(nil, all, []byte(payload))
		require.NoError(t, err)
		return m
	}
	good := message(`{"n":1}`, ":message-type", "event", ":event-type", "plain")
	corrupt := append([]byte{}, good...)
	corrupt[len(corrupt)-1]++
	for _, v := range []struct {
		name string
		bad  []byte
		read int
	}{
		{"a checksum", corrupt, 2},
		{"no type", message(`{}`), 2},
		{"no JSON", message(`{"n":`, ":event-type", "plain"), 2},
		{"lost framing", []byte("not a stream of events"), 1},
	} {
		t.Run(v.name, func(t *testing.T) {
			document, err := s.Read(append(append(append([]byte{}, good...), v.bad...), good...))
			require.Error(t, err)
			require.Len(t, document.Member("stream").Entries, v.read)
		})
	}
	own := message("", ":message-type", "error", ":error-code", "InternalError")
	document, err := s.Read(append(append([]byte{}, good...), own...))
	require.NoError(t, err, "an error of the stream itself is not a fault")
	require.Len(t, document.Member("stream").Entries, 1)
	for n := range good {
		document, err := s.Read(good[:n])
		require.Equal(t, n > 0, err != nil)
		require.Empty(t, document.Entries)
	}
}

// FuzzStream: whatever arrives, reading ends, and what can be written again is read as the same.
func FuzzStream(f *testing.F) {
	for _, document := range []string{`{}`, `{"stream":[{"plain":{"n":1}},{"headers":{"yes":true,"when":1.5,"blob":"AA=="}},{"text":{"line":"a"}},{"gone":{}},{"other":[]}]}`} {
		tree, err := jsontree.Parse([]byte(document))
		require.NoError(f, err)
		for _, operation := range []string{"Events", "RpcEvents"} {
			body, err := streamOf(f, operation).Append(nil, tree)
			require.NoError(f, err)
			f.Add(operation == "RpcEvents", body)
		}
	}
	streams := map[bool]*binding.Stream{false: streamOf(f, "Events"), true: streamOf(f, "RpcEvents")}
	f.Fuzz(func(t *testing.T, rpc bool, body []byte) {
		s := streams[rpc]
		document, err := s.Read(body)
		require.NotNil(t, document)
		written, failed := s.Append(nil, document)
		if err != nil || failed != nil {
			return
		}
		again, err := s.Read(written)
		require.NoError(t, err)
		require.Equal(t, string(document.Append(nil)), string(again.Append(nil)))
	})
}
