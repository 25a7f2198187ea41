package page_test

import (
	"fmt"
	"log"
	"os"

	"github.com/crcheck/crcheck/schema/source/page"
)

func ExampleRead() {
	document, err := os.ReadFile("testdata/unions.rst")
	if err != nil {
		log.Fatal(err)
	}
	contract, findings, err := page.Read(document, "1.43.67")
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
