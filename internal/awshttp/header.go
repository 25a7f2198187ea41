// Package awshttp reads what AWS writes into HTTP messages besides their bodies:
// the service, from credential scopes (AWS SigV4) and from the names of hosts. It reads bodies up
// to the size that is recorded and replayed.
package awshttp

import (
	"net/http"
	"strings"
)

// Values returns the values of a header. A recording may spell its name in any case.
func Values(h http.Header, name string) []string {
	if values := h[name]; len(values) > 0 {
		return values
	}
	for key, values := range h {
		if len(values) > 0 && strings.EqualFold(key, name) {
			return values
		}
	}
	return nil
}

// Value returns the first value of a header, or "".
func Value(h http.Header, name string) string {
	if values := Values(h, name); len(values) > 0 {
		return values[0]
	}
	return ""
}
