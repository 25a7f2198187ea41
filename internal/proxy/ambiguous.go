package proxy

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// deciders are headers that say which operation is asked for: to the contracts, or to services that
// take several protocols.
var deciders = []string{awshttp.Target, "Content-Type"}

// overriders are headers by which some servers take a request for another one than its first line
// and its target say: frameworks that emulators are built with, and services of the Smithy RPC
// protocols.
var overriders = []string{"X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "X-Original-Url", "X-Rewrite-Url", "Smithy-Protocol"}

// ambiguous says why a service might take a request for another operation than [Target.Allow] does;
// nil: it would not. No SDK sends such a request for an operation of the protocols that contracts
// are about.
func ambiguous(r *http.Request) error {
	for name, values := range r.Header {
		spelled := http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-")) // CGI cannot tell the two
		switch {
		case slices.Contains(overriders, spelled):
			return fmt.Errorf("the header %s may make another request of it", name)
		case !slices.Contains(deciders, spelled):
		case spelled != name:
			return fmt.Errorf("the header %s may be taken for %s", name, spelled)
		case len(values) != 1 || several(values[0]):
			return fmt.Errorf("the header %s has several values", name)
		}
	}
	for name := range r.URL.Query() {
		if strings.EqualFold(name, awshttp.Target) {
			return fmt.Errorf("the query names a target, %s", name)
		}
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
	// The awsJson protocols: POST to the root, and nothing but the target says what is asked for.
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost || strings.Trim(r.URL.Path, "/") != "" || r.URL.RawQuery != "":
		return errors.New("it has the header X-Amz-Target, and its first line is not POST /")
	case err != nil || !strings.HasPrefix(media, "application/x-amz-json-"):
		return errors.New("it has the header X-Amz-Target, and its Content-Type is not application/x-amz-json-1.0 or 1.1")
	}
	return nil
}

// several reports a comma outside of quotes, with which a header may have several values (RFC 9110
// section 5.3).
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
