package drift_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/stretchr/testify/require"
)

// written compares two contracts and reads back the only cassette of the changes.
func written(t *testing.T, old, new []*schema.Contract) (drift.Change, *traffic.Interaction) {
	t.Helper()
	result, err := drift.Compare(old, new)
	require.NoError(t, err)
	require.Len(t, result.Changes, 1)
	cassettes, errs := drift.Cassettes(result.Changes, old, new)
	require.Empty(t, errs)
	require.Len(t, cassettes, 1)
	for x, err := range traffic.Read("c.yaml", bytes.NewReader(cassettes[0].Data)) {
		require.NoError(t, err)
		return result.Changes[0], x
	}
	return drift.Change{}, nil
}

// put is an operation whose request has a body.
func put(name, uri string) *schema.Contract {
	return changed(bed(), func(c *schema.Contract) {
		c.Operation, c.Method, c.URI = name, schema.Is("PUT"), schema.Is(uri)
		member(c, "GetBedInput", "wish").Required = schema.Is(true)
	})
}

// TestRouteCassettes checks that a request that no longer reaches an operation becomes a cassette,
// with its body.
func TestRouteCassettes(t *testing.T) {
	get := bed()
	for name, test := range map[string]struct {
		old, new []*schema.Contract
		rule     finding.RuleID
	}{
		"route changed":     {[]*schema.Contract{put("PutBed", "/beds/{bedId}")}, []*schema.Contract{put("PutBed", "/plots/{bedId}")}, finding.DriftRouteChanged},
		"operation removed": {[]*schema.Contract{get, put("PutBed", "/beds/{bedId}"), put("PutHedge", "/hedges/{bedId}")}, []*schema.Contract{get, put("PutHedge", "/hedges/{bedId}")}, finding.DriftOperationRemoved},
		"target changed":    {[]*schema.Contract{rpc("Garden.GetBed")}, []*schema.Contract{rpc("Garden.GetPlot")}, finding.DriftRouteChanged},
	} {
		t.Run(name, func(t *testing.T) {
			c, x := written(t, test.old, test.new)
			require.Equal(t, test.rule, c.Rule)
			require.NotEmpty(t, c.Witness.Document)
			require.JSONEq(t, string(c.Witness.Document), string(x.Request.Body.Bytes))
			require.Equal(t, 200, x.Response.Status)
		})
	}
}

// laden is an operation with members at every location, whose values the sdk encoding writes
// differently from HTTP.
func laden() *schema.Contract {
	in := func(name string, location schema.Location, wire string, shape schema.Shape, required bool) schema.Member {
		return schema.Member{Name: name, Shape: schema.Inline(shape), Required: schema.Is(required), Location: schema.Is(location), WireName: schema.Is(wire)}
	}
	moment := schema.Shape{Type: schema.Timestamp}
	text := schema.Inline(schema.Shape{Type: schema.String})
	return changed(bed(), func(c *schema.Contract) {
		c.Method = schema.Is("PUT")
		c.Shapes["Sowing"] = &schema.Shape{Type: schema.Structure, Union: schema.Is(false), Members: []schema.Member{
			in("sownAt", "body", "sown_at", moment, true),
			in("dateSown", "body", "date", schema.Shape{Type: schema.Timestamp, Format: schema.Is("http-date")}, true),
			in("seed", "body", "seed", schema.Shape{Type: schema.Blob, Length: schema.Is(schema.Bounds{Min: "3"})}, true),
		}}
		c.Shapes["GetBedInput"].Members = []schema.Member{
			{Name: "bedId", Shape: text, Required: schema.Is(true), Location: schema.Is(schema.LocationLabel), WireName: schema.Is("bedId")},
			in("since", "header", "X-Since", moment, true),
			in("until", "query", "until", moment, true),
			in("tags", "query", "tag", schema.Shape{Type: schema.List, Element: &text, Length: schema.Is(schema.Bounds{Min: "2"})}, true),
			in("notes", "headers", "X-Note-", schema.Shape{Type: schema.Map, Key: &text, Value: &text}, false),
			in("pages", "query", "pages", schema.Shape{Type: schema.Integer, Bits: schema.Is(32), Range: schema.Is(schema.Bounds{Min: "1", Max: "10"})}, false),
			{Name: "sowing", Shape: schema.Named("Sowing"), Required: schema.Is(true), Location: schema.Is(schema.LocationBody), WireName: schema.Is("Sowing")},
		}
		c.Shapes["GetBedOutput"].Members = []schema.Member{
			in("code", "status", "code", schema.Shape{Type: schema.Integer, Bits: schema.Is(32)}, false),
			in("hint", "header", "X-Hint", schema.Shape{Type: schema.String, Enum: schema.Is([]string{"DRY"})}, false),
			{Name: "sowing", Shape: schema.Named("Sowing"), Required: schema.Is(true), Location: schema.Is(schema.LocationPayload), WireName: schema.Is("sowing")},
		}
	})
}

const sown = `{"sown_at":1700000000,"date":"Tue, 14 Nov 2023 22:13:20 GMT","seed":"dGV4dA=="}`

// TestSDKCassettes checks that a breaking payload of the sdk encoding is written as HTTP.
func TestSDKCassettes(t *testing.T) {
	old := laden()
	asked := changed(old, func(c *schema.Contract) {
		member(c, "GetBedInput", "pages").Shape.Inline.Range = schema.Is(schema.Bounds{Min: "1", Max: "5"})
	})
	c, x := written(t, []*schema.Contract{old}, []*schema.Contract{asked})
	require.Equal(t, schema.SDK, c.Witness.Encoding)
	require.Empty(t, check(t, old, x))
	require.Len(t, check(t, asked, x), 1)
	require.JSONEq(t, `{"Sowing":`+sown+`}`, string(x.Request.Body.Bytes))
	require.Equal(t, "Tue, 14 Nov 2023 22:13:20 GMT", http.Header(x.Request.Header).Get("X-Since"))
	u, err := url.Parse(x.Request.URL)
	require.NoError(t, err)
	require.Equal(t, []string{"2023-11-14T22:13:20Z"}, u.Query()["until"])
	require.Len(t, u.Query()["tag"], 2)
	require.Equal(t, []string{"6"}, u.Query()["pages"])

	answered := changed(old, func(c *schema.Contract) {
		member(c, "GetBedOutput", "hint").Shape.Inline.Enum = schema.Is([]string{"DRY", "WET"})
	})
	_, x = written(t, []*schema.Contract{old}, []*schema.Contract{answered})
	require.Empty(t, check(t, answered, x))
	require.Equal(t, "WET", http.Header(x.Response.Header).Get("X-Hint"))
	require.JSONEq(t, sown, string(x.Response.Body.Bytes))

	noted := changed(old, func(c *schema.Contract) {
		member(c, "GetBedInput", "notes").Shape.Inline.Length = schema.Is(schema.Bounds{Max: "0"})
	})
	_, x = written(t, []*schema.Contract{changed(old, func(c *schema.Contract) {
		member(c, "GetBedInput", "notes").Shape.Inline.Length = schema.Is(schema.Bounds{Max: "1"})
	})}, []*schema.Contract{noted})
	require.Len(t, check(t, noted, x), 1)
}

// TestSDKAlone checks that a difference in the sdk encoding alone makes no cassette.
func TestSDKAlone(t *testing.T) {
	old := changed(bed(), func(c *schema.Contract) {
		member(c, "FrostException", "degrees").Shape.Inline = &schema.Shape{Type: schema.Float}
	})
	for name, new := range map[string]*schema.Contract{
		"types that are alike on the wire": changed(old, func(c *schema.Contract) {
			member(c, "FrostException", "degrees").Shape.Inline = &schema.Shape{Type: schema.Timestamp}
		}),
		"a parameter that no server looks at": changed(old, func(c *schema.Contract) {
			c.Shapes["GetBedInput"].Members = c.Shapes["GetBedInput"].Members[:1:1]
			c.Shapes["GetBedInput"].Members = append(c.Shapes["GetBedInput"].Members, *member(old, "GetBedInput", "wish"))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
			require.NoError(t, err)
			require.Len(t, result.Changes, 1)
			cassettes, errs := drift.Cassettes(result.Changes, []*schema.Contract{old}, []*schema.Contract{new})
			require.Empty(t, cassettes)
			require.Len(t, errs, 1)
			var problem *drift.ExchangeError
			require.ErrorAs(t, errs[0], &problem)
			require.Equal(t, result.Changes[0].Witness.Refused, problem.Side)
		})
	}
}

// TestEchoCassettes checks that the request of a cassette asks for the value that its response must
// echo, and that there is no cassette if it cannot.
func TestEchoCassettes(t *testing.T) {
	repeating := func(input string, max json.Number) []*schema.Contract {
		return []*schema.Contract{changed(bed(), func(c *schema.Contract) {
			text := schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Min: "2", Max: max})})
			c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "id", Shape: text, Required: schema.Is(true)})
			c.Shapes["GetBedOutput"].Members = append(c.Shapes["GetBedOutput"].Members, schema.Member{Name: "by", Shape: text, Required: schema.Is(true), Location: schema.Is(schema.LocationBody)})
			c.Shapes["GetBedInput"].Members = append(c.Shapes["GetBedInput"].Members,
				schema.Member{Name: "by", Shape: text, Required: schema.Is(true), Location: schema.Is(schema.LocationQuery), WireName: schema.Is("by")})
			c.Shapes["GetBedInput"].Members[3].Shape = schema.Inline(schema.Shape{Type: schema.String, Length: schema.Is(schema.Bounds{Min: "2", Max: "4"})})
			c.Shapes["GetBedOutput"].Members[1].Shape = c.Shapes["GetBedInput"].Members[3].Shape
			c.Echoes = []schema.Echo{{Output: "/bed/id", Input: input}, {Output: "/by", Input: "by"}}
		})}
	}
	c, x := written(t, repeating("bedId", "4"), repeating("bedId", "8"))
	require.Equal(t, "/bed/id", c.Witness.Pointer)
	require.Empty(t, check(t, repeating("bedId", "8")[0], x))

	old, new := repeating("by", "4"), repeating("by", "8")
	result, err := drift.Compare(old, new)
	require.NoError(t, err)
	_, errs := drift.Cassettes(result.Changes, old, new)
	require.Len(t, errs, 1)
	var problem *drift.ExchangeError
	require.ErrorAs(t, errs[0], &problem)
	require.Equal(t, drift.New, problem.Side)
	require.Contains(t, problem.Problem, "echo.mismatch")
}
