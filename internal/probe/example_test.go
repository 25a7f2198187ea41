package probe_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crcheck/crcheck/internal/probe"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// forgetful is an emulator that knows no job and does not name its errors.
func forgetful() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprintln(w, `{"message":"no such job"}`)
	}))
}

var catalog = schema.NewCatalog(contracts.MustLoad("cleanrooms.GetProtectedJob"))

// notFound is the service's response for a job that does not exist.
var notFound = &traffic.Interaction{Source: "recorded.yaml",
	Request: &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/10000000-0000-4000-8000-000000000001/protectedJobs/00000000-0000-4000-8000-000000000001"},
	Response: traffic.Response{Status: 404, Header: http.Header{"X-Amzn-Errortype": {"ResourceNotFoundException"}, "Content-Type": {"application/json"}},
		Body: traffic.BodyOf([]byte(`{"message":"none","resourceId":"1","resourceType":"MEMBERSHIP"}`))},
}

func ExampleNew() {
	_, err := probe.New("https://cleanrooms.us-east-1.amazonaws.com", catalog, probe.Options{})
	fmt.Println(err)
	// Output:
	// endpoint "https://cleanrooms.us-east-1.amazonaws.com": that is AWS itself, and recorded requests may write there; name the emulator, as in http://127.0.0.1:4566
}

func ExampleProbe_Replay() {
	emulator := forgetful()
	defer emulator.Close()
	p, err := probe.New(emulator.URL, catalog, probe.Options{})
	if err != nil {
		panic(err)
	}
	outcome, err := p.Replay(context.Background(), notFound)
	for _, f := range outcome.Findings {
		fmt.Println(f.Rule, f.Message)
	}
	fmt.Println(err)
	// Output:
	// error.unidentified the response does not name its error
	// <nil>
}

func ExampleProbe_Negative() {
	emulator := forgetful()
	defer emulator.Close()
	p, err := probe.New(emulator.URL, catalog, probe.Options{})
	if err != nil {
		panic(err)
	}
	if _, err := p.Replay(context.Background(), notFound); err != nil {
		panic(err)
	}
	for outcome, err := range p.Negative(context.Background()) {
		if err != nil {
			panic(err)
		}
		fmt.Println(outcome.Findings[0].Pointer, outcome.Findings[0].Message)
	}
	// Output:
	// /membershipIdentifier the input breaks constraint.length (as text), but the emulator responded with 404
	// /membershipIdentifier the input breaks constraint.pattern (no match), but the emulator responded with 404
	// /protectedJobIdentifier the input breaks constraint.length (as text), but the emulator responded with 404
	// /protectedJobIdentifier the input breaks constraint.pattern (no match), but the emulator responded with 404
}
