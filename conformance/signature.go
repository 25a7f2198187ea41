package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/crcheck/crcheck/internal/sigv4"
	"github.com/crcheck/crcheck/schema"
)

// sigV4 matches an Authorization header (AWS General Reference, "Create a signed AWS API request",
// step 5).
var sigV4 = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/, ]+/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$`)
})

// bearerToken matches an Authorization header with a token (RFC 6750 section 2.1).
var bearerToken = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:Bearer) [A-Za-z0-9._~+/-]+=*$`)
})

// signing is how the requests of a call must be signed.
type signing struct {
	credentials Credentials
	region      string
	service     string // empty matches any
	// optional says that the service takes requests without a signature, too.
	optional bool
	// bearer says that the service takes a bearer token in place of a signature; bearerOnly, that it
	// takes nothing else.
	bearer, bearerOnly bool
	// streams says that a client may leave a body unsigned, which then cannot be verified.
	streams bool
}

// signing returns how the requests of the case must be signed.
func (c *planned) signing() signing {
	m, raw := c.operation.RawBody(schema.InputPart)
	return signing{
		credentials: Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "fake-secret-of-no-account", SessionToken: c.Call.SessionToken},
		region:      c.region(), service: c.operation.Signing.Or(""),
		optional: c.operation.Unsigned.Or(false),
		bearer:   c.operation.Bearer.Or(false), bearerOnly: c.operation.BearerOnly(),
		streams: raw && c.operation.Resolve(m.Shape).Type == schema.Blob,
	}
}

// verify returns what is wrong with the signature of a request, as the service would see it; empty:
// nothing. The text names no time and no port, which differ from run to run.
func (s signing) verify(r *http.Request, body []byte, now time.Time) string {
	authorization := r.Header.Get("Authorization")
	if authorization == "" && s.optional {
		return ""
	}
	if s.bearer && bearerToken().MatchString(authorization) {
		return ""
	}
	if s.bearerOnly {
		return "the request has no well-formed bearer token in its Authorization header, and the operation takes nothing else"
	}
	m := sigV4().FindStringSubmatch(authorization)
	if m == nil {
		return "the request has no well-formed SigV4 signature in its Authorization header"
	}
	if region, service := m[1], m[2]; region != s.region || s.service != "" && service != s.service {
		return fmt.Sprintf("the request is signed for %s in %s, not for %s in %s", service, region, s.service, s.region)
	}
	if r.Header.Get("X-Amz-Security-Token") != s.credentials.SessionToken {
		return "the session token of the credentials is not in the header X-Amz-Security-Token"
	}
	_, err := sigv4.Verify(r, body, sigv4.Credentials(s.credentials), now)
	var wrong *sigv4.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &wrong):
		return err.Error()
	case wrong.Reason == sigv4.Unsupported && s.streams:
		return ""
	case wrong.Reason == sigv4.Expired:
		return "the time of the signature differs from the time of the service by more than 15 minutes"
	}
	return wrong.Detail
}
