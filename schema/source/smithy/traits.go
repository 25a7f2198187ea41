package smithy

import (
	"reflect"
	"slices"

	"github.com/crcheck/crcheck/schema/source/internal/model"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// astTraits has the traits that contracts need. The zero value of a field means that the trait is
// absent.
type astTraits struct {
	Mixin *astMixin `json:"smithy.api#mixin"`

	// Of services.
	Service   *astService `json:"aws.api#service"`
	SigV4     *astSigV4   `json:"aws.auth#sigv4"`
	RestJSON1 mark        `json:"aws.protocols#restJson1"`
	AWSJSON10 mark        `json:"aws.protocols#awsJson1_0"`
	AWSJSON11 mark        `json:"aws.protocols#awsJson1_1"`
	RPCv2CBOR mark        `json:"smithy.protocols#rpcv2Cbor"`
	RestXML   mark        `json:"aws.protocols#restXml"`
	AWSQuery  mark        `json:"aws.protocols#awsQuery"`
	EC2Query  mark        `json:"aws.protocols#ec2Query"`

	QueryCompatible mark `json:"aws.protocols#awsQueryCompatible"`

	BearerAuth mark `json:"smithy.api#httpBearerAuth"`

	// Of operations.
	HTTP     *astHTTP `json:"smithy.api#http"`
	Readonly mark     `json:"smithy.api#readonly"`
	// Auth has the schemes of a service or of an operation, if they are not all that are defined.
	Auth         *[]string `json:"smithy.api#auth"`
	OptionalAuth mark      `json:"smithy.api#optionalAuth"`

	// Of errors.
	Error      string         `json:"smithy.api#error"`
	HTTPError  int            `json:"smithy.api#httpError"`
	QueryError *astQueryError `json:"aws.protocols#awsQueryError"`

	// Of shapes, or of members in their place.
	Length    *astBounds     `json:"smithy.api#length"`
	Range     *astBounds     `json:"smithy.api#range"`
	Pattern   string         `json:"smithy.api#pattern"`
	Enum      []astEnumValue `json:"smithy.api#enum"`
	Format    string         `json:"smithy.api#timestampFormat"`
	MediaType string         `json:"smithy.api#mediaType"`
	Sensitive mark           `json:"smithy.api#sensitive"`
	Sparse    mark           `json:"smithy.api#sparse"`
	Unique    mark           `json:"smithy.api#uniqueItems"`
	Streaming mark           `json:"smithy.api#streaming"`

	// Of members.
	Required      mark      `json:"smithy.api#required"`
	Token         mark      `json:"smithy.api#idempotencyToken"`
	EnumValue     astScalar `json:"smithy.api#enumValue"`
	JSONName      string    `json:"smithy.api#jsonName"`
	Label         mark      `json:"smithy.api#httpLabel"`
	Query         string    `json:"smithy.api#httpQuery"`
	QueryParams   mark      `json:"smithy.api#httpQueryParams"`
	Header        string    `json:"smithy.api#httpHeader"`
	PrefixHeaders *string   `json:"smithy.api#httpPrefixHeaders"` // may be empty
	ResponseCode  mark      `json:"smithy.api#httpResponseCode"`
	Payload       mark      `json:"smithy.api#httpPayload"`
	EventHeader   mark      `json:"smithy.api#eventHeader"`
	EventPayload  mark      `json:"smithy.api#eventPayload"`
}

type (
	astMixin struct {
		LocalTraits []string `json:"localTraits"` // traits that the mixin does not pass on
	}
	astService struct {
		SDKID          string `json:"sdkId"`
		ARNNamespace   string `json:"arnNamespace"`
		EndpointPrefix string `json:"endpointPrefix"`
		DocID          string `json:"docId"`
	}
	astSigV4 struct {
		Name string `json:"name"`
	}
	astHTTP struct {
		Method string `json:"method"`
		URI    string `json:"uri"`
		Code   int    `json:"code"`
	}
	astQueryError struct {
		Code   string `json:"code"`
		Status int    `json:"httpResponseCode"`
	}
	astBounds struct {
		Min model.Number `json:"min"`
		Max model.Number `json:"max"`
	}
	astEnumValue struct {
		Value string `json:"value"`
	}
)

// mark is a trait whose value has no meaning: newer models write an empty object, and older ones
// true or null.
type mark bool

func (m *mark) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*m = true
	return d.SkipValue()
}

// astScalar is a string or the text of a number.
type astScalar string

func (s *astScalar) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '"' {
		return jsonv2.UnmarshalDecode(d, (*string)(s))
	}
	return (*model.Number)(s).UnmarshalJSONFrom(d)
}

// merge adds traits, which replace those with the same name.
func (t *astTraits) merge(more *astTraits) {
	into, from := reflect.ValueOf(t).Elem(), reflect.ValueOf(more).Elem()
	for i := range from.NumField() {
		if f := from.Field(i); !f.IsZero() {
			into.Field(i).Set(f)
		}
	}
}

// passedOn returns the traits that a mixin adds to the shapes that use it.
func (t *astTraits) passedOn() *astTraits {
	passed := *t
	passed.Mixin = nil
	if t.Mixin == nil || len(t.Mixin.LocalTraits) == 0 {
		return &passed
	}
	fields := reflect.ValueOf(&passed).Elem()
	for i := range fields.NumField() {
		if slices.Contains(t.Mixin.LocalTraits, fields.Type().Field(i).Tag.Get("json")) {
			fields.Field(i).SetZero()
		}
	}
	return &passed
}

// reshapes reports whether the traits of a member make its shape differ from the target.
func (t *astTraits) reshapes() bool {
	return t.Length != nil || t.Range != nil || t.Pattern != "" || t.Enum != nil || t.Format != "" ||
		t.MediaType != "" || bool(t.Sensitive || t.Sparse || t.Unique || t.Streaming)
}
