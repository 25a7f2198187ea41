package finding

import (
	_ "embed"
	"fmt"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Deviation is a known deviation of AWS from its own model: an ignore row with evidence. It applies
// to responses, or to requests if the row names the part "input", and only to the value or class of
// values of the row: another wrong value in the same place keeps its severity. Contracts, and
// everything derived from them, do not change.
type Deviation struct {
	Expected
	Recorders  int    `json:"recorders,omitempty"`  // independent recorders that saw it
	Documented bool   `json:"documented,omitempty"` // the text of the model contradicts its shapes
	Evidence   string `json:"evidence"`
}

// minRecorders is how many independent recorders must have seen a deviation before it regrades
// findings; one with fewer is a hint.
const minRecorders = 2

// Regrades reports whether the evidence is enough to regrade findings to info.
func (d Deviation) Regrades() bool { return d.Documented || d.Recorders >= minRecorders }

// Hint returns a note for the reader of a finding that matches.
func (d Deviation) Hint() string {
	if d.Regrades() {
		return fmt.Sprintf("This is a known deviation of AWS: %s (%s).", d.Reason, d.Evidence)
	}
	return fmt.Sprintf("AWS may send this: it was recorded once (%s; %s), which is not enough evidence to accept it.", d.Reason, d.Evidence)
}

//go:embed deviations.yaml
var deviationTable []byte

// deviations is the table and its compiled rows.
var deviations = sync.OnceValue(func() (table struct {
	list []Deviation
	rows []*row
}) {
	var err error
	if table.list, err = readDeviations(deviationTable); err != nil {
		panic("deviations.yaml: " + err.Error()) // a test reads it
	}
	for _, d := range table.list {
		r, _ := d.compile()
		table.rows = append(table.rows, r)
	}
	return table
})

// readDeviations reads ignore rows with the keys recorders, documented and evidence.
func readDeviations(text []byte) ([]Deviation, error) {
	var items []yaml.Node
	if err := yaml.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	var list []Deviation
	for i := range items {
		var d Deviation
		item, rest := &items[i], []*yaml.Node(nil)
		for k := 0; k+1 < len(item.Content); k += 2 {
			key, value := item.Content[k], item.Content[k+1]
			switch key.Value {
			case "recorders":
				d.Recorders, _ = strconv.Atoi(value.Value)
			case "documented":
				d.Documented = value.Value == "true"
			case "evidence":
				d.Evidence = value.Value
			default:
				rest = append(rest, key, value)
			}
		}
		item.Content = rest
		var err error
		if d.Expected, err = decodeRow(item, false); err == nil {
			err = d.Check()
		}
		switch {
		case err != nil:
			return nil, err
		case d.Recorders < 1 && !d.Documented || d.Evidence == "":
			return nil, &RowError{Line: item.Line, Problem: "a deviation needs recorders or documented, and evidence"}
		case d.Part == "input" && !d.Documented:
			return nil, &RowError{Line: item.Line, Problem: "a deviation of requests must be documented: a recording shows only what a client sends"}
		case d.Shape == "" || d.Value == "" || d.Count != 0 || d.Source != "" || d.Expires != "":
			return nil, &RowError{Line: item.Line, Problem: "a deviation needs a shape and a value, and must not have a count, a source or a date of expiry"}
		}
		list = append(list, d)
	}
	return list, nil
}

// Deviations returns the known deviations of AWS.
func Deviations() []Deviation { return append([]Deviation(nil), deviations().list...) }

// KnownDeviation returns the known deviation of AWS that a finding matches.
func KnownDeviation(f Finding) (Deviation, bool) {
	if f.Shape == "" {
		return Deviation{}, false
	}
	table := deviations()
	for i, r := range table.rows {
		if (f.Part == "input") == (table.list[i].Part == "input") && r.matches(f) {
			return table.list[i], true
		}
	}
	return Deviation{}, false
}
