package model

import "strings"

// Names of authentication schemes (Smithy, authentication-traits.html).
const (
	NoAuth     = "smithy.api#noAuth"
	BearerAuth = "smithy.api#httpBearerAuth"
)

// SigV4 reports whether a scheme is a signature of version 4, or of 4a.
func SigV4(scheme string) bool { return strings.HasPrefix(scheme, "aws.auth#sigv4") }
