package source_test

import (
	"fmt"
	"log"
	"os"

	"github.com/crcheck/crcheck/schema/source"
)

func ExampleRead() {
	document, err := os.ReadFile("page/testdata/conflict-type.rst")
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
