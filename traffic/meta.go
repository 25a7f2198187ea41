package traffic

// Meta is crcheck's own metadata, under the one top-level key crcheck of a cassette. go-vcr ignores it.
type Meta struct {
	Contract       string `yaml:"contract"`       // name and version of the contract in force
	ContractDigest string `yaml:"contractDigest"` // its digest
	RedactionKey   string `yaml:"redactionKey"`   // the ID of the key that pseudonyms were made with, never the key
	Provenance     string `yaml:"provenance"`     // recorded, synthesised, …
}
