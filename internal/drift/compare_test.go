package drift_test

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*schema.Contract)
		want   []string
	}{
		"nothing": {func(*schema.Contract) {}, []string{}},
		"an error's member, which the response of that error proves": {
			func(c *schema.Contract) { member(c, "FrostException", "degrees").Shape.Inline.Bits = schema.Is(64) },
			[]string{"error drift.bits-widened error:FrostException#/degrees 32→64 type.mismatch"},
		},
		"a shape at several places changes once": {
			func(c *schema.Contract) {
				member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
			},
			[]string{`warning drift.enum-value-added output#/bed/colour →"BLUE" enum.unknown-value`},
		},
		"several values, one change each": {
			func(c *schema.Contract) {
				member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"BLUE", "RED", "YELLOW"})
			},
			[]string{
				`warning drift.enum-value-added output#/bed/colour →"BLUE" enum.unknown-value`,
				`warning drift.enum-value-added output#/bed/colour →"YELLOW" enum.unknown-value`,
				`info drift.enum-value-removed output#/bed/colour "GREEN"→ unproven`,
			},
		},
		"a key of a map, told from its values": {
			func(c *schema.Contract) {
				key, value := *member(c, "Bed", "names").Shape.Inline.Key.Inline, *member(c, "Bed", "names").Shape.Inline.Value.Inline
				key.Length, value.Length = schema.Is(schema.Bounds{Min: "1"}), schema.Is(schema.Bounds{Max: "20"})
				member(c, "Bed", "names").Shape.Inline.Key, member(c, "Bed", "names").Shape.Inline.Value = &schema.Ref{Inline: &key}, &schema.Ref{Inline: &value}
			},
			[]string{"info drift.length-narrowed output#/bed/names/* →20 unproven", "info drift.length-narrowed output#/bed/names/*key →1 unproven"},
		},
		"what travels beside the body is proven in the sdk encoding": {
			func(c *schema.Contract) {
				member(c, "GetBedInput", "bedId").Shape.Inline.Length = schema.Is(schema.Bounds{Min: "2", Max: "4"})
				member(c, "GetBedInput", "pages").Required = schema.Is(true)
			},
			[]string{"error drift.required-added input#/pages false→true member.missing", "warning drift.length-narrowed input#/bedId 8→4 constraint.length"},
		},
		"a renamed member is one that went and one that came": {
			func(c *schema.Contract) { member(c, "Plant", "tree").Name = "bush" },
			[]string{
				`error drift.union-member-removed input#/wish/tree "string"→ union.unknown-member`,
				`warning drift.union-member-added output#/bed/plant/bush →"string" union.unknown-member`,
			},
		},
		"a renamed error too": {
			func(c *schema.Contract) { c.Errors[0].Name = "IceException" },
			[]string{"warning drift.error-added error:IceException → error.unmodeled", "info drift.error-removed error:FrostException → unproven"},
		},
		"echoes": {
			func(c *schema.Contract) { c.Echoes = []schema.Echo{{Output: "/bed/colour", Input: "bedId"}} }, []string{},
		},
		"a label's name, which no request shows": {
			func(c *schema.Contract) {
				c.URI = schema.Is("/beds/{id}")
				member(c, "GetBedInput", "bedId").WireName = schema.Is("id")
			},
			[]string{},
		},
		"a structure of input and output changes once, with the severity of the worse": {
			func(c *schema.Contract) {
				c.Shapes["Plant"].Members = append(c.Shapes["Plant"].Members, schema.Member{Name: "bush", Shape: schema.Inline(schema.Shape{Type: schema.Boolean})})
			},
			[]string{
				`warning drift.union-member-added output#/bed/plant/bush →"boolean" union.unknown-member`,
			},
		},
		"a minimum of zero comes and goes unseen beside another change": {
			func(c *schema.Contract) {
				member(c, "Bed", "names").Shape.Inline.Length = schema.Is(schema.Bounds{Min: "0", Max: "3"})
			},
			[]string{"info drift.length-narrowed output#/bed/names →3 unproven"},
		},
		"types that are alike on the wire": {
			func(c *schema.Contract) {
				member(c, "FrostException", "degrees").Shape.Inline.Type = schema.Timestamp
			},
			[]string{"error drift.type-changed error:FrostException#/degrees \"integer\"→\"timestamp\" type.mismatch"},
		},
		"nulls in a map": {
			func(c *schema.Contract) { member(c, "Bed", "names").Shape.Inline.Sparse = schema.Is(true) },
			[]string{"warning drift.sparse-added output#/bed/names false→true type.null"},
		},
		"a structure becomes a union, and back": {
			func(c *schema.Contract) {
				c.Shapes["Plant"].Union = schema.Is(false)
				c.Shapes["FrostException"].Union = schema.Is(true)
			},
			[]string{
				"error drift.union-removed output#/bed/plant true→false union.multiple-members",
				"info drift.union-added error:FrostException false→true unproven",
			},
		},
		"no document any more": {
			func(c *schema.Contract) { c.Output = "" }, []string{`error drift.document-removed output "structure"→ member.missing`},
		},
		"unspecified is not a change": {
			func(c *schema.Contract) {
				c.Method, c.Status = schema.Known[string]{}, schema.Known[int]{}
				member(c, "Bed", "colour").Required = schema.Known[bool]{}
				member(c, "Bed", "colour").Shape.Inline.Enum = schema.Known[[]string]{}
				c.Errors[0].Shape = ""
			}, []string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			old := bed()
			require.Equal(t, test.want, lines(t, []*schema.Contract{old}, []*schema.Contract{changed(old, test.change)}))
		})
	}
}

// TestOwnWitness checks that each of several new values has its own breaking payload.
func TestOwnWitness(t *testing.T) {
	new := changed(bed(), func(c *schema.Contract) {
		member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE", "YELLOW"})
	})
	result, err := drift.Compare([]*schema.Contract{bed()}, []*schema.Contract{new})
	require.NoError(t, err)
	require.Len(t, result.Changes, 2)
	for _, c := range result.Changes {
		require.Equal(t, `{"bed":{"colour":`+c.New+`}}`, string(c.Witness.Document))
	}
}

// TestAppearance checks that adding is the reverse of removing.
func TestAppearance(t *testing.T) {
	old := changed(bed(), func(c *schema.Contract) { c.Output = "" })
	require.Equal(t, []string{`info drift.document-added output →"structure" unproven`}, lines(t, []*schema.Contract{old}, []*schema.Contract{bed()}))
}

// rpc is the same operation with another protocol.
func rpc(target string) *schema.Contract {
	return changed(bed(), func(c *schema.Contract) {
		c.Protocol, c.Target, c.Method, c.URI = schema.Is("awsJson1_1"), schema.Is(target), schema.Is("POST"), schema.Is("/")
		for _, name := range []string{"bedId", "pages"} {
			member(c, "GetBedInput", name).Location = schema.Is(schema.LocationBody)
		}
	})
}

// TestRoutes checks that old requests that reach no operation any more are breaking payloads.
func TestRoutes(t *testing.T) {
	for name, test := range map[string]struct {
		old, new *schema.Contract
		severity finding.Severity
		request  string
	}{
		"method": {bed(), changed(bed(), func(c *schema.Contract) { c.Method = schema.Is("PUT") }), finding.Error, "GET /beds/"},
		"uri":    {bed(), changed(bed(), func(c *schema.Contract) { c.URI = schema.Is("/plots/{bedId}") }), finding.Error, "GET /beds/"},
		"target": {rpc("Garden.GetBed"), rpc("Garden.GetPlot"), finding.Error, "(X-Amz-Target: Garden.GetBed)"},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := drift.Compare([]*schema.Contract{test.old}, []*schema.Contract{test.new})
			require.NoError(t, err)
			require.Len(t, result.Changes, 1)
			c := result.Changes[0]
			require.Equal(t, finding.DriftRouteChanged, c.Rule)
			require.Equal(t, test.severity, c.Severity)
			require.Contains(t, c.Witness.Request, test.request)
		})
	}
}

// TestOperations checks that operations are added and removed where both sides describe several.
func TestOperations(t *testing.T) {
	other := func(name string) *schema.Contract {
		return changed(bed(), func(c *schema.Contract) { c.Operation, c.URI = name, schema.Is("/"+name+"/{bedId}") })
	}
	old, new := []*schema.Contract{bed(), other("GetHedge")}, []*schema.Contract{bed(), other("GetPath")}
	result, err := drift.Compare(old, new)
	require.NoError(t, err)
	require.Len(t, result.Changes, 2)
	gone, come := result.Changes[0], result.Changes[1]
	require.Equal(t, []any{finding.DriftOperationRemoved, finding.Error, "garden.GetHedge"}, []any{gone.Rule, gone.Severity, gone.Operation})
	require.Equal(t, []any{finding.DriftOperationAdded, finding.Info, "garden.GetPath"}, []any{come.Rule, come.Severity, come.Operation})

	require.Empty(t, lines(t, []*schema.Contract{bed()}, new), "a source of one operation says nothing about others")
	for i := range old {
		old[i].Origins = []schema.Origin{{Kind: "boto3-page"}}
	}
	require.Empty(t, lines(t, old, new), "pages say nothing about other operations")

	_, err = drift.Compare([]*schema.Contract{bed()}, []*schema.Contract{other("GetPath")})
	var nothing *drift.NothingInCommonError
	require.ErrorAs(t, err, &nothing)
	_, err = drift.Compare([]*schema.Contract{bed(), bed()}, new)
	var twice *drift.TwiceError
	require.ErrorAs(t, err, &twice)
	_, err = drift.CompareSources([]drift.Source{{Name: "a", Contracts: old}, {Name: "b", Contracts: []*schema.Contract{other("GetPath")}}})
	require.ErrorAs(t, err, &nothing)
	_, err = drift.Compare([]*schema.Contract{{}}, new)
	require.Error(t, err)
}

// TestServices checks that operations are added and removed within a service that both sides
// describe.
func TestServices(t *testing.T) {
	of := func(service, name string) *schema.Contract {
		return changed(bed(), func(c *schema.Contract) {
			c.Service, c.Operation, c.URI = service, name, schema.Is("/"+service+"/"+name+"/{bedId}")
		})
	}
	garden := []*schema.Contract{bed(), of("garden", "GetHedge")}
	orchard := []*schema.Contract{of("orchard", "GetTree"), of("orchard", "GetPear")}
	for name, test := range map[string]struct {
		old, new []*schema.Contract
		alone    []drift.Alone
		changes  []string
	}{
		"only the old side has it":           {slices.Concat(garden, orchard), garden, []drift.Alone{{Side: drift.Old, Service: "orchard", Operations: 2}}, []string{}},
		"only the new side has it":           {garden, slices.Concat(garden, orchard[:1]), []drift.Alone{{Side: drift.New, Service: "orchard", Operations: 1}}, []string{}},
		"both have it, the one side in part": {slices.Concat(garden, orchard), slices.Concat(garden, orchard[:1]), nil, []string{}},
		"both have it": {slices.Concat(garden, orchard), slices.Concat(garden, orchard[:1], []*schema.Contract{of("orchard", "GetPlum")}), nil,
			[]string{"error drift.operation-removed contract → ", "info drift.operation-added contract → unproven"}},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := drift.Compare(test.old, test.new)
			require.NoError(t, err)
			require.Equal(t, test.alone, result.Alone)
			require.Equal(t, test.changes, lines(t, test.old, test.new))
		})
	}
}

// TestSmallest checks that nothing can be removed from a breaking payload.
func TestSmallest(t *testing.T) {
	new := changed(bed(), func(c *schema.Contract) {
		plant := schema.Member{Name: "extra", Shape: schema.Named("Plant"), Required: schema.Is(false)}
		c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, plant)
	})
	result, err := drift.Compare([]*schema.Contract{bed()}, []*schema.Contract{new})
	require.NoError(t, err)
	require.Len(t, result.Changes, 1)
	require.Equal(t, `{"bed":{"colour":"RED","extra":{"herb":""}}}`, string(result.Changes[0].Witness.Document))
}

// TestCassettes checks that a cassette is valid under the contract that allows it and shows its
// finding under the other.
func TestCassettes(t *testing.T) {
	old := bed()
	new := changed(old, func(c *schema.Contract) {
		member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE", "odd/value"})
		member(c, "FrostException", "degrees").Shape.Inline.Bits = schema.Is(64)
		member(c, "GetBedInput", "bedId").Shape.Inline.Length = schema.Is(schema.Bounds{Min: "2", Max: "4"})
		member(c, "GetBedInput", "pages").Shape.Inline.Range = schema.Is(schema.Bounds{Min: "2", Max: "10"})
	})
	before, after := []*schema.Contract{old}, []*schema.Contract{new}
	result, err := drift.Compare(before, after)
	require.NoError(t, err)
	require.Len(t, result.Changes, 5)
	cassettes, errs := drift.Cassettes(result.Changes, before, after)
	require.Empty(t, errs)
	require.Len(t, cassettes, 5)
	names := map[string]bool{}
	for i, c := range cassettes {
		names[c.Name] = true
		w := result.Changes[i].Witness
		allowing, refusing := old, new
		if w.Allowed == drift.New {
			allowing, refusing = new, old
		}
		for x, err := range traffic.Read(c.Name, bytes.NewReader(c.Data)) {
			require.NoError(t, err)
			require.Equal(t, "synthesised", x.Meta.Provenance)
			require.Empty(t, check(t, allowing, x), "%s:\n%s", c.Name, c.Data)
			found := check(t, refusing, x)
			require.Len(t, found, 1, "%s:\n%s", c.Name, c.Data)
			require.Equal(t, w.Rule, found[0].Rule)
		}
	}
	require.Len(t, names, 5)

	page := changed(old, func(c *schema.Contract) { c.Method, c.URI = schema.Known[string]{}, schema.Known[string]{} })
	result, err = drift.Compare([]*schema.Contract{page}, after)
	require.NoError(t, err)
	_, errs = drift.Cassettes(result.Changes, []*schema.Contract{page}, after)
	require.NotEmpty(t, errs)
	var unwritten *drift.CassetteError
	require.True(t, errors.As(errs[0], &unwritten))
}

func check(t *testing.T, c *schema.Contract, x *traffic.Interaction) finding.Set {
	t.Helper()
	k, err := validate.CompileCatalog(schema.NewCatalog(c), validate.Options{})
	require.NoError(t, err)
	outcome, err := k.Check(x, validate.Bare{})
	require.NoError(t, err)
	require.NotNil(t, outcome.Contract, outcome.NotChecked)
	return outcome.Findings
}

// TestHeaders checks that a breaking payload about a header has it in the header.
func TestHeaders(t *testing.T) {
	old := changed(bed(), func(c *schema.Contract) {
		hint := schema.Member{Name: "hint", Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Hint"), Required: schema.Is(false),
			Shape: schema.Inline(schema.Shape{Type: schema.String, Enum: schema.Is([]string{"DRY"})})}
		c.Shapes["GetBedOutput"].Members = append(c.Shapes["GetBedOutput"].Members, hint)
	})
	new := changed(old, func(c *schema.Contract) {
		member(c, "GetBedOutput", "hint").Shape.Inline.Enum = schema.Is([]string{"DRY", "WET"})
	})
	before, after := []*schema.Contract{old}, []*schema.Contract{new}
	result, err := drift.Compare(before, after)
	require.NoError(t, err)
	require.Equal(t, []string{`warning drift.enum-value-added output#/hint →"WET" enum.unknown-value`}, lines(t, before, after))
	cassettes, errs := drift.Cassettes(result.Changes, before, after)
	require.Empty(t, errs)
	for x, err := range traffic.Read("c.yaml", bytes.NewReader(cassettes[0].Data)) {
		require.NoError(t, err)
		require.Equal(t, "WET", http.Header(x.Response.Header).Get("X-Hint"))
		require.True(t, strings.Contains(check(t, old, x)[0].Message, "WET"))
	}
}

// TestQueryCompatible checks that a change needs two sides that state it, because no source states
// that a service is not compatible.
func TestQueryCompatible(t *testing.T) {
	of := func(compatible bool) []*schema.Contract {
		return []*schema.Contract{changed(bed(), func(c *schema.Contract) { c.QueryCompatible = schema.Is(compatible) })}
	}
	result, err := drift.Compare(of(true), of(false))
	require.NoError(t, err)
	require.Len(t, result.Changes, 1)
	require.Equal(t, finding.DriftErrorChanged, result.Changes[0].Rule)
	result, err = drift.Compare([]*schema.Contract{bed()}, of(true))
	require.NoError(t, err)
	require.Empty(t, result.Changes)
}
