package smithy

import (
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/source/internal/model"
)

// protocol is how a protocol encodes what a model defines.
type protocol struct {
	name    string
	of      func(*astTraits) mark
	binding bool // HTTP traits bind operations and members
	target  bool // X-Amz-Target names the operation
	names   bool // members have names in the body
	renames bool // jsonName replaces them
	// timestamps is the default format of timestamps in the body.
	timestamps string
}

// protocols is the table of protocols. If a service has several, the first in the table wins.
var protocols = []protocol{
	{name: "restJson1", of: func(t *astTraits) mark { return t.RestJSON1 }, binding: true, names: true, renames: true, timestamps: "epoch-seconds"},
	{name: "awsJson1_0", of: func(t *astTraits) mark { return t.AWSJSON10 }, target: true, names: true, timestamps: "epoch-seconds"},
	{name: "awsJson1_1", of: func(t *astTraits) mark { return t.AWSJSON11 }, target: true, names: true, timestamps: "epoch-seconds"},
	{name: "rpcv2Cbor", of: func(t *astTraits) mark { return t.RPCv2CBOR }, names: true, timestamps: "epoch-seconds"},
	{name: "restXml", of: func(t *astTraits) mark { return t.RestXML }, binding: true, timestamps: "date-time"},
	{name: "awsQuery", of: func(t *astTraits) mark { return t.AWSQuery }, timestamps: "date-time"},
	{name: "ec2Query", of: func(t *astTraits) mark { return t.EC2Query }, timestamps: "date-time"},
}

// protocolOf returns the protocol of a service. Without one, the HTTP traits still bind operations.
func protocolOf(service *astTraits) protocol {
	for _, p := range protocols {
		if p.of(service) {
			return p
		}
	}
	return protocol{binding: true}
}

// listed returns the names of all protocols of a service, if they are several.
func listed(service *astTraits) schema.Known[[]string] {
	var all []string
	for _, p := range protocols {
		if p.of(service) {
			all = append(all, p.name)
		}
	}
	if len(all) < 2 {
		return schema.Known[[]string]{}
	}
	return schema.Is(all)
}

// role is what a structure is used as. HTTP traits bind members only at the root of an input or
// output, and these allow different traits (Smithy, spec/http-bindings.html).
type role int

const (
	nested role = iota
	asInput
	asOutput // of the operation or of an error
)

// bound reports whether a trait binds the member outside of the body in some role.
func (t *astTraits) bound() bool {
	return bool(t.Label || t.QueryParams || t.ResponseCode || t.Payload) || t.Query != "" || t.Header != "" || t.PrefixHeaders != nil
}

// locate sets the location and wire name of a member. A member whose location has no name (all
// query parameters, the status, the payload) has no wire name.
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

// timestampFormat returns the default format of timestamps at a location.
func (p protocol) timestampFormat(location schema.Location) schema.Known[string] {
	if format, ok := location.TimestampFormat(); ok {
		return schema.Is(format)
	}
	return model.Stated(p.timestamps)
}
