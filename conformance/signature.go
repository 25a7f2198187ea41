package conformance

import "regexp"

// sigV4 is the form of an Authorization header (AWS General Reference, "Create
// a signed AWS API request", step 5). The signature itself is not verified: the
// credentials are fake.
var sigV4 = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=[^/, ]+/[0-9]{8}/[a-z0-9-]+/[a-z0-9-]+/aws4_request, ?SignedHeaders=[a-z0-9;-]*\bhost\b[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$`)

func wellSigned(authorization string) bool { return sigV4.MatchString(authorization) }
