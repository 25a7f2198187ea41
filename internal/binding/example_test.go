package binding_test

import (
	"fmt"
	"net/http"

	"github.com/crcheck/crcheck/internal/binding"
	"github.com/crcheck/crcheck/schema"
)

// A list in a header is written, and read again.
func ExampleTable() {
	texts := schema.Inline(schema.Shape{Type: schema.String})
	c := &schema.Contract{Protocol: schema.Is("restJson1"), Input: "In", Shapes: map[string]*schema.Shape{
		"In": {Type: schema.Structure, Members: []schema.Member{{Name: "tags", Location: schema.Is(schema.LocationHeader),
			WireName: schema.Is("X-Tags"), Shape: schema.Inline(schema.Shape{Type: schema.List, Element: &texts})}}}}}
	table := binding.Of(c, schema.InputPart)
	tags, _ := table.Member("tags")
	m := binding.Message{Header: http.Header{}}
	m.Write(tags, binding.Value{List: []string{"a", "b,c"}})
	fmt.Println(m.Header.Get("X-Tags"))
	fmt.Printf("%s\n", table.AppendDocument(nil, &m))
	// Output:
	// a, "b,c"
	// {"tags":["a","b,c"]}
}
