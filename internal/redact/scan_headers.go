package redact

import (
	"slices"
	"strings"
)

// secretHeaders are headers whose values are secrets. They are dropped, and their values are masked
// wherever they appear.
var secretHeaders = []string{"cookie", "proxy-authorization", "set-cookie", "x-amz-security-token", "x-amz-session-token", "x-api-key"}

// holdsSecret reports whether one of the secretHeaders, given by its name in lower case, has a
// value that is not a placeholder.
func holdsSecret(name string, values []string) bool {
	return slices.ContainsFunc(values, func(value string) bool {
		if strings.TrimSpace(value) == "" || placeholder(value) {
			return false
		}
		switch name {
		case "cookie", "set-cookie":
			return slices.ContainsFunc(cookies(value, name == "set-cookie"), func(v string) bool { return v != "" && !placeholder(v) })
		case "proxy-authorization":
			return credentialOf(value) != ""
		}
		return true
	})
}

// cookies returns the values of the cookies in a header. In Set-Cookie, only the first pair is a
// cookie; the others are attributes (RFC 6265, section 4.1.1).
func cookies(header string, set bool) (values []string) {
	for pair := range strings.SplitSeq(header, ";") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			value = name
		}
		values = append(values, strings.TrimSpace(value))
		if set {
			break
		}
	}
	return values
}

// credentialOf returns the part after the scheme of an authorization header that is not SigV4's, or
// the whole value if it has no scheme. It returns "" for a placeholder.
func credentialOf(value string) string {
	value = strings.TrimSpace(value)
	if placeholder(value) {
		return ""
	}
	scheme, credential, ok := strings.Cut(value, " ")
	if !ok {
		return value
	}
	credential = strings.TrimSpace(credential)
	if placeholder(credential) || strings.EqualFold(scheme, "basic") && placeholderBasic(credential) {
		return ""
	}
	return credential
}
