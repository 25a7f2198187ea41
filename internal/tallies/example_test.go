package tallies_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/piece"
	"github.com/crcheck/crcheck/internal/tallies"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/traffic"
	"github.com/crcheck/crcheck/validate"
)

func ExampleTally() {
	contract := contracts.MustLoad(contracts.Newest)
	catalog, err := validate.CompileCatalog(schema.NewCatalog(contract), validate.Options{})
	if err != nil {
		log.Fatal(err)
	}
	tally := tallies.New([]*schema.Contract{contract})
	responses := strings.NewReader(`{"protectedJob":{"status":"PAUSED"}}` + "\n" + `{"protectedJob":{"status":"PAUSED"}}` + "\n")
	for x, err := range traffic.Read("responses.ndjson", responses) {
		if err != nil {
			log.Fatal(err)
		}
		outcome, err := catalog.Check(x, validate.Bare{})
		if err != nil {
			log.Fatal(err)
		}
		tally.Add(piece.At{Source: x.Source, Index: x.Index}, x, outcome)
	}
	result := tally.Traffic(finding.Default, nil)
	for _, o := range result.Observations {
		if o.Rule == finding.EnumUnknownValue {
			fmt.Println(o.Place, o.Details[0].Text, o.Count)
		}
	}
	// Output:
	// /protectedJob/status PAUSED 2
}

func ExampleTraffic_Propose() {
	contract := contracts.MustLoad(contracts.Newest)
	seen := &tallies.Traffic{Observations: []tallies.Observation{{
		Rule: finding.MemberUnknown, Operation: contract.Name(), Part: schema.OutputPart, Place: "/protectedJob", Count: 3,
		First:   tallies.Seen{Source: "jobs.ndjson", Interaction: 7},
		Details: []tallies.Detail{{Text: "priority", Types: []string{"integer"}, Count: 3, First: tallies.Seen{Source: "jobs.ndjson", Interaction: 7}}},
	}}}
	for _, p := range seen.Propose([]*schema.Contract{contract}) {
		fmt.Printf("%s", p.Overlay)
	}
	// Output:
	// overlay: 1
	// operation: cleanrooms.GetProtectedJob
	// facets:
	//   - at: output#/protectedJob/priority
	//     type: integer
	//     reason: seen 3 times, first in jobs.ndjson, interaction 7
}
