package validate

import (
	"errors"

	"github.com/crcheck/crcheck/internal/wording"
	"github.com/crcheck/crcheck/traffic"
)

// unread returns the outcome of a response whose body cannot be read. That is not the service's
// fault: browsers omit some bodies from recordings, and crcheck does not support every
// Content-Encoding. The error is that of [decoded].
func unread(x *traffic.Interaction, err error) (Outcome, bool) {
	if x.Response.Body.Missing {
		return Outcome{NotChecked: "body not recorded"}, true
	}
	if coding := (*traffic.Error)(nil); errors.As(err, &coding) && coding.Reason == traffic.ErrUnknownCoding {
		return Outcome{NotRead: wording.Clip(coding.Format, maxShown) + " encoding"}, true
	}
	return Outcome{}, false
}

// decoded is the interaction with its bodies decoded by their Content-Encoding
// (RFC 9110 section 8.4). The error is about the response. A request whose body was not
// recorded, or cannot be decoded, is left out.
func decoded(x *traffic.Interaction) (*traffic.Interaction, error) {
	y := *x
	if x.Request != nil {
		body, err := x.Request.Document()
		if err != nil || body.Missing || isCBOR(x.Request.Header) {
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
