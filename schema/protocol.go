package schema

import (
	"slices"
	"strings"
)

// awsJSON reports whether requests name the operation in X-Amz-Target
// (Smithy, aws-json-1_0-protocol.html).
func (c *Contract) awsJSON() bool { return strings.HasPrefix(c.Protocol.Or(""), "awsJson") }

// rpc reports whether the protocol puts all of an input or output into the body and ignores HTTP
// bindings.
func (c *Contract) rpc() bool {
	return c.awsJSON() || slices.Contains([]string{"awsQuery", "ec2Query", "rpcv2Cbor"}, c.Protocol.Or(""))
}

// protocolNames gives the names, in counts of unchecked traffic, of protocols whose bodies are not
// JSON.
var protocolNames = map[string]string{"restXml": "rest-xml", "awsQuery": "query", "ec2Query": "ec2", "rpcv2Cbor": "rpc-v2-cbor"}

// NotJSON returns the name of the contract's protocol if its bodies are not JSON, such as
// "rest-xml". Without a known protocol, bodies are JSON.
func (c *Contract) NotJSON() (protocol string, ok bool) {
	protocol, ok = protocolNames[c.Protocol.Or("")]
	return protocol, ok
}

// endpoint returns the API's name without its version: often the beginning of the host name.
func (c *Contract) endpoint() string {
	api := c.API.Or(c.Service)
	if at := len(api) - len("-2006-01-02"); at > 0 && api[at] == '-' {
		return api[:at]
	}
	return api
}
