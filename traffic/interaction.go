package traffic

import (
	"net/http"
	"time"
)

// Kind is the format that an input was recognised as.
type Kind string

const (
	JSON     Kind = "json"     // one JSON document, perhaps broken or empty
	NDJSON   Kind = "ndjson"   // one JSON document a line: a bare body, or a whole interaction
	Cassette Kind = "go-vcr/1" // a cassette as go-vcr v1 and v2 write it

	Cassette2 Kind = "go-vcr/2" // a cassette as go-vcr v3 and v4 write it
	VCRPy     Kind = "vcrpy/1"  // a cassette of Python's vcrpy, as YAML or JSON
	HAR       Kind = "har/1.2"  // an HTTP archive, as browsers and proxies export it
)

// Interaction is one request and its answer, or a bare body.
type Interaction struct {
	Source string // the input's name as given
	Kind   Kind   // the format of the input
	Index  int    // zero-based place in the source
	Meta   Meta   // of its cassette, or its own
	// Live says that it was seen as it passed, rather than read from a recording:
	// nothing of it was left out.
	Live     bool
	Request  *Request // nil: a bare body, no request was recorded
	Response Response
}

// Request is what a client sent. A form has no field of its own: it is its body, decoded.
type Request struct {
	Method, URL string
	Header      http.Header
	Body        Body
}

// Response is what the service answered.
type Response struct {
	Status     int    // 0: not recorded
	StatusText string // as recorded; go-vcr records the whole status, "200 OK", the others "OK"
	Header     http.Header
	Body       Body
	Duration   time.Duration
}

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
