package botocore_test

import (
	"fmt"
	"log"
	"os"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/botocore"
)

func ExampleRead() {
	document, err := os.ReadFile("testdata/rest-json.json")
	if err != nil {
		log.Fatal(err)
	}
	contracts, err := botocore.Read(document, "1.43.67")
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
