package smithy

import (
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
)

// protocol is how a protocol writes what a model says.
type protocol struct {
	name    string
	of      func(*astTraits) mark
	binding bool // HTTP traits bind operations and members
	target  bool // the operation stands in X-Amz-Target
	names   bool // members go by their names in the body
	renames bool // jsonName replaces them
	// timestamps is the form of a timestamp in the body that has none of its own.
	timestamps string
}

// protocols is the table of protocols. Where a service has several, the
// first counts.
var protocols = []protocol{
	{name: "restJson1", of: func(t *astTraits) mark { return t.RestJSON1 }, binding: true, names: true, renames: true, timestamps: "epoch-seconds"},
	{name: "awsJson1_0", of: func(t *astTraits) mark { return t.AWSJSON10 }, target: true, names: true, timestamps: "epoch-seconds"},
	{name: "awsJson1_1", of: func(t *astTraits) mark { return t.AWSJSON11 }, target: true, names: true, timestamps: "epoch-seconds"},
	{name: "rpcv2Cbor", of: func(t *astTraits) mark { return t.RPCv2CBOR }, names: true, timestamps: "epoch-seconds"},
	{name: "restXml", of: func(t *astTraits) mark { return t.RestXML }, binding: true, timestamps: "date-time"},
	{name: "awsQuery", of: func(t *astTraits) mark { return t.AWSQuery }, timestamps: "date-time"},
	{name: "ec2Query", of: func(t *astTraits) mark { return t.EC2Query }, timestamps: "date-time"},
}

// protocolOf returns the protocol of a service. Without one the HTTP traits
// still say how the operations are bound.
func protocolOf(service *astTraits) protocol {
	for _, p := range protocols {
		if p.of(service) {
			return p
		}
	}
	return protocol{binding: true}
}

// role is where a structure stands. HTTP traits bind its members only at the
// root of an input or output, and not the same ones (Smithy,
// spec/http-bindings.html).
type role int

const (
	nested role = iota
	asInput
	asOutput // of the operation or of an error
)

// bound reports whether a trait takes the member out of the body in some role.
func (t *astTraits) bound() bool {
	return bool(t.Label || t.QueryParams || t.ResponseCode || t.Payload) || t.Query != "" || t.Header != "" || t.PrefixHeaders != nil
}

// locate says where a member travels and by which name. What a location of its
// own leaves no name (all query parameters, the status, the payload) is silent.
func (p protocol) locate(m *schema.Member, t *astTraits, r role) {
	at := func(location schema.Location, name ...string) {
		m.Location = schema.Is(location)
		if len(name) > 0 {
			m.WireName = schema.Is(name[0])
		}
	}
	switch {
	case bool(t.EventHeader):
		at(schema.LocationEventHeader, m.Name)
	case bool(t.EventPayload):
		at(schema.LocationEventPayload)
	case r == asInput && bool(t.Label):
		at(schema.LocationLabel, m.Name)
	case r == asInput && t.Query != "":
		at(schema.LocationQuery, t.Query)
	case r == asInput && bool(t.QueryParams):
		at(schema.LocationQuery)
	case r != nested && t.Header != "":
		at(schema.LocationHeader, t.Header)
	case r != nested && t.PrefixHeaders != nil:
		at(schema.LocationHeaders, *t.PrefixHeaders)
	case r == asOutput && bool(t.ResponseCode):
		at(schema.LocationStatus)
	case r != nested && bool(t.Payload):
		at(schema.LocationPayload)
	case p.renames && t.JSONName != "":
		at(schema.LocationBody, t.JSONName)
	case p.names:
		at(schema.LocationBody, m.Name)
	default:
		at(schema.LocationBody)
	}
}

// timestampFormat is the form of a timestamp that has none of its own.
func (p protocol) timestampFormat(location schema.Location) schema.Known[string] {
	if format, ok := location.TimestampFormat(); ok {
		return schema.Is(format)
	}
	return model.Stated(p.timestamps)
}
