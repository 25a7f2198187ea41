// Package sigv4 signs requests with the AWS Signature Version 4, and verifies them as the receiving
// service does.
//
// # Model
//
// The package follows "Create a signed AWS API request" in the IAM user guide, and shares no code
// with the signers of the SDKs:
//
//	canonical request  method, URI, query, headers, their names, payload hash; by line
//	string to sign     algorithm, time, scope, SHA-256 of the canonical request; by line
//	signing key        HMAC of date, region, service and "aws4_request", each keyed by the previous
//	signature          HMAC of the string to sign, in hexadecimal
//
// # Time
//
// A signature is valid for [MaxSkew] after its time, and before it, since clocks differ: at most 30
// minutes, as in AWS. Within that window it may come again. Two equal requests of one second have
// the same signature, so a second one is not a replay.
//
// # What is not verified
//
// Only signatures in the header Authorization over the whole body are verified. Presigned URLs,
// which are valid for up to 7 days, SigV4a, UNSIGNED-PAYLOAD and the chunked STREAMING-… payloads are refused as [Unsupported].
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

// MaxSkew is the maximum difference between the time of a signature and that of the service, in
// either direction.
const MaxSkew = 15 * time.Minute

// Credentials are the credentials that sign a request. If SessionToken is set, every request must
// carry it.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Scope is the credential scope of a signature.
type Scope struct {
	AccessKeyID string
	Date        string // such as 20261122
	Region      string
	Service     string // the signing name
}

// text returns the scope without the key, as in the string to sign.
func (s Scope) text() string {
	return strings.Join([]string{s.Date, s.Region, s.Service, terminator}, "/")
}

// Reason is why a request is refused.
type Reason string

const (
	Missing     Reason = "missing"     // the request is not signed
	Malformed   Reason = "malformed"   // the Authorization header or the date is malformed
	Unsupported Reason = "unsupported" // this kind of signature is not verified
	UnknownKey  Reason = "unknown-key" // signed with other credentials
	Expired     Reason = "expired"     // the time differs by more than MaxSkew
	Wrong       Reason = "wrong"       // the signature does not match the request
)

// Error says why a request is refused. It never contains a secret or a signature.
type Error struct {
	Reason Reason
	Detail string
}

func (e *Error) Error() string { return e.Detail }

func refuse(reason Reason, format string, args ...any) *Error {
	return &Error{reason, fmt.Sprintf(format, args...)}
}

// Verify verifies that a request received by a server was signed with the credentials, and returns
// the scope of the signature. The body is the whole body of the request. The error is an [*Error].
func Verify(r *http.Request, body []byte, c Credentials, now time.Time) (Scope, error) {
	signed, err := VerifyHeaders(r, c, now)
	if err != nil {
		return Scope{}, err
	}
	return signed.Scope, signed.VerifyBody(body)
}

// Signed is a request whose headers are verified. Its body is not.
type Signed struct {
	Scope   Scope
	request *http.Request
	authorization
	at      time.Time
	key     []byte
	payload string // the digest of the body, which X-Amz-Content-Sha256 states; empty if there is no such header
}

// VerifyHeaders verifies what the headers of a request say, so that a server reads bodies of its own
// clients only: the key, the session token, the time and the signed headers; also the signature, if
// X-Amz-Content-Sha256 states the digest of the body. Without that header, only the body completes
// the text that was signed. The error is an [*Error].
func VerifyHeaders(r *http.Request, c Credentials, now time.Time) (*Signed, error) {
	a, err := parseAuthorization(r)
	if err != nil {
		return nil, err
	}
	// In constant time: the key may be as random as the secret.
	if !hmac.Equal([]byte(a.scope.AccessKeyID), []byte(c.AccessKeyID)) ||
		!hmac.Equal([]byte(r.Header.Get("X-Amz-Security-Token")), []byte(c.SessionToken)) {
		return nil, refuse(UnknownKey, "the request is signed with other credentials than expected")
	}
	at, err := signedAt(r, a.scope)
	if err != nil {
		return nil, err
	}
	if skew := now.Sub(at); skew > MaxSkew || skew < -MaxSkew {
		return nil, refuse(Expired, "signature expired: signed at %s, received at %s", at.UTC().Format(timeFormat), now.UTC().Format(timeFormat))
	}
	if err := a.coversHeaders(r); err != nil {
		return nil, err
	}
	payload, err := statedPayload(r.Header)
	if err != nil {
		return nil, err
	}
	s := &Signed{a.scope, r, a, at, signingKey(c.SecretAccessKey, a.scope), payload}
	if payload != "" {
		err = s.verify(payload)
	}
	return s, err
}

// VerifyBody verifies the whole body, and the signature if the headers were not enough for that. The
// error is an [*Error].
func (s *Signed) VerifyBody(body []byte) error {
	sum := sha256.Sum256(body)
	switch computed := hex.EncodeToString(sum[:]); s.payload {
	case "":
		return s.verify(computed)
	case computed:
		return nil
	}
	return refuse(Wrong, "the body does not match X-Amz-Content-Sha256")
}

func (s *Signed) verify(payload string) error {
	for _, uri := range canonicalURIs(requestPath(s.request), s.scope.Service) {
		canonical := canonicalRequest(s.request, uri, s.headers, payload)
		if hmac.Equal(sign(s.key, stringToSign(s.at, s.scope, canonical)), s.signature) {
			return nil
		}
	}
	return refuse(Wrong, "the signature does not match this request: it was made with another secret, or a signed part of the request was changed on the way")
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

// statedPayload returns the digest of the body that the headers state.
func statedPayload(h http.Header) (string, error) {
	stated := h.Get("X-Amz-Content-Sha256")
	switch _, err := hex.DecodeString(stated); {
	case stated == "", err == nil && len(stated) == 2*sha256.Size:
		return stated, nil
	case stated == "UNSIGNED-PAYLOAD" || strings.HasPrefix(stated, "STREAMING-"):
		return "", refuse(Unsupported, "the body is not signed as a whole, as X-Amz-Content-Sha256 says: make the client sign it, or use the forward mode")
	}
	return "", refuse(Malformed, "the header X-Amz-Content-Sha256 is not a SHA-256 digest in hexadecimal")
}

// signedAt returns the time of the signature, which must be on the date of the scope.
func signedAt(r *http.Request, s Scope) (time.Time, error) {
	at, err := time.Parse(timeFormat, r.Header.Get("X-Amz-Date"))
	if err != nil && r.Header.Get("X-Amz-Date") == "" {
		at, err = http.ParseTime(r.Header.Get("Date"))
	}
	if err != nil {
		return at, refuse(Malformed, "the header X-Amz-Date is missing, or not a time such as %s", timeFormat)
	}
	if at.UTC().Format("20060102") != s.Date {
		return at, refuse(Malformed, "the date of the credential scope differs from X-Amz-Date")
	}
	return at, nil
}

// coversHeaders checks that host and every x-amz-* header are signed. Otherwise they could be
// changed on the way.
func (a authorization) coversHeaders(r *http.Request) error {
	needed := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") {
			needed = append(needed, name)
		}
	}
	for _, name := range needed {
		if !slices.Contains(a.headers, name) {
			return refuse(Wrong, "the header %s is not signed", unnamed(name))
		}
	}
	return nil
}

// unnamed returns the name of a header without the part that its user chose.
func unnamed(name string) string {
	if strings.HasPrefix(name, "x-amz-meta-") {
		return "x-amz-meta-*"
	}
	return name
}

// authorization is the content of the header Authorization.
type authorization struct {
	scope     Scope
	headers   []string // in lower case, sorted
	signature []byte
}

// parseAuthorization reads
//
//	AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX
func parseAuthorization(r *http.Request) (authorization, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 || values[0] == "" {
		if strings.Contains(r.URL.RawQuery, "X-Amz-Signature=") {
			return authorization{}, refuse(Unsupported, "the request is presigned, with its signature in the query, which cannot be verified here; use the forward mode")
		}
		return authorization{}, refuse(Missing, "the request is not signed: it has no Authorization header")
	}
	if len(values) > 1 {
		return authorization{}, refuse(Malformed, "the request has several Authorization headers")
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	if scheme != algorithm {
		return authorization{}, refuse(Unsupported, "the request uses another authorization scheme than %s, which cannot be verified here; use the forward mode", algorithm)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := parts[name]; !ok || twice {
			return authorization{}, refuse(Malformed, "malformed Authorization header")
		}
		parts[name] = value
	}
	credential := strings.Split(parts["Credential"], "/")
	signature, err := hex.DecodeString(parts["Signature"])
	headers := strings.Split(parts["SignedHeaders"], ";")
	switch {
	case len(parts) != 3 || err != nil || len(signature) == 0 || parts["SignedHeaders"] == "":
		return authorization{}, refuse(Malformed, "the Authorization header must have exactly Credential, SignedHeaders and Signature")
	case len(credential) != 5 || credential[4] != terminator || slices.Contains(credential, ""):
		return authorization{}, refuse(Malformed, "the credential scope is not KEY/DATE/REGION/SERVICE/%s", terminator)
	case !slices.IsSorted(headers) || parts["SignedHeaders"] != strings.ToLower(parts["SignedHeaders"]):
		return authorization{}, refuse(Malformed, "SignedHeaders must be sorted and in lower case")
	}
	scope := Scope{credential[0], credential[1], credential[2], credential[3]}
	return authorization{scope, headers, signature}, nil
}
