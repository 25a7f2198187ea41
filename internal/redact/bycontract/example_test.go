package bycontract_test

import (
	"fmt"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/redact/bycontract"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func ExampleNew() {
	catalog := schema.NewCatalog(contracts.MustLoad(contracts.Newest))
	r := redact.New(redact.Options{Key: redact.Key{1, 2, 3}, Classify: bycontract.New(catalog)})
	// The parameters of a job are sensitive, its status is an enum.
	redacted, _ := r.Redact(job(`{"protectedJob":{"status":"SUCCESS","jobParameters":{"parameters":{"who":"Jane Doe"}}}}`))
	fmt.Println(string(redacted.Response.Body.Bytes))
	// Output:
	// {"protectedJob":{"status":"SUCCESS","jobParameters":{"parameters":{"lzm":"Sgwg Ycj"}}}}
}
