package botocore

import (
	"bytes"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const remedy = "Correct the model, or take it from botocore again (botocore/data/SERVICE/VERSION/service-2.json)"

// The types below are botocore's service-2.json as far as contracts need it.
// What is not named here is passed over: botocore gains keys every few months.

type botoModel struct {
	Metadata   *botoMetadata                `json:"metadata"`
	Operations model.Object[*botoOperation] `json:"operations"`
	Shapes     model.Object[*botoShape]     `json:"shapes"`
}

type botoMetadata struct {
	at               int64
	ServiceID        string   `json:"serviceId"`
	UID              string   `json:"uid"`
	Declared         string   `json:"protocol"`
	Protocols        []string `json:"protocols"`
	JSONVersion      string   `json:"jsonVersion"`
	TargetPrefix     string   `json:"targetPrefix"`
	EndpointPrefix   string   `json:"endpointPrefix"`
	SigningName      string   `json:"signingName"`
	SignatureVersion string   `json:"signatureVersion"`
	Auth             []string `json:"auth"`
	// QueryCompatible is an empty object where the trait is set.
	QueryCompatible *struct{} `json:"awsQueryCompatible"`
}

type botoOperation struct {
	at   int64
	HTTP struct {
		Method string `json:"method"`
		URI    string `json:"requestUri"`
		Status int    `json:"responseCode"`
	} `json:"http"`
	Input    *botoRef  `json:"input"`
	Output   *botoRef  `json:"output"`
	Errors   []botoRef `json:"errors"`
	Readonly bool      `json:"readonly"`
}

// botoShape is a shape of any type; each type uses some of the fields.
type botoShape struct {
	at       int64
	Type     string                `json:"type"`
	Members  model.Object[botoRef] `json:"members"`
	Required []string              `json:"required"`
	Payload  string                `json:"payload"`
	Element  *botoRef              `json:"member"`
	Key      *botoRef              `json:"key"`
	Value    *botoRef              `json:"value"`

	Union       bool `json:"union"`
	EventStream bool `json:"eventstream"`
	Exception   bool `json:"exception"`
	Document    bool `json:"document"`

	Error botoError `json:"error"`
	Fault bool      `json:"fault"`

	botoTraits
}

// botoRef is a member, or another reference to a shape. Traits beside the
// reference take the place of those of the shape.
type botoRef struct {
	at    int64
	Shape string `json:"shape"`

	Location     string  `json:"location"`
	LocationName *string `json:"locationName"`
	Token        bool    `json:"idempotencyToken"`
	JSONValue    bool    `json:"jsonvalue"`
	EventHeader  bool    `json:"eventheader"`
	EventPayload bool    `json:"eventpayload"`

	Error botoError `json:"error"` // of an error, in models before 2016
	Fault bool      `json:"fault"`

	botoTraits
}

// botoTraits are the traits of simple shapes, lists and maps.
type botoTraits struct {
	Enum      []string     `json:"enum"`
	Min       model.Number `json:"min"`
	Max       model.Number `json:"max"`
	Pattern   string       `json:"pattern"`
	Format    string       `json:"timestampFormat"`
	Streaming bool         `json:"streaming"`
	Sensitive bool         `json:"sensitive"`
	Sparse    bool         `json:"sparse"`
}

type botoError struct {
	Code   string `json:"code"`
	Status int    `json:"httpStatusCode"`
	Sender bool   `json:"senderFault"`
	Fault  bool   `json:"fault"`
}

// UnmarshalJSONFrom notes where the metadata stand; the methods below likewise.
func (m *botoMetadata) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain botoMetadata
	m.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(m))
}

func (o *botoOperation) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain botoOperation
	o.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(o))
}

func (s *botoShape) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain botoShape
	s.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(s))
}

func (r *botoRef) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain botoRef
	r.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(r))
}

// parseBotocore reads the document.
func parseBotocore(document []byte) (*botoModel, error) {
	var model botoModel
	err := jsonv2.Unmarshal(document, &model)
	if err == nil {
		return &model, nil
	}
	return nil, place.JSONError(document, err, remedy)
}

// problemAt says what is wrong with the value that follows an offset, which is
// that of a token before it.
func problemAt(document []byte, offset int64, problem string) error {
	pointer := pointerTo(document, offset)
	rest := document[offset:]
	offset += int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n:,")))
	line, column := place.Of(document, int(offset))
	return &schema.DocumentError{Line: line, Column: column, Place: pointer, Problem: problem, Remedy: remedy}
}

// pointerTo returns the JSON Pointer to the value that follows an offset.
func pointerTo(document []byte, offset int64) string {
	d := jsontext.NewDecoder(bytes.NewBuffer(document))
	for {
		if _, err := d.ReadToken(); err != nil {
			return ""
		}
		if d.InputOffset() > offset {
			return string(d.StackPointer())
		}
	}
}
