package reference

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/crcheck/crcheck/conformance"
	"github.com/crcheck/crcheck/internal/awshttp"
)

// request returns the signed request of a call. It rejects missing or empty identifiers, since the
// path would be that of another operation. It leaves it to the service to validate that they are
// UUIDs.
func (c client) request(ctx context.Context, call conformance.Call) (*http.Request, *conformance.Failure) {
	var input map[string]any
	if err := json.Unmarshal(call.Input, &input); err != nil {
		return nil, &conformance.Failure{Message: err.Error()}
	}
	path := ""
	for _, label := range []struct{ literal, member string }{
		{"/memberships/", "membershipIdentifier"}, {"/protectedJobs/", "protectedJobIdentifier"},
	} {
		value, ok := input[label.member].(string)
		if !ok && c.has(sendsUndefined) {
			value, ok = "undefined", true
		}
		if !ok || value == "" && !c.has(sendsEmptyIdentifier) {
			return nil, &conformance.Failure{Member: label.member, Message: label.member + " must be a non-empty string"}
		}
		path += label.literal + c.escape(value)
	}
	target, err := url.Parse(strings.TrimSuffix(call.Endpoint, "/") + path)
	if err != nil {
		return nil, &conformance.Failure{Message: err.Error()}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, &conformance.Failure{Message: err.Error()}
	}
	request.Header.Set("Accept", "application/json")
	if c.has(gzipNotDecoded) {
		request.Header.Set("Accept-Encoding", "gzip")
	}
	if failure := c.sign(request, call); failure != nil {
		return nil, failure
	}
	return request, nil
}

func (c client) escape(label string) string {
	switch {
	case c.has(pathNotEscaped):
		return label
	case c.has(labelTrimmed):
		return escape(strings.TrimSpace(label))
	case c.has(pathEscapedTwice):
		return escape(escape(label))
	case c.has(plusForSpace):
		return strings.ReplaceAll(escape(label), "%20", "+")
	case c.has(slashKept):
		return strings.ReplaceAll(escape(label), "%2F", "/")
	case c.has(escapedAsLatin1):
		var latin []byte
		for _, r := range label {
			latin = append(latin, byte(r))
		}
		return escape(string(latin))
	}
	return escape(label)
}

// escape is as Smithy's httpLabel demands.
func escape(label string) string { return awshttp.Escape(label, "") }
