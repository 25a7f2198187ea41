package traffic

import (
	"bytes"
	"strings"
)

// format is an unsupported format that is recognised by the outline of a document.
type format struct {
	name     string // as [Error.Format]
	recorded bool   // a format of recorded traffic
	is       func(*outline) bool
	remedy   string
}

const (
	later      = "record it again with go-vcr, vcrpy or crcheck, or convert it to NDJSON (docs/ndjson.md)"
	byPointers = "read it with --map "
	notTraffic = "it does not contain recorded traffic; name recordings, or response bodies as JSON"
)

// formats are tried in this order. Each takes more than one sign, because an AWS body may have
// members of any name.
var formats = []format{
	{"vcrpy 0 cassette", true, func(o *outline) bool {
		return o.isList() && o.at("request").hasAny("protocol", "path") && o.at("request").has("method", "host") && o.at("response").isObject()
	}, "migrate it: python -m vcr.migration FILE"},
	{"LocalStack validation file", false, func(o *outline) bool {
		return len(o.values) > 0 && o.isObject() && o.values[0].has("last_validated_date")
	}, notTraffic},
	{"nock recording", true, func(o *outline) bool {
		return o.isList() && o.element().has("scope", "method", "path") && o.element().hasAny("response", "status")
	}, byPointers + "request.method=/method,request.host=/scope,request.path=/path,request.headers=/reqheaders,request.body=/body,response.status=/status,response.headers=/rawHeaders,response.body=/response"},
	{"WireMock mappings", true, func(o *outline) bool { return isWireMock(o) && o.at("mappings").isList() },
		"write each into a line, jq -c '.mappings[]', and read these as docs/traffic.md#recordings-of-mock-servers shows"},
	{"WireMock mapping", true, isWireMock,
		byPointers + "request.method=/request/method,request.url=/request/url,request.headers.X-Amz-Target=/request/headers/X-Amz-Target/equalTo,response.status=/response/status,response.headers=/response/headers,response.body=/response/body"},
	{"Hoverfly simulation", true, func(o *outline) bool { return o.at("data", "pairs").isList() && o.has("meta") },
		"write each pair into a line, jq -c '.data.pairs[]', and read these as docs/traffic.md#recordings-of-mock-servers shows"},
	{"MockServer recording", true, func(o *outline) bool {
		return o.element().at("httpRequest").isObject() && o.element().hasAny("httpResponse", "httpForward", "times")
	}, byPointers + "request.method=/httpRequest/method,request.path=/httpRequest/path,request.headers=/httpRequest/headers,response.status=/httpResponse/statusCode,response.headers=/httpResponse/headers,response.body=/httpResponse/body"},
	{"Mountebank recording", true, func(o *outline) bool {
		return o.at("imposters").isList() || o.at("protocol").isText() && o.at("port").isNumber() && o.at("stubs").isList()
	}, later},
	{"Pact contract", true, func(o *outline) bool {
		return o.at("consumer").has("name") && o.at("provider").has("name") && o.hasAny("interactions", "messages")
	}, "it says what a consumer expects, not what the service sent; record the traffic"},
	{"Charles session", true, func(o *outline) bool {
		return o.isList() && o.element().has("host", "request", "response") && o.element().hasAny("protocolVersion", "actualPort")
	}, "export it as a HAR"},
	{"moto recording", true, func(o *outline) bool { return o.element().has("url", "method", "body_encoded") }, "it has requests without responses; record the traffic with crcheck"},
	{"CloudTrail log", true, isCloudTrail, "it has parameters, not HTTP messages; record the traffic with crcheck"},
	{"Bedrock invocation log", true, func(o *outline) bool {
		return o.at("schemaType").text == "ModelInvocationLog" && o.at("operation").isText()
	}, "check the member output.outputBodyJson of each line as a bare body"},
	{"Postman collection", false, func(o *outline) bool {
		return o.at("item").isList() && (o.at("info").has("_postman_id") || strings.Contains(o.at("info", "schema").text, "postman.com"))
	}, "record the traffic of its requests: crcheck record"},
	{"Insomnia export", false, func(o *outline) bool { return o.at("_type").text == "export" && o.at("resources").isList() }, "record the traffic of its requests: crcheck record"},
	{"OpenAPI document", false, func(o *outline) bool {
		return o.at("info").isObject() && (o.hasAny("openapi", "swagger") && o.hasAny("paths", "webhooks", "components") || o.has("asyncapi"))
	}, notTraffic},
	{"Smithy model", false, func(o *outline) bool { return o.at("smithy").isText() && o.has("shapes") }, "pass it with --contract, and name recorded traffic"},
	{"botocore model", false, func(o *outline) bool {
		return o.at("metadata").isObject() && o.at("operations").isObject() && o.at("shapes").isObject()
	}, "pass it with --contract, and name recorded traffic"},
	{"JSON Schema", false, func(o *outline) bool { return strings.Contains(o.at("$schema").text, "json-schema.org/") }, notTraffic},
	{"Jupyter notebook", false, func(o *outline) bool { return o.at("cells").isList() && o.at("nbformat").isNumber() }, notTraffic},
}

// isWireMock reports a WireMock mapping. A single mapping counts as an interaction, unless it
// matches requests by patterns or generates the response.
func isWireMock(o *outline) bool {
	one := o
	if o.at("mappings").isList() {
		one = o.at("mappings").element()
	}
	request, response := one.at("request"), one.at("response")
	return request.isObject() && response.isObject() && (one != o && request.has("method") ||
		request.hasAny("urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate", "bodyPatterns", "queryParameters") ||
		response.hasAny("jsonBody", "bodyFileName", "base64Body", "fault", "proxyBaseUrl", "transformers"))
}

// isCloudTrail reports a log file, or a line with one event. Records of DynamoDB streams and S3
// events also have some of these members.
func isCloudTrail(o *outline) bool {
	event := o
	if len(o.names) == 1 && o.at("Records").isList() {
		event = o.at("Records").element()
	}
	return event.has("eventVersion", "eventTime", "eventName", "awsRegion") && strings.HasSuffix(event.at("eventSource").text, ".amazonaws.com") &&
		event.hasAny("userIdentity", "requestParameters", "eventCategory")
}

// unsupported returns the error for a document in an unsupported format; nil if no format matches.
func unsupported(source string, o *outline) error {
	for _, f := range formats {
		if f.is(o) {
			return unknownFormat(source, article(f.name), f.name, f.recorded, f.remedy)
		}
	}
	return nil
}

// unsupportedJSON is [unsupported] for a JSON text. A scalar is not in any format.
func unsupportedJSON(source string, text []byte) error {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return nil
	}
	return unsupported(source, outlineOf(text[:min(len(text), outlineBytes)]))
}

// article puts "a" or "an" before a name.
func article(name string) string {
	if strings.IndexByte("AEIOUaeio", name[0]) >= 0 {
		return "an " + name
	}
	return "a " + name
}
