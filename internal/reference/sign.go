package reference

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/crcheck/crcheck/conformance"
)

// sign signs a request for the region and with the credentials of its call.
func (c client) sign(request *http.Request, call conformance.Call) *conformance.Failure {
	if c.has(notSigned) {
		return nil
	}
	credentials := aws.Credentials{AccessKeyID: call.Credentials.AccessKeyID,
		SecretAccessKey: call.Credentials.SecretAccessKey, SessionToken: call.Credentials.SessionToken}
	region, service, body, now := call.Region, "cleanrooms", "", time.Now()
	var options []func(*v4.SignerOptions)
	asked := *request.URL
	switch c.bug {
	case regionHardWired:
		region = "us-east-1"
	case sessionTokenDropped, tokenNotSigned:
		credentials.SessionToken = ""
	case secretCut:
		credentials.SecretAccessKey = credentials.SecretAccessKey[:20]
	case keyOfAnotherProfile:
		credentials.AccessKeyID = "AKIDOTHERPROFILE"
	case signedForGateway:
		service = "execute-api"
	case clockIsLocal:
		now = now.Add(5*time.Hour + 45*time.Minute) // the runner sets TZ to such a zone
	case hostWithoutPort:
		request.Host = request.URL.Hostname()
	case bodyHashOfObject:
		body = "{}"
	case pathSignedOnce:
		options = append(options, func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	case tildeSignedEscaped:
		request.URL.RawPath = strings.ReplaceAll(request.URL.EscapedPath(), "~", "%7E")
	case pathSignedDecoded:
		request.URL = &url.URL{Scheme: asked.Scheme, Host: asked.Host, Path: "/" + strings.Trim(asked.Path, "/ ")}
	case signedAsPost:
		request.Method = http.MethodPost
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(request.Context(), credentials, request, hex.EncodeToString(sum[:]), service, region, now, options...); err != nil {
		return &conformance.Failure{Message: err.Error()}
	}
	request.URL, request.Method, request.Host = &asked, http.MethodGet, ""
	c.breakSignature(request, call)
	return nil
}

// breakSignature changes a signed request as clients with a bug do.
func (c client) breakSignature(request *http.Request, call conformance.Call) {
	authorization := request.Header.Get("Authorization")
	head, _, _ := strings.Cut(authorization, "Signature=")
	switch {
	case c.has(signatureOfZeros):
		request.Header.Set("Authorization", head+"Signature="+strings.Repeat("0", 64))
	case c.has(signatureCut):
		request.Header.Set("Authorization", authorization[:len(authorization)-8])
	case c.has(hostNotSigned):
		request.Header.Set("Authorization", strings.Replace(authorization, "host;", "", 1))
	case c.has(scopeOfYesterday):
		today, yesterday := request.Header.Get("X-Amz-Date")[:8], time.Now().UTC().AddDate(0, 0, -1).Format("20060102")
		request.Header.Set("Authorization", strings.Replace(authorization, "/"+today+"/", "/"+yesterday+"/", 1))
	case c.has(headerAfterSigning):
		request.Header.Set("X-Amz-User-Agent", "reference/1")
	case c.has(tokenNotSigned) && call.Credentials.SessionToken != "":
		request.Header.Set("X-Amz-Security-Token", call.Credentials.SessionToken)
	}
}
