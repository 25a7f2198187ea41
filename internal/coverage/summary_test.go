package coverage_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/coverage"
	"github.com/crcheck/crcheck/schema"
)

// services returns a catalog of two services: one with three operations, one with one.
func services() *schema.Catalog {
	contract := func(service, operation, path string) *schema.Contract {
		return &schema.Contract{Format: 1, Service: service, Operation: operation, Protocol: schema.Is("restJson1"), Method: schema.Is("GET"), URI: schema.Is(path),
			Output: "Reply", Shapes: map[string]*schema.Shape{
				"Reply": {Name: "Reply", Type: schema.Structure, Members: []schema.Member{{Name: "kind", Shape: schema.Ref{Inline: &schema.Shape{
					Type: schema.String, Enum: schema.Is([]string{"NEW", "OLD"})}}}}},
			}}
	}
	return schema.NewCatalog(contract("garden", "GetBed", "/bed"), contract("garden", "ListBeds", "/beds"),
		contract("garden", "PutBed", "/put"), contract("shed", "GetTool", "/tool"))
}

// TestUse checks that only the operations in use count.
func TestUse(t *testing.T) {
	for _, c := range []struct {
		name       string
		operations []string
		onlySeen   bool
		contracts  []string
		counted    int
		percent    int
		unseen     int
		services   []coverage.Service
	}{
		{name: "all", contracts: []string{"garden.GetBed", "garden.ListBeds", "garden.PutBed", "shed.GetTool"}, counted: 4, percent: 40,
			services: []coverage.Service{{Name: "garden", Operations: 3, Seen: 1, Responses: 3, Percent: 33}, {Name: "shed", Operations: 1, Seen: 1, Responses: 1, Percent: 60}}},
		{name: "only seen", onlySeen: true, contracts: []string{"garden.GetBed", "shed.GetTool"}, counted: 4, percent: 80, unseen: 2,
			services: []coverage.Service{{Name: "garden", Operations: 1, Seen: 1, Responses: 3, Percent: 100}, {Name: "shed", Operations: 1, Seen: 1, Responses: 1, Percent: 60}}},
		{name: "one by its name", operations: []string{"GetBed"}, contracts: []string{"garden.GetBed"}, counted: 3, percent: 100},
		{name: "one by its full name", operations: []string{"garden.PutBed"}, contracts: []string{"garden.PutBed"}},
		{name: "several", operations: []string{"shed.GetTool", "PutBed"}, contracts: []string{"garden.PutBed", "shed.GetTool"}, counted: 1, percent: 30,
			services: []coverage.Service{{Name: "garden", Operations: 1, Percent: 0}, {Name: "shed", Operations: 1, Seen: 1, Responses: 1, Percent: 60}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := coverage.Compile(services(), c.operations...)
			require.NoError(t, err)
			tally := p.NewTally()
			tally.Take(exchange("https://garden.example/bed", 200, `{"kind":"NEW"}`))
			tally.Take(exchange("https://garden.example/bed", 200, `{"kind":"OLD"}`))
			tally.Take(exchange("https://garden.example/bed", 200, `{}`))
			tally.Take(exchange("https://shed.example/tool", 200, `{"kind":"OLD"}`))
			r := tally.Report()
			if c.onlySeen {
				r = r.OnlySeen()
			}
			var names []string
			for _, contract := range r.Contracts {
				names = append(names, contract.Name)
			}
			require.Equal(t, c.contracts, names)
			require.Equal(t, c.services, r.Services)
			require.Equal(t, []int{c.counted, c.percent, c.unseen}, []int{r.Counted, r.Percent, r.Unseen})
			require.Equal(t, 4, r.Responses)
		})
	}
}

// TestUnknownOperation checks the error for an operation that no contract has.
func TestUnknownOperation(t *testing.T) {
	for _, c := range []struct{ name, known string }{
		{"getbed", "garden.GetBed"},
		{"GARDEN.getBed", "garden.GetBed"},
		{"DigHole", ""},
		{"", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := coverage.Compile(services(), "GetBed", c.name)
			require.Equal(t, &coverage.UnknownOperationError{Name: c.name, Known: c.known}, err)
		})
	}
}

// TestPoints checks that the points of a contract say what and where they are.
func TestPoints(t *testing.T) {
	tally := plan(t, services()).NewTally()
	tally.Take(exchange("https://garden.example/bed", 200, `{"kind":"OLD"}`))
	r := tally.Report()
	require.Equal(t, []coverage.Point{
		{Kind: coverage.Members, Part: "output", Pointer: "/kind", Shown: true},
		{Kind: coverage.Absent, Part: "output", Pointer: "/kind", What: "absent"},
		{Kind: coverage.Nulls, Part: "output", Pointer: "/kind", What: "null"},
		{Kind: coverage.EnumValues, Part: "output", Pointer: "/kind", What: "NEW"},
		{Kind: coverage.EnumValues, Part: "output", Pointer: "/kind", What: "OLD", Shown: true},
		{Kind: coverage.Statuses, What: "200", Shown: true},
	}, slices.Collect(r.Contracts[0].Points()))
	require.Empty(t, slices.Collect(new(coverage.Contract).Points()))
}
