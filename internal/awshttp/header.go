// Package awshttp reads the parts of HTTP messages that are specific to AWS, except their bodies.
// It finds the service in credential scopes (AWS SigV4) and host names, and recognizes headers that
// a recorder has masked or removed. It reads bodies up to the size that is recorded and replayed.
package awshttp

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Target is the header that names the operation of an awsJson request (Smithy,
// aws-json-1_0-protocol.html).
const Target = "X-Amz-Target"

// Values returns the values of a header. The case of its name does not matter, since recordings
// spell names in any case.
func Values(h http.Header, name string) []string {
	if values := h[name]; len(values) > 0 {
		return values
	}
	for key, values := range h {
		if len(values) > 0 && strings.EqualFold(key, name) {
			return values
		}
	}
	return nil
}

// Value returns the first value of a header, or "".
func Value(h http.Header, name string) string {
	if values := Values(h, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// masks matches values with which recorders replace secrets: a word such as REDACTED, alone, in
// brackets or between asterisks; the name of the header followed by XXX; a placeholder of a
// template; or one repeated character. A word that may be a real value counts only in capitals or
// brackets.
var masks = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(` +
		`["' *_-]*(?i:redacted|masked|filtered|scrubbed|saniti[sz]ed|obfuscated|censored|xxx+)([-_ ][A-Za-z0-9_ -]*)?["' *_-]*` +
		`|["' *_-]*(REMOVED|OMITTED|HIDDEN|STRIPPED|DUMMY|PLACEHOLDER|FAKE|SECRET)([-_ ][A-Z0-9_ -]*)?["' *_-]*` +
		`|[A-Za-z0-9_-]+[-_](XXX+|xxx+)` +
		`|<[A-Za-z*][A-Za-z0-9_.* -]*>|\[[A-Za-z*][A-Za-z_* -]*\]|\{\{[^{}]*\}\}|\$\{[^{}]*\}|%\{[^{}]*\}` +
		`|\*{3,}|[xX]{3,}|#{3,}|\.{3,}|-{3,}|_{3,}` +
		`)$`)
})

// maxMask is the maximum length of a mask, in bytes.
const maxMask = 128

// Masked reports whether a recorder has replaced the value of a header. It decides by the form of
// the value alone.
func Masked(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && len(value) <= maxMask && !unmasked(value) && masks().MatchString(value)
}

// unmasked reports whether a value is certainly not a mask, as most values are. A mask that begins with
// a letter or a digit has one of the words, or ends in x, and it has no punctuation such as that of
// a media type. Letters beyond ASCII may equal those of a word without regard to case.
func unmasked(value string) bool {
	switch c := value[0] | 0x20; {
	case c >= 'a' && c <= 'z', value[0] >= '0' && value[0] <= '9':
		if strings.IndexByte("rmfsocxhdp", c) < 0 && value[len(value)-1]|0x20 != 'x' {
			return strings.IndexFunc(value, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		}
	default:
		return false
	}
	for i := range len(value) {
		switch c := value[i]; {
		case c >= utf8.RuneSelf:
			return false
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', strings.IndexByte(` "'*_-`, c) >= 0:
		default:
			return strings.IndexFunc(value, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		}
	}
	return false
}

// OfService reports whether a response has any headers that only services send. Content-Type and
// the like do not count: recorders that filter headers keep them.
func OfService(h map[string][]string) bool {
	for name, values := range h {
		lower := strings.ToLower(name)
		switch {
		case len(values) == 0:
		case lower == "date", lower == "server", strings.HasPrefix(lower, "x-amz-"), strings.HasPrefix(lower, "x-amzn-"):
			return true
		case lower == "content-type" && strings.HasPrefix(strings.ToLower(values[0]), "application/x-amz-"):
			return true
		}
	}
	return false
}

// OfClient reports whether a request has any headers that only clients of AWS send, masked or not.
func OfClient(h map[string][]string) bool {
	for name, values := range h {
		lower := strings.ToLower(name)
		if len(values) > 0 && (lower == "authorization" || lower == "user-agent" || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "amz-sdk-")) {
			return true
		}
	}
	return false
}
