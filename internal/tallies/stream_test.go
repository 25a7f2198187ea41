package tallies_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

// TestEvents checks that findings about events are counted by their place in the union, whatever their
// index in the stream is, and that an overlay can state them.
func TestEvents(t *testing.T) {
	text, err := os.ReadFile("../synth/testdata/contracts/Events.json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	codec, ok := binding.StreamOf(c, schema.OutputPart)
	require.True(t, ok)
	const events = 3000
	document, err := jsontree.Parse([]byte(`{"stream":[{"headers":{"when":1}},` + strings.TrimSuffix(strings.Repeat(`{"plain":{"n":1,"mood":"NEW","list":["x"]}},`, events), ",") + `]}`))
	require.NoError(t, err)
	body, err := codec.Append(nil, document)
	require.NoError(t, err)
	x := &traffic.Interaction{Source: "talk.ndjson", Kind: traffic.NDJSON, Request: &traffic.Request{Method: "POST", URL: "http://localhost/talk"},
		Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {eventstream.MediaType}}, Body: traffic.BodyOf(body)}}
	counted := func(c *schema.Contract) *tallies.Traffic {
		k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
		require.NoError(t, err)
		tally := tallies.New([]*schema.Contract{c})
		outcome, err := k.Check(x, validate.Bare{})
		require.NoError(t, err)
		tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
		return tally.Traffic(finding.Default, nil)
	}
	r := counted(c)
	var places []string
	for _, o := range r.Observations {
		places = append(places, string(o.Rule)+" "+o.Place)
	}
	require.ElementsMatch(t, []string{"enum.unknown-value /stream/plain/mood", "type.mismatch /stream/plain/list/*"}, places[:2])
	require.LessOrEqual(t, len(places), 3, "at most the limit of findings beside them: %v", places)
	require.Equal(t, []tallies.TimestampPlace{{Operation: c.Name(), Part: schema.OutputPart, Place: "/stream/headers/when"}}, r.Timestamps)
	proposals := r.Propose([]*schema.Contract{c})
	require.Len(t, proposals, 1)
	require.Contains(t, string(proposals[0].Overlay), "at: output#/stream/plain/mood\n    enum:")
}
