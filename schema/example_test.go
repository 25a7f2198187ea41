package schema_test

import (
	"fmt"
	"net/url"

	"github.com/crcheck/crcheck/schema"
)

// job returns a small contract; silent on whether the id is required.
func job() *schema.Contract {
	return &schema.Contract{Format: schema.Format, Service: "jobs", Operation: "GetJob", Version: "1.0",
		Method: schema.Is("GET"), URI: schema.Is("/jobs/{jobId}"), Output: "GetJobOutput",
		Shapes: map[string]*schema.Shape{"GetJobOutput": {Type: schema.Structure, Members: []schema.Member{
			{Name: "id", Shape: schema.Inline(schema.Shape{Type: schema.String})},
			{Name: "parent", Shape: schema.Named("GetJobOutput")},
		}}}}
}

func ExampleParse() {
	c, err := schema.Parse([]byte(`{
  "crcheckContract": 1, "service": "jobs", "operation": "GetJob", "output": "Job",
  "shapes": {"Job": {"type": "structure", "members": [{"name": "id", "shape": {"type": "string"}, "required": true}]}}
}`))
	fmt.Println(c, err)
	_, err = schema.Parse([]byte("{\n  \"crcheckContract\": 1, \"servise\": \"jobs\"\n}"))
	fmt.Println(err)
	// Output:
	// jobs.GetJob <nil>
	// line 2, column 25 at /servise: unknown member. Correct the contract file, or derive it again from its source.
}

func ExampleContract_Encode() {
	c := job()
	c.Output, c.Shapes = "", nil
	text, err := c.Encode()
	fmt.Printf("%s%v\n", text, err)
	// Output:
	// {
	//   "crcheckContract": 1,
	//   "service": "jobs",
	//   "operation": "GetJob",
	//   "version": "1.0",
	//   "method": "GET",
	//   "uri": "/jobs/{jobId}"
	// }
	// <nil>
}

func ExampleContract_Check() {
	c := job()
	c.Input = "GetJobInput"
	fmt.Println(c.Check())
	// Output: input: no shape "GetJobInput"
}

func ExampleContract_At() {
	place, err := schema.ParsePlace("output#/parent/parent/id")
	shape, member, ok := job().At(place)
	fmt.Println(err, ok, shape.Type, member.Required)
	// Output: <nil> true string silent
}

func ExampleContract_Walk() {
	job().Walk(func(place schema.Place, shape *schema.Shape, _ *schema.Member) {
		fmt.Println(place, shape.Type)
	})
	// Output:
	// output structure
	// output#/id string
	// output#/parent structure
}

func ExampleContract_Digest() {
	older, newer := job(), job()
	newer.Version = "2.0"
	fmt.Println(older.Digest() == newer.Digest())
	newer.Shapes["GetJobOutput"].Members[0].Required = schema.Is(true)
	fmt.Println(older.Digest() == newer.Digest())
	// Output:
	// true
	// false
}

func ExampleDiff() {
	older, newer := job(), job()
	older.Status, newer.Status = schema.Is(200), schema.Is(202)
	newer.Readonly = schema.Is(true) // on which the older one is silent
	for _, d := range schema.Diff(older, newer) {
		fmt.Println(d.Place, d.Facet, d.A, d.B)
	}
	// Output: contract status 200 202
}

func ExampleMerge() {
	page, model := job(), job()
	page.Status = schema.Is(200)
	model.Status, model.Readonly = schema.Is(202), schema.Is(true)
	merged, conflicts := schema.Merge(page, model)
	fmt.Println(merged.Status, merged.Readonly)
	for _, f := range conflicts {
		fmt.Println(f.Rule, f.Got, f.Want)
	}
	// Output:
	// 200 true
	// source.conflict 200 202
}

func ExampleOverlay_Apply() {
	overlay, err := schema.ParseOverlay("jobs.yaml", []byte(`
overlay: 1
operation: jobs.GetJob
reason: stated by the API model
facets:
  - {at: output#/id, required: true, length: {min: 36, max: 36}}
  - {at: output#/state, type: string, enum: [OPEN, DONE]}
  - {at: contract, method: GET}
`))
	fmt.Println(err)
	c, stale := overlay.Apply(job())
	for _, m := range c.Shapes["GetJobOutput"].Members {
		fmt.Println(m.Name, c.Resolve(m.Shape).Type, m.Required)
	}
	for _, f := range stale {
		fmt.Println(f.Line, f.Message)
	}
	// Output:
	// <nil>
	// id string true
	// parent structure silent
	// state string silent
	// 8 method of contract is already "GET" in the source
}

func ExampleCatalog_Route() {
	catalog := schema.NewCatalog(job())
	u, _ := url.Parse("https://jobs.example.com/jobs/a%2Fb?verbose")
	route, why := catalog.Route(schema.Request{Method: "GET", URL: u})
	fmt.Println(route.Contract, route.Labels, why == nil)
	// Output: jobs.GetJob@1.0 map[jobId:a/b] true
}

func ExampleEncoding_Document() {
	c := job()
	c.Shapes["GetJobOutput"].Members[0].Location = schema.Is(schema.LocationHeader)
	for _, encoding := range []schema.Encoding{schema.HTTP, schema.SDK} {
		_, members, _ := encoding.Document(c, schema.OutputPart)
		fmt.Print(encoding)
		for _, m := range members {
			fmt.Print(" ", m.Name)
		}
		fmt.Println()
	}
	// Output:
	// http parent
	// sdk id parent
}

func ExampleUnrouted() {
	catalog := schema.NewCatalog(job())
	for _, address := range []string{"https://jobs.us-east-1.amazonaws.com/elsewhere", "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"} {
		u, _ := url.Parse(address)
		if _, why := catalog.Route(schema.Request{Method: "GET", URL: u}); why != nil {
			fmt.Println(why)
		}
	}
	// Output:
	// jobs (no such operation)
	// sts (query)
}

func ExampleCatalog_Named() {
	catalog := schema.NewCatalog(job())
	fmt.Println(catalog.Len(), catalog.Named("GetJob"), catalog.Named("jobs.GetJob"), catalog.Named("jobs"))
	// Output: 1 [jobs.GetJob@1.0] [jobs.GetJob@1.0] []
}

func ExampleContract_RawBody() {
	c := job()
	c.Shapes["GetJobOutput"].Members[0].Location = schema.Is(schema.LocationPayload) // a string
	raw, ok := c.RawBody(schema.OutputPart)
	fmt.Println(raw.Name, ok)
	// Output: id true
}

func ExampleContract_Labels() {
	fmt.Println(job().Labels())
	// Output: [jobId]
}
