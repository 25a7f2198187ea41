package traffic

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v3"
)

// JoinPseudonyms returns a list for [Meta.Pseudonyms]: sorted, each once.
func JoinPseudonyms(pseudonyms []string) string {
	if len(pseudonyms) == 0 {
		return ""
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(pseudonyms)))
	text, _ := json.Marshal(sorted) // strings cannot fail
	return string(text)
}

// ListPseudonyms returns the list of [Meta.Pseudonyms].
func (m Meta) ListPseudonyms() (pseudonyms []string) {
	_ = json.Unmarshal([]byte(m.Pseudonyms), &pseudonyms) // what is not a list names none
	return pseudonyms
}

// cassetteMeta is Meta below the key crcheck of a cassette.
type cassetteMeta struct {
	Meta       `yaml:",inline"`
	Pseudonyms []string `yaml:"pseudonyms"`
}

// without returns the metadata without the pseudonyms.
func (m Meta) without() Meta {
	m.Pseudonyms = ""
	return m
}

func (m *Meta) decode(node *yaml.Node) error {
	var read cassetteMeta
	err := node.Decode(&read)
	*m = read.Meta
	m.Pseudonyms = JoinPseudonyms(read.Pseudonyms)
	return err
}
