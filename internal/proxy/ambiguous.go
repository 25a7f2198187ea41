package proxy

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// deciders are the headers that determine the operation, in the contracts or in services that
// accept several protocols.
var deciders = []string{awshttp.Target, "Content-Type"}

// overriders are the headers that override the request line or the target in some servers:
// frameworks on which emulators are built, and services with a Smithy RPC protocol.
var overriders = []string{"X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "X-Original-Url", "X-Rewrite-Url", "Smithy-Protocol"}

// ambiguous returns an error if a service might read another operation in a request than
// [Target.Allow] does. No SDK sends such a request for an operation of a supported protocol.
func ambiguous(r *http.Request) error {
	for name, values := range r.Header {
		spelled := http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-")) // CGI cannot tell the two
		switch {
		case slices.Contains(overriders, spelled):
			return fmt.Errorf("the header %s may override the operation", name)
		case !slices.Contains(deciders, spelled):
		case spelled != name:
			return fmt.Errorf("the header %s may be taken for %s", name, spelled)
		case len(values) != 1 || several(values[0]):
			return fmt.Errorf("the header %s has several values", name)
		}
	}
	for name := range r.URL.Query() {
		if strings.EqualFold(name, awshttp.Target) {
			return fmt.Errorf("the query has a target, %s", name)
		}
	}
	if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		return fmt.Errorf("the query can be read in several ways: %w", err)
	}
	if r.URL.Opaque != "" {
		return errors.New("the URL has no path")
	}
	for segment := range strings.SplitSeq(r.URL.Path, "/") {
		if segment == "." || segment == ".." {
			return errors.New("the path has dot segments, which some services resolve and others do not")
		}
	}
	if r.Header.Get(awshttp.Target) == "" {
		return nil
	}
	// The awsJson protocols: POST to the root, where only the target determines the operation.
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || strings.Trim(r.URL.Path, "/") != "" || r.URL.RawQuery != "":
		return errors.New("it has the header X-Amz-Target, but its request line is not POST /")
	case err != nil || !strings.HasPrefix(media, "application/x-amz-json-"):
		return errors.New("it has the header X-Amz-Target, but its Content-Type is not application/x-amz-json-1.0 or 1.1")
	}
	return nil
}

// several reports whether a header contains a comma outside of quotes, and therefore possibly
// several values (RFC 9110 section 5.3).
func several(value string) bool {
	quoted := false
	for i := 0; i < len(value); i++ {
		switch {
		case quoted && value[i] == '\\':
			i++
		case value[i] == '"':
			quoted = !quoted
		case value[i] == ',' && !quoted:
			return true
		}
	}
	return false
}
