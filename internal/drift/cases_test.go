package drift_test

import (
	"slices"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// origin says how many operations the document of a contract describes.
func origin(operations int) func(*schema.Contract) {
	return func(c *schema.Contract) {
		c.Origins = []schema.Origin{{Kind: "botocore-model", Digest: "sha256:0", Operations: operations}}
	}
}

// TestWholeService checks that operations of a document of the whole service are added and removed,
// even if there is only one.
func TestWholeService(t *testing.T) {
	other := changed(bed(), func(c *schema.Contract) { c.Operation, c.URI = "GetPath", schema.Is("/paths/{bedId}") })
	for name, test := range map[string]struct {
		old, new []*schema.Contract
		want     []string
	}{
		"one replaced by another": {[]*schema.Contract{changed(bed(), origin(1))}, []*schema.Contract{changed(other, origin(1))},
			[]string{"error drift.operation-removed contract → ", "info drift.operation-added contract → unproven"}},
		"one more":             {[]*schema.Contract{changed(bed(), origin(1))}, []*schema.Contract{changed(bed(), origin(2)), changed(other, origin(2))}, []string{"info drift.operation-added contract → unproven"}},
		"part of a larger one": {[]*schema.Contract{changed(bed(), origin(3))}, []*schema.Contract{changed(bed(), origin(3)), changed(other, origin(3))}, []string{}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, lines(t, test.old, test.new)) })
	}
}

// TestSeverity checks the severity of changes, and what is not reported.
func TestSeverity(t *testing.T) {
	colour := func(c *schema.Contract) *schema.Shape { return member(c, "Bed", "colour").Shape.Inline }
	pages := func(c *schema.Contract) *schema.Shape { return member(c, "GetBedInput", "pages").Shape.Inline }
	for name, test := range map[string]struct {
		old, new func(*schema.Contract)
		want     []finding.Severity
	}{
		"a target's prefix":              {rpcOf("Garden.GetBed"), rpcOf("Garden2.GetBed"), nil},
		"a protocol beside the old one":  {listing("restJson1"), listing("restJson1", "rpcv2Cbor"), nil},
		"a protocol that is gone":        {listing("restJson1", "awsQuery"), listing("restJson1"), []finding.Severity{finding.Error}},
		"a member is no longer promised": {nil, func(c *schema.Contract) { member(c, "Bed", "colour").Required = schema.Is(false) }, []finding.Severity{finding.Error}},
		"a value of a response":          {nil, func(c *schema.Contract) { colour(c).Enum = schema.Is([]string{"RED", "GREEN", "PINK"}) }, []finding.Severity{finding.Warning}},
		"a bound of a request":           {nil, func(c *schema.Contract) { pages(c).Range = schema.Is(schema.Bounds{Min: "1", Max: "5"}) }, []finding.Severity{finding.Warning}},
		"a wider bound of a request":     {nil, func(c *schema.Contract) { pages(c).Range = schema.Is(schema.Bounds{Min: "1", Max: "50"}) }, []finding.Severity{finding.Info}},
		"another status of success":      {nil, func(c *schema.Contract) { c.Status = schema.Is(202) }, []finding.Severity{finding.Warning}},
		"the status of an error":         {nil, func(c *schema.Contract) { c.Errors[0].Status = schema.Is(418) }, []finding.Severity{finding.Error}},
		"a new error": {nil, func(c *schema.Contract) {
			c.Errors = append(c.Errors, schema.Error{Name: "RainException", Status: schema.Is(409), Shape: c.Errors[0].Shape})
		}, []finding.Severity{finding.Warning}},
		"an event's value": {streaming("RED"), streaming("RED", "BLUE"), []finding.Severity{finding.Warning}},
	} {
		t.Run(name, func(t *testing.T) {
			old, new := bed(), bed()
			if test.old != nil {
				test.old(old)
			}
			if test.new != nil {
				test.new(new)
			}
			result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{new})
			require.NoError(t, err)
			var got []finding.Severity
			for _, c := range result.Changes {
				got = append(got, c.Severity)
				require.True(t, c.Severity == finding.Info || c.Witness != nil, c.Message)
			}
			require.Equal(t, test.want, got, "%v", lines(t, []*schema.Contract{old}, []*schema.Contract{new}))
		})
	}
}

func rpcOf(target string) func(*schema.Contract) {
	return func(c *schema.Contract) { *c = *rpc(target) }
}

func listing(protocols ...string) func(*schema.Contract) {
	return func(c *schema.Contract) { c.Protocols = schema.Is(protocols) }
}

// streaming makes the output a stream of events that have a colour.
func streaming(colours ...string) func(*schema.Contract) {
	return func(c *schema.Contract) {
		is := func(name, shape string, at schema.Location) schema.Member {
			return schema.Member{Name: name, Shape: schema.Named(shape), Location: schema.Is(at), Required: schema.Is(false)}
		}
		c.Shapes["GetBedOutput"].Members = []schema.Member{is("stream", "Events", schema.LocationPayload)}
		c.Shapes["Events"] = &schema.Shape{Type: schema.Structure, Union: schema.Is(true), EventStream: schema.Is(true), Members: []schema.Member{is("grown", "Grown", schema.LocationBody)}}
		c.Shapes["Grown"] = &schema.Shape{Type: schema.Structure, Members: []schema.Member{{Name: "colour", Required: schema.Is(false),
			Shape: schema.Inline(schema.Shape{Name: "Colour", Type: schema.String, Enum: schema.Is(colours)})}}}
	}
}

// TestOnePerShape checks that a change of a shape is one change, with its places and operations.
func TestOnePerShape(t *testing.T) {
	of := func(values ...string) []*schema.Contract {
		var all []*schema.Contract
		for _, name := range []string{"GetBed", "GetPath", "GetHedge"} {
			c := changed(bed(), func(c *schema.Contract) { c.Operation, c.URI = name, schema.Is("/"+name+"/{bedId}") })
			streaming(values...)(c)
			second := c.Shapes["Grown"].Members[0]
			second.Name = "shade"
			c.Shapes["Grown"].Members = append(c.Shapes["Grown"].Members, second)
			all = append(all, c)
		}
		return all
	}
	result, err := drift.Compare(of("RED"), of("RED", "BLUE"))
	require.NoError(t, err)
	require.Len(t, result.Changes, 1)
	c := result.Changes[0]
	require.Equal(t, "Colour", c.Shape)
	require.Equal(t, 6, c.Places)
	require.Equal(t, []string{"garden.GetBed", "garden.GetPath", "garden.GetHedge"}, c.Operations)
	require.Contains(t, c.Where(), "6 places of Colour in 3 operations")
	text, err := drift.Baseline(nil, []finding.Finding{c.Finding()})
	require.NoError(t, err)
	require.Contains(t, string(text), "at: garden:Colour")
}

// TestUsedBy checks that only called operations are compared, and that a bound that refuses a
// recorded request is an error.
func TestUsedBy(t *testing.T) {
	other := func(c *schema.Contract) { c.Operation, c.URI = "GetPath", schema.Is("/paths/{bedId}") }
	narrow := func(c *schema.Contract) {
		member(c, "GetBedInput", "pages").Shape.Inline.Range = schema.Is(schema.Bounds{Min: "1", Max: "5"})
	}
	old := []*schema.Contract{bed(), changed(bed(), other)}
	new := []*schema.Contract{changed(bed(), narrow), changed(changed(bed(), other), func(c *schema.Contract) { c.Method = schema.Is("PUT") })}
	for name, test := range map[string]struct {
		refused int
		want    finding.Severity
	}{"within the bound": {0, finding.Warning}, "beyond it": {2, finding.Error}} {
		t.Run(name, func(t *testing.T) {
			used := &drift.Traffic{Called: map[string]bool{"garden.GetBed": true},
				Refused: map[drift.Refusal]int{{Operation: "garden.GetBed", Rule: finding.ConstraintRange, Place: "/pages"}: test.refused}}
			result, err := drift.CompareServices(drift.Contracts{Given: old}, drift.Contracts{Given: new}, drift.Options{Traffic: used})
			require.NoError(t, err)
			i := slices.IndexFunc(result.Changes, func(c drift.Change) bool { return c.Rule == finding.DriftRangeNarrowed })
			require.GreaterOrEqual(t, i, 0)
			require.Equal(t, test.want, result.Changes[i].Severity)
			require.Equal(t, test.refused, result.Changes[i].Recorded)
			require.False(t, slices.ContainsFunc(result.Changes, func(c drift.Change) bool { return c.Operation == "garden.GetPath" }))
		})
	}
}
