package conformance

import (
	"net/http"
	"regexp"
	"sync"
)

// sigV4 matches an Authorization header (AWS General Reference, "Create a signed AWS API request",
// step 5). The signature is not verified, because the credentials are fake.
var sigV4 = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/, ]+/[0-9]{8}/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$`)
})

// signature is the credential scope of a request and its session token.
type signature struct{ region, service, token string }

func (s signature) String() string { return s.service + " in " + s.region }

// signatureOf reads the signature of a request. It returns false if there is no well-formed one.
func signatureOf(h http.Header) (signature, bool) {
	m := sigV4().FindStringSubmatch(h.Get("Authorization"))
	if m == nil {
		return signature{}, false
	}
	return signature{m[1], m[2], h.Get("X-Amz-Security-Token")}, true
}
