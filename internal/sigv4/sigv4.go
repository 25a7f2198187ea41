// Package sigv4 verifies AWS Signature Version 4 of a request, as the service that receives it
// does. It signs nothing.
//
// # Model
//
// Written from "Create a signed AWS API request" of the IAM user guide, sharing no code with the
// signers of the SDKs:
//
//	canonical request  method, URI, query, headers, their names, payload hash; by line
//	string to sign     algorithm, time, scope, SHA-256 of the canonical request; by line
//	signing key        HMAC of date, region, service and "aws4_request", one keyed by the other
//	signature          HMAC of the string to sign, in hexadecimal
//
// # What is not verified
//
// Only signatures in the header Authorization, of the whole body, are. Presigned URLs, SigV4a,
// UNSIGNED-PAYLOAD and the chunked STREAMING-… payloads are refused as [Unsupported].
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	timeFormat = "20060102T150405Z"
)

// MostSkew is how far the time of a signature may be from that of the service, in either direction.
const MostSkew = 15 * time.Minute

// Credentials are what a request is signed with. A SessionToken, if there is one, must come with
// every request.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Scope is what a signature is for.
type Scope struct {
	AccessKeyID string
	Date        string // as in 20261122
	Region      string
	Service     string // its signing name
}

// text is the scope without the key, as it stands in the string to sign.
func (s Scope) text() string {
	return strings.Join([]string{s.Date, s.Region, s.Service, terminator}, "/")
}

// Reason is why a request is not taken.
type Reason string

const (
	Missing     Reason = "missing"     // it is not signed at all
	Malformed   Reason = "malformed"   // the header Authorization, or the date, cannot be read
	Unsupported Reason = "unsupported" // signed in a way that is not verified here
	UnknownKey  Reason = "unknown-key" // signed with other credentials
	Expired     Reason = "expired"     // too old, or of the future
	Wrong       Reason = "wrong"       // the signature is not the one of this request
)

// Error says why a request is not taken. It never holds a secret or a signature.
type Error struct {
	Reason Reason
	Detail string
}

func (e *Error) Error() string { return e.Detail }

func refuse(reason Reason, format string, args ...any) *Error {
	return &Error{reason, fmt.Sprintf(format, args...)}
}

// Verify holds a request that a server received against credentials, and returns what it is signed
// for. The body is the whole body of the request. The error is an [*Error].
func Verify(r *http.Request, body []byte, c Credentials, now time.Time) (Scope, error) {
	a, err := parseAuthorization(r)
	if err != nil {
		return Scope{}, err
	}
	// In constant time: the key may be as random as the secret.
	if !hmac.Equal([]byte(a.scope.AccessKeyID), []byte(c.AccessKeyID)) ||
		!hmac.Equal([]byte(r.Header.Get("X-Amz-Security-Token")), []byte(c.SessionToken)) {
		return Scope{}, refuse(UnknownKey, "the request is signed with other credentials than those expected here")
	}
	at, err := signedAt(r, a.scope)
	if err != nil {
		return Scope{}, err
	}
	if skew := now.Sub(at); skew > MostSkew || skew < -MostSkew {
		return Scope{}, refuse(Expired, "signature expired: it is of %s, and it is %s here", at.UTC().Format(timeFormat), now.UTC().Format(timeFormat))
	}
	if err := a.coversHeaders(r); err != nil {
		return Scope{}, err
	}
	payload, err := payloadHash(r.Header, body)
	if err != nil {
		return Scope{}, err
	}
	key := signingKey(c.SecretAccessKey, a.scope)
	for _, uri := range canonicalURIs(requestPath(r), a.scope.Service) {
		canonical := canonicalRequest(r, uri, a.headers, payload)
		if hmac.Equal(sign(key, stringToSign(at, a.scope, canonical)), a.signature) {
			return a.scope, nil
		}
	}
	return Scope{}, refuse(Wrong, "the signature is not that of this request: it was signed with another secret, or something that is signed was changed on the way")
}

func signingKey(secret string, s Scope) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.Date, s.Region, s.Service, terminator} {
		key = sign(key, part)
	}
	return key
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func stringToSign(at time.Time, s Scope, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	return strings.Join([]string{algorithm, at.UTC().Format(timeFormat), s.text(), hex.EncodeToString(sum[:])}, "\n")
}

// payloadHash is the last line of the canonical request. A header that says it must be right.
func payloadHash(h http.Header, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	computed := hex.EncodeToString(sum[:])
	switch stated := h.Get("X-Amz-Content-Sha256"); {
	case stated == "" || stated == computed:
		return computed, nil
	case stated == "UNSIGNED-PAYLOAD" || strings.HasPrefix(stated, "STREAMING-"):
		return "", refuse(Unsupported, "the body is not signed as a whole (%s): make the client sign it, or use the forward mode", stated)
	}
	return "", refuse(Wrong, "the body is not the one that X-Amz-Content-Sha256 says")
}

// signedAt is the time of the signature, which must be of the day that the scope says.
func signedAt(r *http.Request, s Scope) (time.Time, error) {
	at, err := time.Parse(timeFormat, r.Header.Get("X-Amz-Date"))
	if err != nil && r.Header.Get("X-Amz-Date") == "" {
		at, err = http.ParseTime(r.Header.Get("Date"))
	}
	if err != nil {
		return at, refuse(Malformed, "the header X-Amz-Date is missing, or no time such as %s", timeFormat)
	}
	if at.UTC().Format("20060102") != s.Date {
		return at, refuse(Malformed, "the date of the credential scope is not that of X-Amz-Date")
	}
	return at, nil
}

// coversHeaders: host and every x-amz-* header must be signed, else somebody on the way could
// change them.
func (a authorization) coversHeaders(r *http.Request) error {
	needed := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") {
			needed = append(needed, name)
		}
	}
	for _, name := range needed {
		if !slices.Contains(a.headers, name) {
			return refuse(Wrong, "the header %s is not signed", name)
		}
	}
	return nil
}
