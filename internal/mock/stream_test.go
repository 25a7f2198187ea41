package mock_test

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/mock"
	"github.com/crcheck/crcheck/schema"
)

// TestEvents checks the events that an operation with a stream sends: each kind once, or as preferred.
func TestEvents(t *testing.T) {
	text, err := os.ReadFile("../synth/testdata/contracts/Events.json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	codec, ok := binding.StreamOf(c, schema.OutputPart)
	require.True(t, ok)
	s, err := mock.New(schema.NewCatalog(c), nil, 1)
	require.NoError(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); server.Close() })
	all := []string{"plain", "empty", "object", "must", "bytes", "text", "note", "headers", "secret"}
	for name, v := range map[string]struct {
		prefer string
		events []string
		mood   string // of the event plain
	}{
		"full":              {"", all, "GOOD"},
		"a value":           {"response=stream.plain.mood=BAD", all, "BAD"},
		"an exception":      {"response=stream=gone", append(all[:len(all):len(all)], "gone"), "GOOD"},
		"no events":         {"response=minimal", nil, ""},
		"an unknown member": {"response=stream=<unknown member>", []string{"crcheckUnknownMember"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var header []string
			if v.prefer != "" {
				header = []string{"Prefer", v.prefer}
			}
			r := send(t, "POST", server.URL+"/talk", "", header...)
			require.Equal(t, 200, r.status, r.body)
			require.Equal(t, eventstream.MediaType, r.header.Get("Content-Type"))
			document, err := codec.Read([]byte(r.body))
			require.NoError(t, err)
			var events []string
			var mood string
			if stream := document.Member("stream"); stream != nil {
				for _, e := range stream.Entries {
					events = append(events, e.Value.Entries[0].Name)
					if plain := e.Value.Member("plain"); plain != nil {
						mood = plain.Member("mood").Text
					}
				}
			}
			require.Equal(t, v.events, events)
			require.Equal(t, v.mood, mood)
		})
	}
}
