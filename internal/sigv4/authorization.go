package sigv4

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// authorization is what the header Authorization says.
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
			return authorization{}, refuse(Unsupported, "the request is presigned, with its signature in the query: it cannot be verified here; use the forward mode")
		}
		return authorization{}, refuse(Missing, "the request is not signed: it has no header Authorization")
	}
	if len(values) > 1 {
		return authorization{}, refuse(Malformed, "there are several headers Authorization")
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	if scheme != algorithm {
		return authorization{}, refuse(Unsupported, "the request is authorised by another scheme than %s: it cannot be verified here; use the forward mode", algorithm)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := parts[name]; !ok || twice {
			return authorization{}, refuse(Malformed, "the header Authorization cannot be read")
		}
		parts[name] = value
	}
	credential := strings.Split(parts["Credential"], "/")
	signature, err := hex.DecodeString(parts["Signature"])
	headers := strings.Split(parts["SignedHeaders"], ";")
	switch {
	case len(parts) != 3 || err != nil || len(signature) == 0 || parts["SignedHeaders"] == "":
		return authorization{}, refuse(Malformed, "the header Authorization has not exactly Credential, SignedHeaders and Signature")
	case len(credential) != 5 || credential[4] != terminator || slices.Contains(credential, ""):
		return authorization{}, refuse(Malformed, "the credential scope is not KEY/DATE/REGION/SERVICE/%s", terminator)
	case !slices.IsSorted(headers) || parts["SignedHeaders"] != strings.ToLower(parts["SignedHeaders"]):
		return authorization{}, refuse(Malformed, "SignedHeaders are not sorted, or not in lower case")
	}
	scope := Scope{credential[0], credential[1], credential[2], credential[3]}
	return authorization{scope, headers, signature}, nil
}
