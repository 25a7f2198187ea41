package recorder

import (
	"cmp"
	"net"
	"net/http"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// serviceOf is the signing service of a request: what its signature says, else what its host is
// known for, else "".
func serviceOf(header http.Header, query, host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return cmp.Or(awshttp.Scope(header, query), awshttp.SigningName(host))
}
