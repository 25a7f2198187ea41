package drift_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/internal/report"
	"github.com/crcheck/crcheck/schema"
)

// TestProvenByExchanges checks that whole exchanges, which are cassettes, prove changes of the
// name, location or form of a member beside the body.
func TestProvenByExchanges(t *testing.T) {
	hint := func(name string) schema.Member {
		return schema.Member{Name: name, Location: schema.Is(schema.LocationHeader), WireName: schema.Is("X-Hint"), Required: schema.Is(true), Shape: schema.Inline(schema.Shape{Type: schema.Timestamp})}
	}
	old := changed(bed(), func(c *schema.Contract) {
		c.Shapes["GetBedInput"].Members = append(c.Shapes["GetBedInput"].Members, hint("ask"))
		c.Shapes["GetBedOutput"].Members = append(c.Shapes["GetBedOutput"].Members, hint("hint"))
		c.Shapes["FrostException"].Members = append(c.Shapes["FrostException"].Members, hint("cold"))
		member(c, "GetBedInput", "pages").Required = schema.Is(true)
	})
	for name, test := range map[string]struct {
		change            func(*schema.Contract)
		line              string
		request, response string
	}{
		"a header of the request is renamed": {
			func(c *schema.Contract) { member(c, "GetBedInput", "ask").WireName = schema.Is("X-Ask") },
			`error drift.binding-changed input#/ask "X-Hint"→"X-Ask" member.missing`, "GET /beds/", "",
		},
		"a query parameter is renamed": {
			func(c *schema.Contract) { member(c, "GetBedInput", "pages").WireName = schema.Is("page") },
			`error drift.binding-changed input#/pages "pages"→"page" member.missing`, "?pages=", "",
		},
		"a query parameter moves to a header": {
			func(c *schema.Contract) {
				member(c, "GetBedInput", "pages").Location = schema.Is(schema.LocationHeader)
			},
			`error drift.binding-changed input#/pages "query"→"header" member.missing`, "?pages=", "",
		},
		"a header of the response is renamed": {
			func(c *schema.Contract) { member(c, "GetBedOutput", "hint").WireName = schema.Is("X-Tip") },
			`error drift.binding-changed output#/hint "X-Hint"→"X-Tip" member.missing`, "", "200 (X-Tip: ",
		},
		"a header of an error is renamed": {
			func(c *schema.Contract) { member(c, "FrostException", "cold").WireName = schema.Is("X-Cold") },
			`error drift.binding-changed error:FrostException#/cold "X-Hint"→"X-Cold" member.missing`, "", "X-Cold: ",
		},
		"a header's timestamp has another format": {
			func(c *schema.Contract) {
				member(c, "GetBedOutput", "hint").Shape.Inline.Format = schema.Is("epoch-seconds")
			},
			`error drift.timestamp-format-changed output#/hint "http-date"→"epoch-seconds" type.mismatch`, "", "200 (X-Hint: 1700000000)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			old := changed(old, func(c *schema.Contract) {
				member(c, "GetBedOutput", "hint").Shape.Inline.Format = schema.Is("http-date")
			})
			before, after := []*schema.Contract{old}, []*schema.Contract{changed(old, test.change)}
			require.Equal(t, []string{test.line}, lines(t, before, after))
			c, x := written(t, before, after)
			require.Contains(t, c.Witness.Request, test.request)
			require.Contains(t, c.Witness.Response, test.response)
			allowing, refusing := sides(&c, before[0], after[0])
			require.Empty(t, check(t, allowing, x))
			require.NotEmpty(t, check(t, refusing, x))
		})
	}
}

// TestWrapped checks a body that becomes the payload, and the reverse.
func TestWrapped(t *testing.T) {
	wrapped := bed()
	whole := changed(wrapped, func(c *schema.Contract) {
		member(c, "GetBedOutput", "bed").Location = schema.Is(schema.LocationPayload)
	})
	optional := func(c *schema.Contract) *schema.Contract {
		return changed(c, func(c *schema.Contract) { member(c, "GetBedOutput", "bed").Required = schema.Is(false) })
	}
	for name, test := range map[string]struct {
		old, new *schema.Contract
		line     string
	}{
		"it becomes the payload": {wrapped, whole, `error drift.binding-changed output#/bed "body"→"payload" member.missing`},
		"and back":               {whole, wrapped, `error drift.binding-changed output#/bed "payload"→"body" member.missing`},
		"no member is required":  {optional(wrapped), optional(whole), `error drift.binding-changed output#/bed "body"→"payload" member.unknown`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{test.line}, lines(t, []*schema.Contract{test.old}, []*schema.Contract{test.new}))
			_, x := written(t, []*schema.Contract{test.old}, []*schema.Contract{test.new})
			require.NotEmpty(t, check(t, test.old, x))
		})
	}
}

// TestUntried checks that a change for which no document can be made differs from one for which
// none was found.
func TestUntried(t *testing.T) {
	impossible := schema.Shape{Type: schema.String, Pattern: schema.Is(`[^\s\S]`)}
	blue := func(c *schema.Contract) {
		member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED", "GREEN", "BLUE"})
	}
	for name, test := range map[string]struct {
		old    func(*schema.Contract)
		change func(*schema.Contract)
		want   string // in Untried; empty: it was tried
	}{
		"a required sibling has no document": {func(c *schema.Contract) {
			c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(impossible), Required: schema.Is(true)})
		}, blue, "no document of garden.GetBed"},
		"below what can be left out": {func(c *schema.Contract) {
			c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(impossible), Required: schema.Is(true)})
			member(c, "GetBedOutput", "bed").Required = schema.Is(false)
		}, blue, "output#/bed/sign: no string was found"},
		"the changed place has no document": {func(c *schema.Contract) {
			c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(impossible), Required: schema.Is(false)})
		}, func(c *schema.Contract) {
			member(c, "Bed", "sign").Shape.Inline.Pattern = schema.Is(`(?<=a)[^\s\S]`) // which is not seen to be the same
		}, "output#/bed/sign: no string was found"},
		"what has no document can be left out": {func(c *schema.Contract) {
			c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "sign", Shape: schema.Inline(impossible), Required: schema.Is(false)})
		}, func(c *schema.Contract) {
			member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is([]string{"RED"})
		}, ""},
		"the body is not JSON": {func(c *schema.Contract) {
			c.Shapes["GetBedOutput"].Members = []schema.Member{{Name: "photo", Shape: schema.Inline(schema.Shape{Type: schema.Blob}), Required: schema.Is(true), Location: schema.Is(schema.LocationPayload)}}
		}, func(c *schema.Contract) { member(c, "GetBedOutput", "photo").Location = schema.Is(schema.LocationBody) }, "not JSON in the old contract"},
		"no exchange can be made": {func(c *schema.Contract) {
			c.Method, c.URI = schema.Known[string]{}, schema.Known[string]{}
		}, func(c *schema.Contract) { member(c, "GetBedInput", "pages").WireName = schema.Is("page") }, "no HTTP exchange of garden.GetBed"},
		"a query parameter that may be absent": {func(*schema.Contract) {},
			func(c *schema.Contract) { member(c, "GetBedInput", "pages").WireName = schema.Is("page") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			old := changed(bed(), test.old)
			result, err := drift.Compare([]*schema.Contract{old}, []*schema.Contract{changed(old, test.change)})
			require.NoError(t, err)
			require.Len(t, result.Changes, 1)
			c := result.Changes[0]
			require.Nil(t, c.Witness)
			require.Equal(t, finding.Info, c.Severity)
			r := &report.Drift{Comparison: result}
			require.NoError(t, r.Settle(nil, report.FailOnError))
			text := textOf(t, r)
			if test.want == "" {
				require.Empty(t, c.Untried)
				require.Contains(t, text, "No action needed")
				return
			}
			require.Contains(t, c.Untried, test.want)
			require.Contains(t, text, "  not tried: "+c.Untried)
			require.NotContains(t, text, "No action needed")
		})
	}
}

func textOf(t *testing.T, r *report.Drift) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, report.DriftText(report.Style{})(&b, r))
	return b.String()
}
