package traffic

import (
	"net/http"
	"time"
)

// Kind is the format of an input.
type Kind string

const (
	JSON     Kind = "json"     // one JSON document, perhaps broken or empty
	NDJSON   Kind = "ndjson"   // one JSON document per line: a bare body, or a whole interaction
	Cassette Kind = "go-vcr/1" // a cassette as go-vcr v1 and v2 write it

	Cassette2 Kind = "go-vcr/2" // a cassette as go-vcr v3 and v4 write it
	VCRPy     Kind = "vcrpy/1"  // a cassette of Python's vcrpy, as YAML or JSON
	HAR       Kind = "har/1.2"  // an HTTP archive, as browsers and proxies export it

	Betamax Kind = "betamax"  // a cassette of Python's Betamax
	RubyVCR Kind = "ruby-vcr" // a cassette of Ruby's VCR, as YAML or JSON
	Placebo Kind = "placebo"  // a response that placebo recorded of boto3, without its request
	// LocalStack is a snapshot of LocalStack's tests: what boto3 returned, with placeholders.
	LocalStack Kind = "localstack"

	Mitmproxy Kind = "mitmproxy" // flows of mitmproxy
	LangChain Kind = "langchain" // a cassette of LangChain's tests: vcrpy with lists of its own
)

// EncodingSDK is the encoding of a document that boto3 returned.
const EncodingSDK = "sdk"

// Interaction is one request and its response, or a bare body.
type Interaction struct {
	Source string // the name of the input, as given
	Kind   Kind   // the format of the input
	Index  int    // position in the source, from 0
	Meta   Meta   // of the cassette or, in NDJSON, of the interaction
	// Live reports that the interaction was observed as it happened rather than read from a
	// recording, so that it is complete.
	Live     bool
	Request  *Request // nil: a bare body, no request was recorded
	Response Response
	// Test is the test that made the call, such as "tests/test_jobs.py::test_waits", which begins
	// with the path of its file, and TestLine is its line there; empty and 0: unknown.
	Test     string
	TestLine int
	// Operation is the operation that the client called, such as "dynamodb.GetItem"; empty: the
	// request decides.
	Operation string
	// Encoding is [EncodingSDK] if the body of the response is what boto3 returned; empty: it is the
	// HTTP body.
	Encoding string
}

// Request is what a client sent. A form has no separate field, because it repeats the body.
type Request struct {
	Method, URL string
	Header      http.Header
	Body        Body
}

// Response is what the service returned.
type Response struct {
	Status     int    // 0: not recorded
	StatusText string // as recorded: "200 OK" by go-vcr, "OK" by others
	Header     http.Header
	Body       Body
	Duration   time.Duration
}

// Meta is crcheck's metadata: the top-level key crcheck of a cassette, which go-vcr ignores, or the
// member meta of a line of NDJSON.
type Meta struct {
	Contract       string `yaml:"contract"`       // name and version of the contract
	ContractDigest string `yaml:"contractDigest"` // the digest of the contract
	RedactionKey   string `yaml:"redactionKey"`   // the ID of the key of the pseudonyms, never the key
	Provenance     string `yaml:"provenance"`     // recorded, synthesised, …
	From           string `yaml:"from"`           // who responded: aws, emulator or fixtures; empty: unknown
	Redacted       string `yaml:"redacted"`       // no: nothing was replaced, see [NotRedacted]; empty: unknown
	// Pseudonyms are the words of the recording that replace names, as a JSON array, see
	// [JoinPseudonyms]. In NDJSON, a line has them only if they differ from those of the line before.
	Pseudonyms string `yaml:"-"`
}

// NotRedacted is [Meta.Redacted] of a recording in which nothing was replaced.
const NotRedacted = "no"

// metaField is one entry of Meta with its key, which is the same in every format.
type metaField struct {
	key   string
	value *string
}

func (m *Meta) fields() [6]metaField {
	return [6]metaField{
		{"contract", &m.Contract}, {"contractDigest", &m.ContractDigest},
		{"redactionKey", &m.RedactionKey}, {"provenance", &m.Provenance},
		{"from", &m.From}, {"redacted", &m.Redacted},
	}
}
