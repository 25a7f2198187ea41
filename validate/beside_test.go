package validate_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

func TestBesideResponse(t *testing.T) {
	c := &schema.Contract{Format: schema.Format, Service: "test", Operation: "Test", Protocol: schema.Is("restJson1"), Output: "Out",
		Shapes: map[string]*schema.Shape{"Out": {Type: schema.Structure, Members: []schema.Member{
			{Name: "count", Shape: schema.Inline(schema.Shape{Type: schema.Integer}), Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Count")},
			{Name: "code", Shape: schema.Inline(schema.Shape{Type: schema.Integer}), Location: schema.Is(schema.LocationStatus)}}}}}
	v := validate.MustCompile(c, validate.Options{})
	require.JSONEq(t, `{"count":3,"code":201}`, string(v.BesideResponse(schema.OutputPart, &traffic.Response{Status: 201, Header: http.Header{"X-Count": {"3"}}})))
	require.JSONEq(t, `{"code":201}`, string(v.BesideResponse(schema.OutputPart, &traffic.Response{Status: 201})))
	require.Nil(t, v.BesideResponse(schema.ErrorPart("None"), &traffic.Response{Status: 400}))
}

func ExampleValidator_BesideRequest() {
	c := contracts.MustLoad("cleanrooms.GetProtectedJob")
	v := validate.MustCompile(c, validate.Options{})
	r := &traffic.Request{Method: "GET", URL: "https://cleanrooms.us-east-1.amazonaws.com/memberships/m/protectedJobs/j"}
	fmt.Printf("%s\n", v.BesideRequest(r, map[string]string{"membershipIdentifier": "m", "protectedJobIdentifier": "j"}))
	// Output:
	// {"membershipIdentifier":"m","protectedJobIdentifier":"j"}
}
