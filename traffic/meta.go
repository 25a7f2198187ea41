package traffic

// Meta is crcheck's own metadata, under the one top-level key crcheck of a cassette, which go-vcr
// ignores, or the member meta of a line of NDJSON.
type Meta struct {
	Contract       string `yaml:"contract"`       // name and version of the contract in force
	ContractDigest string `yaml:"contractDigest"` // its digest
	RedactionKey   string `yaml:"redactionKey"`   // the ID of the key that pseudonyms were made with, never the key
	Provenance     string `yaml:"provenance"`     // recorded, synthesised, …
	From           string `yaml:"from"`           // who responded: aws, emulator or fixtures; empty: not known
}

// metaField is one entry by its key, as every format spells it.
type metaField struct {
	key   string
	value *string
}

func (m *Meta) fields() [5]metaField {
	return [5]metaField{
		{"contract", &m.Contract}, {"contractDigest", &m.ContractDigest},
		{"redactionKey", &m.RedactionKey}, {"provenance", &m.Provenance},
		{"from", &m.From},
	}
}
