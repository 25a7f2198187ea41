package mock

import (
	"fmt"
	"maps"
	"slices"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/yamlfile"
	"github.com/crcheck/crcheck/schema"
)

// SchemaURL names the published JSON Schema of a scenario.
const SchemaURL = "https://raw.githubusercontent.com/crcheck/crcheck/main/docs/scenario.schema.json"

// Scenario is what a mock responds, by rows: the first row that fits a request decides.
type Scenario struct {
	Schema string `yaml:"$schema" doc:"The schema of this file, for editors."`
	Rows   []Row  `yaml:"responses" key:"required" doc:"What operations respond. The first row that fits a request decides; without one, the response is the full one."`

	file string
}

// Row is what an operation responds to the requests that it fits. A sequence advances for each
// identity: requests with different identifiers do not share it.
type Row struct {
	Line      yamlfile.Line
	Operation string            `yaml:"operation" key:"required" example:"GetProtectedJob" doc:"The operation, with its service if several services have it."`
	When      map[string]string `yaml:"when" doc:"Values of members of the request: the row fits only requests that have them."`
	Reaction

	contract *schema.Contract
}

// ParseScenario reads a scenario file, docs/scenario.schema.json. The name is that of its errors.
func ParseScenario(name string, text []byte) (*Scenario, error) {
	s := &Scenario{file: name}
	if err := yamlfile.Decode(name, text, s); err != nil {
		return nil, err
	}
	if len(s.Rows) == 0 {
		return nil, &finding.RowError{Name: name, Problem: "it lists no responses; add rows with an operation and a response"}
	}
	return s, nil
}

// fit checks the rows with the contracts of a server.
func (s *Scenario) fit(server *Server) error {
	for i := range s.Rows {
		if err := s.Rows[i].fit(server); err != nil {
			return &finding.RowError{Name: s.file, Line: int(s.Rows[i].Line), Problem: err.Error()}
		}
	}
	return nil
}

func (r *Row) fit(server *Server) error {
	c, err := Operation(server.catalog, r.Operation)
	if err != nil {
		return err
	}
	r.contract = c
	input, _ := c.Root(schema.InputPart)
	var known []string
	for _, m := range c.Resolve(input).Members {
		known = append(known, m.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.When)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("when: the input of %s has no member %q%s", c.Name(), name, spelling.Hint(name, known, ""))
		}
	}
	return r.check(server, c)
}

// row returns the first row that fits a request, or nil.
func (s *Scenario) row(c *schema.Contract, r *received) *Row {
	for i := range s.Rows {
		row := &s.Rows[i]
		if row.contract == c && row.fits(r) {
			return row
		}
	}
	return nil
}

func (r *Row) fits(request *received) bool {
	for name, want := range r.When {
		if got, ok := request.text(name); !ok || got != want {
			return false
		}
	}
	return true
}
