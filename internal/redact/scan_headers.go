package redact

import (
	"slices"
	"strings"
)

// secretHeaders hold nothing but secrets. They are dropped, and what they hold is masked wherever
// it appears.
var secretHeaders = []string{"cookie", "proxy-authorization", "set-cookie", "x-amz-security-token", "x-amz-session-token", "x-api-key"}

// holdsSecret reports whether a header that is for secrets, by its name in lower case, has a value
// that is not a placeholder.
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

// cookies are the values of the cookies in a header: of Set-Cookie the first pair alone, the rest
// are attributes (RFC 6265, section 4.1.1).
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

// credentialOf is what follows the scheme in a header for authorization of any scheme but SigV4's,
// or all of it if there is no scheme; nothing, if that is a placeholder.
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
