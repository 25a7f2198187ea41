package validate

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// TestEchoedPlaces checks echoes wherever they travel, compared as numbers or strings.
func TestEchoedPlaces(t *testing.T) {
	const in = "body"
	type side struct {
		location schema.Location
		of       schema.Type
		text     string // as it travels there
	}
	for _, v := range []struct {
		asked, answered side
		mismatch        bool
	}{
		{side{"query", schema.String, "a"}, side{"header", schema.String, "a"}, false},
		{side{"query", schema.String, "a"}, side{"header", schema.String, "b"}, true},
		{side{in, schema.Integer, "1"}, side{in, schema.Integer, "1"}, false},
		{side{in, schema.Integer, "1"}, side{in, schema.Integer, "2"}, true},
		{side{"header", schema.Float, "1.50"}, side{in, schema.Float, "15e-1"}, false},
		{side{"header", schema.Float, "1.50"}, side{in, schema.Float, "15"}, true},
		{side{in, schema.Float, `"NaN"`}, side{"header", schema.Float, "NaN"}, false},
		{side{in, schema.Float, `"NaN"`}, side{"header", schema.Float, "0"}, true},
		{side{in, schema.Boolean, "true"}, side{"header", schema.Boolean, "true"}, false},
		{side{in, schema.Boolean, "true"}, side{"header", schema.Boolean, "false"}, true},
		{side{"query", schema.String, "1.0"}, side{in, schema.String, `"1"`}, true}, // a text
		{side{"query", schema.String, "1"}, side{in, schema.Integer, "1"}, false},
		{side{"query", schema.Integer, "200"}, side{"status", schema.Integer, "200"}, false},
		{side{"query", schema.Integer, "201"}, side{"status", schema.Integer, "200"}, true},
		{side{"query", schema.String, "a"}, side{"payload", schema.String, "a"}, false},
		{side{"query", schema.String, "a"}, side{"payload", schema.String, "b"}, true},
		{side{"payload", schema.String, "a"}, side{"header", schema.String, "b"}, true},
		{side{"query", schema.String, "a"}, side{in, schema.String, "null"}, false}, // not repeated
		{side{"query", schema.String, "a"}, side{"header", schema.String, ""}, false},
	} {
		for _, sensitive := range []bool{false, true} {
			member := func(name string, s side, sensitive bool) *schema.Shape {
				return &schema.Shape{Type: schema.Structure, Members: []schema.Member{{Name: name, Location: schema.Is(s.location), WireName: schema.Is("w"),
					Shape: schema.Inline(schema.Shape{Type: s.of, Sensitive: schema.Is(sensitive)})}}}
			}
			c := &schema.Contract{Format: schema.Format, Service: "s", Operation: "O", Protocol: schema.Is("restJson1"), Method: schema.Is("PUT"), URI: schema.Is("/o"),
				Input: "In", Output: "Out", Echoes: []schema.Echo{{Output: "/out", Input: "in"}},
				Shapes: map[string]*schema.Shape{"In": member("in", v.asked, sensitive), "Out": member("out", v.answered, false)}}
			x := &traffic.Interaction{Live: true, Kind: traffic.Cassette, Request: &traffic.Request{Method: "PUT", URL: "https://s.us-east-1.amazonaws.com/o", Header: http.Header{"X": {"y"}}},
				Response: traffic.Response{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: traffic.BodyOf([]byte("{}"))}}
			switch v.asked.location {
			case "query":
				x.Request.URL += "?w=" + url.QueryEscape(v.asked.text)
			case "header":
				x.Request.Header.Set("w", v.asked.text)
			case "payload":
				x.Request.Body = traffic.BodyOf([]byte(v.asked.text))
			default:
				x.Request.Body = traffic.BodyOf([]byte(`{"w":` + v.asked.text + "}"))
			}
			switch v.answered.location {
			case "header":
				if v.answered.text != "" {
					x.Response.Header.Set("w", v.answered.text)
				}
			case "payload":
				x.Response.Body, x.Response.Header = traffic.BodyOf([]byte(v.answered.text)), http.Header{"Content-Type": {"text/plain"}}
			case in:
				x.Response.Body = traffic.BodyOf([]byte(`{"w":` + v.answered.text + "}"))
			}
			validator, err := Compile(c, Options{})
			require.NoError(t, err)
			found := validator.Exchange(x, nil)
			if !v.mismatch {
				require.Empty(t, found, "%v", v)
				continue
			}
			require.Equal(t, []finding.RuleID{finding.EchoMismatch}, found.Rules(), "%v: %v", v, found)
			require.Equal(t, sensitive, found[0].Sensitive)
			if sensitive {
				require.Equal(t, "the value differs from the request's in", found[0].Message)
				require.Empty(t, found[0].Got+found[0].Want)
			} else {
				require.NotEmpty(t, found[0].Got)
				require.NotEmpty(t, found[0].Want)
			}
		}
	}
}
