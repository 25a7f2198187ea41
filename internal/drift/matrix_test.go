package drift_test

import (
	"strings"
	"testing"

	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
	"github.com/stretchr/testify/require"
)

// TestClasses checks the classes of disagreements by the kinds of sources. A source may have the
// member height, and has some colours.
func TestClasses(t *testing.T) {
	kinds := map[string]string{"page": "boto3-page", "model": "botocore-model", "smithy": "smithy-model", "sdk": "go-sdk", "ours": "contract"}
	of := func(kind string, height bool, colours string) drift.Source {
		c := changed(bed(), func(c *schema.Contract) {
			c.Origins = []schema.Origin{schema.NewOrigin(kinds[kind], "", nil)}
			if height {
				c.Shapes["Bed"].Members = append(c.Shapes["Bed"].Members, schema.Member{Name: "height", Shape: schema.Inline(schema.Shape{Type: schema.Float})})
			}
			member(c, "Bed", "colour").Shape.Inline.Enum = schema.Is(strings.Fields(colours))
		})
		return drift.Source{Name: kind, Contracts: []*schema.Contract{c}}
	}
	const has, lacks, colours = true, false, "RED GREEN"
	for name, test := range map[string]struct {
		sources []drift.Source
		want    []drift.Class
	}{
		"agreement":                    {[]drift.Source{of("page", has, colours), of("model", has, "GREEN RED"), of("sdk", has, colours)}, nil},
		"undocumented":                 {[]drift.Source{of("page", lacks, colours), of("model", has, colours), of("sdk", has, colours)}, []drift.Class{drift.UndocumentedMember}},
		"undocumented, by the SDK":     {[]drift.Source{of("page", lacks, colours), of("sdk", has, colours)}, []drift.Class{drift.UndocumentedMember}},
		"docs ahead":                   {[]drift.Source{of("page", has, colours), of("model", lacks, colours)}, []drift.Class{drift.DocsAhead}},
		"docs lag":                     {[]drift.Source{of("page", has, "RED"), of("model", has, colours)}, []drift.Class{drift.DocsLag}},
		"the SDK lacks it":             {[]drift.Source{of("model", has, colours), of("sdk", lacks, colours)}, []drift.Class{drift.ModelAheadOfSDK}},
		"the SDK lacks a value":        {[]drift.Source{of("model", has, colours), of("sdk", has, "RED")}, []drift.Class{drift.ModelAheadOfSDK}},
		"the model lacks it":           {[]drift.Source{of("model", lacks, colours), of("sdk", has, colours)}, []drift.Class{drift.SDKAheadOfModel}},
		"docs and SDK lag":             {[]drift.Source{of("page", lacks, colours), of("model", has, colours), of("sdk", lacks, colours)}, []drift.Class{drift.UndocumentedMember, drift.ModelAheadOfSDK}},
		"two models":                   {[]drift.Source{of("smithy", lacks, colours), of("model", has, colours)}, []drift.Class{drift.ModelsDiffer}},
		"two models and a page":        {[]drift.Source{of("smithy", lacks, colours), of("model", has, colours), of("page", lacks, colours)}, []drift.Class{drift.UndocumentedMember, drift.ModelsDiffer}},
		"a page and the SDK, no model": {[]drift.Source{of("page", has, colours), of("sdk", has, "RED")}, []drift.Class{drift.DocsAndSDKDiffer}},
		"contracts":                    {[]drift.Source{of("ours", has, colours), of("ours", lacks, colours)}, []drift.Class{drift.ContractsDiffer}},
	} {
		t.Run(name, func(t *testing.T) {
			matrix, err := drift.CompareSources(test.sources)
			require.NoError(t, err)
			if test.want == nil {
				require.Empty(t, matrix.Rows)
				return
			}
			require.Len(t, matrix.Rows, 1)
			require.Equal(t, test.want, matrix.Rows[0].Classes)
		})
	}
}

// TestColumns checks that a source has no value where it is unspecified, or where the place is
// beyond what it describes.
func TestColumns(t *testing.T) {
	silent := changed(bed(), func(c *schema.Contract) { c.Method = schema.Known[string]{} })
	other := changed(bed(), func(c *schema.Contract) { c.Method = schema.Is("PUT") })
	flat := changed(bed(), func(c *schema.Contract) {
		c.Method = schema.Known[string]{}
		c.Shapes["Bed"].Members = c.Shapes["Bed"].Members[:1]
	})
	deeper := changed(silent, func(c *schema.Contract) { c.Shapes["Plant"].Members = c.Shapes["Plant"].Members[:1] })
	matrix, err := drift.CompareSources([]drift.Source{
		{Name: "a", Contracts: []*schema.Contract{bed()}}, {Name: "b", Contracts: []*schema.Contract{silent}}, {Name: "c", Contracts: []*schema.Contract{other}},
		{Name: "d", Contracts: []*schema.Contract{flat}}, {Name: "e", Contracts: []*schema.Contract{deeper}},
	})
	require.NoError(t, err)
	got := map[string]string{}
	for _, r := range matrix.Rows {
		got[r.Facet+" "+string(r.Part)+r.Pointer] = strings.Join(r.Values, "|")
	}
	require.Equal(t, `"GET"||"PUT"||`, got["method contract"])
	require.Equal(t, "present|present|present|absent|present", got["member output/bed/plant"])
	require.Equal(t, "present|present|present||absent", got["member output/bed/plant/tree"])
}
