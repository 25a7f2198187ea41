package replay

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"net/http"
	"net/url"

	"github.com/crcheck/crcheck/internal/awshttp"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/traffic"
)

// canonical is the form in which requests are compared.
type canonical struct {
	service string // "": any
	method  string
	target  string
	isJSON  bool

	document        []byte // the body, decoded, with its numbers as they were written
	text            []byte // path, query and body, one after another
	queryAt, bodyAt int
}

func (c *canonical) path() []byte  { return c.text[:c.queryAt] }
func (c *canonical) query() []byte { return c.text[c.queryAt:c.bodyAt] }
func (c *canonical) body() []byte  { return c.text[c.bodyAt:] }

// reset sets c to the canonical form of a request, with path and query as they were sent and the
// body by which it is matched.
func (c *canonical) reset(method, path, query, host string, header http.Header, body []byte) {
	if method == "" {
		method = http.MethodGet
	}
	c.service = serviceOf(header, query, host)
	c.method = method
	c.target = awshttp.Value(header, awshttp.Target)
	c.text = appendPath(c.text[:0], path)
	c.queryAt = len(c.text)
	c.text = appendQuery(c.text, query)
	c.bodyAt = len(c.text)
	c.document = body
	c.text, c.isJSON = appendBody(c.text, body)
}

// digest identifies everything but the service: SHA-256 truncated to 128 bits, so collisions are
// not expected.
type digest [16]byte

func (c *canonical) digest() digest {
	var fixed [512]byte
	b := fixed[:0]
	for _, part := range []string{c.method, c.target} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	b = binary.AppendUvarint(b, uint64(c.queryAt))
	b = binary.AppendUvarint(b, uint64(c.bodyAt))
	if c.isJSON {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = append(b, c.text...)
	sum := sha256.Sum256(b)
	return digest(sum[:16])
}

// recorded sets c to the canonical form of a recorded request.
func (c *canonical) recorded(r *traffic.Request, opts Options, ignored *ignored) error {
	u, err := url.Parse(r.URL)
	if err != nil {
		return err
	}
	body := document(r.Header, r.Body.Bytes)
	if opts.Mask != nil {
		body = opts.Mask(&http.Request{Method: r.Method, URL: u, Host: u.Host, Header: r.Header}, body)
	}
	path, query, body := ignored.without(schema.Request{Method: r.Method, URL: u, Header: r.Header, Body: body})
	c.reset(r.Method, path, query, u.Host, r.Header, body)
	return nil
}

// document is the body of a request, decoded by its Content-Encoding if possible.
func document(header http.Header, body []byte) []byte {
	if len(body) == 0 || awshttp.Value(header, "Content-Encoding") == "" {
		return body
	}
	decoded, err := (&traffic.Request{Header: header, Body: traffic.BodyOf(body)}).Document()
	if err != nil {
		return body
	}
	return decoded.Bytes
}

// serviceOf is the signing service of a request: that of its signature, else that of its host, else
// "".
func serviceOf(header http.Header, query, host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return cmp.Or(awshttp.Scope(header, query), awshttp.SigningName(host))
}
