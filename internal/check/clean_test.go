package check

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/models"
	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

// TestClean checks that counting clean interactions changes nothing in a report: of valid traffic, and
// of requests and responses that each break one rule. A space at the end of a line makes the scanner
// unsure.
func TestClean(t *testing.T) {
	paths, err := filepath.Glob("../../../shared/data/models/*-1.43.67.service-2.json")
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Log("../../../shared/data/models does not exist: only the built-in contract is tested")
	}
	if testing.Short() {
		paths = nil
	}
	for _, path := range append(paths, contracts.Newest) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, common, _ := given(t, nil, false)
			common.Contracts, err = models.Open(t.Context(), io.Discard, []string{path}, nil)
			require.NoError(t, err)
			var lines bytes.Buffer
			all := common.Contracts.Catalog.Given()
			for i, c := range all {
				invalidVariants(t, &lines, c, uint64(i), 1+600/len(all))
			}
			// The first interactions of a source are not skipped.
			scanned := strings.Repeat(lines.String(), 2+validate.MaxAhead/bytes.Count(lines.Bytes(), []byte("\n")))
			read := strings.ReplaceAll(scanned, "\n", " \n")
			for _, cores := range []int{1, 2} {
				same := func(*Options) {}
				want, got := outcome(t, common, strings.NewReader(read), cores, 4096, same), outcome(t, common, strings.NewReader(scanned), cores, 4096, same)
				ends := strings.NewReplacer(`}} "`, `}}"`, `}}…"`, `}}"`) // of excerpts
				want, got = ends.Replace(want), ends.Replace(got)
				at := 0
				for at < len(want) && at < len(got) && want[at] == got[at] {
					at++
				}
				require.True(t, want == got, "the reports differ: %q and %q", excerpt(want, at), excerpt(got, at))
			}
		})
	}
}

// invalidVariants writes at most n pairs of interactions of an operation: a valid one, and one that breaks
// one rule of the request or of the response.
func invalidVariants(t *testing.T, to io.Writer, c *schema.Contract, seed uint64, n int) {
	t.Helper()
	s, err := synth.New(c, schema.HTTP)
	require.NoError(t, err)
	write := func(request synth.Request, asked []byte, response synth.Response, responded []byte) {
		header := http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/" + c.Signing.Or(c.Service) + "/aws4_request, SignedHeaders=host, Signature=0"}}
		maps.Copy(header, request.Header)
		require.NoError(t, traffic.WriteNDJSON(to, []*traffic.Interaction{{
			Request:  &traffic.Request{Method: request.Method, URL: "https://service.example" + request.Target(), Header: header, Body: traffic.BodyOf(asked)},
			Response: traffic.Response{Status: response.Status, Header: response.Header, Body: traffic.BodyOf(responded)},
		}}))
	}
	for _, part := range []schema.Part{schema.OutputPart, schema.InputPart} {
		left := n
		for body := range s.InvalidVariants(part) {
			if left--; left < 0 {
				break
			}
			seed++
			request, err := s.RandomRequest(seed)
			require.NoError(t, err)
			response, err := s.RandomResponse(schema.OutputPart, seed, request)
			require.NoError(t, err)
			write(request, request.Body, response, response.Body)
			if part == schema.OutputPart {
				write(request, request.Body, response, body.Document)
			} else {
				write(request, body.Document, response, response.Body)
			}
		}
	}
}

// excerpt returns what is around an offset of a text.
func excerpt(text string, at int) string {
	return text[max(0, at-100):min(len(text), at+200)]
}
