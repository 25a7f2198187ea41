package schema

import (
	"slices"
	"strings"
)

// awsJSON reports a contract whose operation X-Amz-Target names
// (Smithy, aws-json-1_0-protocol.html).
func (c *Contract) awsJSON() bool { return strings.HasPrefix(c.Protocol.Or(""), "awsJson") }

// rpc reports a contract whose protocol puts the whole of an input and an output
// into the body and pays no heed to HTTP bindings.
func (c *Contract) rpc() bool {
	return c.awsJSON() || slices.Contains([]string{"awsQuery", "ec2Query", "rpcv2Cbor"}, c.Protocol.Or(""))
}

// protocolNames are the protocols whose bodies are no JSON, as counts of what
// was not checked name them.
var protocolNames = map[string]string{"restXml": "rest-xml", "awsQuery": "query", "ec2Query": "ec2", "rpcv2Cbor": "rpc-v2-cbor"}

// NotJSON returns the name of the contract's protocol where its bodies are no
// JSON, such as "rest-xml". A contract that is silent about it is of JSON.
func (c *Contract) NotJSON() (protocol string, ok bool) {
	protocol, ok = protocolNames[c.Protocol.Or("")]
	return protocol, ok
}

// endpoint is the API without its version, which often begins the host's name.
func (c *Contract) endpoint() string {
	api := c.API.Or(c.Service)
	if at := len(api) - len("-2006-01-02"); at > 0 && api[at] == '-' {
		return api[:at]
	}
	return api
}
