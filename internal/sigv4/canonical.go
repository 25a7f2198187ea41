package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// canonicalRequest returns the text whose digest is in the string to sign.
func canonicalRequest(r *http.Request, uri string, headers []string, payload string) string {
	var text strings.Builder
	for _, line := range []string{r.Method, uri, canonicalQuery(r.URL.RawQuery)} {
		text.WriteString(line)
		text.WriteByte('\n')
	}
	for _, name := range headers {
		text.WriteString(name)
		text.WriteByte(':')
		text.WriteString(canonicalHeader(r, name))
		text.WriteByte('\n')
	}
	text.WriteByte('\n')
	text.WriteString(strings.Join(headers, ";"))
	text.WriteByte('\n')
	text.WriteString(payload)
	return text.String()
}

// canonicalHeader returns the values of a header, separated by commas, each with its white space
// reduced. A server of net/http keeps the host, and possibly the length, apart from other headers.
func canonicalHeader(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch {
	case name == "host":
		values = []string{r.Host}
	case name == "content-length" && len(values) == 0:
		values = []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	reduced := make([]string, len(values))
	for i, v := range values {
		reduced[i] = strings.Join(strings.FieldsFunc(v, func(c rune) bool { return c == ' ' }), " ")
	}
	return strings.Join(reduced, ",")
}

// requestPath returns the path as it was sent. Decoding and encoding it again could change it.
func requestPath(r *http.Request) string {
	if path, _, _ := strings.Cut(r.RequestURI, "?"); strings.HasPrefix(path, "/") {
		return path
	}
	return r.URL.EscapedPath()
}

// canonicalURIs returns the forms of a path that may have been signed, that of the specification
// last. Amazon S3 signs the path encoded once. Every other service signs the sent path, normalised
// and then encoded once more; the SDK for Go does not normalise it.
func canonicalURIs(path, service string) []string {
	if path == "" {
		path = "/"
	}
	if encodesOnce(service) {
		decoded, err := url.PathUnescape(path)
		if err != nil {
			decoded = path
		}
		return []string{awshttp.Escape(decoded, "/")}
	}
	return slices.Compact([]string{awshttp.Escape(path, "/"), awshttp.Escape(normalise(path), "/")})
}

// encodesOnce reports whether a service is Amazon S3, under any of its signing names.
func encodesOnce(service string) bool {
	return service == "s3" || service == "s3express" || service == "s3-outposts"
}

// normalise removes empty segments, and dot segments as in RFC 3986, section 5.2.4.
func normalise(path string) string {
	var kept []string
	segments := strings.Split(path, "/")
	for _, s := range segments {
		switch s {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, s)
		}
	}
	last := segments[len(segments)-1]
	if len(kept) > 0 && (last == "" || last == "." || last == "..") {
		kept = append(kept, "") // keep a trailing slash
	}
	return "/" + strings.Join(kept, "/")
}

// canonicalQuery encodes a query as it is signed: its parameters are sorted by encoded name, then
// by value, and a space is %20, even if it was sent as a plus. The result is equivalent to the
// query.
func canonicalQuery(query string) string {
	if query == "" {
		return ""
	}
	type parameter struct{ name, value string }
	var all []parameter
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		all = append(all, parameter{encodeAgain(name), encodeAgain(value)})
	}
	slices.SortStableFunc(all, func(a, b parameter) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return strings.Compare(a.value, b.value)
	})
	var text strings.Builder
	for i, p := range all {
		if i > 0 {
			text.WriteByte('&')
		}
		text.WriteString(p.name + "=" + p.value)
	}
	return text.String()
}

func encodeAgain(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		text = decoded
	}
	return awshttp.Escape(text, "")
}
