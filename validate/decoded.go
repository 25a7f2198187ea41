package validate

import (
	"errors"

	"github.com/crcheck/crcheck/traffic"
)

// notRecorded says of an answer that its body was left out of the recording, as
// browsers do.
const notRecorded = "body not recorded"

// unread says why the body of an answer cannot be looked at, which is no fault
// of the service.
func unread(x *traffic.Interaction) (why string) {
	if x.Response.Body.Missing {
		return notRecorded
	}
	_, err := x.Response.Document()
	if coding := (*traffic.EncodingError)(nil); errors.As(err, &coding) && coding.Err == nil {
		return "body encoded with " + clip(coding.Coding)
	}
	return ""
}

// decoded is the interaction with its bodies decoded by their Content-Encoding
// (RFC 9110 section 8.4). The error is of the answer; a request whose body was
// not recorded, or cannot be decoded, is left out.
func decoded(x *traffic.Interaction) (*traffic.Interaction, error) {
	y := *x
	if x.Request != nil {
		body, err := x.Request.Document()
		if err != nil || body.Missing {
			y.Request = nil
		} else {
			request := *x.Request
			request.Body = body
			y.Request = &request
		}
	}
	var err error
	y.Response.Body, err = x.Response.Document()
	return &y, err
}
