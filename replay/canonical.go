package replay

import (
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// appendPath appends the canonical form of an encoded path.
func appendPath(dst []byte, path string) []byte {
	if path == "" {
		return append(dst, '/')
	}
	slash := ""
	for segment := range strings.SplitSeq(path, "/") {
		dst = append(dst, slash...)
		slash = "/"
		dst = awshttp.AppendEscaped(dst, awshttp.Unescape(segment, false), "")
	}
	return dst
}

// appendQuery appends the canonical form of a query.
func appendQuery(dst []byte, query string) []byte {
	if query == "" {
		return dst
	}
	for i, p := range parameters(query) {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = awshttp.AppendEscaped(dst, p.name, "")
		dst = append(dst, '=')
		dst = awshttp.AppendEscaped(dst, p.value, "")
	}
	return dst
}

// parameter is a decoded parameter of a query.
type parameter struct{ name, value string }

// parameters returns the parameters of a query without those of a signature, sorted by name.
func parameters(query string) []parameter {
	var all []parameter
	for piece := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(piece, "=")
		p := parameter{awshttp.Unescape(name, true), awshttp.Unescape(value, true)}
		if piece != "" && !slices.Contains(signature, p.name) {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return all
}

// signature lists the parameters that SigV4 adds to the query of a presigned request. They change
// with the time.
var signature = []string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
	"X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Region-Set",
}
