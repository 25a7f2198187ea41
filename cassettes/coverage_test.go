package cassettes_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
)

// exercise records for each feature of a contract's responses whether a
// body has it: a member, an enum value, an element or entry, an error.
type exercise struct {
	contract *schema.Contract
	seen     map[string]bool
}

// exerciseOf returns the features of the responses of a contract.
func exerciseOf(c *schema.Contract) *exercise {
	e := &exercise{c, map[string]bool{}}
	for _, part := range c.Parts() {
		if part == schema.InputPart {
			continue
		}
		e.seen[string(part)] = false
		root, _ := c.Root(part)
		e.expect(string(part)+"#", root)
	}
	return e
}

// expect walks the shapes, of which none in these contracts is recursive.
func (e *exercise) expect(place string, ref schema.Ref) {
	shape := e.contract.Resolve(ref)
	for _, value := range shape.Enum.Or(nil) {
		e.seen[place+"="+value] = false
	}
	for _, m := range shape.Members {
		e.seen[place+"/"+m.Name] = false
		e.expect(place+"/"+m.Name, m.Shape)
	}
	for _, inner := range []*schema.Ref{shape.Element, shape.Value} {
		if inner != nil {
			e.seen[place+"/*"] = false
			e.expect(place+"/*", *inner)
		}
	}
}

// take walks a decoded body; null is the same as absent.
func (e *exercise) take(place string, value any) {
	mark := func(place string) {
		if _, ok := e.seen[place]; ok {
			e.seen[place] = true
		}
	}
	switch value := value.(type) {
	case string:
		mark(place + "=" + value)
	case []any:
		for _, element := range value {
			mark(place + "/*")
			e.take(place+"/*", element)
		}
	case map[string]any:
		for name, member := range value {
			below := place + "/" + name
			if _, ok := e.seen[place+"/*"]; ok {
				below = place + "/*"
			}
			if member != nil {
				mark(below)
				e.take(below, member)
			}
		}
	}
}

// response adds a response that conforms to the contract.
func (e *exercise) response(t *testing.T, x *traffic.Interaction) {
	t.Helper()
	place := string(schema.OutputPart)
	if x.Response.Status >= 300 {
		for _, declared := range e.contract.Errors {
			if declared.Status.Or(0) == x.Response.Status { // no two errors share a status
				place = string(schema.ErrorPart(declared.Name))
			}
		}
	}
	e.seen[place] = true
	var body any
	require.NoError(t, json.Unmarshal(x.Response.Body.Bytes, &body), x.Source)
	e.take(place+"#", body)
}

func (e *exercise) missing() []string {
	var missing []string
	for _, place := range slices.Sorted(maps.Keys(e.seen)) {
		if !e.seen[place] {
			missing = append(missing, place)
		}
	}
	return missing
}

// The good cassettes of the newest contract show every member, union members
// among them, every enum value, the six statuses among them, and every error.
func TestGoodCassettesShowEverything(t *testing.T) {
	b := loaded(t)
	newest := contracts.MustLoad(contracts.Newest)
	e := exerciseOf(newest)
	for file, interactions := range b.interactions {
		if !strings.HasPrefix(file, "good/") || interactions[0].Meta.Contract != newest.String() {
			continue
		}
		for _, x := range interactions {
			e.response(t, x)
		}
	}
	require.Empty(t, e.missing())
	require.Contains(t, e.seen, "output#/protectedJob/status=CANCELLING")
	require.Contains(t, e.seen, "output#/protectedJob/result/output/memberList")
	require.Contains(t, e.seen, "error:ValidationException#/fieldList/*/name")

	e = exerciseOf(newest)
	e.response(t, b.interactions["good/minimal-1.43.67.yaml"][0])
	require.Contains(t, e.missing(), "output#/protectedJob/status=FAILED")
	require.Contains(t, e.missing(), "output#/protectedJob/result")
	require.NotContains(t, e.missing(), "output#/protectedJob/status=SUCCESS")
}

// The older contract has each of its members in one cassette.
func TestOlderContractIsShown(t *testing.T) {
	e := exerciseOf(contracts.MustLoad("cleanrooms.GetProtectedJob@1.42.90"))
	e.response(t, loaded(t).interactions["good/full-1.42.90.yaml"][0])
	for _, place := range e.missing() {
		beside := strings.HasSuffix(place, "/member") || strings.HasSuffix(place, "/memberList") // of unions whose s3 is set
		below := strings.Contains(place, "/member/") || strings.Contains(place, "/memberList/")
		require.True(t, beside || below || strings.Contains(place, "=") || strings.HasPrefix(place, "error:"), place)
	}
}
