package drift_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/drift"
	"github.com/crcheck/crcheck/schema"
)

// TestRouteTemplates checks that names of labels and trailing slashes do not affect routing.
func TestRouteTemplates(t *testing.T) {
	// route is a contract whose members a and b fill labels of these names.
	route := func(uri, a, b string) *schema.Contract {
		label := func(name, wire string) string {
			return `{"name": "` + name + `", "shape": {"type": "string"}, "required": true, "location": "label", "wireName": "` + wire + `"}`
		}
		c, err := schema.Parse([]byte(`{"crcheckContract": 1, "service": "garden", "operation": "GetBed", "protocol": "restJson1", "method": "GET", "uri": "` + uri + `",
			"input": "In", "shapes": {"In": {"type": "structure", "members": [` + label("a", a) + `, ` + label("b", b) + `]}}}`))
		require.NoError(t, err)
		return c
	}
	for name, test := range map[string]struct {
		old, new *schema.Contract
		want     []finding.RuleID
	}{
		"a label is renamed":               {route("/x/{a}/{b}", "a", "b"), route("/x/{A}/{b}", "A", "b"), nil},
		"all labels are renamed":           {route("/x/{a}/y/{b}", "a", "b"), route("/x/{b}/y/{a}", "b", "a"), nil},
		"a slash goes":                     {route("/x/{a}/{b}/", "a", "b"), route("/x/{a}/{b}", "a", "b"), nil},
		"a slash comes before a query":     {route("/x/{a}/{b}?l", "a", "b"), route("/x/{a}/{b}/?l", "a", "b"), nil},
		"members change places":            {route("/x/{a}/{b}", "a", "b"), route("/x/{b}/{a}", "a", "b"), []finding.RuleID{finding.DriftRouteChanged}},
		"members change places, otherwise": {route("/x/{a}/{b}", "a", "b"), route("/x/{a}/{b}", "b", "a"), []finding.RuleID{finding.DriftBindingChanged, finding.DriftBindingChanged}},
		"a literal changes":                {route("/x/{a}/{b}", "a", "b"), route("/y/{a}/{b}", "a", "b"), []finding.RuleID{finding.DriftRouteChanged}},
		"a label becomes greedy":           {route("/x/{a}/{b}", "a", "b"), route("/x/{a}/{b+}", "a", "b"), []finding.RuleID{finding.DriftRouteChanged}},
		"a query literal comes":            {route("/x/{a}/{b}", "a", "b"), route("/x/{a}/{b}?l", "a", "b"), []finding.RuleID{finding.DriftRouteChanged}},
	} {
		t.Run(name, func(t *testing.T) {
			// A service with the same routes is not a finding.
			another := route("/x/{c}/{d}", "c", "d")
			another.Service = "another"
			result, err := drift.Compare([]*schema.Contract{test.old, another}, []*schema.Contract{another, test.new})
			require.NoError(t, err)
			var rules []finding.RuleID
			for _, c := range result.Changes {
				rules = append(rules, c.Rule)
			}
			require.Equal(t, test.want, rules)
		})
	}
}
