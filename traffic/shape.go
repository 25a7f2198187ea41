package traffic

import (
	"bytes"
)

// shape is what an object of JSON, or a line of NDJSON, holds.
type shape int

const (
	bareBody          shape = iota
	markedInteraction       // with crcheckInteraction: read strictly
	plainInteraction        // a request and a response, as other tools write them
)

// interactionForm is what problems show of an interaction that cannot be read.
const interactionForm = `{"request":{"method":"POST","url":"https://...","headers":{},"body":"..."},"response":{"status":200,"headers":{},"body":"..."}}`

var httpMethod = lazy(`^(?i:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$`)

// shapeOf looks for our mark as the first member of a line and, if the line has both names, at its
// outline: every line of a file is asked. A body of AWS may have members request and response, too;
// it is an interaction only if they say what HTTP messages say.
func shapeOf(text []byte) shape {
	line, object := bytes.CutPrefix(bytes.TrimLeft(bytes.TrimPrefix(text, byteOrderMark), blankJSON), []byte("{"))
	switch {
	case !object:
		return bareBody
	case bytes.HasPrefix(bytes.TrimLeft(line, blankJSON), []byte(interactionMark)):
		return markedInteraction
	// A rare letter first makes the search several times faster: most lines are done with here.
	case !bytes.Contains(line, []byte(`quest"`)) || !bytes.Contains(line, []byte(`"request"`)) || !bytes.Contains(line, []byte(`"response"`)):
		return bareBody
	}
	return outlineOf(text).shape()
}

func (o *outline) shape() shape {
	request, response := o.at("request"), o.at("response")
	method := httpMethod().MatchString(request.at("method").text)
	address := request.at("url").isText() || request.at("uri").isText()
	answered := response.isObject() && response.hasAny(statusMembers...)
	switch {
	case !o.isObject() || !request.isObject() || !o.has("response") || isWireMock(o):
		return bareBody
	case o.at(markName).isNumber() && (method || address || answered):
		return markedInteraction
	case method && address, (method || address) && answered:
		return plainInteraction
	case response.isObject() && request.hasAny(httpRequestMembers...) && (answered || response.hasAny("headers", "body")):
		return plainInteraction // one that cannot be read
	}
	return bareBody
}

// markName is interactionMark as a name.
const markName = "crcheckInteraction"

// httpRequestMembers are members of a request that is not of a contract.
var httpRequestMembers = []string{"method", "url", "uri", "path", "headers", "body"}

// statusMembers are what tools call the status of a response.
var statusMembers = []string{"status", "statusCode", "status_code", "code"}
