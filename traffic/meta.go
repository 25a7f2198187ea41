package traffic

import (
	"bufio"
	"io"
)

// Meta is crcheck's own metadata, under the one top-level key crcheck of a cassette. go-vcr ignores it.
type Meta struct {
	Contract       string `yaml:"contract"`       // name and version of the contract in force
	ContractDigest string `yaml:"contractDigest"` // its digest
	RedactionKey   string `yaml:"redactionKey"`   // the ID of the key that pseudonyms were made with, never the key
	Provenance     string `yaml:"provenance"`     // recorded, synthesised, …
}

// ReadMeta reads the Meta of a cassette; one without is the zero Meta. What is no cassette is an *UnknownKindError.
func ReadMeta(name string, r io.Reader) (Meta, error) {
	in := &input{name: name, r: bufio.NewReaderSize(r, lookAhead)}
	kind, err := in.recognise()
	if err != nil {
		return Meta{}, err
	}
	if kind == jsonText {
		return Meta{}, &UnknownKindError{Source: name, Looks: "JSON", Remedy: "only a cassette has metadata"}
	}
	c, err := in.loadCassette(kind)
	if err != nil || c.meta.IsZero() {
		return Meta{}, err
	}
	var meta Meta
	if err := c.meta.Decode(&meta); err != nil {
		return Meta{}, c.broken(err, &c.meta)
	}
	return meta, nil
}
