package mock

import (
	"bytes"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/crcheck/crcheck/schema"
)

// Scenario is what a mock responds, by rows: the first row that fits a request decides.
type Scenario struct {
	Rows []Row `yaml:"responses"`

	file string
}

// Row is what an operation responds to the requests that it fits. A sequence advances for each
// identity: requests with different identifiers do not share it.
type Row struct {
	Operation string            `yaml:"operation"`
	When      map[string]string `yaml:"when"` // values of members of the request
	Reaction  `yaml:",inline"`

	line     int
	contract *schema.Contract
}

// UnmarshalYAML notes the line of a row.
func (r *Row) UnmarshalYAML(node *yaml.Node) error {
	type plain Row
	r.line = node.Line
	return node.Decode((*plain)(r))
}

// ParseScenario reads a scenario file, docs/scenario.schema.json. The name is that of its errors.
func ParseScenario(name string, text []byte) (*Scenario, error) {
	s := &Scenario{file: name}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("%s is not a scenario: %w", name, err)
	}
	if len(s.Rows) == 0 {
		return nil, fmt.Errorf("%s has no responses: list rows with an operation and a response", name)
	}
	return s, nil
}

// fit checks the rows with the contracts of a server.
func (s *Scenario) fit(server *Server) error {
	for i := range s.Rows {
		row := &s.Rows[i]
		at := fmt.Sprintf("%s:%d: ", s.file, row.line)
		c, err := Operation(server.catalog, row.Operation)
		if err != nil {
			return fmt.Errorf("%s%w", at, err)
		}
		row.contract = c
		input, _ := c.Root(schema.InputPart)
		for name := range row.When {
			if _, ok := c.Resolve(input).Member(name); !ok {
				return fmt.Errorf("%sthe input of %s has no member %q", at, row.Operation, name)
			}
		}
		if err := row.check(server, c); err != nil {
			return fmt.Errorf("%s%w", at, err)
		}
	}
	return nil
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
