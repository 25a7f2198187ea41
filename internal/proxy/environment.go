package proxy

import (
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/internal/serve"
	"github.com/crcheck/crcheck/internal/sigv4"
)

// Environment is the environment variables that direct a client to a proxy.
type Environment struct {
	// Set are the variables for a client that crcheck does not start itself, in the form of
	// [os.Environ].
	Set []string
	// Unset are the variables that such a client must not have: the SDK for JavaScript prefers a
	// profile to credentials.
	Unset []string
	// Client returns the environment of a client, given that of its parent.
	Client func(parent []string) []string
}

// With returns the environment with additional variables.
func (e Environment) With(variables ...string) Environment {
	return Environment{slices.Concat(e.Set, variables), e.Unset, func(parent []string) []string { return append(e.Client(parent), variables...) }}
}

// ResignEnvironment directs a client to a re-sign proxy. The client inherits no AWS variables: it
// does not get the user's credentials or profile, and it calls every service at the endpoint, which
// refuses requests for other services. The services are those (boto3's names) whose own endpoint
// variables are set too.
func ResignEnvironment(endpoint, region string, session sigv4.Credentials, services ...string) Environment {
	credentials := []string{
		"AWS_ACCESS_KEY_ID=" + session.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY=" + session.SecretAccessKey,
	}
	unset := []string{"AWS_PROFILE"}
	if session.SessionToken != "" {
		credentials = append(credentials, "AWS_SESSION_TOKEN="+session.SessionToken)
	} else {
		unset = append(unset, "AWS_SESSION_TOKEN")
	}
	set := append(serve.Endpoints(endpoint, services), "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)
	return Environment{append(set, credentials...), unset, func(parent []string) []string {
		return append(serve.Environment(parent, endpoint, region, services...), credentials...)
	}}
}

// ForwardEnvironment directs a client to a forward proxy. The rest of its environment, including
// its credentials, is unchanged, except that NO_PROXY loses the entries that match the upstream.
// The file contains [Forward.Authority], see [Bundle].
func ForwardEnvironment(proxy, caFile string, upstream *url.URL) Environment {
	set := []string{"HTTPS_PROXY=" + proxy, "https_proxy=" + proxy}
	for _, name := range []string{"AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"} {
		set = append(set, name+"="+caFile)
	}
	return Environment{set, nil, func(parent []string) []string {
		return append(proxied(parent, upstream.Hostname()), set...)
	}}
}

// proxied removes the entries of NO_PROXY that match a host from an environment.
func proxied(env []string, host string) []string {
	env = slices.Clone(env)
	for i, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.EqualFold(name, "NO_PROXY") {
			continue
		}
		kept := slices.DeleteFunc(strings.Split(value, ","), func(exception string) bool { return excepts(strings.TrimSpace(exception), host) })
		env[i] = name + "=" + strings.Join(kept, ",")
	}
	return env
}

// excepts reports whether an entry of NO_PROXY matches a host, in any form that HTTP clients
// accept: *, a name, a domain, an address or a network.
func excepts(exception, host string) bool {
	if network, err := netip.ParsePrefix(exception); err == nil {
		address, err := netip.ParseAddr(host)
		return err == nil && network.Contains(address)
	}
	if i := strings.LastIndexByte(exception, ':'); i > 0 && !strings.Contains(exception[:i], ":") {
		exception = exception[:i]
	}
	exception = strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(exception, "*"), "."))
	return exception == "" || exception == host || strings.HasSuffix(host, "."+exception)
}

// bundleVariables are the variables for a file of certificates that replaces those of the system,
// most specific first.
var bundleVariables = []string{"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}

// systemBundles are the files of certificates of various systems, as in crypto/x509.
var systemBundles = []string{
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// Bundle returns the certificates for the file of [ForwardEnvironment]: the session's authority,
// and the certificates that a client with this environment trusts already. Those are needed because
// the variables replace what the client trusts, and it may also connect to hosts in NO_PROXY.
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
