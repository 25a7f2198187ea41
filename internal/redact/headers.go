package redact

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// headers are the headers that are kept without a contract, by name in lower case. A value of
// another form than that of its header is redacted by format.
var headers = map[string]Place{
	"accept":             kept(mediaType + `(, ?` + mediaType + `)*`),
	"authorization":      {Class: Keep}, // of SigV4, masked
	"content-encoding":   kept(`(?i)(aws-chunked|br|compress|deflate|gzip|identity|zstd|, ?)*`),
	"content-length":     kept(`[0-9]*`),
	"content-type":       kept(mediaType),
	"date":               kept(httpDate),
	"retry-after":        kept(`[0-9]+|` + httpDate),
	"smithy-protocol":    kept(`rpc-v2-(cbor|json)|aws(Json|Query)[0-9._]*`),
	"x-amz-date":         kept(`[0-9]{8}T[0-9]{6}Z|` + httpDate),
	"x-amz-request-id":   {Class: Whole},
	"x-amz-target":       kept(`[\w.-]+`), // requests are routed by it
	"x-amzn-errortype":   kept(`[\w.$-]+(#[\w.$-]+)?(:(https?://internal[\w./-]*)?)?`),
	"x-amzn-query-error": kept(`[\w.$-]+;(Sender|Receiver)`),
	"x-amzn-query-mode":  kept(`true|false`),
	"x-amzn-requestid":   {Class: Whole},
}

const (
	mediaType = `[\w*.+-]+/[\w*.+-]+(; ?(charset="?[\w-]+"?|q=[0-9.]+|boundary=[\w'()+,./:=?-]+|version=[0-9.]+))*`
	httpDate  = `[A-Z][a-z]{2}, [0-9]{1,2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{8} GMT`
)

func kept(form string) Place {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + form + `)$`) })
	var last atomic.Pointer[string] // most values are the same as before
	return Place{Class: Keep, Is: func(s string) bool {
		if p := last.Load(); p != nil && *p == s {
			return true
		}
		matches := compiled().MatchString(s)
		if matches && len(s) <= shortText {
			again := strings.Clone(s)
			last.Store(&again)
		}
		return matches
	}}
}
