package proxy

import (
	"os"
	"slices"
	"strings"
)

// bundleVariables name a file of certificates that replaces those of the system, most specific
// first.
var bundleVariables = []string{"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}

// systemBundles are where systems keep theirs; as in crypto/x509.
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// Bundle is the certificates for the file of [ForwardEnvironment]: the session's authority, and
// what a client with this environment trusts without it. The variables replace what the client
// trusts, and it may speak to hosts of NO_PROXY besides.
func Bundle(authority []byte, env []string) []byte {
	files := slices.Clone(systemBundles)
	for _, variable := range slices.Backward(bundleVariables) {
		for _, entry := range env {
			if name, value, _ := strings.Cut(entry, "="); name == variable && value != "" {
				files = slices.Insert(files, 0, value)
			}
		}
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			return slices.Concat(authority, text)
		}
	}
	return authority
}
