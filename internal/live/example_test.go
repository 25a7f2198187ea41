package live_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crcheck/crcheck/internal/live"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/validate"
)

func ExampleRequest() {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")
	endpoint, err := live.Endpoint(c, "eu-west-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := live.Request(c, endpoint, []byte(`{"membershipIdentifier": "m-1", "protectedJobIdentifier": "j-1"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Method, r.URL)
	_, err = live.Request(c, endpoint, []byte(`{"membershipIdentifier": 1}`))
	fmt.Println(err)
	// Output:
	// GET https://cleanrooms.eu-west-1.amazonaws.com/memberships/m-1/protectedJobs/j-1
	// the input at /membershipIdentifier (line 1, column 26): got a number, want a string
}

func ExampleCaller_Call() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"job": {}}`)
	}))
	defer service.Close()
	endpoint, _ := url.Parse(service.URL)

	c := contracts.MustLoad("cleanrooms.GetProtectedJob@1.43.67")
	request, err := live.Request(c, endpoint, []byte(`{"membershipIdentifier": "m-1", "protectedJobIdentifier": "j-1"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	caller := live.Caller{Transport: http.DefaultTransport, Region: "us-east-1", Service: c.Signing.Or(""),
		Credentials: aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}}
	x, err := caller.Call(context.Background(), request)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range validate.MustCompile(c, validate.Options{}).Output(x.Response.Body.Bytes) {
		fmt.Println(f.Rule, f.Pointer)
	}
	// Output:
	// member.missing /protectedJob
	// member.unknown /job
}
