package coverage_test

import (
	"encoding/base64"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/internal/eventstream"
	"github.com/crcheck/crcheck/internal/jsontree"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
	"github.com/crcheck/crcheck/traffic"
)

func streaming(t *testing.T, operation string) *schema.Contract {
	t.Helper()
	text, err := os.ReadFile("../synth/testdata/contracts/" + operation + ".json")
	require.NoError(t, err)
	c, err := schema.Parse(text)
	require.NoError(t, err)
	return c
}

// streamed is a response with the events of a document.
func streamed(t *testing.T, c *schema.Contract, document string) *traffic.Response {
	t.Helper()
	codec, ok := binding.StreamOf(c, schema.OutputPart)
	require.True(t, ok)
	tree, err := jsontree.Parse([]byte(document))
	require.NoError(t, err)
	body, err := codec.Append(nil, tree)
	require.NoError(t, err)
	return &traffic.Response{Status: 200, Header: map[string][]string{"Content-Type": {eventstream.MediaType}}, Body: traffic.BodyOf(body)}
}

// unseen returns what a tally lacks.
func unseen(tally *coverage.Tally) []string {
	var all []string
	for _, s := range tally.Report().Contracts[0].Shares {
		all = append(all, s.Missing...)
	}
	return all
}

// TestEvents checks what the events of a stream show.
func TestEvents(t *testing.T) {
	const stream = "output#/stream"
	for _, v := range []struct {
		name, operation, document string
		shows                     []string // of the stream; what is shown of an event is in its structure's first place
	}{
		{"no events", "Events", `{}`, []string{stream + " absent"}},
		{"an event", "Events", `{"stream":[{"plain":{"n":1}}]}`, []string{stream, stream + "/plain", stream + "/plain/n", stream + "/plain/mood absent", stream + "/plain/list absent"}},
		{"two events", "Events", `{"stream":[{"empty":{}},{"plain":{"n":1,"mood":"GOOD","list":[]}}]}`,
			[]string{stream, stream + "/empty", stream + "/plain", stream + "/plain/n", stream + "/plain/mood", stream + "/plain/list", stream + "/plain/mood GOOD", stream + "/plain/list empty"}},
		{"headers", "Events", `{"stream":[{"headers":{"int":1,"when":1.5}}]}`, []string{stream, stream + "/headers", stream + "/headers/int", stream + "/headers/when",
			stream + "/headers/yes absent", stream + "/headers/long absent", stream + "/headers/blob absent", stream + "/headers/mood absent"}},
		{"a value in a header", "Events", `{"stream":[{"secret":{"tag":"BAD"}}]}`, []string{stream, stream + "/secret", stream + "/secret/tag", stream + "/secret/mood absent", stream + "/secret/tag BAD"}},
		{"bytes", "Events", `{"stream":[{"bytes":{"data":"AA=="}}]}`, []string{stream, stream + "/bytes", stream + "/bytes/data"}},
		{"an exception", "Events", `{"stream":[{"gone":{"message":"x"}}]}`, []string{stream, stream + "/gone", stream + "/gone/message", stream + "/gone/code absent"}},
		{"another type", "Events", `{"stream":[{"plain":{"n":"1","mood":"GOOD"}}]}`, []string{stream, stream + "/plain", stream + "/plain/mood", stream + "/plain/mood GOOD", stream + "/plain/list absent"}},
		{"an unknown event", "Events", `{"stream":[{"other":{}}]}`, []string{stream}},
		{"an initial message", "RpcEvents", `{"mood":"BAD","stream":[{"empty":{}}]}`, []string{"output#/mood", "output#/mood BAD", stream, stream + "/empty"}},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := streaming(t, v.operation)
			tally := plan(t, schema.NewCatalog(c)).NewTally()
			all := unseen(tally)
			tally.Response(c, streamed(t, c, v.document))
			left := unseen(tally)
			shown := slices.DeleteFunc(all, func(address string) bool {
				return slices.Contains(left, address) || !strings.HasPrefix(address, stream) && v.operation == "Events" || address == "200"
			})
			require.ElementsMatch(t, v.shows, shown)
			require.Zero(t, tally.Report().Contracts[0].Unreadable)
		})
	}
}

// TestBrokenStream checks that a broken stream counts as far as it can be read.
func TestBrokenStream(t *testing.T) {
	c := streaming(t, "Events")
	r := streamed(t, c, `{"stream":[{"plain":{"n":1}},{"empty":{}}]}`)
	r.Body = traffic.BodyOf(r.Body.Bytes[:len(r.Body.Bytes)-1])
	tally := plan(t, schema.NewCatalog(c)).NewTally()
	tally.Response(c, r)
	require.NotContains(t, unseen(tally), "output#/stream/plain")
	require.Contains(t, unseen(tally), "output#/stream/empty")
	require.Equal(t, 1, tally.Report().Contracts[0].Unreadable)
}

// TestNextEvents checks that the responses to record next show all events that are missing, in made-up
// contracts and in models.
func TestNextEvents(t *testing.T) {
	contracts := []*schema.Contract{streaming(t, "Events"), streaming(t, "RpcEvents")}
	for file, operations := range map[string][]string{"bedrock-runtime": {"ConverseStream"}, "lexv2-runtime": {"StartConversation"}, "kinesis": {"SubscribeToShard"}} {
		text, err := os.ReadFile("../../../shared/data/models/" + file + "-1.43.67.service-2.json")
		if err != nil {
			continue
		}
		read, err := source.Read(text, "1")
		require.NoError(t, err)
		for _, c := range read.Contracts {
			if slices.Contains(operations, c.Operation) {
				contracts = append(contracts, c)
			}
		}
	}
	for _, c := range contracts {
		t.Run(c.Name(), func(t *testing.T) {
			tally := plan(t, schema.NewCatalog(c)).NewTally()
			tally.Response(c, streamed(t, c, `{}`))
			var err error
			report := tally.Report().Contracts[0]
			require.NotEmpty(t, report.Next)
			for _, n := range report.Next {
				body := []byte(n.Body)
				if n.BodyBase64 != "" {
					body, err = base64.StdEncoding.DecodeString(n.BodyBase64)
					require.NoError(t, err)
				}
				header := map[string][]string{}
				if name, isError := n.Part.ErrorName(); isError {
					header["X-Amzn-Errortype"] = []string{name}
				}
				tally.Response(c, &traffic.Response{Status: n.Status, Header: header, Body: traffic.BodyOf(body)})
			}
			for _, address := range unseen(tally) {
				require.False(t, strings.HasPrefix(address, "output#/") && !strings.HasSuffix(address, " null") && !strings.HasPrefix(address, "output#/mood"), address)
			}
		})
	}
}
