package synth_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
)

// eventsOf returns the types of the messages of a stream.
func eventsOf(t *testing.T, body []byte) []string {
	t.Helper()
	var all []string
	for at := 0; at < len(body); {
		m, next, fault := eventstream.Decode(body, at)
		require.Nil(t, fault)
		for _, header := range []string{":event-type", ":exception-type"} {
			if v, ok := m.Headers.Get(header); ok {
				all = append(all, string(v.Data))
			}
		}
		at = next
	}
	return all
}

// TestEvents checks what the streams of events consist of, with and without an initial message.
func TestEvents(t *testing.T) {
	plain := []string{"plain", "empty", "object", "must", "bytes", "text", "note", "headers", "secret"}
	for operation, initial := range map[string][]string{"Events": nil, "RpcEvents": {"initial-response"}} {
		t.Run(operation, func(t *testing.T) {
			c := construct(t, operation)
			s := newSynth(t, c, schema.HTTP)
			codec, ok := binding.StreamOf(c, schema.OutputPart)
			require.True(t, ok)

			minimal, err := s.Minimal(schema.OutputPart)
			require.NoError(t, err)
			require.Equal(t, initial, eventsOf(t, minimal))
			for name, make := range map[string]func() ([]byte, error){
				"full":   func() ([]byte, error) { return s.Full(schema.OutputPart) },
				"sample": func() ([]byte, error) { return s.Sample(schema.OutputPart) },
			} {
				body, err := make()
				require.NoError(t, err)
				require.Equal(t, append(slices.Clone(initial), plain...), eventsOf(t, body), name)
			}
			body, err := s.Sample(schema.OutputPart, synth.Choice{Pointer: "/stream/gone"}, synth.Choice{Pointer: "/stream/headers/mood", Text: `"BAD"`})
			require.NoError(t, err)
			require.Equal(t, append(append(slices.Clone(initial), plain...), "gone"), eventsOf(t, body), "an exception ends the stream")
			document, err := codec.Read(body)
			require.NoError(t, err)
			require.Equal(t, "BAD", document.Member("stream").Entries[7].Value.Member("headers").Member("mood").Text)

			seen, moods := map[string]bool{}, map[string]bool{}
			for body := range s.Documents(schema.OutputPart) {
				types := eventsOf(t, body)
				require.Equal(t, initial, append([]string(nil), types[:len(initial)]...))
				for i, name := range types[len(initial):] {
					seen[name] = true
					require.True(t, name != "gone" || i == 0, "an exception occurs alone")
				}
				document, err := codec.Read(body)
				require.NoError(t, err)
				if mood := inHeader(document); mood != nil {
					moods[mood.Text] = true
				}
			}
			require.ElementsMatch(t, append(slices.Clone(plain), "gone"), slices.Collect(maps.Keys(seen)))
			require.Equal(t, map[string]bool{"GOOD": true, "BAD": true}, moods)

			request, err := s.RandomRequest(1)
			require.NoError(t, err)
			require.Equal(t, eventstream.MediaType, request.Header.Get("Content-Type"))
		})
	}
}

// inHeader returns the mood in a header of the only event.
func inHeader(document *jsontree.Node) *jsontree.Node {
	if events := document.Member("stream"); events != nil && len(events.Entries) == 1 {
		return events.Entries[0].Value.Member("headers").Member("mood")
	}
	return nil
}

// TestLongHeader checks that a text that is too long for the header of an event does not stop the
// others.
func TestLongHeader(t *testing.T) {
	c := construct(t, "Events")
	m, ok := c.Shapes["Headers"].Member("mood")
	require.True(t, ok)
	m.Shape = schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Min: "1", Max: "40000"})})
	var last string
	for trial := range newSynth(t, c, schema.HTTP).Trials(schema.OutputPart) {
		require.NotEqual(t, "40000 characters", trial.How)
		last = trial.Place.String()
	}
	require.Equal(t, "output#/stream/gone/code", last)

	m.Shape = schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Min: "40000"})})
	_, err := newSynth(t, c, schema.HTTP).Full(schema.OutputPart)
	var problem *synth.Problem
	require.ErrorAs(t, err, &problem)
	require.Equal(t, "output#/stream", problem.Place.String())
}
