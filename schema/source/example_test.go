package source_test

import (
	"fmt"
	"log"
	"os"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source"
)

func ExampleRead() {
	document, err := os.ReadFile("testdata/page/conflict-type.rst")
	if err != nil {
		log.Fatal(err)
	}
	result, err := source.Read(document, "1.43.67")
	if err != nil {
		log.Fatal(err)
	}
	for _, contract := range result.Contracts {
		fmt.Println(contract)
	}
	for _, f := range result.Findings {
		fmt.Println(f)
	}
	// Output:
	// garden.GetBed@1.43.67
	// 82:7: warning source.conflict at /size: output: the member list says (string) where the syntax shows 123
}

func ExamplePage() {
	document, err := os.ReadFile("testdata/page/unions.rst")
	if err != nil {
		log.Fatal(err)
	}
	contract, findings, err := source.Page(document, "1.43.67")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contract, "with", len(findings), "conflicts")
	tool, _ := contract.Shapes[contract.Input].Member("tool")
	fmt.Println("tool is required:", tool.Required)
	fmt.Println("tool is a union:", contract.Resolve(tool.Shape).Union)
	bare, _ := contract.Shapes[contract.Output].Member("bare")
	fmt.Println("bare is a union:", contract.Resolve(bare.Shape).Union)
	// Output:
	// garden.ChooseTool@1.43.67 with 0 conflicts
	// tool is required: true
	// tool is a union: true
	// bare is a union: silent
}

func ExampleBotocore() {
	document, err := os.ReadFile("testdata/botocore/rest-json.json")
	if err != nil {
		log.Fatal(err)
	}
	contracts, err := source.Botocore(document, "1.43.67")
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range contracts {
		fmt.Println(c, c.Method, c.URI, c.Readonly)
	}
	token, _ := contracts[1].Shapes["PlantTreeRequest"].Member("clientToken")
	fmt.Println(token.Name, "has", contracts[1].Resolve(token.Shape).Length.Or(schema.Bounds{}), "characters")
	// Output:
	// lexv2-runtime.GetPicture@1.43.67 "GET" "/picture/{path+}" true
	// lexv2-runtime.PlantTree@1.43.67 "POST" "/beds/{bedId}/trees" false
	// lexv2-runtime.Watch@1.43.67 "POST" "/watch" true
	// lexv2-runtime.WaterAll@1.43.67 "POST" "/water" false
	// clientToken has at most 64 characters
}
