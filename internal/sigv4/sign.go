package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Sign signs a request for a region and a service, whatever signature it had. The body is its whole
// body. Path and query are sent exactly as they are: they are normalised and sorted only in the
// canonical request. The signers of the SDKs cannot be used for this, because the one for Go sorts
// the query that it sends, and does not normalise the path.
//
// Only the headers that a service requires are signed, so that those of one connection may change.
func Sign(r *http.Request, body []byte, c Credentials, region, service string, now time.Time) {
	now = now.UTC()
	scope := Scope{c.AccessKeyID, now.Format("20060102"), region, service}
	for _, name := range []string{"Authorization", "Date", "X-Amz-Security-Token"} {
		r.Header.Del(name)
	}
	r.Header.Set("X-Amz-Date", now.Format(timeFormat))
	if c.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.SessionToken)
	}
	sum := sha256.Sum256(body)
	payload := hex.EncodeToString(sum[:])
	if encodesOnce(service) || r.Header.Get("X-Amz-Content-Sha256") != "" {
		r.Header.Set("X-Amz-Content-Sha256", payload)
	}
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	headers := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") || name == "content-type" || name == "content-md5" {
			headers = append(headers, name)
		}
	}
	slices.Sort(headers)
	uris := canonicalURIs(r.URL.EscapedPath(), service)
	canonical := canonicalRequest(r, uris[len(uris)-1], headers, payload)
	signature := sign(signingKey(c.SecretAccessKey, scope), stringToSign(now, scope, canonical))
	r.Header.Set("Authorization", algorithm+" Credential="+scope.AccessKeyID+"/"+scope.text()+
		", SignedHeaders="+strings.Join(headers, ";")+", Signature="+hex.EncodeToString(signature))
}
