package botocore

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema/source/internal/model"
	"github.com/crcheck/crcheck/schema/source/internal/place"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/crcheck/crcheck/schema"
)

// Service reads the metadata of a model of botocore, which precede its operations: in every model
// of botocore 1.43.67, they are within the first 2,115 bytes. It does not set Load. ok is false if
// the document is not a model or something else comes first.
func Service(document io.Reader) (service schema.Service, ok bool) {
	d := jsontext.NewDecoder(document)
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return service, false
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		switch {
		case err != nil:
			return service, false
		case name.String() == "metadata":
			var m metadata
			if jsonv2.UnmarshalDecode(d, &m) != nil {
				return service, false
			}
			return m.describe()
		case d.PeekKind() == '{' || d.PeekKind() == '[' || d.SkipValue() != nil:
			return service, false
		}
	}
	return service, false
}

// Routes reads the routes of the operations of a botocore model, which come before its shapes. The
// contracts state only Operation, Method and URI. ok is false if something else comes first.
func Routes(document io.Reader) (routes []*schema.Contract, ok bool) {
	d := jsontext.NewDecoder(document)
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return nil, false
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		switch {
		case err != nil:
			return nil, false
		case name.String() != "operations":
			if name.String() == "shapes" || d.SkipValue() != nil {
				return nil, false
			}
			continue
		}
		if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
			return nil, false
		}
		for d.PeekKind() == '"' {
			var o struct {
				HTTP struct {
					Method string `json:"method"`
					URI    string `json:"requestUri"`
				} `json:"http"`
			}
			name, err := d.ReadToken()
			if err != nil {
				return nil, false
			}
			operation := name.String()
			if jsonv2.UnmarshalDecode(d, &o) != nil {
				return nil, false
			}
			routes = append(routes, &schema.Contract{Operation: operation, Method: schema.Is(o.HTTP.Method), URI: schema.Is(o.HTTP.URI)})
		}
		return routes, d.PeekKind() == '}'
	}
	return nil, false
}

func (m *metadata) describe() (service schema.Service, ok bool) {
	protocol, problem := m.protocol()
	service = schema.Service{Name: m.service(), Signing: m.signing(), Endpoint: m.EndpointPrefix, Protocol: protocol}
	if strings.HasPrefix(protocol, "awsJson") {
		service.TargetPrefix = m.TargetPrefix
	}
	return service, problem == "" && service.Name != ""
}

// service returns boto3's name of the service: see [awshttp.ServiceName]. In models from before 2018
// without a serviceId, the endpoint prefix names the service.
func (m *metadata) service() string {
	if m.ServiceID != "" {
		return awshttp.ServiceName(m.ServiceID)
	}
	return strings.ReplaceAll(strings.ToLower(cmp.Or(m.EndpointPrefix, m.SigningName)), ".", "-")
}

// authenticate states how requests of an operation are authenticated: as it says itself, or else as
// the service does. A list of schemes counts before the older fields, as in botocore.
func (m *metadata) authenticate(c *schema.Contract, o *operationModel) {
	signing := m.signing()
	bearer := slices.Contains(m.Auth, model.BearerAuth) || len(m.Auth) == 0 && m.SignatureVersion == "bearer"
	switch {
	case len(o.Auth) > 0:
		bearer = slices.Contains(o.Auth, model.BearerAuth)
		if bearer && !slices.ContainsFunc(o.Auth, model.SigV4) {
			signing = ""
		}
	case o.AuthType == "bearer":
		bearer, signing = true, ""
	case o.AuthType != "":
		bearer = false
	}
	c.Signing = model.Stated(signing)
	if bearer {
		c.Bearer = schema.Is(true)
	}
	if o.AuthType == "none" || slices.Contains(o.Auth, model.NoAuth) {
		c.Unsigned = schema.Is(true)
	}
}

// signing returns the signing name, or "" if requests are not signed with SigV4.
func (m *metadata) signing() string {
	if slices.Contains(m.Auth, "aws.auth#sigv4") || strings.Contains(m.SignatureVersion, "v4") {
		return cmp.Or(m.SigningName, m.EndpointPrefix)
	}
	return ""
}

// protocol returns the name in a contract of the protocol that botocore would use: the first in its
// own list (utils.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS) that the model has, or the only one of a
// model without a list.
func (m *metadata) protocol() (protocol, problem string) {
	protocol = m.Declared
	for _, known := range []string{"json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2"} {
		if slices.Contains(m.Protocols, known) {
			protocol = known
			break
		}
	}
	return m.named(protocol)
}

// listed returns the names in a contract of all protocols that the model lists, if they are several.
func (m *metadata) listed() schema.Known[[]string] {
	if len(m.Protocols) < 2 {
		return schema.Known[[]string]{}
	}
	var all []string
	for _, one := range m.Protocols {
		if name, problem := m.named(one); problem == "" {
			all = append(all, name)
		}
	}
	return schema.Is(all)
}

// named returns the name in a contract of a protocol.
func (m *metadata) named(protocol string) (name, problem string) {
	switch {
	case protocol == "":
		return "", "the metadata does not name a protocol"
	case protocol == "json" && m.JSONVersion == "1.0":
		return "awsJson1_0", ""
	case protocol == "json" && m.JSONVersion == "1.1":
		return "awsJson1_1", ""
	case protocol == "json":
		return "", fmt.Sprintf("unknown jsonVersion %q: use 1.0 or 1.1", place.Excerpt(m.JSONVersion))
	}
	known := map[string]string{"rest-json": "restJson1", "rest-xml": "restXml", "smithy-rpc-v2-cbor": "rpcv2Cbor", "query": "awsQuery", "ec2": "ec2Query"}
	return cmp.Or(known[protocol], protocol), ""
}
