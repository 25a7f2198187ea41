package awshttp

import (
	"regexp"
	"strings"
)

// masks are values that a recorder puts in the place of what it leaves out: a word that says so,
// alone or in brackets or between asterisks; the name of the header and XXX behind it; a
// placeholder of a template; or one character again and again. Words that may be values themselves
// count in capitals or brackets only.
var masks = regexp.MustCompile(`^(` +
	`["' *_-]*(?i:redacted|masked|filtered|scrubbed|saniti[sz]ed|obfuscated|censored|xxx+)([-_ ][A-Za-z0-9_ -]*)?["' *_-]*` +
	`|["' *_-]*(REMOVED|OMITTED|HIDDEN|STRIPPED|DUMMY|PLACEHOLDER|FAKE|SECRET)([-_ ][A-Z0-9_ -]*)?["' *_-]*` +
	`|[A-Za-z0-9_-]+[-_](XXX+|xxx+)` +
	`|<[A-Za-z*][A-Za-z0-9_.* -]*>|\[[A-Za-z*][A-Za-z_* -]*\]|\{\{[^{}]*\}\}|\$\{[^{}]*\}|%\{[^{}]*\}` +
	`|\*{3,}|[xX]{3,}|#{3,}|\.{3,}|-{3,}|_{3,}` +
	`)$`)

// maxMask is how long a mask may be, in bytes.
const maxMask = 128

// Masked reports a value of a header that a recorder has put in the place of the
// one that was sent. It goes by the form alone.
func Masked(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && len(value) <= maxMask && masks.MatchString(value)
}

// OfService reports headers of a response of which some are sent by services
// alone. Content-Type and the like prove nothing: recorders that filter headers
// keep them.
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

// OfClient reports headers of a request of which some are sent by clients of AWS
// alone, masked or not.
func OfClient(h map[string][]string) bool {
	for name, values := range h {
		lower := strings.ToLower(name)
		if len(values) > 0 && (lower == "authorization" || lower == "user-agent" || strings.HasPrefix(lower, "x-amz-") || strings.HasPrefix(lower, "amz-sdk-")) {
			return true
		}
	}
	return false
}
