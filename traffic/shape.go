package traffic

import (
	"bytes"
)

// shape is the kind of content of a JSON object or a line of NDJSON.
type shape int

const (
	bareBody          shape = iota
	markedInteraction       // with crcheckInteraction; read strictly
	plainInteraction        // a request and a response, as other tools write them
	envelope                // read by pointers
)

// interactionForm is the [Error.Form] of an interaction that cannot be read.
const interactionForm = `{"request":{"method":"POST","url":"https://...","headers":{},"body":"..."},"response":{"status":200,"headers":{},"body":"..."}}`

var httpMethod = lazy(`^(?i:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$`)

// shapeOf looks for interactionMark as the first member of a line. It needs the outline only of
// lines with both request and response, because it runs for every line of a file. A body of AWS may
// have these members too; it is an interaction only if they look like HTTP messages.
func shapeOf(text []byte) shape {
	line, object := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON), []byte("{"))
	switch {
	case !object:
		return bareBody
	case bytes.HasPrefix(bytes.TrimLeft(line, blankJSON), []byte(interactionMark)):
		return markedInteraction
	// Beginning with a rare letter makes the search several times faster. Most lines end here.
	case !bytes.Contains(line, []byte(`quest"`)) || !bytes.Contains(line, []byte(`"request"`)) || !bytes.Contains(line, []byte(`"response"`)):
		return bareBody
	}
	return outlineOf(text).shape()
}

func (o *outline) shape() shape {
	request, response := o.at("request"), o.at("response")
	method := httpMethod().MatchString(request.at("method").text)
	address := request.at("url").isText() || request.at("uri").isText()
	hasStatus := response.isObject() && response.hasAny(statusMembers...)
	switch {
	case !o.isObject() || !request.isObject() || !o.has("response") || isWireMock(o):
		return bareBody
	case o.at(markName).isNumber() && (method || address || hasStatus):
		return markedInteraction
	case method && address, (method || address) && hasStatus:
		return plainInteraction
	case response.isObject() && request.hasAny(httpRequestMembers...) && (hasStatus || response.hasAny("headers", "body")):
		return plainInteraction // invalid, and reported as such
	}
	return bareBody
}

// markName is the member name in interactionMark.
const markName = "crcheckInteraction"

// httpRequestMembers are members of an HTTP request, as opposed to the input of an operation.
var httpRequestMembers = []string{"method", "url", "uri", "path", "headers", "body"}

// statusMembers are the names that tools give to the status of a response.
var statusMembers = []string{"status", "statusCode", "status_code", "code"}
