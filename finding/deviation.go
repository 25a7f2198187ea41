package finding

import (
	_ "embed"
	"fmt"
	"strconv"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Deviation is where AWS itself breaks its model: an ignore row with evidence. It
// is about responses, and only the exact value or class of values of the row
// matches: another wrong value in the same place keeps its severity. It changes no
// contract, nor anything that is made of one.
type Deviation struct {
	Expected
	Recorders int    `json:"recorders"` // independent recorders who saw it
	Evidence  string `json:"evidence"`
}

// minRecorders is how many independent recorders must have seen a deviation for
// it to regrade findings; one with fewer is a hint.
const minRecorders = 2

// Regrades reports whether the evidence is enough to regrade findings to info.
func (d Deviation) Regrades() bool { return d.Recorders >= minRecorders }

// Hint says what the reader of a finding that matches should know.
func (d Deviation) Hint() string {
	if d.Regrades() {
		return fmt.Sprintf("This is a known deviation of AWS: %s (%s).", d.Reason, d.Evidence)
	}
	return fmt.Sprintf("AWS may send this: it was recorded once (%s; %s), which is too little evidence to accept it.", d.Reason, d.Evidence)
}

//go:embed deviations.yaml
var deviationTable []byte

// deviations are the table, and its rows as they match.
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

// readDeviations reads ignore rows with the keys recorders and evidence.
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
		case d.Recorders < 1 || d.Evidence == "":
			return nil, &RowError{Line: item.Line, Problem: "a deviation has no recorders or no evidence"}
		case d.Shape == "" || d.Value == "" || d.Count != 0 || d.Source != "" || d.Expires != "":
			return nil, &RowError{Line: item.Line, Problem: "a deviation names a shape and a value, and no count, source or last day"}
		}
		list = append(list, d)
	}
	return list, nil
}

// Deviations returns the known deviations of AWS.
func Deviations() []Deviation { return append([]Deviation(nil), deviations().list...) }

// KnownDeviation returns the deviation of AWS that a finding on a response is.
func KnownDeviation(f Finding) (Deviation, bool) {
	if f.Shape == "" || f.Part == "input" {
		return Deviation{}, false
	}
	table := deviations()
	for i, r := range table.rows {
		if r.matches(f) {
			return table.list[i], true
		}
	}
	return Deviation{}, false
}
