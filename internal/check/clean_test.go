package check

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// TestClean checks that counting clean interactions changes nothing in a report: of valid traffic, and
// of messages that each break one rule. A space at the end of a line makes the scanner unsure.
func TestClean(t *testing.T) {
	c, err := contracts.Load(contracts.Newest)
	require.NoError(t, err)
	s, err := synth.New(c, schema.HTTP)
	require.NoError(t, err)
	var lines bytes.Buffer
	seed := uint64(0)
	request, err := s.RandomRequest(seed)
	require.NoError(t, err)
	for body := range s.InvalidVariants(schema.OutputPart) {
		seed++
		response, err := s.RandomResponse(schema.OutputPart, seed, request)
		require.NoError(t, err)
		for _, text := range [][]byte{response.Body, body.Document} {
			require.NoError(t, traffic.WriteNDJSON(&lines, []*traffic.Interaction{{
				Request:  &traffic.Request{Method: request.Method, URL: "https://cleanrooms.us-east-1.amazonaws.com" + request.Target(), Header: request.Header, Body: traffic.BodyOf(request.Body)},
				Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(text)},
			}}))
		}
	}
	_, common, _ := given(t, nil, false)
	same := func(*Options) {}
	scanned := strings.Repeat(lines.String(), 2+validate.MaxAhead/bytes.Count(lines.Bytes(), []byte("\n"))) // the first ones are not skipped
	read := strings.ReplaceAll(scanned, "\n", " \n")
	for _, cores := range []int{1, 2} {
		want, got := outcome(t, common, strings.NewReader(read), cores, 4096, same), outcome(t, common, strings.NewReader(scanned), cores, 4096, same)
		want = strings.ReplaceAll(want, `}} "`, `}}"`) // the ends of excerpts
		require.True(t, want == got, "the reports differ")
	}
}
