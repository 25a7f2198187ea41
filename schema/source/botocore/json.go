package botocore

import (
	"bytes"
	"github.com/crcheck/crcheck/internal/jsontree"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const remedy = "Correct the model, or copy it from botocore again (botocore/data/SERVICE/VERSION/service-2.json)"

// The types below have the names of botocore's model.py and the keys of service-2.json that
// contracts need. Other keys are ignored: botocore adds some every few months.

type serviceModel struct {
	Metadata   *metadata                     `json:"metadata"`
	Operations model.Object[*operationModel] `json:"operations"`
	Shapes     model.Object[*shapeModel]     `json:"shapes"`
}

type metadata struct {
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
	// QueryCompatible is an empty object if the trait is set.
	QueryCompatible *struct{} `json:"awsQueryCompatible"`
}

type operationModel struct {
	at   int64
	HTTP struct {
		Method string `json:"method"`
		URI    string `json:"requestUri"`
		Status int    `json:"responseCode"`
	} `json:"http"`
	Input    *reference  `json:"input"`
	Output   *reference  `json:"output"`
	Errors   []reference `json:"errors"`
	Readonly bool        `json:"readonly"`
	AuthType string      `json:"authtype"`
	Auth     []string    `json:"auth"`
}

// shapeModel is a shape of any type. Each type uses some of the fields.
type shapeModel struct {
	at       int64
	Type     string                  `json:"type"`
	Members  model.Object[reference] `json:"members"`
	Required []string                `json:"required"`
	Payload  string                  `json:"payload"`
	Element  *reference              `json:"member"`
	Key      *reference              `json:"key"`
	Value    *reference              `json:"value"`

	Union       bool `json:"union"`
	EventStream bool `json:"eventstream"`
	Exception   bool `json:"exception"`
	Document    bool `json:"document"`

	Error errorTraits `json:"error"`
	Fault bool        `json:"fault"`

	traits
}

// reference is a member or another reference to a shape. Its traits override those of the shape.
type reference struct {
	at    int64
	Shape string `json:"shape"`

	Location     string  `json:"location"`
	LocationName *string `json:"locationName"`
	Token        bool    `json:"idempotencyToken"`
	JSONValue    bool    `json:"jsonvalue"`
	EventHeader  bool    `json:"eventheader"`
	EventPayload bool    `json:"eventpayload"`

	Error errorTraits `json:"error"` // of an error, in models before 2016
	Fault bool        `json:"fault"`

	traits
}

// traits are the traits of simple shapes, lists and maps.
type traits struct {
	Enum      []string     `json:"enum"`
	Min       model.Number `json:"min"`
	Max       model.Number `json:"max"`
	Pattern   string       `json:"pattern"`
	Format    string       `json:"timestampFormat"`
	Streaming bool         `json:"streaming"`
	Sensitive bool         `json:"sensitive"`
	Sparse    bool         `json:"sparse"`
}

type errorTraits struct {
	Code   string `json:"code"`
	Status int    `json:"httpStatusCode"`
	Sender bool   `json:"senderFault"`
	Fault  bool   `json:"fault"`
}

// UnmarshalJSONFrom records the offset of the metadata, as the methods below do for other values.
func (m *metadata) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain metadata
	m.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(m))
}

func (o *operationModel) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain operationModel
	o.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(o))
}

func (s *shapeModel) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain shapeModel
	s.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(s))
}

func (r *reference) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain reference
	r.at = d.InputOffset()
	return jsonv2.UnmarshalDecode(d, (*plain)(r))
}

func parse(document []byte) (*serviceModel, error) {
	var m serviceModel
	if err := jsonv2.Unmarshal(document, &m); err != nil {
		return nil, place.JSONError(document, err, remedy)
	}
	return &m, nil
}

// problemAt returns the error for the value after an offset, which is the end of the token before
// it.
func problemAt(document []byte, offset int64, problem string) error {
	pointer := pointerTo(document, offset)
	rest := document[offset:]
	offset += int64(len(rest) - len(bytes.TrimLeft(rest, " \t\r\n:,")))
	line, column := jsontree.Position(document, int(offset))
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
