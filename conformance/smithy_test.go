package conformance

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

var update = flag.Bool("update", false, "rewrite the exceptions from Smithy's tests")

// exceptions say why crcheck does not agree with a test. The first pattern that matches the test's
// ID explains it.
var exceptions = []struct{ tests, reason string }{
	{"*ClientErrorCorrects*", "clients fill in what the server must not leave out"},
	{"*Default*InInput", defaults},
	{"*Default*WhenMissing*", defaults},
	{"parses_long_shapes", "the note is about other clients, which read numbers as doubles"},
	{"RestJsonWithPayloadExpectsModeledAccept", blobType},
	{"RestJsonWithPayloadExpects*ContentType", blobType},
	{"RestJsonWithoutBody*ExpectsEmptyContentType", "RestJsonEmptyInputAndEmptyOutputWithJson says that a server accepts {} here"},
	{"RestJson*NoContentType", noType},
	{"RestJson*ContentTypeNoHeaders", noType},
	{"Glacier*", "only clients of Glacier add an account and checksums"},
	{"MediaTypeHeader*Base64", "the contract says that the text is JSON, and boto3 returns its value; other SDKs return the text"},
	{"RestJsonIgnoreQueryParamsInResponseNoPayload", "clients accept an empty body, but a service sends {}"},
	{"RestJson*Query*", "the reader leaves a parameter of another member out of the map; a server adds it"},
	{"RestJsonHostWithPath", "routes begin at the root; this endpoint has a path"},
	{"RestJsonDeserializesDenseSetMapAndSkipsNull", "clients skip a null in a dense map, but a service must not send it"},
	{"RestJsonHttpResponseCodeDefaultsToModeledCode", "the server fills in the status of the model"},
}

const blobType = "services take a blob of any type, whatever its model says"

const noType = "recordings seldom have this header of a request, so that it may be absent"

const defaults = "a contract has no defaults: readers leave out what was not sent, and a report with a default differs"

// TestSmithyVectors validates the messages of Smithy's protocol tests, reads them, and compares what
// was read with their parameters. The validator must refuse malformed requests, and must have no
// finding about other messages, under the strict profile.
func TestSmithyVectors(t *testing.T) {
	operations := map[*schema.Contract]*operation{}
	strict := map[*schema.Contract]*validate.Validator{}
	var golden strings.Builder
	counts, used := map[string]int{}, map[string]bool{}
	for _, v := range vectors(t) {
		counts[v.Protocol+" "+v.kind]++
		if operations[v.contract] == nil {
			o, err := newOperation(v.contract)
			require.NoError(t, err)
			operations[v.contract], strict[v.contract] = o, validate.MustCompile(v.contract, validate.Options{Profile: finding.Strict})
		}
		var problems []string
		if v.kind == "httpResponseTests" {
			problems = v.responseProblems(operations[v.contract], strict[v.contract])
		} else {
			problems = v.requestProblems(operations[v.contract], strict[v.contract])
		}
		if len(problems) == 0 {
			continue
		}
		i := slices.IndexFunc(exceptions, func(e struct{ tests, reason string }) bool {
			matched, err := path.Match(e.tests, strings.ReplaceAll(v.ID, "/", "-"))
			require.NoError(t, err)
			return matched
		})
		reason := "NOT EXPLAINED"
		if i >= 0 {
			used[exceptions[i].tests], reason = true, exceptions[i].reason
		} else {
			t.Errorf("%s: add a reason to the table exceptions: %.200s", v.ID, problems)
		}
		if more := len(problems) - 4; more > 0 {
			problems = append(problems[:4], fmt.Sprintf("and %d more", more))
		}
		fmt.Fprintf(&golden, "%s: %s\n  %s\n", v.ID, reason, strings.Join(problems, "\n  "))
	}
	for _, e := range exceptions {
		if !used[e.tests] {
			t.Errorf("%s: no test needs this exception; delete it", e.tests)
		}
	}
	t.Log(counts)
	file := filepath.Join("testdata", "smithy-exceptions.txt")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(golden.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), golden.String())
}

func (v *vector) responseProblems(o *operation, strict *validate.Validator) (problems []string) {
	for _, f := range strict.Exchange(&traffic.Interaction{Live: true, Response: *v.response()}, nil) {
		if f.Rule == finding.HTTPContentType && f.Found.Kind == finding.KindAbsent {
			continue // many tests leave the header out
		}
		problems = append(problems, f.String())
	}
	got, err := o.output(v.part, v.response())
	if err != nil {
		return append(problems, "not read: "+err.Error())
	}
	reported := o.corrected(v.part)(got, v.canonicalParams()) // as if a client had reported the parameters
	return append(problems, vectorDifferences("", reported, got)...)
}

func (v *vector) requestProblems(o *operation, strict *validate.Validator) (problems []string) {
	refused := v.kind == "httpMalformedRequestTests"
	r := v.request()
	u, err := url.Parse(r.URL)
	if err != nil {
		return []string{err.Error()}
	}
	if target, ok := v.contract.Target.Get(); ok && r.Header.Get(awshttp.Target) == "" {
		r.Header.Set(awshttp.Target, target) // many tests leave the header out
	}
	route, why := v.catalog.Route(schema.Request{Method: r.Method, URL: u, Header: r.Header, Body: r.Body.Bytes})
	switch {
	case why != nil && refused:
		return nil
	case why != nil:
		return []string{"not routed: " + why.String()}
	case route.Contract.Operation != v.contract.Operation:
		return []string{"routed to " + route.Contract.Operation}
	}
	found := strict.Request(r, route.Labels)
	if refused {
		if len(found) == 0 {
			problems = append(problems, "accepted")
		}
		return problems
	}
	for _, f := range found {
		problems = append(problems, f.String())
	}
	if v.Body == nil && !v.bodiless() {
		return problems
	}
	got, err := o.input(r, route.Labels)
	if err != nil {
		return append(problems, "not read: "+err.Error())
	}
	want := v.canonicalParams()
	o.dropFilledIn(want, got)
	return append(problems, vectorDifferences("", want, got)...)
}

// bodiless reports whether a test that says nothing of the body cannot have one.
func (v *vector) bodiless() bool { return v.Method == http.MethodGet || v.Method == http.MethodHead }

// vectorDifferences names the members that differ: "-" those that only the test has, "+" those that only
// crcheck reads.
func vectorDifferences(at string, want, got any) (all []string) {
	wanted, both := want.(map[string]any)
	read, ok := got.(map[string]any)
	if !both || !ok {
		if cmp.Equal(want, got) {
			return nil
		}
		return []string{"differs at " + at + ": " + fmt.Sprint(want) + ", crcheck reads " + fmt.Sprint(got)}
	}
	names := maps.Clone(wanted)
	maps.Copy(names, read)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		_, there := wanted[name]
		_, here := read[name]
		switch at := at + "/" + name; {
		case !here:
			all = append(all, "not read: "+at)
		case !there:
			all = append(all, "not in the test: "+at)
		default:
			all = append(all, vectorDifferences(at, wanted[name], read[name])...)
		}
	}
	return all
}
